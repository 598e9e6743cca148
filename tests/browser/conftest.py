"""One browser for the tests of this folder, one server with a world of its own, and windows that must end without a complaint."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Final, Protocol

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.check_in import CheckIn, desk_window, open_check_in
from tests.browser.chromium import OWN_BROWSER, SLOWEST_STEP_MS, executable, launch, window
from tests.browser.contract_screens import shared_window
from tests.browser.counter import Counter
from tests.browser.hall import Hall, Kiosk, open_hall
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
        pytest.skip(
            f"no Chromium here: apt-get install chromium chromium-headless-shell, or name one in {OWN_BROWSER}"
        )
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


# Kiosks


@pytest.fixture(scope="package")
def shared_hall(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with open_hall(cluster, tmp_path_factory.mktemp("hall")) as hall:
        yield hall


@pytest.fixture
def hall(shared_hall: Hall) -> Iterator[Hall]:
    """Its server is there; each test opens a round of its own in it."""
    yield shared_hall
    shared_hall.recover()


@pytest.fixture(scope="package")
def shared_counter(chromium: Browser, shared_hall: Hall) -> Iterator[Counter]:
    with closing(Counter(chromium, shared_hall)) as counter:
        yield counter


@pytest.fixture
def counter(shared_counter: Counter, hall: Hall) -> Iterator[Counter]:  # noqa: ARG001 - recovers when the counter is done
    yield shared_counter
    shared_counter.end_of_test()


@pytest.fixture(scope="package")
def shared_clocked_counter(chromium: Browser, shared_hall: Hall) -> Iterator[Counter]:
    with closing(Counter(chromium, shared_hall, clock=True)) as counter:
        yield counter


@pytest.fixture
def clocked_counter(shared_clocked_counter: Counter, hall: Hall) -> Iterator[Counter]:  # noqa: ARG001 - as above
    """Its kiosk's clock is the test's to wind on."""
    yield shared_clocked_counter
    shared_clocked_counter.end_of_test()


@pytest.fixture(scope="package")
def modules(chromium: Browser, shared_hall: Hall) -> Iterator[Kiosk]:
    """A kiosk's page whose modules are asked one by one; nobody is enrolled there."""
    with window(chromium, shared_hall.address) as page:
        yield Kiosk(page, shared_hall).open()


# Check-in desks


@pytest.fixture(scope="package")
def site(cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CheckIn]:
    """Its own round is for one file; whoever else comes takes `of_another_round`."""
    with open_check_in(cluster, template, tmp_path_factory.mktemp("desks")) as site:
        yield site


@pytest.fixture(scope="package")
def machine(site: CheckIn, chromium: Browser) -> Iterator[Page]:
    with desk_window(chromium, site.address) as page:
        yield page


@pytest.fixture(scope="package")
def next_machine(site: CheckIn, chromium: Browser) -> Iterator[Page]:
    with desk_window(chromium, site.address) as page:
        yield page
