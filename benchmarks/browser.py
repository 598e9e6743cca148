"""A real Chromium for what only a browser can tell, in the windows of the browser tests: a page that complains ends the run."""

from collections.abc import Callable
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from benchmarks.report import Outcome, Row
from tests.browser.chromium import executable, launch

MISSING: Final = "not measured: no Chromium here"


def in_chromium(letter: str, what: tuple[str, ...], measure: Callable[[Browser], Outcome]) -> Outcome:
    """What `measure` finds out; where there is no Chromium, rows that say so."""
    path = executable()
    if path is None:
        return Outcome([Row(letter, each, MISSING) for each in what])
    with sync_playwright() as playwright, launch(playwright, path) as browser:
        return measure(browser)
