"""What every screen must keep in every language; a test module of its own for each, so that they run beside one another.

A screen's tests share one window: each sets the size and the colour scheme it needs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import viewport_of, window
from tests.browser.looking import (
    barriers,
    outside_the_window,
    shifted,
    small_targets,
    weight_bytes,
)
from tests.browser.screens import DESKTOP, PHONE, SCREENS, ZOOMED, Screen
from tests.browser.screenshots import picture, write_index
from tests.browser.world import World

HEAVIEST_BYTES: Final = 100_000
MOST_SHIFT: Final = 0.02
"""A fifth of what Web Vitals calls good: a line that a script lays in, and nothing that a reader was reading."""


@dataclass(frozen=True)
class Shown:
    page: Page
    screen: Screen


@pytest.fixture(scope="class")
def shared_window(chromium: Browser, served: World) -> Iterator[Page]:
    with window(chromium, served.address) as page:
        yield page
    write_index()


@pytest.fixture(scope="class", params=SCREENS, ids=lambda screen: screen.name)
def shown(request: pytest.FixtureRequest, shared_window: Page, served: World) -> Shown:
    screen: Screen = request.param
    shared_window.context.clear_cookies()
    if screen.role:
        served.sign_in(shared_window.context, screen.role)
    shared_window.emulate_media(color_scheme="light")
    shared_window.set_viewport_size(viewport_of(DESKTOP))
    answer = shared_window.goto(f"/{request.cls.language}" + screen.path.format(**served.ids))
    assert answer
    assert answer.status == screen.status
    return Shown(shared_window, screen)


class ScreenContract:
    language: ClassVar[str]

    def test_it_is_in_its_language_and_has_one_heading(self, shown: Shown) -> None:
        assert shown.page.locator("html").get_attribute("lang") == self.language
        assert shown.page.locator("h1").count() == 1

    def test_it_is_light_and_nothing_moves_while_it_comes(self, shown: Shown) -> None:
        assert weight_bytes(shown.page) < HEAVIEST_BYTES
        assert shifted(shown.page) <= MOST_SHIFT

    def test_it_has_no_barriers(self, shown: Shown) -> None:
        assert not barriers(shown.page)

    def test_nothing_is_lost_at_400_per_cent_and_targets_are_as_high_as_a_fingertip(
        self, shown: Shown
    ) -> None:
        shown.page.set_viewport_size(viewport_of(ZOOMED))
        assert not outside_the_window(shown.page)
        shown.page.set_viewport_size(viewport_of(PHONE))
        assert not small_targets(shown.page)

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_it_is_pictured(self, shown: Shown, scheme: str) -> None:
        shown.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for size in shown.screen.sizes:
            shown.page.set_viewport_size(viewport_of(size))
            picture(shown.page, shown.screen, self.language, scheme, size)
