"""What else of the log has to do with a round: its units' own registers, decisions of their Councils, findings about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, tuple_row

from domain.conclusion import Conclusion
from domain.finding import FindingState
from domain.roll import Roll
from projections.rounds import RegisteredRound

_UNITS: Final[LiteralString] = "SELECT unit FROM dauys_read.units WHERE unit = ANY(%s)"
_DECISIONS: Final[LiteralString] = """
SELECT id, number, title, decided_on FROM dauys_read.decisions
WHERE unit = ANY(%s) AND decided_on >= %s AND state <> 'rejected' ORDER BY opened DESC LIMIT %s
"""
# What a finding may be about, of a round: itself, its roll, its conclusion, a proposal, a project being carried out.
_FINDINGS: Final[LiteralString] = """
SELECT finding_id, statement ->> 'title' AS title, state, opened_at FROM dauys_read.findings
WHERE (subject ->> 'id')::uuid = ANY(%(things)s)
    OR (subject ->> 'id')::uuid IN (SELECT proposal_id FROM dauys_read.proposals WHERE round_id = %(round_id)s)
    OR (subject ->> 'id')::uuid IN (SELECT implementation_id FROM dauys_read.implementations WHERE round_id = %(round_id)s)
ORDER BY opened DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class LinkedDecision:
    id: UUID
    number: str
    title: str
    decided_on: datetime


@dataclass(frozen=True, slots=True)
class LinkedFinding:
    finding_id: UUID
    title: str
    state: FindingState
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class RoundLinks:
    """`units`: those of the round that are on the register of units; `decisions` of their Councils since the round was drafted,
    `findings` about it, the newest first.
    """

    units: frozenset[str]
    decisions: tuple[LinkedDecision, ...]
    findings: tuple[LinkedFinding, ...]


def links_of(connection: Connection[Any], round_: RegisteredRound, most: int) -> RoundLinks:
    """At most `most` decisions, and as many findings."""
    katos = [unit.kato for unit in round_.terms.units]
    with connection.cursor(row_factory=tuple_row) as cursor:
        units = frozenset(unit for (unit,) in cursor.execute(_UNITS, [katos]))
    return RoundLinks(
        units, _decisions(connection, units, round_, most), _findings(connection, round_.round_id, most)
    )


def _decisions(
    connection: Connection[Any], units: frozenset[str], round_: RegisteredRound, most: int
) -> tuple[LinkedDecision, ...]:
    if not units:
        return ()
    with connection.cursor(row_factory=class_row(LinkedDecision)) as cursor:
        return tuple(cursor.execute(_DECISIONS, [sorted(units), round_.steps[0].at, most]))


def _findings(connection: Connection[Any], round_id: UUID, most: int) -> tuple[LinkedFinding, ...]:
    things = [round_id, Roll.create_id(round_id), Conclusion.create_id(round_id)]
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(_FINDINGS, {"things": things, "round_id": round_id, "most": most}).fetchall()
    return tuple(LinkedFinding(id_, title, FindingState(state), at) for id_, title, state, at in rows)
