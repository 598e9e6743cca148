"""Passwords: Argon2id (RFC 9106) with the parameters of the settings; so many at once and so many waiting, and no more, so that a
flood of sign-ins takes neither the memory nor the threads that everything else needs.

Checking takes as long for a login that does not exist as for one that does.
"""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import ClassVar, Final

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from application.settings import Settings
from domain.errors import Refused

SHORTEST_CHARS: Final = 12
"""NIST SP 800-63B-4 asks for 15 where a password stands alone; here a one-time code stands beside it."""
LONGEST_CHARS: Final = 200
BUSY_SECONDS: Final = 60
"""So long a crowd at the door may take; who comes back in it takes a thread from those who wait already."""

_NOBODY: Final = "nobody's password, hashed once so that checking it takes as long as any other"


class PasswordUnfit(Refused):
    """`problem` is too_short, too_long, too_plain or like_login; `shortest` and `longest` in characters."""

    code: ClassVar[str] = "password_unfit"


class TooBusy(Refused):
    """Too many passwords are being checked, and nothing was decided: come again in `wait_seconds`."""

    code: ClassVar[str] = "too_busy"


class Passwords:
    def __init__(self, settings: Settings) -> None:
        self._hasher = PasswordHasher(
            time_cost=settings.password_passes,
            memory_cost=settings.password_memory_kib,
            parallelism=settings.password_lanes,
        )
        self._admitted = threading.BoundedSemaphore(
            settings.password_hashes_at_once + settings.password_waiting
        )
        self._free = threading.BoundedSemaphore(settings.password_hashes_at_once)
        self._patience_seconds = settings.password_wait_seconds

    def hashed(self, password: str) -> str:
        """What is stored: PHC string with its salt and parameters."""
        with self._room():
            return self._hasher.hash(normal(password))

    def is_right(self, stored: str | None, password: str) -> bool:
        """Whether it is the password; `stored` None, for a login without one, is as slow and always wrong."""
        against = self._nobodys if stored is None else stored
        with self._room():
            try:
                self._hasher.verify(against, normal(password)[:LONGEST_CHARS])
            except VerifyMismatchError:
                return False
        return stored is not None

    def renewed(self, stored: str, password: str) -> str | None:
        """The right password hashed anew when it was hashed under other parameters than today's."""
        return self.hashed(password) if self._hasher.check_needs_rehash(stored) else None

    @cached_property
    def _nobodys(self) -> str:
        with self._room():
            return self._hasher.hash(_NOBODY)

    @contextmanager
    def _room(self) -> Iterator[None]:
        if not self._admitted.acquire(blocking=False):
            raise TooBusy(wait_seconds=BUSY_SECONDS)
        try:
            if not self._free.acquire(timeout=self._patience_seconds):
                raise TooBusy(wait_seconds=BUSY_SECONDS)
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._admitted.release()


def normal(password: str) -> str:
    """One password has one form, whatever keyboard it is typed on (RFC 8265, OpaqueString)."""
    return unicodedata.normalize("NFC", password)


def check_password(password: str, login: str) -> str:
    """PasswordUnfit unless it is long enough, not one character or two again and again, and does not hold the login."""
    told = {"shortest": SHORTEST_CHARS, "longest": LONGEST_CHARS}
    password = normal(password)
    if len(password) < SHORTEST_CHARS:
        raise PasswordUnfit(problem="too_short", **told)
    if len(password) > LONGEST_CHARS:
        raise PasswordUnfit(problem="too_long", **told)
    if len(set(password)) < SHORTEST_CHARS // 2:
        raise PasswordUnfit(problem="too_plain", **told)
    if login in password.lower():
        raise PasswordUnfit(problem="like_login", **told)
    return password
