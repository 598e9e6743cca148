"""Failed sign-ins are counted, and the more there were the longer the next one has to wait.

Counted are the login and the device (a random cookie). On a device that the account was signed in on before, its own count of the
login holds, so that strangers who guess do not lock the rightful person out. An attempt counts as failed until it has
succeeded: guesses sent at once gain nothing. Unknown logins are counted like known ones.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar, Final, LiteralString
from uuid import UUID

from psycopg import Connection

from application.settings import Settings
from application.storage.database import Datastore
from application.store import Clock
from domain.errors import Refused

KNOWN_FOR: Final = timedelta(days=365)
"""A device is known for so long after the account was last signed in on it."""

_KNOWN: Final[LiteralString] = """
SELECT FROM dauys.known_devices d JOIN dauys.accounts a ON a.id = d.account_id WHERE a.login = %s AND d.device_hash = %s
"""
_BLOCKED: Final[LiteralString] = """
SELECT max(blocked_until) AS until FROM dauys.sign_in_failures WHERE subject = ANY(%s)
"""
_COUNT: Final[LiteralString] = """
INSERT INTO dauys.sign_in_failures AS kept (subject, failures, last_at, blocked_until)
SELECT subject, 1, %(now)s, %(now)s FROM unnest(%(subjects)s::bytea[]) AS subject ORDER BY subject
ON CONFLICT (subject) DO UPDATE SET failures = kept.failures + 1, last_at = %(now)s, blocked_until = CASE
    WHEN kept.failures < %(free)s THEN %(now)s
    ELSE %(now)s + least(power(2, least(kept.failures - %(free)s, 30)) * %(first)s, %(longest)s) * interval '1 second' END
WHERE kept.blocked_until <= %(now)s
"""
_FORGET_OLD: Final[LiteralString] = """
DELETE FROM dauys.sign_in_failures WHERE subject IN (
    SELECT subject FROM dauys.sign_in_failures WHERE last_at < %s FOR UPDATE SKIP LOCKED)
"""
_TAKE_BACK: Final[LiteralString] = """
UPDATE dauys.sign_in_failures SET failures = greatest(failures - 1, 0), blocked_until = last_at WHERE subject = ANY(%s)
"""
_FORGIVE: Final[LiteralString] = "DELETE FROM dauys.sign_in_failures WHERE subject = %s"
_REMEMBER: Final[LiteralString] = """
INSERT INTO dauys.known_devices VALUES (%s, %s, %s)
ON CONFLICT (account_id, device_hash) DO UPDATE SET seen_at = excluded.seen_at
"""
_FORGET_OLD_DEVICES: Final[LiteralString] = (
    "DELETE FROM dauys.known_devices WHERE account_id = %s AND seen_at < %s"
)
_FORGET_DEVICES: Final[LiteralString] = "DELETE FROM dauys.known_devices WHERE account_id = %s"


class TooManyAttempts(Refused):
    """Sign in again in `wait_seconds`."""

    code: ClassVar[str] = "too_many_attempts"


class Throttling:
    def __init__(self, datastore: Datastore, settings: Settings, clock: Clock) -> None:
        self._datastore = datastore
        self._settings = settings
        self._clock = clock

    def attempt(self, login: str, device: str) -> None:
        """Count one more attempt, failed until the caller says otherwise; TooManyAttempts, uncounted, while one has to wait."""
        now, settings = self._clock(), self._settings
        forgotten = now - timedelta(seconds=settings.sign_in_forget_failures_seconds)
        limits = {
            "now": now,
            "free": settings.sign_in_free_failures,
            "first": settings.sign_in_first_delay_seconds,
            "longest": settings.sign_in_longest_delay_seconds,
        }
        with self._datastore.get_connection() as connection, connection.transaction():
            subjects = _subjects(connection, login, device)
            connection.execute(_FORGET_OLD, [forgotten])
            if connection.execute(_COUNT, {**limits, "subjects": subjects}).rowcount < len(subjects):
                row = connection.execute(_BLOCKED, [subjects]).fetchone()
                assert row is not None
                raise TooManyAttempts(wait_seconds=int((row["until"] - now).total_seconds()) + 1)

    def take_back(self, login: str, device: str) -> None:
        """The attempt was no failure, and no success yet either: its password was right."""
        with self._datastore.get_connection() as connection:
            connection.execute(_TAKE_BACK, [_subjects(connection, login, device)])

    def succeeded(self, connection: Connection[Any], account_id: UUID, login: str, device: str) -> None:
        """Signed in: what failed for this login here is forgiven, and the device is known from now on.

        The device's own count only loses this attempt, or who has one account could guess for others between two sign-ins.
        """
        login_subject, device_subject = _subjects(connection, login, device)
        connection.execute(_FORGIVE, [login_subject])
        connection.execute(_TAKE_BACK, [[device_subject]])
        remember_device(connection, account_id, device, self._clock())


def remember_device(connection: Connection[Any], account_id: UUID, device: str, at: datetime) -> None:
    """The account was signed in on it; from now on its failures are counted apart from strangers'."""
    connection.execute(_FORGET_OLD_DEVICES, [account_id, at - KNOWN_FOR])
    connection.execute(_REMEMBER, [account_id, _device_hash(device), at])


def forget_devices(connection: Connection[Any], account_id: UUID) -> None:
    """From now on no device is known to be the account's: it was lost, or suspended."""
    connection.execute(_FORGET_DEVICES, [account_id])


def _subjects(connection: Connection[Any], login: str, device: str) -> list[bytes]:
    """What an attempt is counted under: the login, alone or on this known device, and the device."""
    known = connection.execute(_KNOWN, [login, _device_hash(device)]).fetchone() is not None
    of_login = f"login\n{login}\n{device}" if known else f"login\n{login}"
    return [sha256(subject.encode()).digest() for subject in (of_login, f"device\n{device}")]


def _device_hash(device: str) -> bytes:
    return sha256(device.encode()).digest()
