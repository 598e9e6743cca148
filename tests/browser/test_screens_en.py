"""Every screen in English, and by keyboard: what can be reached does not depend on the language."""

from tests.browser.contract_screens import ScreenContract, Shown
from tests.browser.looking import walked


class TestEnglish(ScreenContract):
    language = "en"

    def test_every_control_is_reached_and_seen_by_keyboard(self, shown: Shown) -> None:
        assert walked(shown.page) == {"missed": [], "unseen": []}
