"""Sessions: 32 random bytes that only the browser holds; the database knows their SHA-256, whose they are, and when they end.

A session ends when it was not used for a while, when its time is over, or when somebody ends it. It is never moved to another
account or another stage: whoever signs in, or gets other rights, gets a new token, and the old one is worth nothing.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final, LiteralString
from uuid import UUID, uuid4

from psycopg import Connection

from application import base64url
from application.accounts.actor import Actor
from application.accounts.roles import Role
from application.settings import Settings
from application.storage.database import Datastore
from application.store import Clock

TOKEN_BYTES: Final = 32
BROWSER_CHARS: Final = 200
"""Of what a browser calls itself; shown to its person in the list of sessions."""
MESSAGE_CHARS: Final = 300
_FORM_TOKEN_OF: Final = b"dauys form token"

_FIND: Final[LiteralString] = """
SELECT s.id, s.account_id, s.stage, s.seen_at, s.message, a.login, a.name, a.roles, a.units
FROM dauys.sessions s LEFT JOIN dauys.accounts a ON a.id = s.account_id
WHERE s.token_hash = %(hash)s AND s.ends_at > %(now)s AND s.seen_at > %(idle)s
    AND (s.stage = 'setting_up' OR a.state = 'active')
"""
_OPEN: Final[LiteralString] = """
INSERT INTO dauys.sessions (id, token_hash, account_id, stage, how, browser, totp_sealed, opened_at, seen_at, ends_at)
VALUES (%(id)s, %(hash)s, %(account)s, %(stage)s, %(how)s, %(browser)s, %(totp)s, %(now)s, %(now)s, %(end)s)
"""
_FORGET_OLD: Final[LiteralString] = """
DELETE FROM dauys.sessions WHERE id IN (
    SELECT id FROM dauys.sessions WHERE ends_at <= %s OR seen_at <= %s FOR UPDATE SKIP LOCKED)
"""
_LIST: Final[LiteralString] = """
SELECT id, how, browser, opened_at, seen_at, ends_at FROM dauys.sessions
WHERE account_id = %s AND stage = 'signed_in' AND ends_at > %s AND seen_at > %s ORDER BY opened_at DESC
"""
_TOUCH: Final[LiteralString] = "UPDATE dauys.sessions SET seen_at = %s WHERE id = %s AND seen_at < %s"
_TAKE_MESSAGE: Final[LiteralString] = "UPDATE dauys.sessions SET message = NULL WHERE id = %s"
_LEAVE_MESSAGE: Final[LiteralString] = "UPDATE dauys.sessions SET message = %s WHERE token_hash = %s"
_END_ONE: Final[LiteralString] = "DELETE FROM dauys.sessions WHERE id = %s AND account_id = %s"
_END_ALL: Final[LiteralString] = "DELETE FROM dauys.sessions WHERE account_id = %s AND id IS DISTINCT FROM %s"
_END_FIRST: Final[LiteralString] = "DELETE FROM dauys.sessions WHERE account_id IS NULL"
_END_BY_TOKEN: Final[LiteralString] = "DELETE FROM dauys.sessions WHERE token_hash = %s"  # noqa: S105 - a query


class Stage(StrEnum):
    """How far somebody has come; only the last one opens anything."""

    SETTING_UP = "setting_up"
    """A set-up code was right; password and second factor are being chosen."""
    SECOND_FACTOR = "second_factor"
    """The password was right; the one-time code is awaited."""
    SIGNED_IN = "signed_in"


@dataclass(frozen=True, slots=True)
class Session:
    """One that is good now. `actor` is None while a first account is being set up."""

    id: UUID
    stage: Stage
    account_id: UUID | None
    actor: Actor | None
    message: str | None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A line in the list of one's own sessions."""

    id: UUID
    how: str
    browser: str
    opened_at: datetime
    seen_at: datetime
    ends_at: datetime


class Sessions:
    def __init__(
        self, datastore: Datastore, settings: Settings, clock: Clock, randomness: Callable[[int], bytes]
    ) -> None:
        self._datastore = datastore
        self._clock = clock
        self._randomness = randomness
        self._idle = timedelta(seconds=settings.session_idle_seconds)
        self._touch = timedelta(seconds=settings.session_touch_seconds)
        self._longest = {
            Stage.SETTING_UP: timedelta(seconds=settings.sign_in_seconds),
            Stage.SECOND_FACTOR: timedelta(seconds=settings.sign_in_seconds),
            Stage.SIGNED_IN: timedelta(seconds=settings.session_seconds),
        }

    def open(
        self,
        connection: Connection[Any],
        account_id: UUID | None,
        stage: Stage,
        how: str,
        browser: str = "",
        totp_sealed: bytes | None = None,
    ) -> str:
        """A new session in the caller's transaction; its token, which is told nowhere else. What has run out is forgotten."""
        now = self._clock()
        connection.execute(_FORGET_OLD, [now, now - self._idle])
        token = base64url.to_text(self._randomness(TOKEN_BYTES))
        connection.execute(
            _OPEN,
            {
                "id": uuid4(),
                "hash": _hash(token),
                "account": account_id,
                "stage": stage,
                "how": how,
                "browser": browser[:BROWSER_CHARS],
                "totp": totp_sealed,
                "now": now,
                "end": now + self._longest[stage],
            },
        )
        return token

    def find(self, token: str) -> Session | None:
        """The session of a cookie; None when it is nobody's, has ended, or its account may not sign in."""
        now = self._clock()
        with self._datastore.get_connection() as connection:
            row = connection.execute(
                _FIND, {"hash": _hash(token), "now": now, "idle": now - self._idle}
            ).fetchone()
            if row is None:
                return None
            if row["seen_at"] <= now - self._touch:
                connection.execute(_TOUCH, [now, row["id"], now])
        return _session(row)

    def take_message(self, session: Session) -> str | None:
        """What the last act left to be told; told once."""
        if session.message is not None:
            with self._datastore.get_connection() as connection:
                connection.execute(_TAKE_MESSAGE, [session.id])
        return session.message

    def leave_message(self, token: str, message: str) -> None:
        """For the next page of this session."""
        with self._datastore.get_connection() as connection:
            connection.execute(_LEAVE_MESSAGE, [message[:MESSAGE_CHARS], _hash(token)])

    def of_account(self, account_id: UUID) -> list[OpenSession]:
        """The account's open sessions, the newest first."""
        now = self._clock()
        with self._datastore.get_connection() as connection:
            return [
                OpenSession(**row) for row in connection.execute(_LIST, [account_id, now, now - self._idle])
            ]

    def end(self, token: str) -> None:
        """Signed out; a token that is no session's is no fault."""
        with self._datastore.get_connection() as connection:
            end_token(connection, token)

    def end_one(self, account_id: UUID, session_id: UUID) -> bool:
        """Whether there was such a session of this account."""
        with self._datastore.get_connection() as connection:
            return connection.execute(_END_ONE, [session_id, account_id]).rowcount > 0


def end_token(connection: Connection[Any], token: str) -> None:
    connection.execute(_END_BY_TOKEN, [_hash(token)])


def end_all(connection: Connection[Any], account_id: UUID, but: UUID | None = None) -> int:
    """How many sessions of the account were ended; all of them but one, where one is named."""
    return connection.execute(_END_ALL, [account_id, but]).rowcount


def end_first(connection: Connection[Any]) -> None:
    """Whoever has begun to set up the first account begins anew."""
    connection.execute(_END_FIRST)


def form_token(cookie: str) -> str:
    """What a form must bring back: made of the cookie, which only the browser and we know, so no other site can make it."""
    return base64url.to_text(hmac.digest(cookie.encode(), _FORM_TOKEN_OF, sha256))


def same_token(expected: str, sent: str) -> bool:
    """Compared in a time that tells nothing of where they differ."""
    return hmac.compare_digest(expected.encode(), sent.encode("utf-8", "replace"))


def _session(row: dict[str, Any]) -> Session:
    actor = None
    if row["login"] is not None:
        roles = frozenset(Role(role) for role in row["roles"])
        actor = Actor(row["account_id"], row["login"], row["name"], roles, frozenset(row["units"]))
    return Session(row["id"], Stage(row["stage"]), row["account_id"], actor, row["message"])


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
