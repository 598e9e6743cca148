"""A round's card as a picture, 1200 × 630 pixels, PNG, in Roboto, which has the Kazakh letters and the sign of the tenge."""

from functools import cache
from io import BytesIO
from typing import Final

import font_roboto  # type: ignore[import-untyped] # paths of font files, nothing else
from PIL import Image, ImageDraw, ImageFont

from api.portal.headline import Headline

DESIGN: Final = b"card-1"
"""Changes with how the card looks, so that a picture of an older design is asked for again."""
WIDTH: Final = 1_200
HEIGHT: Final = 630
_MARGIN: Final = 72
_TITLE_LINES: Final = 3
# The night sky of the pages' bar, paper, saffron: api/static/design/tokens.css.
_SKY: Final = (11, 54, 80)
_PAPER: Final = (255, 255, 255)
_QUIET: Final = (195, 220, 234)
_SAFFRON: Final = (227, 160, 45)
_BAND: Final = 14
_COLOURS: Final = 64


def drawn(headline: Headline) -> bytes:
    picture = Image.new("RGB", (WIDTH, HEIGHT), _SKY)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, HEIGHT - _BAND, WIDTH, HEIGHT), fill=_SAFFRON)
    _sign(pen, WIDTH - _MARGIN - 44, _MARGIN + 32, 44)
    pen.text((_MARGIN, _MARGIN), headline.status, font=_font(bold=True, size=34), fill=_SAFFRON)
    y = _MARGIN + 62
    font = _font(bold=True, size=64)
    for line in _wrapped(pen, headline.title, font, WIDTH - 2 * _MARGIN - 60, _TITLE_LINES):
        pen.text((_MARGIN, y), line, font=font, fill=_PAPER)
        y += 76
    _figures(pen, headline.figures)
    out = BytesIO()
    picture.quantize(_COLOURS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _figures(pen: ImageDraw.ImageDraw, figures: tuple[tuple[str, str], ...]) -> None:
    """Side by side above the band, each as wide as it needs to be."""
    label = _font(bold=False, size=27)
    room = (WIDTH - 2 * _MARGIN) // max(len(figures), 1)
    for place, (figure, counts) in enumerate(figures):
        x = _MARGIN + place * room
        size = next((size for size in (60, 50, 42, 34) if _width(pen, figure, size) < room - 24), 28)
        pen.text((x, HEIGHT - 190), figure, font=_font(bold=True, size=size), fill=_PAPER, anchor="ls")
        for row, line in enumerate(_wrapped(pen, counts, label, room - 24, 2)):
            pen.text((x, HEIGHT - 150 + 34 * row), line, font=label, fill=_QUIET, anchor="ls")


def _sign(pen: ImageDraw.ImageDraw, x: int, y: int, radius: int) -> None:
    """The crown of a yurt from below, as in the pages' bar."""
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=_SAFFRON, width=5)
    third = radius // 3
    for offset in (-third, third):
        pen.arc((x - radius, y + offset - 9, x + radius, y + offset + 9), 0, 180, fill=_SAFFRON, width=5)
        pen.arc((x + offset - 9, y - radius, x + offset + 9, y + radius), 270, 90, fill=_SAFFRON, width=5)


def _wrapped(
    pen: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, width: int, most: int
) -> list[str]:
    """At most so many lines that fit; what is left over ends in an ellipsis, and so does a word wider than a line."""
    lines: list[str] = []
    for word in text.split(" "):  # and not at a no-break space
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and pen.textlength(longer, font) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    shown = lines[:most]
    if len(lines) > most:
        shown[-1] += "…"
    return [_fitting(pen, line, font, width) for line in shown]


def _fitting(pen: ImageDraw.ImageDraw, line: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    if pen.textlength(line, font) <= width:
        return line
    kept = line.removesuffix("…")
    while kept and pen.textlength(f"{kept}…", font) > width:
        kept = kept[:-1]
    return f"{kept}…"


def _width(pen: ImageDraw.ImageDraw, text: str, size: int) -> float:
    return pen.textlength(text, _font(bold=True, size=size))


@cache
def _font(*, bold: bool, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_roboto.RobotoBold if bold else font_roboto.Roboto, size)
