"""Every refusal's HTTP status and its words in Kazakh, Russian and English, read from `problems.toml` beside this module.

A code that is not in the table yet is answered as `refused`: a missing text must not turn a refusal into a failure. The tests
find it.
"""

import tomllib
from collections.abc import Mapping
from http import HTTPStatus
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from domain.errors import Refused

LANGUAGES: Final = ("kk", "ru", "en")
RETRY_AFTER_SECONDS: Final = 1
"""Where we are away, and nobody can say for how long."""

_TABLE: Final = tomllib.loads(files("api").joinpath("problems.toml").read_text(encoding="utf-8"))

STATUS_BY_CODE: Final = MappingProxyType({code: int(entry["status"]) for code, entry in _TABLE.items()})


def status_of(code: str) -> int:
    """The HTTP status of a refusal."""
    return STATUS_BY_CODE.get(code, STATUS_BY_CODE[Refused.code])


def waiting(status: int, facts: Mapping[str, object]) -> dict[str, str]:
    """The header that says when to come again (RFC 9110, 10.2.3): after a refusal's `wait_seconds`, or when we are back."""
    wait = facts.get(
        "wait_seconds", RETRY_AFTER_SECONDS if status == HTTPStatus.SERVICE_UNAVAILABLE else None
    )
    return {} if wait is None else {"retry-after": str(wait)}


def texts(code: str, language: str) -> tuple[str, str]:
    """Title and detail; `language` is one of `LANGUAGES`."""
    title, detail = _TABLE.get(code, _TABLE[Refused.code])[language]
    return title, detail
