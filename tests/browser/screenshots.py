"""Pictures of every screen for people to look at, in `build/screenshots/`, with one page that shows them all."""

from html import escape
from itertools import product
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

from tests.browser.screens import SCREENS, Screen, Size

FOLDER: Final = Path(__file__).resolve().parents[2] / "build" / "screenshots"
INDEX: Final = FOLDER / "index.html"
LANGUAGES: Final = ("kk", "ru", "en")
SCHEMES: Final = ("light", "dark")

_STYLE: Final = (
    "body{font:1rem/1.5 sans-serif;margin:2rem}figure{display:inline-block;margin:.5rem;vertical-align:top}"
    "img{border:1px solid #999;max-height:28rem;max-width:28rem}"
)


def picture(page: Page, screen: Screen, language: str, scheme: str, size: Size) -> None:
    """The whole page, however long it is."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / _name(screen, language, scheme, size), full_page=True)


def write_index() -> None:
    """Of the pictures that are there."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    parts = [f"<!doctype html><meta charset=utf-8><title>Dauys: screens</title><style>{_STYLE}</style>"]
    for screen in SCREENS:
        parts.append(f"<h2>{escape(screen.name)}</h2>")
        for language, scheme, size in product(LANGUAGES, SCHEMES, screen.sizes):
            name = _name(screen, language, scheme, size)
            if (FOLDER / name).exists():
                parts.append(
                    f'<figure><a href="{name}"><img loading=lazy src="{name}" alt=""></a>'
                    f"<figcaption>{language} {scheme} {size.name}</figcaption></figure>"
                )
    INDEX.write_text("\n".join(parts), encoding="utf-8")


def _name(screen: Screen, language: str, scheme: str, size: Size) -> str:
    return f"{screen.name}-{language}-{scheme}-{size.name}.png"
