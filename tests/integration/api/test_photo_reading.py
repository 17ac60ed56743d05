"""What is read from a photo, and that nothing of it but pixels is in the copy."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from PIL import ExifTags, Image
from town import Town, jpeg

from core.casework.photo import read_photo
from core.errors import TooLarge

ZONE = "Asia/Shanghai"


def _tagged(offset: str | None = None, orientation: int | None = None) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Secret Camera"
    if orientation:
        exif[ExifTags.Base.Orientation] = orientation
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    inner[ExifTags.Base.DateTimeOriginal] = "2026:03:02 08:30:00"
    if offset:
        inner[ExifTags.Base.OffsetTimeOriginal] = offset
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", (30.0, 0.0, 18.0)
    gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", (120.0, 0.0, 36.0)
    return jpeg(60, 40, exif=exif, comment=b"secret comment")


def test_place_and_time_are_read_and_left_out_of_the_copy() -> None:
    content = _tagged()
    photo = read_photo(content, ZONE)
    assert photo.position == (120.01, 30.005)
    assert photo.taken_at == datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
    with Image.open(io.BytesIO(photo.public)) as copy:
        assert dict(copy.getexif()) == {}
        assert "exif" not in copy.info
        assert "comment" not in copy.info
    assert b"secret" not in photo.public.lower()
    assert b"secret comment" in content


def test_an_offset_in_the_photo_beats_the_districts_zone() -> None:
    photo = read_photo(_tagged("+00:00"), ZONE)
    assert photo.taken_at == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


def test_the_copy_stands_upright() -> None:
    photo = read_photo(_tagged(orientation=6), ZONE)
    assert (photo.width, photo.height) == (40, 60)


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "I;16"), ("WEBP", "RGB"), ("JPEG", "CMYK")]
)
def test_every_accepted_kind_becomes_a_jpeg(kind: str, mode: str) -> None:
    buffer = io.BytesIO()
    Image.new(mode, (20, 10)).save(buffer, kind)
    photo = read_photo(buffer.getvalue(), ZONE)
    assert photo.media_type == f"image/{kind.lower()}"
    with Image.open(io.BytesIO(photo.public)) as copy:
        assert (copy.format, copy.mode, copy.size) == ("JPEG", "RGB", (20, 10))


def test_nonsense_in_the_tags_is_left_out() -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "0000:00:00 00:00:00"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLongitude] = (999.0, 0.0, 0.0), (0.0, 0.0, 0.0)
    photo = read_photo(jpeg(exif=exif), ZONE)
    assert (photo.position, photo.taken_at) == (None, None)


def test_pixels_are_counted_before_they_are_decoded() -> None:
    buffer = io.BytesIO()
    Image.new("1", (6400, 6300)).save(buffer, "PNG")
    with pytest.raises(TooLarge, match="photo-too-many-pixels"):
        read_photo(buffer.getvalue()[:200], ZONE)  # the header alone: nothing was left to decode


def test_a_photo_keeps_its_place_for_those_who_may_see_originals(town: Town) -> None:
    photo = town.upload(_tagged()).json
    assert photo["point"]["system"] == "CGCS2000"
    case = town.report(evidence=[{"attachment": photo["id"], "meaning": "before"}])
    for who, shown in (("operator", True), ("head", False)):
        seen = town.get(f"/cases/{case['id']}", who).json["attachments"][0]
        assert (seen["point"] is not None, seen["taken_at"] is not None, seen["digest"] is not None) == (shown,) * 3
