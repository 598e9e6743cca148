"""One browser for the tests of this folder, one server with a world of its own, and windows that must end without a complaint."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final, Protocol

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chromium import OWN_BROWSER, SLOWEST_STEP_MS, executable, launch, window
from tests.browser.contract_screens import shared_window
from tests.browser.screens import DESKTOP, Size
from tests.browser.world import World, told_world

__all__ = ["shared_window"]


_LONGER_THAN_THE_SUITE: Final = 8 * 3600
"""Seconds: whoever signed in for one screen is still known at the next, however long that takes to come."""


class Opening(Protocol):
    def __call__(self, language: str = "en", scheme: str = "light", size: Size = DESKTOP) -> Page: ...


@pytest.fixture(scope="session")
def served(cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Read by every test; one that writes serves a world of its own."""
    home = tmp_path_factory.mktemp("browser")
    with told_world(cluster, template, home, session_idle_seconds=_LONGER_THAN_THE_SUITE) as world:
        yield world


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Ends with the folder: while playwright runs, its loop stands in the way of tests that start their own."""
    path = executable()
    if path is None:
        pytest.skip(f"no Chromium here: apt-get install chromium, or name one in {OWN_BROWSER}")
    expect.set_options(timeout=SLOWEST_STEP_MS)
    with sync_playwright() as playwright, launch(playwright, path) as browser:
        yield browser


@pytest.fixture
def browser_page(chromium: Browser, served: World) -> Iterator[Opening]:
    """`browser_page("kk", "dark", PHONE)`: a new window on the served world, closed at the test's end."""
    with ExitStack() as open_windows:

        def opened(language: str = "en", scheme: str = "light", size: Size = DESKTOP) -> Page:
            return open_windows.enter_context(
                window(chromium, served.address, language=language, scheme=scheme, size=size)
            )

        yield opened
