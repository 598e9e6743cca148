"""Photos from strangers: what comes out is an image of our own making, and no file can make it cost more than it may."""

import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from application.photos.images import (
    LARGE_PIXELS,
    PHOTO_BYTES,
    PHOTO_PIXELS,
    SMALL_PIXELS,
    PhotoInvalid,
    developed,
)

SECRETS = (b"GPS", b"Exif", b"Canon", b"<script", b"PK\x03\x04", b"ICCP", b"XMP", b"http")
ORIENTATION, GPS, MAKE = 0x0112, 0x8825, 0x010F


def photo(kind: str = "JPEG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **saved: Any) -> bytes:
    out = BytesIO()
    Image.new(mode, size, 120 if mode in ("L", "P") else None).save(out, kind, **saved)
    return out.getvalue()


def opened(body: bytes) -> Image.Image:
    image = Image.open(BytesIO(body))
    image.load()
    return image


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_of(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG whose header promises whatever it likes."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b"")
    )


def with_gps() -> bytes:
    exif = Image.Exif()
    exif[MAKE] = "Canon"
    exif[GPS] = {1: "N", 2: (43.0, 14.0, 20.2), 3: "E", 4: (76.0, 53.0, 22.9)}
    return photo(exif=exif, comment=b"http://example.kz")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(with_gps(), id="a camera's place and name"),
        pytest.param(photo() + b"PK\x03\x04<script>alert(1)</script>", id="another file behind the photo"),
        pytest.param(photo("PNG", icc_profile=b"http://profile" * 9), id="a colour profile"),
        pytest.param(
            photo("WEBP", exif=Image.Exif().tobytes(), xmp=b"<x:xmpmeta>http</x:xmpmeta>"), id="XMP"
        ),
    ],
)
def test_nothing_but_pixels_comes_through(body: bytes) -> None:
    made = developed(body)
    for image in (made.large, made.small):
        assert not [secret for secret in SECRETS if secret in image]
        assert not dict(opened(image).getexif())
        assert opened(image).format == "WEBP"


def test_text_in_a_png_does_not_come_through() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "http://example.kz")
    assert b"http" not in developed(photo("PNG", pnginfo=text)).large


def test_a_photo_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # the camera lay on its side
    image = Image.new("RGB", (60, 40), "white")
    image.paste("black", (0, 0, 30, 40))
    out = BytesIO()
    image.save(out, "JPEG", exif=exif)
    upright = opened(developed(out.getvalue()).large)
    assert upright.size == (40, 60)
    top, bottom = upright.getpixel((20, 5)), upright.getpixel((20, 55))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] < 50
    assert bottom[0] > 200


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "CMYK", "I;16"])
def test_every_kind_of_pixels_is_read(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    out = BytesIO()
    Image.new(mode, (64, 48)).save(out, kind)
    assert developed(out.getvalue()).width == 64


def test_what_was_transparent_is_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(developed(out.getvalue()).large).getpixel((4, 4)) == (255, 255, 255)


def test_large_photos_are_made_smaller_and_small_ones_stay() -> None:
    made = developed(photo(size=(4000, 1000)))
    assert (made.width, made.height) == opened(made.large).size == (LARGE_PIXELS, 400)
    assert opened(made.small).size == (SMALL_PIXELS, 120)
    assert opened(developed(photo(size=(30, 20))).small).size == (30, 20)
    assert developed(photo("PNG", size=(5000, 1))).height == 1


def test_the_same_photo_gives_the_same_bytes() -> None:
    assert len({sha256(developed(with_gps()).large).digest() for _ in range(2)}) == 1


def test_of_a_moving_picture_the_first_frame_is_taken() -> None:
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "blue")]
    out = BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    pixel = opened(developed(out.getvalue()).large).getpixel((16, 16))
    assert isinstance(pixel, tuple)
    assert pixel[0] > 200
    assert pixel[2] < 50


def _gif() -> bytes:
    return photo("GIF", mode="P")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        pytest.param(lambda: SVG, "not_a_photo", id="SVG"),
        pytest.param(lambda: b"<?xml version='1.0'?>" + SVG, "not_a_photo", id="SVG with a declaration"),
        pytest.param(lambda: b"", "not_a_photo", id="nothing"),
        pytest.param(lambda: b"%PDF-1.7\n" + photo(), "not_a_photo", id="a PDF with a photo in it"),
        pytest.param(lambda: b"GIF89a" + photo(), "not_a_photo", id="half a GIF"),
        pytest.param(_gif, "not_a_photo", id="GIF"),
        pytest.param(lambda: photo("TIFF"), "not_a_photo", id="TIFF"),
        pytest.param(lambda: photo("BMP"), "not_a_photo", id="BMP"),
        pytest.param(lambda: photo()[:-200], "broken", id="a JPEG cut off"),
        pytest.param(lambda: photo("PNG", size=(300, 300))[:-40], "broken", id="a PNG cut off"),
        pytest.param(lambda: png_of(100, 100, b"\0" * 50), "broken", id="fewer pixels than promised"),
        pytest.param(lambda: png_of(10_000, 10_000), "too_many_pixels", id="100 megapixels promised"),
        pytest.param(lambda: png_of(60_000, 60_000), "too_many_pixels", id="3,600 megapixels promised"),
        pytest.param(lambda: png_of(0, 5), "not_a_photo", id="no width"),
        pytest.param(lambda: photo() + bytes(PHOTO_BYTES), "too_large", id="over 10 MB"),
    ],
)
def test_what_is_no_sound_photo_is_refused(make: Callable[[], bytes], problem: str) -> None:
    with pytest.raises(PhotoInvalid) as told:
        developed(make())
    assert told.value.facts["problem"] == problem


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    side = 12_000
    bomb = png_of(side, side, bytes(side * (side * 3 + 1) // 100))
    tracemalloc.start()
    began = time.perf_counter()
    with pytest.raises(PhotoInvalid, match="too_many_pixels"):
        developed(bomb)
    assert time.perf_counter() - began < 1
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
    assert side * side > PHOTO_PIXELS


@settings(max_examples=60)
@given(st.binary(max_size=300), st.integers(0, 400), st.sampled_from(["JPEG", "PNG", "WEBP"]))
def test_whatever_bytes_are_put_into_a_photo_it_is_made_or_refused(noise: bytes, at: int, kind: str) -> None:
    body = photo(kind)
    try:
        made = developed(body[:at] + noise + body[at + len(noise) :])
    except PhotoInvalid:
        return
    assert made.width * made.height <= PHOTO_PIXELS
