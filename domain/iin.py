"""The individual identification number (IIN, ЖСН, ИИН): twelve digits with a birth date and a check digit.

An IIN lives in memory only: it is hashed with the roll key before anything is stored, and never shown, logged or echoed.
Format: concept, section 9.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from domain.errors import Refused

NEVER_ISSUED = 10
"""A check digit that no number has."""

_FIRST_WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_SECOND_WEIGHTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
_LENGTH = 12
_CENTURY_OF_DIGIT = {1: 1800, 2: 1800, 3: 1900, 4: 1900, 5: 2000, 6: 2000}


class IinInvalid(Refused):
    """`reason` is one of length, digits, century, birth_date, check_digit; the number itself is never told."""

    code: ClassVar[str] = "iin_invalid"


@dataclass(frozen=True, slots=True, repr=False)
class Iin:
    """A well-formed IIN. `str()` and `repr()` hide it; `digits` is for hashing only."""

    digits: str

    @classmethod
    def parse(cls, text: str) -> "Iin":
        """The IIN in `text`, or IinInvalid; surrounding white space is ignored."""
        digits = text.strip()
        if len(digits) != _LENGTH:
            raise IinInvalid(reason="length")
        if not (digits.isascii() and digits.isdigit()):
            raise IinInvalid(reason="digits")
        _birth_date(digits)
        if check_digit(digits) != int(digits[-1]):
            raise IinInvalid(reason="check_digit")
        return cls(digits)

    def age_on(self, day: date) -> int:
        """Full years on `day`."""
        born = _birth_date(self.digits)
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    def __repr__(self) -> str:
        return "Iin(hidden)"


def is_iin(text: str) -> bool:
    """Whether `text` is a well-formed IIN. An organisation's number (BIN) never is: where an IIN has the day it has 40 or more."""
    try:
        Iin.parse(text)
    except IinInvalid:
        return False
    return True


def check_digit(digits: str) -> int:
    """Of the first eleven digits: 0..9, or NEVER_ISSUED."""
    for weights in (_FIRST_WEIGHTS, _SECOND_WEIGHTS):
        remainder = sum(int(d) * w for d, w in zip(digits, weights, strict=False)) % 11
        if remainder != NEVER_ISSUED:
            return remainder
    return NEVER_ISSUED


def _birth_date(digits: str) -> date:
    century = _CENTURY_OF_DIGIT.get(int(digits[6]))
    if century is None:
        raise IinInvalid(reason="century")
    try:
        return date(century + int(digits[0:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        raise IinInvalid(reason="birth_date") from None
