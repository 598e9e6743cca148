"""The public registers of the Council: its composition on a day, its sittings, its decisions and what of them is in force."""

from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from psycopg import Connection
from pydantic import Field

from api.caching import json_answer
from api.engine import EngineOf
from api.self_government.register import At, OfUnit, Page, Register
from application.clock import now
from application.store import NotFound
from domain.self_government.decision import DecisionState
from domain.self_government.sitting import SittingState
from domain.self_government.substance import DecisionKind
from projections.self_government import councils, decisions, offices, sittings
from projections.self_government.councils import RegisteredCouncil
from projections.self_government.decisions import RegisteredDecision
from projections.self_government.offices import PublicOffice, TermOfOffice
from projections.self_government.sittings import RegisteredSitting

router = APIRouter(prefix="/v1", tags=["self-government"])


class CouncilsAsked(OfUnit):
    """`at`: only those in office then."""


class SittingsAsked(OfUnit):
    council: UUID | None = None
    state: SittingState | None = None


class DecisionsAsked(OfUnit):
    """`at`: only those decided by then; with `in_force`, only those in force then, or now."""

    council: UUID | None = None
    sitting: UUID | None = None
    kind: DecisionKind | None = None
    state: DecisionState | None = None
    in_force: bool = Field(default=False, description="Only decisions in force, now or `at`.")


@dataclass(frozen=True, slots=True)
class CouncilView:
    """A Council and who sat in it: all there were, or on the day asked for, as it was composed then."""

    council: RegisteredCouncil
    members: list[TermOfOffice]
    chairs: list[TermOfOffice]


def _councils(connection: Connection[Any], asked: CouncilsAsked, most: int) -> list[RegisteredCouncil]:
    return councils.page(connection, unit=asked.unit, at=asked.at, before=asked.before, most=most)


def _sittings(connection: Connection[Any], asked: SittingsAsked, most: int) -> list[RegisteredSitting]:
    return sittings.page(
        connection,
        unit=asked.unit,
        council=asked.council,
        state=asked.state,
        at=asked.at,
        before=asked.before,
        most=most,
    )


def _decisions(connection: Connection[Any], asked: DecisionsAsked, most: int) -> list[RegisteredDecision]:
    return decisions.page(
        connection,
        unit=asked.unit,
        council=asked.council,
        sitting=asked.sitting,
        kind=asked.kind,
        state=asked.state,
        decided_by=asked.at,
        in_force_at=(asked.at or now()) if asked.in_force else None,
        before=asked.before,
        most=most,
    )


COUNCILS: Final = Register(
    "councils",
    CouncilsAsked,
    _councils,
    (
        ("council", lambda row: str(row.id)),
        ("unit", lambda row: row.unit),
        ("number", lambda row: row.number),
        ("seats", lambda row: sum(each.seats for each in row.seats)),
        ("people", lambda row: row.population.people),
        ("least_seats", lambda row: row.band.least),
        ("most_seats", lambda row: row.band.most),
        ("elected_on", lambda row: row.elected_on),
        ("term_from", lambda row: row.term_from),
        ("term_until", lambda row: row.term_until),
        ("dissolved_on", lambda row: row.dissolution.on if row.dissolution else ""),
        ("gathering", lambda row: str(row.gathering_id)),
        ("resolution", lambda row: row.resolution),
    ),
)
SITTINGS: Final = Register(
    "sittings",
    SittingsAsked,
    _sittings,
    (
        ("sitting", lambda row: str(row.id)),
        ("unit", lambda row: row.unit),
        ("council", lambda row: str(row.council_id)),
        ("number", lambda row: row.number),
        ("state", lambda row: row.state.value),
        ("place", lambda row: row.summons.place),
        ("convened_at", lambda row: row.summons.convened_at),
        ("held_at", lambda row: row.held_at),
        ("seats", lambda row: row.opening.seats if row.opening else ""),
        ("needed", lambda row: row.opening.needed if row.opening else ""),
        ("present", lambda row: len(row.opening.present) if row.opening else ""),
        ("minutes_digest", lambda row: row.minutes_digest or ""),
        ("reason", lambda row: row.reason or ""),
    ),
)
DECISIONS: Final = Register(
    "decisions",
    DecisionsAsked,
    _decisions,
    (
        ("decision", lambda row: str(row.id)),
        ("unit", lambda row: row.unit),
        ("council", lambda row: str(row.council_id)),
        ("sitting", lambda row: str(row.sitting_id)),
        ("number", lambda row: row.number),
        ("kind", lambda row: row.kind.value),
        ("title", lambda row: row.title),
        ("state", lambda row: row.state.value),
        ("decided_on", lambda row: row.decided_on or ""),
        ("present", lambda row: row.roll_call.count.present if row.roll_call else ""),
        ("quorum_needed", lambda row: row.roll_call.count.quorum_needed if row.roll_call else ""),
        ("votes_needed", lambda row: row.roll_call.count.votes_needed if row.roll_call else ""),
        ("votes_for", lambda row: row.roll_call.count.votes_for if row.roll_call else ""),
        ("votes_against", lambda row: row.roll_call.count.votes_against if row.roll_call else ""),
        ("abstained", lambda row: row.roll_call.count.abstained if row.roll_call else ""),
        ("in_force_from", lambda row: row.in_force_from or ""),
        ("in_force_until", lambda row: row.in_force_until or ""),
        ("text_digest", lambda row: row.text_digest),
        ("legal_basis", lambda row: row.legal_basis),
    ),
)


@router.get("/councils", response_model=Page[RegisteredCouncil], summary="Councils, the newest first")
def list_councils(request: Request, engine: EngineOf, asked: Annotated[CouncilsAsked, Query()]) -> Response:
    return COUNCILS.as_json(request, engine, asked)


@router.get("/councils.csv", response_class=Response, summary="The same as a table")
def councils_as_csv(request: Request, engine: EngineOf, asked: Annotated[CouncilsAsked, Query()]) -> Response:
    return COUNCILS.as_csv(request, engine, asked)


@router.get("/councils/{council_id}", response_model=CouncilView, summary="A Council and its composition")
def one_council(
    council_id: UUID, request: Request, engine: EngineOf, at: Annotated[At, Query()] = None
) -> Response:
    with engine.datastore.get_connection() as connection:
        return json_answer(request, composed(connection, registered_council(connection, council_id), at))


@router.get("/sittings", response_model=Page[RegisteredSitting], summary="Sittings, the newest first")
def list_sittings(request: Request, engine: EngineOf, asked: Annotated[SittingsAsked, Query()]) -> Response:
    return SITTINGS.as_json(request, engine, asked)


@router.get("/sittings.csv", response_class=Response, summary="The same as a table")
def sittings_as_csv(request: Request, engine: EngineOf, asked: Annotated[SittingsAsked, Query()]) -> Response:
    return SITTINGS.as_csv(request, engine, asked)


@router.get(
    "/sittings/{sitting_id}",
    response_model=RegisteredSitting,
    summary="A sitting: summons, notice, who was present, minutes",
)
def one_sitting(sitting_id: UUID, request: Request, engine: EngineOf) -> Response:
    with engine.datastore.get_connection() as connection:
        return json_answer(request, registered_sitting(connection, sitting_id))


@router.get("/decisions", response_model=Page[RegisteredDecision], summary="Decisions, the newest first")
def list_decisions(request: Request, engine: EngineOf, asked: Annotated[DecisionsAsked, Query()]) -> Response:
    return DECISIONS.as_json(request, engine, asked)


@router.get("/decisions.csv", response_class=Response, summary="The same as a table")
def decisions_as_csv(
    request: Request, engine: EngineOf, asked: Annotated[DecisionsAsked, Query()]
) -> Response:
    return DECISIONS.as_csv(request, engine, asked)


@router.get(
    "/decisions/{decision_id}",
    response_model=RegisteredDecision,
    summary="A decision: what it rests on, its roll-call, publication and force",
)
def one_decision(decision_id: UUID, request: Request, engine: EngineOf) -> Response:
    with engine.datastore.get_connection() as connection:
        return json_answer(request, registered_decision(connection, decision_id))


def composed(connection: Connection[Any], council: RegisteredCouncil, at: At) -> CouncilView:
    terms = offices.of_council(connection, council.id, at)
    return CouncilView(
        council,
        [each for each in terms if each.kind is PublicOffice.COUNCIL_MEMBER],
        [each for each in terms if each.kind is PublicOffice.COUNCIL_CHAIR],
    )


def registered_council(connection: Connection[Any], council_id: UUID) -> RegisteredCouncil:
    """The Council as far as its register has followed the log, like all below."""
    found = councils.find(connection, council_id)
    if found is None:
        raise NotFound(kind="council", id=council_id)
    return found


def registered_sitting(connection: Connection[Any], sitting_id: UUID) -> RegisteredSitting:
    found = sittings.find(connection, sitting_id)
    if found is None:
        raise NotFound(kind="sitting", id=sitting_id)
    return found


def registered_decision(connection: Connection[Any], decision_id: UUID) -> RegisteredDecision:
    found = decisions.find(connection, decision_id)
    if found is None:
        raise NotFound(kind="decision", id=decision_id)
    return found
