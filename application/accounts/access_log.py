"""The access log: who signed in, was refused, or gave somebody a right. Append-only rows beside the public log, never in it.

A row tells who, in which roles, did what to what, how it ended and why; it holds no secret, no address of a machine and nothing
that was typed. Auditors and sysadmins read it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, LiteralString

from psycopg import Connection

from application.accounts.actor import Actor
from application.storage.database import Datastore
from application.store import Clock

LONGEST_CHARS: Final = 500
"""Of an act, a subject or a reason; the rest is cut off."""

_INSERT: Final[LiteralString] = """
INSERT INTO dauys.access_log (at, actor, roles, act, subject, outcome, reason) VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
_PAGE: Final[LiteralString] = """
SELECT id, at, actor, roles, act, subject, outcome, reason FROM dauys.access_log
WHERE id < %(before)s AND (%(actor)s::text IS NULL OR actor = %(actor)s) ORDER BY id DESC LIMIT %(most)s
"""
_END: Final = 2**63 - 1


class Outcome(StrEnum):
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class AccessRow:
    """`id` orders the rows; numbers may be missing where a transaction was undone."""

    id: int
    at: datetime
    actor: str
    roles: list[str]
    act: str
    subject: str
    outcome: str
    reason: str


class AccessLog:
    def __init__(self, datastore: Datastore, clock: Clock) -> None:
        self._datastore = datastore
        self._clock = clock

    def record(self, actor: Actor | None, act: str, subject: str, outcome: Outcome, reason: str = "") -> None:
        """One row, in a transaction of its own. `actor` None: nobody is signed in."""
        with self._datastore.get_connection() as connection:
            self.write(connection, actor, act, subject, outcome, reason)

    def write(
        self,
        connection: Connection[Any],
        actor: Actor | None,
        act: str,
        subject: str,
        outcome: Outcome,
        reason: str = "",
    ) -> None:
        """One row in the transaction of what it tells, so that neither is there without the other."""
        login, roles = (actor.login, sorted(actor.roles)) if actor else ("", [])
        texts = (act[:LONGEST_CHARS], subject[:LONGEST_CHARS], outcome, reason[:LONGEST_CHARS])
        connection.execute(_INSERT, [self._clock(), login, roles, *texts])

    def page(self, most: int, before: int | None = None, actor: str | None = None) -> list[AccessRow]:
        """At most `most` rows, the newest first, older than the row `before`; `actor`: of this login only."""
        with self._datastore.get_connection() as connection:
            found = connection.execute(
                _PAGE, {"before": _END if before is None else before, "actor": actor, "most": most}
            )
            return [AccessRow(**row) for row in found]
