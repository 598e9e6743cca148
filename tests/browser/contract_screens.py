"""What every screen must keep in every language; a test module of its own for each, so that they run beside one another.

A screen is opened once and looked at on a desk, in the dark, on a phone and at 400 %, in the order that draws it anew the
fewest times. What is wrong is kept, and told at the end under the name of what was asked.
"""

from collections.abc import Iterator
from typing import ClassVar, Final

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import viewport_of, window
from tests.browser.looking import (
    barriers,
    language_and_headings,
    outside_the_window,
    shifted,
    small_targets,
    weight_bytes,
)
from tests.browser.screens import DESKTOP, PHONE, SCREENS, ZOOMED, Screen, Size
from tests.browser.screenshots import picture, write_index
from tests.browser.world import World

HEAVIEST_BYTES: Final = 100_000
MOST_SHIFT: Final = 0.02
"""A fifth of what Web Vitals calls good: a line that a script lays in, and nothing that a reader was reading."""


@pytest.fixture(scope="class")
def shared_window(chromium: Browser, served: World) -> Iterator[Page]:
    with window(chromium, served.address) as page:
        yield page
    write_index()


class ScreenContract:
    """`looked_at_in`: the colour scheme in which axe looks. Colours have no language and all else has no colour, so every screen is
    looked at in every language and in both schemes, though not in each of the six.
    """

    language: ClassVar[str]
    looked_at_in: ClassVar[str] = "light"

    @pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
    def test_everybody_can_read_and_use_it(self, screen: Screen, shared_window: Page, served: World) -> None:
        page = shared_window
        page.context.clear_cookies()
        if screen.role:
            served.sign_in(page.context, screen.role)
        page.set_viewport_size(viewport_of(DESKTOP))
        page.emulate_media(color_scheme="light")
        answer = page.goto(f"/{self.language}" + screen.path.format(**served.ids))
        assert answer
        assert answer.status == screen.status
        wrong = [f"{asked}: {found}" for asked, found in self.asked_of(page, screen) if found]
        assert not wrong, "\n".join(wrong)

    def asked_of(self, page: Page, screen: Screen) -> Iterator[tuple[str, object]]:
        """What was asked, and what was found against it: nothing, if all is well."""
        spoken = language_and_headings(page)
        yield "language and one heading", spoken if spoken != (self.language, 1) else None
        weight = weight_bytes(page)
        yield "weight in bytes", weight if weight >= HEAVIEST_BYTES else None
        moved = shifted(page)
        yield "shifted while it came", moved if moved > MOST_SHIFT else None
        self._picture(page, screen, "light", DESKTOP)
        if self.looked_at_in == "light":
            yield "barriers", barriers(page)
        page.emulate_media(color_scheme="dark")
        self._picture(page, screen, "dark", DESKTOP)
        if self.looked_at_in == "dark":
            yield "barriers in the dark", barriers(page)
        page.set_viewport_size(viewport_of(PHONE))
        self._picture(page, screen, "dark", PHONE)
        page.emulate_media(color_scheme="light")
        self._picture(page, screen, "light", PHONE)
        yield "lower than a fingertip", small_targets(page)
        page.set_viewport_size(viewport_of(ZOOMED))
        yield "lost at 400 %", outside_the_window(page)

    def _picture(self, page: Page, screen: Screen, scheme: str, size: Size) -> None:
        """By day the whole page, on a phone in every language and once on a desk; else what the window shows."""
        whole = scheme == "light" and (size == PHONE or self.language == "en")
        picture(page, screen, self.language, scheme, size, whole=whole)
