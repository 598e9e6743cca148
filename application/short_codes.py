"""Short codes on receipts: what a voter types to find their ballot again. They tell a place or an id, never a choice.

    position code  the ballot's position in the log and a check symbol: 1234-D. Printed when the receipt is there at once.
    ballot code    the first 60 bits of the ballot's id (`domain.ballot.Ballot.create_id`) and a check symbol:
                   XXXX-XXXX-XXXX-C. Known to the kiosk without the log, so a slip printed offline carries it too.
Both are in Crockford's base 32 alphabet with his check symbol (the number mod 37) and typed as forgivingly as voting codes.
The id of a ballot is withheld with its entry while the round is open; its code can neither be guessed nor made from the credential
without the round. A printed format: api/static/kiosk/short_codes.js makes the same, tests/browser compares them.
"""

from uuid import UUID

from application.codes import AS_MEANT, CHECK_SYMBOLS, SYMBOLS, TYPED_CHARS

BALLOT_SYMBOLS = 12
MOST_POSITION_DIGITS = 11
"""One less than makes a ballot code, so that the two cannot be mistaken for each other."""

_SYMBOL_BITS = 5
_BALLOT_BITS = BALLOT_SYMBOLS * _SYMBOL_BITS
_ID_BITS = 128
_GROUP = 4


def position_code(position: int) -> str:
    """Of the entry at `position` (from 1)."""
    return f"{position}-{_check_symbol(position)}"


def ballot_code(ballot_id: UUID) -> str:
    number = ballot_id.int >> (_ID_BITS - _BALLOT_BITS)
    symbols = "".join(
        SYMBOLS[number >> shift & 0b11111] for shift in range(_BALLOT_BITS - _SYMBOL_BITS, -1, -_SYMBOL_BITS)
    )
    groups = [symbols[at : at + _GROUP] for at in range(0, BALLOT_SYMBOLS, _GROUP)]
    return "-".join([*groups, _check_symbol(number)])


def parse_position_code(typed: str) -> int | None:
    """The position, from 1; None when it is not such a code, or mistyped."""
    symbols = _meant(typed)
    digits, check = symbols[:-1], symbols[-1:]
    if not 1 <= len(digits) <= MOST_POSITION_DIGITS or not digits.isdecimal() or digits.startswith("0"):
        return None
    position = int(digits)
    return position if check == _check_symbol(position) else None


def parse_ballot_code(typed: str) -> tuple[UUID, UUID] | None:
    """The lowest and the highest id that have this code, for a look-up by range; None when it is not such a code, or mistyped."""
    symbols = _meant(typed)
    if len(symbols) != BALLOT_SYMBOLS + 1 or not set(symbols[:-1]).issubset(SYMBOLS):
        return None
    number = 0
    for symbol in symbols[:-1]:
        number = number << _SYMBOL_BITS | SYMBOLS.index(symbol)
    if symbols[-1] != _check_symbol(number):
        return None
    rest = _ID_BITS - _BALLOT_BITS
    return UUID(int=number << rest), UUID(int=(number + 1 << rest) - 1)


def _check_symbol(number: int) -> str:
    return CHECK_SYMBOLS[number % len(CHECK_SYMBOLS)]


def _meant(typed: str) -> str:
    if len(typed) > TYPED_CHARS or not typed.isascii():
        return ""
    return typed.upper().translate(AS_MEANT)
