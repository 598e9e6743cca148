"""What a revision commission may see of any moment: a thing of any kind, or a list of them, as of a signed checkpoint.

A kind is one line in `KINDS`; nothing else here knows which there are, but that a round has turnout and, once closed, results.
Ballots are no kind: they are counted.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar, Final
from uuid import UUID

import msgspec
from eventsourcing.domain import Aggregate

from api.composition import Engine
from api.views import LineView, lines_of
from application.as_of import ResultsThen, Standing, Thing, results_then, signed_checkpoint, standing_at
from application.recount import Recount
from application.store import NotFound
from domain.allocation import Tie, UnitMoney
from domain.approval import Approval
from domain.conclusion import Conclusion
from domain.errors import Refused
from domain.finding import Finding
from domain.implementation import Implementation
from domain.kiosk import Kiosk
from domain.merging import Merging
from domain.proposal import Proposal
from domain.roll import Roll
from domain.round import Round
from domain.self_government.council import Council
from domain.self_government.decision import CouncilDecision
from domain.self_government.dismissal import DismissalInitiative
from domain.self_government.execution import Execution
from domain.self_government.gathering import Gathering
from domain.self_government.office import Office
from domain.self_government.report_meeting import ReportMeeting
from domain.self_government.sitting import Sitting
from domain.self_government.unit import TerritorialUnit
from projections.results import Status

KINDS: Final[Mapping[str, type[Aggregate]]] = MappingProxyType(
    {
        "round": Round,
        "proposal": Proposal,
        "merging": Merging,
        "roll": Roll,
        "kiosk": Kiosk,
        "conclusion": Conclusion,
        "implementation": Implementation,
        "approval": Approval,
        "finding": Finding,
        "unit": TerritorialUnit,
        "office": Office,
        "gathering": Gathering,
        "council": Council,
        "sitting": Sitting,
        "decision": CouncilDecision,
        "dismissal": DismissalInitiative,
        "report_meeting": ReportMeeting,
        "execution": Execution,
    }
)
_TITLED: Final = ("terms", "sketch", "statement", "names")
_NAMES: Final = ("title", "label", "project", "kk", "number", "unit")
_STATES: Final = ("phase", "state")

Watch = Callable[[str, int], AbstractContextManager[Callable[[int], object]]]
"""Opens a step of so many entries, which is told how many it has passed."""


class NoSuchKind(Refused):
    """Only things of the kinds in `known` can be shown."""

    code: ClassVar[str] = "no_such_kind"


@dataclass(frozen=True, slots=True)
class AsOf:
    """The checkpoint: every entry of the log `origin` up to `size` was replayed, and they give `root` (hex)."""

    origin: str
    size: int
    root: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A thing in a list. `position`: its newest event by then, recorded at `at`."""

    kind: str
    id: UUID
    name: str
    state: str
    position: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ThingsView:
    as_of: AsOf
    things: list[Listed]


@dataclass(frozen=True, slots=True)
class TurnoutThen:
    """A unit's people on the roll, credentials registered and ballots cast."""

    unit: str
    people: int
    credentials: int
    cast: int


@dataclass(frozen=True, slots=True)
class ResultsView:
    """They hold for the log up to `recounted_to`. `conclusion`: the document in force; `identical`: recounting gives its bytes."""

    status: Status
    recounted_to: int
    conclusion: str | None
    identical: bool
    lines: list[LineView]
    units: tuple[UnitMoney, ...]
    ties: tuple[Tie, ...]


@dataclass(frozen=True, slots=True)
class ThingView:
    """`state`: every field of the aggregate, as of then. `turnout` and `results` of rounds only; results of closed ones only."""

    as_of: AsOf
    kind: str
    id: UUID
    position: int
    at: datetime
    state: dict[str, Any]
    turnout: list[TurnoutThen] | None = None
    results: ResultsView | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """The view, and the recount behind its results, whose paper says what the numbers mean."""

    view: ThingView | ThingsView
    counted: Recount | None = None


def show(engine: Engine, at: int | str, what: str, watch: Watch) -> Shown:
    """`at`: a log size or a checkpoint's note; `what`: nothing, a kind, or `kind/id`, or a kind and what its id is made of."""
    kind, _, id_ = what.partition("/")
    if kind and kind not in KINDS:
        raise NoSuchKind(known=", ".join(KINDS))
    checkpoint = signed_checkpoint(engine.log, engine.signer.verifier, at)
    with watch("replaying the log", checkpoint.size) as advance:
        standing = standing_at(engine.log, checkpoint, tuple(KINDS.values()), advance)
    if not id_:
        return Shown(_list(standing, kind))
    thing = _find(standing, kind, id_)
    if not isinstance(thing.aggregate, Round):
        return Shown(_view(standing, kind, thing))
    with watch("counting ballots", checkpoint.size) as advance:
        results = results_then(engine.log, engine.documents, standing, thing.aggregate, advance)
    return Shown(
        _view(
            standing,
            kind,
            thing,
            turnout=_turnout(standing, thing.aggregate),
            results=_results(results) if results else None,
        ),
        results.counted if results else None,
    )


def _list(standing: Standing, kind: str) -> ThingsView:
    listed = [
        Listed(
            name,
            thing.aggregate.id,
            _name(thing.aggregate),
            next(
                (str(getattr(thing.aggregate, each)) for each in _STATES if hasattr(thing.aggregate, each)),
                "",
            ),
            thing.position,
            thing.aggregate.modified_on,
        )
        for name, of_kind in KINDS.items()
        for thing in standing.things.values()
        if isinstance(thing.aggregate, of_kind) and kind in ("", name)
    ]
    return ThingsView(_as_of(standing), listed)


def _find(standing: Standing, kind: str, id_: str) -> Thing:
    """By its own id; or by what its id is made of, in order: a round's id, a unit's code and a number, and the like."""
    of_kind: Any = KINDS[kind]
    parts: list[Any] = id_.split("/")
    with suppress(ValueError):
        parts[0] = UUID(parts[0])
    ids = parts if len(parts) == 1 else []
    with suppress(TypeError, AttributeError):  # its id is made of more, of less, or of something else
        ids = [*ids, of_kind.create_id(*parts)]
    for each in ids:
        thing = standing.things.get(each)
        if thing is not None and isinstance(thing.aggregate, of_kind):
            return thing
    raise NotFound(kind=kind)


def _view(standing: Standing, kind: str, thing: Thing, **more: Any) -> ThingView:
    fields = {name: value for name, value in vars(thing.aggregate).items() if not name.startswith("_")}
    return ThingView(
        as_of=_as_of(standing),
        kind=kind,
        id=thing.aggregate.id,
        position=thing.position,
        at=thing.aggregate.modified_on,
        state=msgspec.to_builtins(fields, builtin_types=(datetime,), str_keys=True),
        **more,
    )


def _turnout(standing: Standing, round_: Round) -> list[TurnoutThen]:
    roll = standing.find(Roll, Roll.create_id(round_.id))
    cast = standing.cast.get(round_.id, Counter())
    return [
        TurnoutThen(
            unit.kato,
            roll.people.get(unit.kato, 0) if roll else 0,
            roll.credentials.get(unit.kato, 0) if roll else 0,
            cast.get(unit.kato, 0),
        )
        for unit in round_.terms.units
    ]


def _results(then: ResultsThen) -> ResultsView:
    status = Status.PROVISIONAL
    if then.version is not None:
        status = Status.CONCLUDED
        if then.published:
            status = Status.PUBLISHED if then.version == 1 else Status.CORRECTED
    outcome = then.counted.outcome
    return ResultsView(
        status=status,
        recounted_to=then.counted.size,
        conclusion=then.document_digest,
        identical=then.identical,
        lines=lines_of(then.counted.paper, outcome.lines),
        units=outcome.units,
        ties=outcome.ties,
    )


def _name(aggregate: Aggregate) -> str:
    named = [getattr(aggregate, part) for part in _TITLED if hasattr(aggregate, part)]
    for holder in (*named, aggregate):
        for name in _NAMES:
            value = getattr(holder, name, None)
            if isinstance(value, str):
                return value
    return ""


def _as_of(standing: Standing) -> AsOf:
    origin = standing.checkpoint.note.partition("\n")[0]
    return AsOf(origin, standing.checkpoint.size, standing.checkpoint.root.hex())
