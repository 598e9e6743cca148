"""What every screen must keep in every language; a test module of its own for each, so that they run beside one another.

A screen is opened once and looked at on a desk, in the dark, on a phone and at 400 %, in the order that draws it anew the
fewest times. What is wrong is kept, and told at the end under the name of what was asked.
"""

from collections.abc import Iterator
from typing import ClassVar, Final

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import ONE_WIDGET, executable, viewport_of, window
from tests.browser.looking import arrived, barriers, outside_the_window, small_targets
from tests.browser.screens import DESKTOP, PHONE, SCREENS, ZOOMED, Screen, Size
from tests.browser.screenshots import Camera, name_of, untouched, write_index
from tests.browser.world import World

HEAVIEST_BYTES: Final = 100_000
MOST_SHIFT: Final = 0.02
"""A fifth of what Web Vitals calls good: a line that a script lays in, and nothing that a reader was reading."""


@pytest.fixture(scope="class")
def shared_window(chromium: Browser, served: World) -> Iterator[Camera]:
    path = executable()
    with (
        chromium.browser_type.launch(executable_path=path, args=list(ONE_WIDGET)) as looking,
        window(looking, served.address) as page,
    ):
        yield Camera(page)
    write_index()


class ScreenContract:
    """`looked_at_in`: the colour scheme in which axe looks. Colours have no language and all else has no colour, so every screen is
    looked at in every language and in both schemes, though not in each of the six.
    """

    language: ClassVar[str]
    looked_at_in: ClassVar[str] = "light"

    @pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
    def test_everybody_can_read_and_use_it(
        self, screen: Screen, shared_window: Camera, served: World
    ) -> None:
        page = shared_window.page
        page.context.clear_cookies()
        if screen.role:
            served.sign_in(page.context, screen.role)
        page.set_viewport_size(viewport_of(DESKTOP))
        page.emulate_media(color_scheme="light")
        answer = page.goto(f"/{self.language}" + screen.path.format(**served.ids))
        assert answer
        assert answer.status == screen.status
        wrong = [f"{asked}: {found}" for asked, found in self.asked_of(shared_window, screen) if found]
        assert not wrong, "\n".join(wrong)

    def asked_of(self, camera: Camera, screen: Screen) -> Iterator[tuple[str, object]]:
        """What was asked, and what was found against it: nothing, if all is well."""
        page = camera.page
        came = arrived(page)
        spoken = came.language, came.headings
        yield "language and one heading", spoken if spoken != (self.language, 1) else None
        yield "weight in bytes", came.weight_bytes if came.weight_bytes >= HEAVIEST_BYTES else None
        yield "shifted while it came", came.shifted if came.shifted > MOST_SHIFT else None
        untouched(page)
        self._keep(camera, screen, "light", DESKTOP)
        if self.looked_at_in == "light":
            yield "barriers", barriers(page)
        page.emulate_media(color_scheme="dark")
        self._keep(camera, screen, "dark", DESKTOP)
        if self.looked_at_in == "dark":
            yield "barriers in the dark", barriers(page)
        page.set_viewport_size(viewport_of(PHONE))
        self._keep(camera, screen, "dark", PHONE)
        page.emulate_media(color_scheme="light")
        self._keep(camera, screen, "light", PHONE)
        yield "lower than a fingertip", small_targets(page)
        page.set_viewport_size(viewport_of(ZOOMED))
        yield "lost at 400 %", outside_the_window(page)

    def _keep(self, camera: Camera, screen: Screen, scheme: str, size: Size) -> None:
        """The whole page once on a desk, and once on a phone where words are longest; else what the window shows."""
        whole = scheme == "light" and (size, self.language) in ((DESKTOP, "en"), (PHONE, "kk"))
        camera.keep(name_of(screen, self.language, scheme, size), whole=whole)
