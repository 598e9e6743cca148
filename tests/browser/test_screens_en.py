"""Every screen in English."""

from tests.browser.contract_screens import ScreenContract


class TestEnglish(ScreenContract):
    language = "en"
