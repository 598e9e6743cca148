"""Every screen in every language: no barriers in either colour scheme, nothing lost at 400 % zoom, for keyboard and finger."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from api.web.languages import LANGUAGES
from tests.browser.chromium import viewport_of, window
from tests.browser.looking import barriers, outside_the_window, shifted, small_targets, walked, weight_bytes
from tests.browser.screens import DESKTOP, PHONE, SCREENS, ZOOMED, Screen
from tests.browser.screenshots import picture, write_index
from tests.browser.world import World

HEAVIEST_BYTES = 100_000
Scheme = Literal["light", "dark"]


@dataclass(frozen=True)
class Shown:
    """A screen in a window that the tests of one screen share; each sets the size and scheme it needs."""

    page: Page
    screen: Screen
    language: str


@pytest.fixture(scope="module")
def shared_window(chromium: Browser, served: World) -> Iterator[Page]:
    with window(chromium, served.address) as page:
        yield page
    write_index()


@pytest.fixture(
    scope="module",
    params=product(SCREENS, LANGUAGES),
    ids=lambda param: f"{param[0].name}-{param[1]}",
)
def shown(request: pytest.FixtureRequest, shared_window: Page, served: World) -> Shown:
    screen, language = request.param
    shared_window.context.clear_cookies()
    if screen.role:
        served.sign_in(shared_window.context, screen.role)
    shared_window.set_viewport_size(viewport_of(DESKTOP))
    answer = shared_window.goto(f"/{language}" + screen.path.format(**served.ids))
    assert answer
    assert answer.status == screen.status
    return Shown(shared_window, screen, language)


def test_it_is_in_its_language_and_has_one_heading(shown: Shown) -> None:
    assert shown.page.locator("html").get_attribute("lang") == shown.language
    assert shown.page.locator("h1").count() == 1


def test_it_is_light_and_nothing_moves_while_it_comes(shown: Shown) -> None:
    assert weight_bytes(shown.page) < HEAVIEST_BYTES
    assert shifted(shown.page) == 0


def test_every_control_is_reached_and_seen_by_keyboard(shown: Shown) -> None:
    """In one language: what can be reached does not depend on it."""
    if shown.language == "en":
        assert walked(shown.page) == {"missed": [], "unseen": []}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_has_no_barriers_and_is_pictured(shown: Shown, scheme: Scheme) -> None:
    shown.page.emulate_media(color_scheme=scheme)
    shown.page.set_viewport_size(viewport_of(DESKTOP))
    found = barriers(shown.page)
    for size in shown.screen.sizes:
        shown.page.set_viewport_size(viewport_of(size))
        picture(shown.page, shown.screen, shown.language, scheme, size)
    assert not found


def test_nothing_is_lost_at_400_per_cent_and_targets_are_as_high_as_a_fingertip(shown: Shown) -> None:
    shown.page.set_viewport_size(viewport_of(ZOOMED))
    assert not outside_the_window(shown.page)
    shown.page.set_viewport_size(viewport_of(PHONE))
    assert not small_targets(shown.page)
