"""Every screen in Kazakh."""

from tests.browser.contract_screens import ScreenContract


class TestKazakh(ScreenContract):
    language = "kk"
