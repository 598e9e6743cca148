"""Each register as a table on a page: one row per thing, which leads to its own page."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from api.self_government import accountability, councils, territory
from api.self_government.register import Register
from api.self_government.sheet import Cell, Link, term_of, time_of
from api.self_government.views import ExecutionView, MeetingSummary
from api.wording import Say, number
from projections.self_government.councils import RegisteredCouncil
from projections.self_government.decisions import RegisteredDecision
from projections.self_government.dismissals import RegisteredInitiative
from projections.self_government.gatherings import RegisteredGathering
from projections.self_government.offices import TermOfOffice
from projections.self_government.sittings import RegisteredSitting

Row = Sequence[Cell]


class Kind(StrEnum):
    """The registers of a unit, by their address."""

    OFFICES = "offices"
    COUNCILS = "councils"
    DECISIONS = "decisions"
    SITTINGS = "sittings"
    GATHERINGS = "gatherings"
    DISMISSALS = "dismissals"
    REPORT_MEETINGS = "report-meetings"
    EXECUTIONS = "executions"


REGISTERS: Final[Mapping[Kind, Register[Any, Any]]] = MappingProxyType(
    {
        Kind.OFFICES: territory.OFFICES,
        Kind.COUNCILS: councils.COUNCILS,
        Kind.DECISIONS: councils.DECISIONS,
        Kind.SITTINGS: councils.SITTINGS,
        Kind.GATHERINGS: territory.GATHERINGS,
        Kind.DISMISSALS: accountability.DISMISSALS,
        Kind.REPORT_MEETINGS: accountability.REPORT_MEETINGS,
        Kind.EXECUTIONS: accountability.EXECUTIONS,
    }
)
COLUMNS: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType(
    {
        Kind.OFFICES: ("office", "holder", "term", "left"),
        Kind.COUNCILS: ("council", "seats", "term", "dissolved"),
        Kind.DECISIONS: ("decision", "kind", "state", "in_force"),
        Kind.SITTINGS: ("sitting", "held", "place", "state"),
        Kind.GATHERINGS: ("kind", "held", "place", "state"),
        Kind.DISMISSALS: ("initiative", "raised", "decision_due", "state"),
        Kind.REPORT_MEETINGS: ("meeting", "held", "questions", "overdue"),
        Kind.EXECUTIONS: ("execution", "decided", "tasks", "overdue"),
    }
)


def row_of(say: Say, kind: Kind, found: Any) -> Row:
    """The cells of one thing, under the columns of its kind."""
    return _ROWS[kind](say, found)


def force_of(say: Say, decision: RegisteredDecision) -> str:
    """From when until when it is in force, in words."""
    if decision.in_force_from is None:
        return say("not_in_force")
    since = time_of(decision.in_force_from)
    if decision.in_force_until is None:
        return say("in_force_from", since=since)
    return say("in_force_until", since=since, until=time_of(decision.in_force_until))


def _office(say: Say, found: TermOfOffice) -> Row:
    office = say(f"office_{found.kind}") + (f" {found.seat}" if found.seat else "")
    left = f"{time_of(found.left_on)}, {reason_of(say, found)}" if found.left_on else "—"
    return office, found.holder.name, term_of(say, found.term_from, found.term_until), left


def reason_of(say: Say, term: TermOfOffice) -> str:
    """Why it ended early: a word of the closed list, or a member's own words."""
    try:
        return say(f"left_{term.reason}")
    except KeyError:
        return term.reason


def _council(say: Say, found: RegisteredCouncil) -> Row:
    return (
        Link(say("council_title", number=found.number), f"/councils/{found.id}"),
        number(sum(each.seats for each in found.seats)),
        term_of(say, found.term_from, found.term_until),
        time_of(found.dissolution.on if found.dissolution else None),
    )


def _decision(say: Say, found: RegisteredDecision) -> Row:
    return (
        Link(say("decision_title", number=found.number, title=found.title), f"/decisions/{found.id}"),
        say(f"decision_{found.kind}"),
        say(f"decision_state_{found.state}"),
        force_of(say, found),
    )


def _sitting(say: Say, found: RegisteredSitting) -> Row:
    return (
        Link(say("sitting_title", number=found.number), f"/sittings/{found.id}"),
        time_of(found.held_at),
        found.summons.place,
        say(f"sitting_state_{found.state}"),
    )


def _gathering(say: Say, found: RegisteredGathering) -> Row:
    return (
        Link(say(f"gathering_{found.level}"), f"/gatherings/{found.id}"),
        time_of(found.held_at),
        found.call.place,
        say(f"gathering_state_{found.state}"),
    )


def _dismissal(say: Say, found: RegisteredInitiative) -> Row:
    return (
        Link(say("dismissal_title", number=found.number, akim=found.akim.name), f"/dismissals/{found.id}"),
        time_of(found.raised_on),
        time_of(found.decision_due),
        say(f"initiative_state_{found.state}"),
    )


def _meeting(say: Say, found: MeetingSummary) -> Row:
    return (
        Link(say("meeting_title", year=found.year), f"/report-meetings/{found.id}"),
        time_of(found.held_at),
        number(found.questions),
        number(found.overdue),
    )


def _execution(say: Say, found: ExecutionView) -> Row:
    return (
        Link(say("execution_title"), f"/executions/{found.id}"),
        time_of(found.adopted_on),
        number(len(found.tasks)),
        number(sum(each.overdue for each in found.tasks)),
    )


_ROWS: Final[Mapping[Kind, Callable[[Say, Any], Row]]] = MappingProxyType(
    {
        Kind.OFFICES: _office,
        Kind.COUNCILS: _council,
        Kind.DECISIONS: _decision,
        Kind.SITTINGS: _sitting,
        Kind.GATHERINGS: _gathering,
        Kind.DISMISSALS: _dismissal,
        Kind.REPORT_MEETINGS: _meeting,
        Kind.EXECUTIONS: _execution,
    }
)
