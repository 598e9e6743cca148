"""Every refusal's HTTP status and its words in Kazakh, Russian and English, read from `problems.toml` beside this module.

A code that is not in the table yet is answered as `refused`: a missing text must not turn a refusal into a failure. The tests
find it.
"""

import tomllib
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from domain.errors import Refused

LANGUAGES: Final = ("kk", "ru", "en")

_TABLE: Final = tomllib.loads(files("api").joinpath("problems.toml").read_text(encoding="utf-8"))

STATUS_BY_CODE: Final = MappingProxyType({code: int(entry["status"]) for code, entry in _TABLE.items()})


def status_of(code: str) -> int:
    """The HTTP status of a refusal."""
    return STATUS_BY_CODE.get(code, STATUS_BY_CODE[Refused.code])


def texts(code: str, language: str) -> tuple[str, str]:
    """Title and detail; `language` is one of `LANGUAGES`."""
    title, detail = _TABLE.get(code, _TABLE[Refused.code])[language]
    return title, detail
