"""Made-up people for a roll: well-formed IINs of nobody alive, because all were born in the nineteenth century."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import count, islice

from domain.iin import NEVER_ISSUED, check_digit

_BORN_FROM = date(1801, 1, 1)
_DAYS = 36_000
_SERIALS = 10_000
_CENTURY_DIGIT = "1"

MOST_PEOPLE = _DAYS * _SERIALS * 9 // 10


def iins() -> Iterator[str]:
    """Different IINs without end, or nearly: `MOST_PEOPLE` of them."""
    for number in range(_DAYS * _SERIALS):
        serial, day = divmod(number, _DAYS)
        stem = f"{_BORN_FROM + timedelta(days=day):%y%m%d}{_CENTURY_DIGIT}{serial:04}"
        if (digit := check_digit(stem)) != NEVER_ISSUED:
            yield f"{stem}{digit}"


def assign(people: Mapping[str, int]) -> list[tuple[str, str]]:
    """(IIN, unit) for everybody: as many per unit as asked for."""
    given = iins()
    return [(iin, unit) for unit, number in people.items() for iin in islice(given, number)]


def roll_list(people: list[tuple[str, str]]) -> Iterator[bytes]:
    """The list as a registrar gets it, line by line."""
    yield b"iin,unit\n"
    for iin, unit in people:
        yield f"{iin},{unit}\n".encode()


def numbered_authors() -> Iterator[str]:
    """Opaque references of made-up authors."""
    return (f"resident-{number}" for number in count(1))
