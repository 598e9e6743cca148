"""Every screen in Kazakh, looked at by axe in the dark."""

from tests.browser.contract_screens import ScreenContract


class TestKazakh(ScreenContract):
    language = "kk"
    looked_at_in = "dark"
