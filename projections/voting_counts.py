"""What is stored of how a closed round was voted: ballots by unit and hour, kiosks by their counts, slips by unit and day.

Nothing here says which kiosk brought which ballot, or when: that is stored nowhere (ADR 6 and 9). Kiosks count over their whole
life, so their numbers are a round's only if no other round of this log has ballots.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, LiteralString
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import class_row, tuple_row

from domain.ballot import to_the_hour
from domain.roll import Roll, SlipCount
from domain.round import Round
from projections.following import reached
from projections.results import PaperNotFrozen, ResultsBeingCounted, ResultsNotPublicYet
from projections.rounds import RegisteredRound
from projections.turnout import TURNOUT

_HOURS: Final[LiteralString] = """
SELECT unit, hour, ballots, first, last FROM dauys_read.turnout WHERE round_id = %s ORDER BY hour, unit COLLATE "C"
"""
_ALL_HOURS: Final[LiteralString] = """
SELECT count(DISTINCT hour), coalesce(bool_or(round_id <> %s), false) FROM dauys_read.turnout
"""
_KIOSKS: Final[LiteralString] = """
SELECT invited.originator_id AS kiosk_id, kiosk.label, kiosk.place, coalesce(sequence, 0) AS deliveries,
    coalesce(delivered, 0) AS delivered, coalesce(recorded, 0) AS recorded
FROM dauys.events AS invited
    CROSS JOIN LATERAL jsonb_to_record(convert_from(state, 'UTF8')::jsonb) AS kiosk (label text, place text)
    LEFT JOIN dauys.kiosk_progress ON kiosk_id = originator_id
WHERE topic = 'kiosk.invited.v1' ORDER BY notification_id
"""
_REFUSED: Final[LiteralString] = """
SELECT kiosk_id, code, sum(deliveries)::bigint AS deliveries, min(hour) AS first, max(hour) AS last
FROM dauys.refused_deliveries WHERE hour >= %s AND hour <= %s GROUP BY kiosk_id, code ORDER BY kiosk_id, code
"""
_SLIPS: Final[LiteralString] = """
SELECT convert_from(state, 'UTF8')::jsonb -> 'slips' FROM dauys.events WHERE originator_id = %s AND topic = %s
"""
_HANDED_OUT: Final[LiteralString] = """
SELECT unit, day, slips FROM dauys.slips_handed_out WHERE round_id = %s ORDER BY unit COLLATE "C", day
"""


@dataclass(frozen=True, slots=True)
class Hour:
    """`ballots` of a unit in the hour that begins at `hour`, and the log positions of the first and the last of them."""

    unit: str
    hour: datetime
    ballots: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class KioskCount:
    """Over its life: deliveries taken, ballots delivered in them, and of these recorded."""

    kiosk_id: UUID
    label: str
    place: str
    deliveries: int
    delivered: int
    recorded: int

    @property
    def refused(self) -> int:
        return self.delivered - self.recorded


@dataclass(frozen=True, slots=True)
class RefusedDeliveries:
    """Whole deliveries of a kiosk refused for one reason while the round was voted, from the hour `first` to `last`."""

    kiosk_id: UUID
    code: str
    deliveries: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class SlipsOfDay:
    """Slips that the desks of a unit handed out on a local day."""

    unit: str
    day: date
    slips: int


@dataclass(frozen=True, slots=True)
class VotingCounts:
    """`announced_end`: when voting was to close; `closed`: when it did. `kiosk_hours`: hours with ballots in any round of the log.

    `slips`: as reconciled, none before that.
    """

    opened: datetime
    announced_end: datetime
    closed: datetime
    units: tuple[str, ...]
    hours: tuple[Hour, ...]
    kiosks: tuple[KioskCount, ...]
    kiosk_hours: int
    kiosks_served_other_rounds: bool
    refused: tuple[RefusedDeliveries, ...]
    slips: tuple[SlipCount, ...]
    handed_out: tuple[SlipsOfDay, ...]


def counts_of(connection: Connection[Any], round_: RegisteredRound) -> VotingCounts:
    """All of it, once voting has ended; before that it is refused like results."""
    opened = round_.step(Round.VotingOpened.TOPIC)
    ended = round_.step(Round.VotingClosed.TOPIC) or round_.step(Round.Cancelled.TOPIC)
    if ended is None:
        raise ResultsNotPublicYet(phase=round_.phase.value)
    if opened is None:  # cancelled before anybody could vote
        raise PaperNotFrozen
    if reached(connection, [TURNOUT]) < ended.position:
        raise ResultsBeingCounted
    with connection.cursor(row_factory=tuple_row) as cursor:
        [(kiosk_hours, others)] = cursor.execute(_ALL_HOURS, [round_.round_id]).fetchall()
        slips = cursor.execute(
            _SLIPS, [Roll.create_id(round_.round_id), Roll.SlipsReconciled.TOPIC]
        ).fetchall()
    return VotingCounts(
        opened=opened.at,
        announced_end=round_.terms.voting_closes,
        closed=ended.at,
        units=tuple(unit.kato for unit in round_.terms.units),
        hours=_rows(connection, Hour, _HOURS, round_.round_id),
        kiosks=_rows(connection, KioskCount, _KIOSKS),
        kiosk_hours=kiosk_hours,
        kiosks_served_other_rounds=others,
        refused=_rows(connection, RefusedDeliveries, _REFUSED, to_the_hour(opened.at), ended.at),
        slips=msgspec.convert(slips[0][0], tuple[SlipCount, ...]) if slips else (),
        handed_out=_rows(connection, SlipsOfDay, _HANDED_OUT, round_.round_id),
    )


def _rows(connection: Connection[Any], kind: type[Any], query: LiteralString, *parameters: Any) -> Any:
    with connection.cursor(row_factory=class_row(kind)) as cursor:
        return tuple(cursor.execute(query, parameters).fetchall())
