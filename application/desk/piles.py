"""The piles a desk answers for: what it took over, what it handed out by its own counts, what lies there when it signs.

    taken over = handed out + spoiled + unused + missing
- Handed out are people served and second slips in place of lost ones. A slip replaced as spoiled lies among the spoiled ones; one
  that was never drawn was nobody's.
- A desk signs as often as it counts; the last signature of a day is its word. What is missing must be explained.
- Codes are taken over by their places in the file, each by one desk: the same code at two desks would be one vote for two people.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Final, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.rows import DictRow, class_row

from application.registrar import RollNotSealed
from application.storage.database import Datastore
from application.store import Clock, NotFound, Store
from domain.errors import Refused
from domain.roll import CredentialsNotRegistered, Roll, RollUnitsDiffer
from domain.text import REASON_CHARS, check_optional_text
from domain.times import KAZAKHSTAN

MOST_SIGNATURES: Final = 20
"""Of one desk on one day for one unit."""

_ALONE: Final[LiteralString] = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_TAKEN: Final[LiteralString] = """
SELECT coalesce(sum(slips), 0)::bigint AS slips, coalesce(bool_or(first <= %s::bigint AND last >= %s::bigint), false) AS overlaps
FROM dauys.desk_piles WHERE round_id = %s AND unit = %s
"""
_TAKE: Final[LiteralString] = """
INSERT INTO dauys.desk_piles (pile, round_id, unit, desk, day, slips, first, last)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (pile) DO NOTHING RETURNING pile
"""
_KNOWN: Final[LiteralString] = """
SELECT FROM dauys.desk_piles WHERE pile = %s AND round_id = %s AND unit = %s AND desk = %s AND slips = %s
    AND first IS NOT DISTINCT FROM %s::bigint
"""
_SIGN: Final[LiteralString] = """
INSERT INTO dauys.desk_signatures (round_id, unit, day, desk, number, unused, spoiled, missing, note, at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_DAYS: Final[LiteralString] = """
WITH lines AS (
    SELECT round_id, unit, day, desk FROM dauys.desk_counts WHERE round_id = %(round_id)s
    UNION SELECT round_id, unit, day, desk FROM dauys.desk_piles WHERE round_id = %(round_id)s
    UNION SELECT round_id, unit, day, desk FROM dauys.desk_signatures WHERE round_id = %(round_id)s
), piles AS (
    SELECT unit, desk, day, sum(slips)::bigint AS slips FROM dauys.desk_piles WHERE round_id = %(round_id)s
    GROUP BY unit, desk, day
), so_far AS (
    SELECT unit, day, desk, coalesce(served, 0) AS served, coalesce(lost, 0) AS lost, coalesce(spoiled, 0) AS spoiled,
        coalesce(not_handed_over, 0) AS not_handed_over,
        (sum(coalesce(piles.slips, 0)) OVER until_then)::bigint AS taken_over,
        (sum(coalesce(served, 0) + coalesce(lost, 0)) OVER until_then)::bigint AS handed_out
    FROM lines LEFT JOIN dauys.desk_counts USING (round_id, unit, day, desk) LEFT JOIN piles USING (unit, desk, day)
    WINDOW until_then AS (PARTITION BY unit, desk ORDER BY day)
)
SELECT so_far.*, signed.number AS signatures, signed.unused AS unused_pile, signed.spoiled AS spoiled_pile,
    signed.missing, signed.note, signed.at AS signed_at
FROM so_far LEFT JOIN LATERAL (
    SELECT * FROM dauys.desk_signatures AS each
    WHERE each.round_id = %(round_id)s AND (each.unit, each.day, each.desk) = (so_far.unit, so_far.day, so_far.desk)
    ORDER BY number DESC LIMIT 1
) AS signed ON true
WHERE so_far.unit = ANY(%(units)s) AND (%(day)s::date IS NULL OR so_far.day = %(day)s)
ORDER BY so_far.unit COLLATE "C", so_far.day, so_far.desk COLLATE "C"
"""
_REPORTED_DAYS: Final[LiteralString] = """
SELECT DISTINCT day FROM (
    SELECT unit, day FROM dauys.desk_counts WHERE round_id = %(round_id)s
    UNION ALL SELECT unit, day FROM dauys.desk_piles WHERE round_id = %(round_id)s
    UNION ALL SELECT unit, day FROM dauys.desk_signatures WHERE round_id = %(round_id)s
) AS told WHERE unit = ANY(%(units)s) ORDER BY day DESC
"""


class PileInvalid(Refused):
    """At least one slip, and not more than the unit's `printed` ones less those that desks took over."""

    code: ClassVar[str] = "pile_invalid"


class PileTaken(Refused):
    """This pile was taken over with another count: a form of before was mended and sent again."""

    code: ClassVar[str] = "pile_taken"


class CodesTaken(Refused):
    """Some of these places in the file of codes were taken over by a desk before."""

    code: ClassVar[str] = "codes_taken"


class PilesDoNotAddUp(Refused):
    """`missing` slips are in no pile, or there are more than were taken over (negative), and no note says why."""

    code: ClassVar[str] = "piles_do_not_add_up"


class TooManySignatures(Refused):
    """A desk signs a day's piles at most `most` times."""

    code: ClassVar[str] = "too_many_signatures"


@dataclass(frozen=True, slots=True)
class DeskDay:
    """One desk's day in one unit. `taken_over` and `handed_out` are up to the end of the day, as the piles are.

    `signatures` and what follows: of the day's last signature, None before there is one.
    """

    unit: str
    day: date
    desk: str
    served: int = 0
    lost: int = 0
    spoiled: int = 0
    not_handed_over: int = 0
    taken_over: int = 0
    handed_out: int = 0
    signatures: int | None = None
    unused_pile: int | None = None
    spoiled_pile: int | None = None
    missing: int | None = None
    note: str | None = None
    signed_at: datetime | None = None

    @property
    def replaced(self) -> int:
        return self.lost + self.spoiled + self.not_handed_over

    @property
    def due(self) -> int:
        """Slips that should lie on the desk, spoiled and unused."""
        return self.taken_over - self.handed_out


class Piles:
    """`by` is the login of the desk that takes over and signs."""

    def __init__(self, store: Store, datastore: Datastore, clock: Clock) -> None:
        self._store = store
        self._datastore = datastore
        self._clock = clock

    def today(self) -> date:
        return self._clock().astimezone(KAZAKHSTAN).date()

    def take_over(self, round_id: UUID, unit: str, slips: int, *, pile: UUID, by: str) -> None:
        """Printed slips, counted; PileInvalid, PileTaken. The same `pile` again, as when an answer was lost, is taken over once."""
        self._take(pile, round_id, unit, slips, None, by)

    def take_over_codes(
        self, round_id: UUID, unit: str, first: int, last: int, *, pile: UUID, by: str
    ) -> None:
        """Codes at these places of the unit's file, from 1, both included: of codes the server learns no more. CodesTaken."""
        if first < 1:
            raise PileInvalid(printed=self._printed(round_id, unit))
        self._take(pile, round_id, unit, last - first + 1, (first, last), by)

    def sign(
        self, round_id: UUID, unit: str, *, unused: int, spoiled: int, note: str = "", by: str
    ) -> DeskDay:
        """Record what lies on the desk now; PilesDoNotAddUp where slips are missing and no note says why."""
        note = check_optional_text("note", note, REASON_CHARS)
        if min(unused, spoiled) < 0 or max(unused, spoiled) > self._printed(round_id, unit):
            raise PileInvalid(printed=self._printed(round_id, unit))
        today = self.today()
        with self._alone(round_id, unit) as connection:
            line = self._line(connection, round_id, unit, today, by)
            missing = line.due - unused - spoiled
            if missing and not note:
                raise PilesDoNotAddUp(missing=missing)
            number = 1 + (line.signatures or 0)
            if number > MOST_SIGNATURES:
                raise TooManySignatures(most=MOST_SIGNATURES)
            counted = [unused, spoiled, missing, note, self._clock()]
            connection.execute(_SIGN, [round_id, unit, today, by, number, *counted])
            return self._line(connection, round_id, unit, today, by)

    def days(self, round_id: UUID, units: Collection[str], day: date | None = None) -> list[DeskDay]:
        """Every desk's days in these units, or one day of them, ordered by unit, day and desk."""
        with self._datastore.get_connection() as connection:
            return _days(connection, round_id, units, day)

    def reported_days(self, round_id: UUID, units: Collection[str]) -> list[date]:
        """Days of which there is something to report in these units, the newest first."""
        with self._datastore.get_connection() as connection:
            rows = connection.execute(_REPORTED_DAYS, {"round_id": round_id, "units": list(units)})
            return [row["day"] for row in rows]

    def _take(
        self, pile: UUID, round_id: UUID, unit: str, slips: int, places: tuple[int, int] | None, by: str
    ) -> None:
        printed = self._printed(round_id, unit)
        first, last = places or (None, None)
        with self._alone(round_id, unit) as connection:
            if connection.execute(_KNOWN, [pile, round_id, unit, by, slips, first]).fetchone() is not None:
                return
            taken = connection.execute(_TAKEN, [last, first, round_id, unit]).fetchone()
            assert taken is not None
            if slips < 1 or taken["slips"] + slips > printed or (last or 0) > printed:
                raise PileInvalid(printed=printed)
            if taken["overlaps"]:
                raise CodesTaken
            told = [pile, round_id, unit, by, self.today(), slips, first, last]
            if connection.execute(_TAKE, told).fetchone() is None:
                raise PileTaken

    @contextmanager
    def _alone(self, round_id: UUID, unit: str) -> Iterator[Connection[DictRow]]:
        """A transaction beside which nobody takes over or signs for the unit's slips."""
        with self._datastore.get_connection() as connection, connection.transaction():
            connection.execute(_ALONE, [f"desk {round_id} {unit}"])
            yield connection

    def _printed(self, round_id: UUID, unit: str) -> int:
        try:
            roll = self._store.load(Roll, Roll.create_id(round_id))
        except NotFound:
            raise RollNotSealed from None
        if not roll.credentials:
            raise CredentialsNotRegistered
        if unit not in roll.credentials:
            raise RollUnitsDiffer
        return roll.credentials[unit]

    def _line(
        self, connection: Connection[DictRow], round_id: UUID, unit: str, day: date, by: str
    ) -> DeskDay:
        """The desk's day; of a day without a count, what it had when its last one ended."""
        lines = [line for line in _days(connection, round_id, [unit], None) if line.desk == by]
        if lines and lines[-1].day == day:
            return lines[-1]
        before = lines[-1] if lines else DeskDay(unit, day, by)
        return DeskDay(unit, day, by, taken_over=before.taken_over, handed_out=before.handed_out)


def _days(
    connection: Connection[DictRow], round_id: UUID, units: Collection[str], day: date | None
) -> list[DeskDay]:
    facts = {"round_id": round_id, "units": list(units), "day": day}
    with connection.cursor(row_factory=class_row(DeskDay)) as cursor:
        return cursor.execute(_DAYS, facts).fetchall()
