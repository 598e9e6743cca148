"""Every screen in English, by keyboard and in the dark too: neither what is reached nor a colour depends on the language."""

from tests.browser.contract_screens import ScreenContract, Shown
from tests.browser.looking import pale, walked


class TestEnglish(ScreenContract):
    language = "en"

    def test_in_the_dark_too_everything_can_be_read(self, shown: Shown) -> None:
        shown.page.emulate_media(color_scheme="dark")
        assert not pale(shown.page)

    def test_every_control_is_reached_and_seen_by_keyboard(self, shown: Shown) -> None:
        assert walked(shown.page) == {"missed": [], "unseen": []}
