"""Every screen in Russian."""

from tests.browser.contract_screens import ScreenContract


class TestRussian(ScreenContract):
    language = "ru"
