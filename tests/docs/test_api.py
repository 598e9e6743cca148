"""The page on the public interface names every address there is, and no other."""

import re

from api.main import create_app
from api.whole_deliveries import PATH
from application.settings import Settings
from tests.house.files import ROOT

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def test_every_address_is_on_the_page_and_none_in_vain() -> None:
    framework = vars(create_app(Settings()))["app"]
    served = {
        (method.upper(), path) for path, methods in framework.openapi()["paths"].items() for method in methods
    }
    told = set(re.findall(r"`(GET|POST) (/[^`?]*)`", PAGE))
    assert told == served | {("POST", PATH)}
