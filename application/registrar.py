"""The registrar: who may vote in a round, which credentials may, and whether the slips add up. Desks: `application.desk`.

- One command at a time writes a round's lists, alone from the first line to the event that records them; none after that.
  The log is locked for the event only, however long the lists are and however slow their source is.
- People and credentials are two tables without a common column but round and unit: nothing links a person to a ballot.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.errors import LockNotAvailable
from psycopg.rows import DictRow

from application.keys import Keys
from application.lists import CREDENTIAL_COLUMNS, ROLL_COLUMNS, ListReader, Progress, no_progress
from application.roll_import import (
    CREDENTIALS,
    PEOPLE,
    Imported,
    credential_parser,
    person_parser,
    replace_rows,
    stage_list,
)
from application.roots import staged_credentials, stored_credentials, stored_people
from application.settings import Settings
from application.storage.database import Datastore
from application.store import Clock, NotFound, Store
from domain.errors import Refused
from domain.roll import CredentialsNotRegistered, Roll, RollUnitsDiffer, SlipCount, SlipFate
from domain.round import Phase, Round
from domain.times import KAZAKHSTAN

VOTING_AGE = 18
"""Years; where the law is silent, the age at which proposals may be made (concept, section 8)."""

# Of the session, not of a transaction: rows and event are stored one after the other, the event under the log's lock.
_LOCK: Final[LiteralString] = "SELECT pg_advisory_lock(%s)"
_UNLOCK: Final[LiteralString] = "SELECT pg_advisory_unlock(%s)"
_PEOPLE: Final[LiteralString] = """
SELECT unit, count(*) AS people, count(*) FILTER (WHERE served) AS served
FROM dauys.roll_people WHERE round_id = %s GROUP BY unit ORDER BY unit COLLATE "C"
"""
_CAST: Final[LiteralString] = """
WITH bounds AS (
    SELECT min(notification_id) FILTER (WHERE topic = 'round.voting_opened.v1') AS opened,
        min(notification_id) FILTER (WHERE topic = 'round.voting_closed.v1') AS closed
    FROM dauys.events WHERE originator_id = %s
)
SELECT ballot->>'unit' AS unit, count(*) AS ballots
FROM (
    SELECT convert_from(state, 'UTF8')::json AS ballot FROM dauys.events, bounds
    WHERE notification_id > opened AND notification_id < closed AND topic = 'ballot.cast.v1'
) AS cast_then
WHERE ballot->>'round_id' = %s GROUP BY 1
"""


class RollSealed(Refused):
    """People enter a roll before it is sealed, never after."""

    code: ClassVar[str] = "roll_sealed"


class RollNotSealed(Refused):
    code: ClassVar[str] = "roll_not_sealed"


class ListsBusy(Refused):
    """Another command is writing this round's roll or credentials; wait for it to end."""

    code: ClassVar[str] = "lists_busy"


class RollChanged(Refused):
    """The stored people are no longer those that were sealed."""

    code: ClassVar[str] = "roll_changed"


class CredentialsChanged(Refused):
    """The stored credentials are not those that were registered."""

    code: ClassVar[str] = "credentials_changed"


@dataclass(frozen=True, slots=True)
class RollStatus:
    """Counts per unit of what is stored; roots once they are recorded. Handed out: to people served, and in place of lost slips."""

    people: dict[str, int]
    root: str | None
    credentials: dict[str, int]
    credentials_root: str | None
    handed_out: dict[str, int]
    reconciled: bool


class Registrar:
    """One method per command. Safe in any number of threads and processes."""

    def __init__(
        self, store: Store, datastore: Datastore, keys: Keys, settings: Settings, clock: Clock
    ) -> None:
        self._store = store
        self._datastore = datastore
        self._keys = keys
        self._settings = settings
        self._clock = clock

    def import_roll(
        self,
        round_id: UUID,
        lines: Iterable[bytes],
        progress: Progress = no_progress,
        *,
        minimum_age: int = VOTING_AGE,
        skip_bad: bool = False,
    ) -> Imported:
        """Replace the round's roll by the list «iin,unit»; nothing changes where a line is bad, unless bad ones are skipped."""
        round_ = self._store.load(Round, round_id)
        round_.must_be_in(Phase.DRAFTED, Phase.INTAKE, Phase.REVIEW)
        units = {unit.kato for unit in round_.terms.units}
        parse = person_parser(self._keys, units, minimum_age, voting_day(round_))
        reader = ListReader(lines, ROLL_COLUMNS, parse, self._settings)
        with self._writing_alone(round_id) as connection, connection.transaction():
            if self._find_roll(round_id):
                raise RollSealed
            imported = self._stage(connection, reader, progress, skip_bad=skip_bad)
            if imported.stored:
                replace_rows(connection, PEOPLE, round_id)
        return imported

    def seal_roll(self, round_id: UUID, *, by: str) -> Roll:
        """Record how many people per unit stand on the roll, and their root. A sealed roll is left as it is."""
        with self._writing_alone(round_id) as connection:
            with connection.transaction():
                people = stored_people(connection, round_id)
            with self._store.deciding() as decision:
                roll = decision.find(Roll, Roll.create_id(round_id))
                if roll is None:
                    round_ = decision.get(Round, round_id)
                    roll = Roll.seal(round_, people.counts, people.root, by=by, at=self._clock())
                    decision.save(roll)
        return roll

    def register_credentials(
        self, round_id: UUID, lines: Iterable[bytes], *, by: str, progress: Progress = no_progress
    ) -> Imported:
        """Store the list «unit,credential» and freeze it with an event; all of it or, where a line is bad, nothing.

        The same list again changes nothing. A crash before the event leaves credentials that count for nothing: voting
        does not open on them, and the same command replaces them.
        """
        round_ = self._store.load(Round, round_id)
        with self._writing_alone(round_id) as connection:
            roll = self._sealed_roll(round_id)
            reader = ListReader(lines, CREDENTIAL_COLUMNS, credential_parser(roll.people), self._settings)
            with connection.transaction():
                imported = self._stage(connection, reader, progress, skip_bad=False)
                if not imported.stored:
                    return imported
                listed = staged_credentials(connection)
                # On a copy first: a list that is refused is not stored, and what is registered already stays untouched.
                roll.register_credentials(round_, listed.counts, listed.root, by=by, at=self._clock())
                if not roll.pending_events:
                    return imported
                replace_rows(connection, CREDENTIALS, round_id)
            with self._store.deciding() as decision:
                roll = decision.get(Roll, roll.id)
                round_ = decision.get(Round, round_id)
                roll.register_credentials(round_, listed.counts, listed.root, by=by, at=self._clock())
                decision.save(roll)
        return imported

    def check_roots(self, round_id: UUID) -> None:
        """Voting opens on the lists that were recorded: refused when what is stored gives another root.

        Reads every row, so it runs before the log is locked: behind their events the lists change no more.
        """
        roll = self._sealed_roll(round_id)
        if roll.credentials_root is None:
            raise CredentialsNotRegistered
        with self._datastore.get_connection() as connection, connection.transaction():
            if stored_people(connection, round_id).root != roll.root:
                raise RollChanged
            if stored_credentials(connection, round_id).root != roll.credentials_root:
                raise CredentialsChanged

    def reconcile(
        self,
        round_id: UUID,
        unused: Mapping[str, int],
        spoiled: Mapping[str, int],
        *,
        by: str,
        explanation: str = "",
        handed_out: Mapping[str, int] | None = None,
    ) -> tuple[SlipCount, ...]:
        """Record every unit's piles of slips after closing. A unit left out has none unused or spoiled.

        `handed_out` is stated for units where it differs from the people served and the lost slips that others replaced, as
        after slips sent by letter.
        """
        # A closed round takes no ballot and serves nobody: both are counted before the log is locked.
        cast, counted = self._cast(round_id), self.status(round_id).handed_out
        with self._store.deciding() as decision:
            round_ = decision.get(Round, round_id)
            roll = decision.find(Roll, Roll.create_id(round_id))
            if roll is None:
                raise RollNotSealed
            stated = counted | dict(handed_out or {})
            if not roll.people.keys() >= {*unused, *spoiled, *stated}:
                raise RollUnitsDiffer
            slips = tuple(
                SlipCount(
                    unit=unit,
                    printed=printed,
                    handed_out=stated.get(unit, 0),
                    unused=unused.get(unit, 0),
                    spoiled=spoiled.get(unit, 0),
                    cast=cast.get(unit, 0),
                )
                for unit, printed in roll.credentials.items()
            )
            roll.reconcile_slips(round_, slips, by=by, at=self._clock(), explanation=explanation)
            decision.save(roll)
        return slips

    def status(self, round_id: UUID) -> RollStatus:
        self._store.load(Round, round_id)
        roll = self._find_roll(round_id)
        with self._datastore.get_connection() as connection:
            units = connection.execute(_PEOPLE, [round_id]).fetchall()
        return RollStatus(
            people={row["unit"]: row["people"] for row in units},
            root=roll.root if roll else None,
            credentials=roll.credentials if roll else {},
            credentials_root=roll.credentials_root if roll else None,
            handed_out={
                row["unit"]: row["served"] + (roll.replaced_as(SlipFate.LOST, row["unit"]) if roll else 0)
                for row in units
            },
            reconciled=bool(roll and roll.slips),
        )

    def _stage(
        self, connection: Connection[DictRow], reader: ListReader, progress: Progress, *, skip_bad: bool
    ) -> Imported:
        staged = stage_list(connection, reader, progress, self._settings.import_chunk)
        refused = reader.bad_lines > 0 and not skip_bad
        return Imported(reader.lines, {} if refused else staged, reader.bad_lines, tuple(sorted(reader.told)))

    @contextmanager
    def _writing_alone(self, round_id: UUID) -> Iterator[Connection[DictRow]]:
        """A connection on which this command alone writes the round's lists; ListsBusy after `lock_seconds` of waiting."""
        key = int.from_bytes(round_id.bytes[8:], signed=True)
        with self._datastore.get_connection() as connection:
            try:
                connection.execute(_LOCK, [key])
            except LockNotAvailable:
                raise ListsBusy from None
            try:
                yield connection
            finally:
                if not connection.closed:  # with the connection the server has dropped the lock
                    connection.execute(_UNLOCK, [key])

    def _cast(self, round_id: UUID) -> dict[str, int]:
        """Ballots of a closed round in the log, per unit."""
        with self._datastore.get_connection() as connection:
            rows = connection.execute(_CAST, [round_id, str(round_id)]).fetchall()
        return {row["unit"]: row["ballots"] for row in rows}

    def _find_roll(self, round_id: UUID) -> Roll | None:
        try:
            return self._store.load(Roll, Roll.create_id(round_id))
        except NotFound:
            return None

    def _sealed_roll(self, round_id: UUID) -> Roll:
        roll = self._find_roll(round_id)
        if roll is None:
            raise RollNotSealed
        return roll


def voting_day(round_: Round) -> date:
    """The day in Kazakhstan on which voting opens, by which people are of age."""
    return round_.terms.voting_opens.astimezone(KAZAKHSTAN).date()
