"""Pages as people meet them, in a real Chromium that the tests of this folder share: a package, so that it ends with them."""

import pytest

pytest.register_assert_rewrite("tests.browser.contract_screens")
