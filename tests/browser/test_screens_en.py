"""Every screen in English, by keyboard too: what is reached does not depend on the language."""

from collections.abc import Iterator

from tests.browser.chromium import viewport_of
from tests.browser.contract_screens import ScreenContract
from tests.browser.looking import walked
from tests.browser.screens import DESKTOP, Screen
from tests.browser.screenshots import Camera


class TestEnglish(ScreenContract):
    language = "en"

    def asked_of(self, camera: Camera, screen: Screen) -> Iterator[tuple[str, object]]:
        yield from super().asked_of(camera, screen)
        camera.page.set_viewport_size(viewport_of(DESKTOP))
        yield "by keyboard", {why: found for why, found in walked(camera.page).items() if found}
