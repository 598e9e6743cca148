"""A photo that anybody may have sent becomes two images of our own making: decoded within limits, turned upright, encoded anew.

What comes out holds pixels and nothing else: no place, no camera, no thumbnail, no colour profile, no second file inside the first.
Of a moving picture only the first frame is looked at.
"""

from dataclasses import dataclass, field
from io import BytesIO
from typing import ClassVar, Final

from PIL import Image, ImageOps, UnidentifiedImageError

from domain.errors import Refused

PHOTO_BYTES: Final = 10 * 1024 * 1024
PHOTO_PIXELS: Final = 40_000_000
LARGE_PIXELS: Final = 1_600
"""The longer side of what a page shows when the photo is opened …"""
SMALL_PIXELS: Final = 480
"""… and in a list."""
MEDIA_TYPE: Final = "image/webp"

_FORMATS: Final = ("JPEG", "PNG", "WEBP")
_QUALITY: Final = 80


class PhotoInvalid(Refused):
    """`problem`: too_large (over `most` bytes), too_many_pixels (over `most`), not_a_photo, or broken."""

    code: ClassVar[str] = "photo_invalid"


@dataclass(frozen=True, slots=True)
class Developed:
    """Both images in WebP; `width` and `height` in pixels are the large one's."""

    width: int
    height: int
    large: bytes = field(repr=False)
    small: bytes = field(repr=False)


def developed(body: bytes) -> Developed:
    """The two images of a JPEG, PNG or WebP file, told by its content and not by its name. PhotoInvalid."""
    if len(body) > PHOTO_BYTES:
        raise PhotoInvalid(problem="too_large", most=PHOTO_BYTES)
    large = _fitted(_upright(body), LARGE_PIXELS)
    return Developed(*large.size, _encoded(large), _encoded(_fitted(large, SMALL_PIXELS)))


def _upright(body: bytes) -> Image.Image:
    """The pixels as a person would hold the photo. The size is asked before a single pixel is decoded."""
    try:
        with Image.open(BytesIO(body), formats=_FORMATS) as opened:
            _check_size(opened)
            opened.draft("RGB", (2 * LARGE_PIXELS, 2 * LARGE_PIXELS))  # a JPEG is decoded small at once
            opened.load()
            turned = ImageOps.exif_transpose(opened)
    except UnidentifiedImageError:
        raise PhotoInvalid(problem="not_a_photo") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PhotoInvalid(problem="too_many_pixels", most=PHOTO_PIXELS) from None
    except PhotoInvalid:
        raise
    except Exception:  # noqa: BLE001 - decoders raise whatever a hostile file makes them raise, and it is all the file's fault
        raise PhotoInvalid(problem="broken") from None
    return _on_white(turned)


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > PHOTO_PIXELS:
        raise PhotoInvalid(problem="too_many_pixels", most=PHOTO_PIXELS)


def _on_white(image: Image.Image) -> Image.Image:
    """A new image of the same pixels, so that nothing the file said beside them can follow."""
    canvas = Image.new("RGB", image.size, "white")
    coloured = image.convert("RGBA" if image.has_transparency_data else "RGB")
    canvas.paste(coloured, mask=coloured if coloured.mode == "RGBA" else None)
    return canvas


def _fitted(image: Image.Image, longest: int) -> Image.Image:
    """No side longer than `longest` pixels and none of nothing; a smaller image stays as it is."""
    if max(image.size) <= longest:
        return image
    share = longest / max(image.size)
    size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
    return image.resize(size, Image.Resampling.LANCZOS)


def _encoded(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "WEBP", quality=_QUALITY)
    return out.getvalue()
