"""The things that acts are about, as they stand at this moment: their state, and what a form offers about them.

Read from the log, not from the registers, which may be a moment behind what was just entered.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from api.composition import Engine
from api.secretary.filled import Names
from api.wording import local_time
from application.store import NotFound
from domain.errors import Refused
from domain.self_government.council import Council
from domain.self_government.decision import CouncilDecision
from domain.self_government.dismissal import DismissalInitiative
from domain.self_government.execution import Execution
from domain.self_government.gathering import Gathering
from domain.self_government.office import Office, OfficeKind
from domain.self_government.report_meeting import ReportMeeting
from domain.self_government.sitting import Sitting
from domain.self_government.unit import TerritorialUnit
from projections.self_government import gatherings, units

MOST_OFFERED: Final = 200
"""Gatherings or localities in a list to choose from; the newest."""


@dataclass(frozen=True, slots=True)
class Thing:
    """`kind`: as in the address of its page. `fixed`: members of every entry about it; `offered`: what a form may choose."""

    kind: str
    id: UUID
    unit: str
    title: str
    state: str
    fixed: Mapping[str, str]
    offered: Names = field(default_factory=dict)


def thing(engine: Engine, kind: str, thing_id: UUID, language: str) -> Thing:
    """NotFound when there is none."""
    if kind not in _READ:
        raise NotFound(kind=kind, id=thing_id)
    return _READ[kind](engine, thing_id, language)


def _unit(engine: Engine, thing_id: UUID, language: str) -> Thing:
    unit = engine.store.load(TerritorialUnit, thing_id)
    return Thing(
        "units",
        thing_id,
        unit.kato,
        getattr(unit.names, language),
        "",
        {"unit": unit.kato},
        {
            "gathering": _gatherings(engine, unit.kato),
            "locality": _localities(engine, unit.kato, language),
            "seats": _localities(engine, unit.kato, language),
            "akim": _akim(engine, unit.kato),
        },
    )


def _gathering(engine: Engine, thing_id: UUID, language: str) -> Thing:
    gathering = engine.store.load(Gathering, thing_id)
    items = [(item.key, item.title) for item in gathering.call.agenda if item.key not in gathering.motions]
    return Thing(
        "gatherings",
        thing_id,
        gathering.unit,
        f"{local_time(gathering.call.held_at)}, {gathering.call.place}",
        gathering.state,
        {"gathering": str(thing_id)},
        {
            "item": items,
            "akim": _akim(engine, gathering.unit),
            "locality": _localities(engine, gathering.unit, language),
            "separate": _gatherings(engine, gathering.unit),
        },
    )


def _council(engine: Engine, thing_id: UUID, language: str) -> Thing:
    council = engine.store.load(Council, thing_id)
    members = _members(council, engine.clock())
    return Thing(
        "councils",
        thing_id,
        council.unit,
        f"{council.number}",
        "dissolved" if council.dissolved_on else "",
        {"council": str(council.number)},
        {
            "member": members,
            "gathering": _gatherings(engine, council.unit),
            "locality": _localities(engine, council.unit, language),
        },
    )


def _sitting(engine: Engine, thing_id: UUID, language: str) -> Thing:  # noqa: ARG001 - as every reader
    sitting = engine.store.load(Sitting, thing_id)
    council = engine.store.load(Council, sitting.council_id)
    members = _members(council, sitting.held_at)
    present = [each for each in members if each[0] in sitting.present]
    away = [each for each in members if each[0] not in sitting.present]
    return Thing(
        "sittings",
        thing_id,
        sitting.unit,
        f"{sitting.number} · {local_time(sitting.held_at)}",
        sitting.state,
        {"council": str(council.number), "sitting": sitting.number},
        {
            "present": members,
            "member": present if sitting.present else away,
            "chair": present,
            "votes": present,
            "point": [(point.key, f"{point.key}. {point.title}") for point in sitting.summons.agenda],
            "gathering": _gatherings(engine, sitting.unit),
            "basis_points": _rates(engine, sitting.unit),
        },
    )


def _decision(engine: Engine, thing_id: UUID, language: str) -> Thing:  # noqa: ARG001 - as every reader
    decision = engine.store.load(CouncilDecision, thing_id)
    council = engine.store.load(Council, decision.council_id)
    sitting = engine.store.load(Sitting, decision.sitting_id)
    members = _members(council, sitting.held_at)
    present = [each for each in members if each[0] in sitting.present]
    return Thing(
        "decisions",
        thing_id,
        decision.unit,
        f"№ {decision.number}. {decision.title}",
        decision.state,
        {"council": str(council.number), "decision": decision.number},
        {
            "votes": [each for each in present if each[0] not in decision.recused],
            "member": present,
            "interest": [(key, f"{key} ({member})") for key, member in council.interests.items()],
            "signer": members,
        },
    )


def _execution(engine: Engine, thing_id: UUID, language: str) -> Thing:
    execution = engine.store.load(Execution, thing_id)
    decision = _decision(engine, execution.decision_id, language)
    tasks = [(key, f"{key}. {standing.task.title}") for key, standing in execution.tasks.items()]
    state = "done" if execution.is_done else "under_way"
    return Thing(
        "executions", thing_id, execution.unit, decision.title, state, decision.fixed, {"task": tasks}
    )


def _initiative(engine: Engine, thing_id: UUID, language: str) -> Thing:  # noqa: ARG001 - as every reader
    initiative = engine.store.load(DismissalInitiative, thing_id)
    with engine.datastore.get_connection() as connection:
        unit = units.find(connection, initiative.unit)
    return Thing(
        "dismissals",
        thing_id,
        initiative.unit,
        f"№ {initiative.number}: {initiative.akim.name}",
        initiative.state,
        {"akim": initiative.akim.id, "initiative": str(initiative.number)},
        {
            "maslikhat": [(unit.parent, unit.parent)] if unit and unit.parent else [],
            "gathering": _gatherings(engine, initiative.unit),
        },
    )


def _meeting(engine: Engine, thing_id: UUID, language: str) -> Thing:  # noqa: ARG001 - as every reader
    meeting = engine.store.load(ReportMeeting, thing_id)
    questions = [(key, f"{key}. {question.topic}") for key, question in meeting.questions.items()]
    return Thing(
        "report-meetings",
        thing_id,
        meeting.unit,
        f"{meeting.year} · {local_time(meeting.held_at)}",
        "",
        {"year": str(meeting.year)},
        {"question": questions},
    )


_READ: Final[Mapping[str, Callable[[Engine, UUID, str], Thing]]] = MappingProxyType(
    {
        "units": _unit,
        "gatherings": _gathering,
        "councils": _council,
        "sittings": _sitting,
        "decisions": _decision,
        "executions": _execution,
        "dismissals": _initiative,
        "report-meetings": _meeting,
    }
)


def _members(council: Council, when: datetime) -> list[tuple[str, str]]:
    return _by_name((id_, member.official.name) for id_, member in council.members_on(when).items())


def _by_name(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(pairs, key=lambda pair: pair[1])


def _gatherings(engine: Engine, unit: str) -> list[tuple[str, str]]:
    with engine.datastore.get_connection() as connection:
        found = gatherings.page(connection, unit=unit, most=MOST_OFFERED)
    return [(str(each.id), f"{local_time(each.held_at)}, {each.call.place}") for each in found]


def _localities(engine: Engine, unit: str, language: str) -> list[tuple[str, str]]:
    """The unit's localities, and the unit itself, which may be one."""
    own = engine.store.load(TerritorialUnit, TerritorialUnit.create_id(unit))
    with engine.datastore.get_connection() as connection:
        found = units.page(connection, parent=unit, most=MOST_OFFERED)
    localities = ((each.unit, getattr(each.names, language)) for each in found)
    return [(unit, getattr(own.names, language)), *_by_name(localities)]


def _akim(engine: Engine, unit: str) -> list[tuple[str, str]]:
    try:
        office = engine.store.load(Office, Office.create_id(unit, OfficeKind.AKIM, 0))
    except NotFound:
        return []
    return [(tenure.holder.id, tenure.holder.name) for tenure in office.tenures[-1:]]


def _rates(engine: Engine, unit: str) -> list[tuple[str, str]]:
    try:
        rules = engine.store.load(TerritorialUnit, TerritorialUnit.create_id(unit)).rules
    except Refused:  # no such unit, or its rules are not set
        return []
    return [
        (each.rate, f"{each.rate} ({each.least_basis_points}–{each.most_basis_points})")
        for each in rules.rate_ranges
    ]
