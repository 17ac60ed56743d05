"""Photos: what arrives is judged before it is decoded, read for place and time, and re-encoded without EXIF.

Bytes in, values out: stores nothing and decides nothing about cases. Bounds: 15 MB, 40 megapixels (ASVS 5.2.6).
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from core.errors import TooLarge, Unprocessable, UnsupportedMedia

MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 40_000_000
FORMATS: Mapping[str, str] = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif"})
_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that may be kept. `public` is the JPEG that others see; `position` is (longitude, latitude) in WGS84
    as the camera wrote it; `taken_at` is UTC."""

    media_type: str
    public: bytes
    width: int
    height: int
    position: tuple[float, float] | None
    taken_at: datetime | None


def read_photo(content: bytes, zone: str) -> Photo:
    """Judge and re-encode a photo. `zone` is the district's, for cameras that write local time without an offset.

    Raises TooLarge (bytes, pixels), UnsupportedMedia (not JPEG, PNG or WebP), Unprocessable (damaged).
    """
    if len(content) > MAX_BYTES:
        raise TooLarge("photo-too-large", limit_mb=MAX_BYTES // 1024 // 1024)
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        raise UnsupportedMedia("photo-heif")
    try:
        image = Image.open(io.BytesIO(content), formats=tuple(FORMATS))
    except _BOMB as error:
        raise TooLarge("photo-too-many-pixels", limit=MAX_PIXELS) from error
    except UnidentifiedImageError as error:
        raise UnsupportedMedia("photo-type-unknown", allowed=", ".join(FORMATS)) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise Unprocessable("photo-damaged") from error
    with image:
        if image.width * image.height > MAX_PIXELS:
            raise TooLarge("photo-too-many-pixels", limit=MAX_PIXELS)
        return _taken_apart(image, zone)


def _taken_apart(image: Image.Image, zone: str) -> Photo:
    try:
        exif = image.getexif()
        position, taken_at = _position(exif), _taken_at(exif, zone)
        image.load()
        public, width, height = _public_copy(image)
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, *_BOMB) as error:
        raise Unprocessable("photo-damaged") from error
    return Photo(FORMATS[image.format or "JPEG"], public, width, height, position, taken_at)


def _public_copy(image: Image.Image) -> tuple[bytes, int, int]:
    """Upright, on white, as JPEG with pixels only."""
    upright = ImageOps.exif_transpose(image)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        upright = upright.convert("RGBA")
        flat = Image.new("RGB", upright.size, "white")
        flat.paste(upright, mask=upright.getchannel("A"))
    else:
        flat = upright.convert("RGB")
    bare = Image.new("RGB", flat.size)
    bare.paste(flat)
    buffer = io.BytesIO()
    bare.save(buffer, "JPEG", quality=85)
    return buffer.getvalue(), bare.width, bare.height


def _position(exif: Image.Exif) -> tuple[float, float] | None:
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    longitude = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), "W")
    latitude = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), "S")
    if longitude is None or latitude is None or not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        return None
    return round(longitude, 7), round(latitude, 7)


def _degrees(parts: Any, reference: Any, negative: str) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if value != value:  # 0/0 in the file
        return None
    return -value if str(reference).strip("\0 ").upper() == negative else value


def _taken_at(exif: Image.Exif, zone: str) -> datetime | None:
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    written = inner.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    offset = inner.get(ExifTags.Base.OffsetTimeOriginal) or ""
    try:
        local = datetime.strptime(str(written).strip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
        aware = (
            datetime.fromisoformat(f"{local.isoformat()}{str(offset).strip()}")
            if offset
            else local.replace(tzinfo=ZoneInfo(zone))
        )
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
