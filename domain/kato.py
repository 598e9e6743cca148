"""KATO: the nine-digit code of an administrative-territorial unit; a unit's parent is stored, never cut out of the digits."""

from typing import ClassVar

from domain.errors import Refused

_LENGTH = 9


class KatoInvalid(Refused):
    """The code itself is not told: in a file with its columns swapped it is an IIN."""

    code: ClassVar[str] = "kato_invalid"


def check_kato(code: str) -> str:
    """`code` itself when it is nine ASCII digits, else KatoInvalid (concept, section 9)."""
    if len(code) != _LENGTH or not (code.isascii() and code.isdigit()):
        raise KatoInvalid
    return code
