"""Made-up people and credentials for lists: well-formed, belonging to nobody."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from hashlib import sha256

from application import base64url
from domain.iin import NEVER_ISSUED, check_digit

_FIRST_BIRTHDAY = date(1960, 1, 1)


def iin(number: int) -> str:
    """The IIN of made-up person `number`, 0..9,999, who is of age."""
    born = _FIRST_BIRTHDAY + timedelta(days=number)
    stems = (f"{born:%y%m%d}3{serial:04}" for serial in range(10))
    return next(f"{stem}{digit}" for stem in stems if (digit := check_digit(stem)) != NEVER_ISSUED)


def credential(number: int) -> str:
    return base64url.to_text(sha256(b"credential %d" % number).digest())


def roll_list(people: Iterable[tuple[str, str]]) -> Iterator[bytes]:
    """The CSV of (IIN, unit)."""
    yield b"iin,unit\n"
    for digits, unit in people:
        yield f"{digits},{unit}\n".encode()


def credential_list(credentials: Iterable[tuple[str, str]]) -> Iterator[bytes]:
    """The CSV of (unit, credential)."""
    yield b"unit,credential\n"
    for unit, text in credentials:
        yield f"{unit},{text}\n".encode()
