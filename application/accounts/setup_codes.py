"""Set-up codes: 80 random bits that let one person choose password and second factor once. Only their SHA-256 is kept.

The bootstrap code is the one that belongs to no account: it makes the first sysadmin, and exists only while nobody can be one.
"""

import re
from base64 import b32decode, b32encode
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any, ClassVar, Final, LiteralString
from uuid import UUID

from psycopg import Connection

from application.settings import Settings
from application.store import Clock
from domain.errors import Refused

CODE_BYTES: Final = 10
CODE_CHARS: Final = 16
_GROUP: Final = 4

_GIVE: Final[LiteralString] = """
INSERT INTO dauys.setup_codes (code_hash, account_id, ends_at) VALUES (%s, %s, %s)
ON CONFLICT (account_id) DO UPDATE SET code_hash = excluded.code_hash, ends_at = excluded.ends_at
"""
_FIND: Final[LiteralString] = "SELECT account_id FROM dauys.setup_codes WHERE code_hash = %s AND ends_at > %s"
_TAKE: Final[LiteralString] = """
DELETE FROM dauys.setup_codes WHERE account_id IS NOT DISTINCT FROM %s AND ends_at > %s
"""


class SetupCodeWrong(Refused):
    """No such code, or it was used, replaced, or has run out."""

    code: ClassVar[str] = "setup_code_wrong"


class SetupCodes:
    def __init__(self, settings: Settings, clock: Clock, randomness: Callable[[int], bytes]) -> None:
        self._lasts = timedelta(seconds=settings.setup_code_seconds)
        self._clock = clock
        self._randomness = randomness

    def give(self, connection: Connection[Any], account_id: UUID | None) -> str:
        """A new code, in four groups of four; the account's former one is worth nothing from now on."""
        code = b32encode(self._randomness(CODE_BYTES)).decode()
        connection.execute(_GIVE, [_hash(code), account_id, self._clock() + self._lasts])
        return "-".join(code[start : start + _GROUP] for start in range(0, CODE_CHARS, _GROUP))

    def account_of(self, connection: Connection[Any], code: str) -> UUID | None:
        """Whose it is; None for the bootstrap code. SetupCodeWrong when it is nobody's."""
        row = connection.execute(_FIND, [_hash(_plain(code)), self._clock()]).fetchone()
        if row is None:
            raise SetupCodeWrong
        found: UUID | None = row["account_id"]
        return found

    def take(self, connection: Connection[Any], account_id: UUID | None) -> None:
        """Use it up; of two who use it at once one is refused."""
        if connection.execute(_TAKE, [account_id, self._clock()]).rowcount == 0:
            raise SetupCodeWrong


def _plain(code: str) -> str:
    """As it was made: with spaces, hyphens and small letters or without; a 0 was an O, a 1 an I, an 8 a B."""
    plain = re.sub(r"[\s-]", "", code).upper().translate(str.maketrans("018", "OIB"))
    try:
        return plain if len(b32decode(plain)) == CODE_BYTES else ""
    except ValueError:
        return ""


def _hash(code: str) -> bytes:
    return sha256(code.encode()).digest()
