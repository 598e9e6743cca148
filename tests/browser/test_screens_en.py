"""Every screen in English, by keyboard too: what is reached does not depend on the language."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.browser.chromium import viewport_of
from tests.browser.contract_screens import ScreenContract
from tests.browser.looking import walked
from tests.browser.screens import DESKTOP, Screen


class TestEnglish(ScreenContract):
    language = "en"

    def asked_of(self, page: Page, screen: Screen) -> Iterator[tuple[str, object]]:
        yield from super().asked_of(page, screen)
        page.set_viewport_size(viewport_of(DESKTOP))
        yield "by keyboard", {why: found for why, found in walked(page).items() if found}
