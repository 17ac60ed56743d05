"""Photos: what arrives is judged before it is decoded, read for place and time, and re-encoded without EXIF.

Bytes in, values out: stores nothing and decides nothing about cases. Bounds: 15 MB, 40 megapixels (ASVS 5.2.6).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import BoundedSemaphore
from typing import Any
from zoneinfo import ZoneInfo

from PIL import ExifTags, Image, UnidentifiedImageError

from core.errors import TooLarge, Unprocessable, UnsupportedMedia

MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 40_000_000
FORMATS: Mapping[str, str] = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_SEVERAL = "MPO"
"""What Pillow calls a JPEG with a preview or a depth map behind the photo, as many telephones write it."""
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif"})
_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_DAMAGE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    LookupError,
    TypeError,
    ArithmeticError,
    struct.error,
    UserWarning,
)
"""What Pillow raises for damaged or hostile files, depending on where the damage is."""
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""From EXIF's orientation to what sets the photo upright."""
_DECODING = BoundedSemaphore(2)
"""A file of a few kilobytes may unfold to hundreds of megabytes of pixels: few at a time."""


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
    except _DAMAGE as error:
        raise Unprocessable("photo-damaged") from error
    with image:
        if image.width * image.height > MAX_PIXELS:
            raise TooLarge("photo-too-many-pixels", limit=MAX_PIXELS)
        with _DECODING:
            return _taken_apart(image, zone)


def _taken_apart(image: Image.Image, zone: str) -> Photo:
    media_type = FORMATS["JPEG" if image.format == _SEVERAL else image.format or "JPEG"]
    position, taken_at, orientation = _written(image, zone)
    try:
        image.load()
        public, width, height = _public_copy(image, orientation)
    except (*_DAMAGE, *_BOMB) as error:
        raise Unprocessable("photo-damaged") from error
    return Photo(media_type, public, width, height, position, taken_at)


def _written(image: Image.Image, zone: str) -> tuple[tuple[float, float] | None, datetime | None, Any]:
    """Place, time and orientation by the EXIF; a photo whose EXIF is damaged has none of them and is still a photo."""
    try:
        exif = image.getexif()
        return _position(exif), _taken_at(exif, zone), exif.get(ExifTags.Base.Orientation)
    except _DAMAGE:
        return None, None, None


def _public_copy(image: Image.Image, orientation: Any) -> tuple[bytes, int, int]:
    """Upright, on white, as JPEG with pixels only: nothing that the file says beside them is carried over."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        full = image.convert("RGBA")
        flat = Image.new("RGB", full.size, "white")
        flat.paste(full, mask=full.getchannel("A"))
        del full
    else:
        flat = Image.new("RGB", image.size)
        flat.paste(image.convert("RGB"))
    turn = _UPRIGHT.get(orientation) if isinstance(orientation, int) else None
    upright = flat if turn is None else flat.transpose(turn)
    del flat
    buffer = io.BytesIO()
    upright.save(buffer, "JPEG", quality=85)
    return buffer.getvalue(), upright.width, upright.height


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
