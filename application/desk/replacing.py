"""Second slips: a person served before gets another one from the counted spares, by two people's word.

    the desk asks → another person grants, and the event stands in the log → the desk hands one slip over, once
- The desk may ask only with the person before it, who must have been served. What is asked for, and so what is public, is a unit,
  what became of the first slip, and both logins: no person, and no word that anybody typed.
- A crash behind the grant leaves a slip due to a desk, which finds it again; one behind the handing over leaves none due, and
  the desk asks anew: what was drawn and never handed over lies among the spoiled ones.
"""

from dataclasses import dataclass
from typing import ClassVar, Final, LiteralString
from uuid import UUID

from application.approvals import Act, Parameters
from application.desk.tickets import Tickets
from application.kiosks import Random
from application.storage.database import Datastore
from application.store import Clock, Store
from domain.errors import Refused
from domain.roll import Roll, SlipFate
from domain.round import Phase, Round
from domain.times import KAZAKHSTAN

_SERVED: Final[LiteralString] = """
SELECT unit FROM dauys.roll_people WHERE round_id = %s AND person = %s AND served
"""
# The desk's row before the unit's, as where people are served: two who wait for each other's rows would wait in vain.
_COUNT: Final[LiteralString] = """
WITH of_the_desk AS (
    INSERT INTO dauys.desk_counts AS kept (round_id, unit, day, desk, lost, spoiled, not_handed_over)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (round_id, unit, day, desk) DO UPDATE SET lost = kept.lost + excluded.lost,
        spoiled = kept.spoiled + excluded.spoiled, not_handed_over = kept.not_handed_over + excluded.not_handed_over
    RETURNING round_id, unit, day
)
INSERT INTO dauys.slips_handed_out AS kept (round_id, unit, day, slips)
SELECT round_id, unit, day, 1 FROM of_the_desk WHERE %s
ON CONFLICT (round_id, unit, day) DO UPDATE SET slips = kept.slips + 1
"""
_DUE: Final[LiteralString] = """
INSERT INTO dauys.desk_slips_due (slip, round_id, unit, desk) VALUES (%s, %s, %s, %s)
"""
_STILL_DUE: Final[LiteralString] = """
SELECT slip, unit FROM dauys.desk_slips_due WHERE round_id = %s AND desk = %s AND NOT handed_over ORDER BY unit, slip
"""
_HAND_OVER: Final[LiteralString] = """
UPDATE dauys.desk_slips_due SET handed_over = true
WHERE slip = %s AND round_id = %s AND desk = %s AND NOT handed_over RETURNING unit
"""


class NotServedYet(Refused):
    """The person has had no slip of this round: serve them."""

    code: ClassVar[str] = "not_served_yet"


class SlipNotDue(Refused):
    """This slip was handed over before, or is due to another desk."""

    code: ClassVar[str] = "slip_not_due"


@dataclass(frozen=True, slots=True)
class DueSlip:
    """A second slip of `unit` that was granted and not yet handed over."""

    slip: UUID
    unit: str


class Replacing:
    def __init__(
        self, store: Store, datastore: Datastore, tickets: Tickets, clock: Clock, random: Random
    ) -> None:
        self._store = store
        self._datastore = datastore
        self._tickets = tickets
        self._clock = clock
        self._random = random

    def act(self) -> Act:
        """What approvals are told: the subject is the roll."""
        return Act(self._prepare, self._perform, _units, one_at_a_time=False)

    def parameters(self, round_id: UUID, ticket: str, fate: SlipFate, *, by: str) -> Parameters:
        """What to ask the second person for, with the person before the desk; NotServedYet, TicketExpired."""
        person = self._tickets.open(round_id, ticket, by=by)
        with self._datastore.get_connection() as connection:
            row = connection.execute(_SERVED, [round_id, person]).fetchone()
        if row is None:
            raise NotServedYet
        slip = UUID(bytes=self._random(16), version=4)
        return {"slip": str(slip), "unit": row["unit"], "fate": fate.value, "by": by}

    def due(self, round_id: UUID, *, by: str) -> list[DueSlip]:
        with self._datastore.get_connection() as connection:
            rows = connection.execute(_STILL_DUE, [round_id, by]).fetchall()
        return [DueSlip(**row) for row in rows]

    def hand_over(self, round_id: UUID, slip: UUID, *, by: str) -> str:
        """From now on it is not due any more: the unit whose slip the desk draws. SlipNotDue the second time."""
        self._store.load(Round, round_id).must_be_in(Phase.REVIEW, Phase.VOTING)
        with self._datastore.get_connection() as connection:
            row = connection.execute(_HAND_OVER, [slip, round_id, by]).fetchone()
        if row is None:
            raise SlipNotDue
        unit: str = row["unit"]
        return unit

    def _prepare(self, roll_id: UUID, given: Parameters) -> Parameters:
        roll = self._store.load(Roll, roll_id)
        round_ = self._store.load(Round, roll.round_id)
        roll.must_have_slip_for(round_, given["unit"], SlipFate(given["fate"]))
        return given

    def _perform(self, roll_id: UUID, prepared: Parameters, by: str) -> None:
        unit, desk, fate = prepared["unit"], prepared["by"], SlipFate(prepared["fate"])
        at = self._clock()
        with self._store.deciding() as decision:
            roll = decision.get(Roll, roll_id)
            round_ = decision.get(Round, roll.round_id)
            roll.replace_slip(round_, unit, fate, by=desk, approved_by=by, at=at)
            decision.save(roll)
            day = at.astimezone(KAZAKHSTAN).date()
            fates = [
                int(fate is each) for each in (SlipFate.LOST, SlipFate.SPOILED, SlipFate.NOT_HANDED_OVER)
            ]
            decision.transaction.execute(_COUNT, [round_.id, unit, day, desk, *fates, fate is SlipFate.LOST])
            decision.transaction.execute(_DUE, [UUID(prepared["slip"]), round_.id, unit, desk])


def _units(_: UUID, prepared: Parameters) -> frozenset[str]:
    return frozenset({prepared["unit"]})
