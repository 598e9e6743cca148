"""Debian's Chromium, headless, and windows in it that tell when a page complained.

What a page complains of is a failure of whoever opened it: an error on the console, an exception nobody caught, or something
that the page's content security policy refused.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, ViewportSize

from tests.browser.screens import DESKTOP, Size

OWN_BROWSER: Final = "DAUYS_TEST_CHROMIUM"
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
_SWITCHED_OFF: Final = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "RenderDocument",
    "ThirdPartyStoragePartitioning",
)
"""Ours is RenderDocument: with it each page of the same site is drawn by a widget made for it alone, a fifth of what it costs to
open the page. The list replaces Playwright's, so it repeats what that one names for Chromium on Linux.
"""
ONE_WIDGET: Final = (*ARGUMENTS, f"--disable-features={','.join(_SWITCHED_OFF)}")
"""For who only looks at one page after another, and not at what a page does: a service worker takes over otherwise there."""
SLOWEST_STEP_MS: Final = 20_000
_KEPT: Final = "cookies,indexeddb,local_storage"
_TELL_REFUSALS: Final = """addEventListener("securitypolicyviolation", refused =>
    console.error(`refused by ${refused.effectiveDirective}: ${refused.blockedURI} ${refused.sample}`))"""


def executable() -> str | None:
    """`DAUYS_TEST_CHROMIUM`, else the system's Chromium without the window that nobody would see: it draws and runs a page with the
    same engine, for five sixths of the processor time. Else the one with a window.
    """
    return os.environ.get(OWN_BROWSER) or shutil.which("chromium-headless-shell") or as_people_have_it()


def as_people_have_it() -> str | None:
    """`DAUYS_TEST_CHROMIUM`, else the Chromium that stands in a kiosk: for what is measured, and for what is killed."""
    return os.environ.get(OWN_BROWSER) or shutil.which("chromium") or shutil.which("chromium-browser")


def launch(playwright: Playwright, path: str) -> Browser:
    return playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))


@dataclass
class Complaints:
    """Of one window, in the order in which they came."""

    told: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.told.append(f"{page.url}: {error}"))

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _only_an_answer(message):
            self.told.append(f"{message.location['url']}: {message.text}")


def _only_an_answer(message: ConsoleMessage) -> bool:
    """A refusal or a network that is away is told on the console too, though nothing is wrong with the page; a missing file is."""
    return message.text.startswith("Failed to load resource") and "/static/" not in message.location["url"]


@contextmanager
def window(
    browser: Browser, base_url: str, *, language: str = "en", scheme: str = "light", size: Size = DESKTOP
) -> Iterator[Page]:
    """A window with no past, of a reader in Kazakhstan; AssertionError at the end if a page complained."""
    complaints = Complaints()
    context = browser.new_context(
        base_url=base_url,
        locale=language,
        timezone_id="Asia/Almaty",
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        viewport=viewport_of(size),
    )
    context.set_default_timeout(SLOWEST_STEP_MS)
    context.add_init_script(_TELL_REFUSALS)
    context.on("page", complaints.watch)
    try:
        yield context.new_page()
    finally:
        context.close()
    assert not complaints.told, "\n".join(complaints.told)


def forget(page: Page, base_url: str) -> None:
    """The window is as `window` opened it, for the next one who sits down; only the site's files stay in its cache."""
    machine = page.context.new_cdp_session(page)
    machine.send("Storage.clearDataForOrigin", {"origin": base_url, "storageTypes": _KEPT})
    machine.detach()
    page.unroute_all()
    page.emulate_media(media="null", color_scheme="light")
    page.set_viewport_size(viewport_of(DESKTOP))


def viewport_of(size: Size) -> ViewportSize:
    return {"width": size.width, "height": size.height}
