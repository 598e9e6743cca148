"""A real Chromium for what only a browser can tell, in the windows of the browser tests: a page that complains ends the run."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from benchmarks.report import Outcome, Row
from tests.browser.chromium import as_people_have_it, launch

MISSING: Final = "not measured: no Chromium here"


@contextmanager
def chromium() -> Iterator[Browser | None]:
    """A new one; None where there is none."""
    path = as_people_have_it()
    if path is None:
        yield None
        return
    with sync_playwright() as playwright, launch(playwright, path) as browser:
        yield browser


def in_chromium(
    opening: AbstractContextManager[Browser | None],
    letter: str,
    what: tuple[str, ...],
    measure: Callable[[Browser], Outcome],
) -> Outcome:
    """What `measure` finds out; where there is no Chromium, rows that say so."""
    with opening as browser:
        return Outcome([Row(letter, each, MISSING) for each in what]) if browser is None else measure(browser)
