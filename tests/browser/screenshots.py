"""Pictures of every screen for people to look at, in `build/screenshots/`, with one page that shows them all."""

from html import escape
from itertools import groupby
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

from tests.browser.screens import Screen, Size

FOLDER: Final = Path(__file__).resolve().parents[2] / "build" / "screenshots"
INDEX: Final = FOLDER / "index.html"

_QUALITY: Final = 88
"""Of 100: text is still sharp, and a picture takes two thirds of the time that a lossless one would."""
_STYLE: Final = (
    "body{font:1rem/1.5 sans-serif;margin:2rem}figure{display:inline-block;margin:.5rem;vertical-align:top}"
    "img{border:1px solid #999;max-height:28rem;max-width:28rem}"
)


def picture(
    page: Page, screen: Screen, language: str, scheme: str, size: Size, *, whole: bool = True
) -> None:
    """As one sees it who has touched nothing yet: the whole page, however long it is, or what the window shows of it."""
    page.evaluate("() => document.activeElement?.blur()")
    keep(page, f"{screen.name}-{language}-{scheme}-{size.name}", whole=whole)


def keep(page: Page, name: str, *, whole: bool = False) -> None:
    """What the window shows, or all of the page. A caret is left as it is: to hide it would style the whole page anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(
        path=FOLDER / f"{name}.jpg", type="jpeg", quality=_QUALITY, full_page=whole, caret="initial"
    )


def write_index() -> None:
    """Of all pictures that are there, those of one screen together."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    names = sorted(path.stem for path in FOLDER.glob("*.jpg"))
    parts = [f"<!doctype html><meta charset=utf-8><title>Dauys: screens</title><style>{_STYLE}</style>"]
    for screen, pictures in groupby(names, key=lambda name: name.rsplit("-", 3)[0]):
        parts.append(f"<h2>{escape(screen)}</h2>")
        parts += [
            f'<figure><a href="{name}.jpg"><img loading=lazy src="{name}.jpg" alt=""></a>'
            f"<figcaption>{escape(name.removeprefix(screen + '-'))}</figcaption></figure>"
            for name in pictures
        ]
    INDEX.write_text("\n".join(parts), encoding="utf-8")
