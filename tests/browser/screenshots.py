"""Pictures of every screen for people to look at, in `build/screenshots/`, with one page that shows them all."""

from base64 import b64decode
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

from tests.browser.screens import Screen, Size

FOLDER: Final = Path(__file__).resolve().parents[2] / "build" / "screenshots"
INDEX: Final = FOLDER / "index.html"

_QUALITY: Final = 88
"""Of 100: text is still sharp."""
_STYLE: Final = (
    "body{font:1rem/1.5 sans-serif;margin:2rem}figure{display:inline-block;margin:.5rem;vertical-align:top}"
    "img{border:1px solid #999;max-height:28rem;max-width:28rem}"
)


class Camera:
    """Of one window, asking the browser itself: Playwright looks at the page anew before and after each picture."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._machine = page.context.new_cdp_session(page)
        FOLDER.mkdir(parents=True, exist_ok=True)

    def keep(self, name: str, *, whole: bool = False) -> None:
        """What the window shows, or all of the page however long it is. A caret is left as it is."""
        wanted: dict[str, Any] = {"format": "jpeg", "quality": _QUALITY}
        if whole:
            size = self._machine.send("Page.getLayoutMetrics")["cssContentSize"]
            wanted |= {"captureBeyondViewport": True, "clip": size | {"scale": 1}}
        taken = self._machine.send("Page.captureScreenshot", wanted)
        (FOLDER / f"{name}.jpg").write_bytes(b64decode(taken["data"]))


def untouched(page: Page) -> None:
    """As one sees it who has touched nothing yet, when all of it has come."""
    page.wait_for_load_state()
    page.evaluate("() => document.activeElement?.blur()")


def picture(page: Page, screen: Screen, language: str, scheme: str, size: Size) -> None:
    """The whole page, as one sees it who has touched nothing yet."""
    untouched(page)
    keep(page, name_of(screen, language, scheme, size), whole=True)


def name_of(screen: Screen, language: str, scheme: str, size: Size) -> str:
    return f"{screen.name}-{language}-{scheme}-{size.name}"


def keep(page: Page, name: str, *, whole: bool = False) -> None:
    """One picture, as `Camera.keep` takes it."""
    Camera(page).keep(name, whole=whole)


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
