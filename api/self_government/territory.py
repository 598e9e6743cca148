"""The public registers of units, of those who hold their offices, and of gatherings."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from psycopg import Connection

from api.caching import json_answer
from api.engine import EngineOf
from api.self_government.register import Asked, Kato, OfUnit, Page, Register
from application.clock import now
from application.store import NotFound
from domain.kato import KatoInvalid, check_kato
from domain.self_government.call import Level
from domain.self_government.gathering import GatheringState
from domain.self_government.unit import Population, UnitKind
from projections.self_government import gatherings, offices, units
from projections.self_government.gatherings import RegisteredGathering
from projections.self_government.offices import PublicOffice, TermOfOffice
from projections.self_government.units import RegisteredUnit

router = APIRouter(prefix="/v1", tags=["self-government"])

UnitCode = Annotated[str, Path(pattern="^[0-9]{9}$", description="The unit's KATO.")]


class UnitsAsked(Asked):
    """`at` says whose year's population is told."""

    kind: UnitKind | None = None
    parent: Kato = None


class OfficesAsked(OfUnit):
    kind: PublicOffice | None = None


class GatheringsAsked(OfUnit):
    level: Level | None = None
    state: GatheringState | None = None


def _units(connection: Connection[Any], asked: UnitsAsked, most: int) -> list[RegisteredUnit]:
    found = units.page(connection, kind=asked.kind, parent=asked.parent, before=asked.before, most=most)
    return [each.by(asked.at) for each in found] if asked.at else found


def _offices(connection: Connection[Any], asked: OfficesAsked, most: int) -> list[TermOfOffice]:
    return offices.page(
        connection, unit=asked.unit, kind=asked.kind, at=asked.at, before=asked.before, most=most
    )


def _gatherings(connection: Connection[Any], asked: GatheringsAsked, most: int) -> list[RegisteredGathering]:
    return gatherings.page(
        connection,
        unit=asked.unit,
        level=asked.level,
        state=asked.state,
        at=asked.at,
        before=asked.before,
        most=most,
    )


def _people(unit: RegisteredUnit) -> Population:
    return unit.population(now()) or Population(0, 0, "")


UNITS: Final = Register(
    "units",
    UnitsAsked,
    _units,
    (
        ("unit", lambda row: row.unit),
        ("kind", lambda row: row.kind.value),
        ("name_kk", lambda row: row.names.kk),
        ("name_ru", lambda row: row.names.ru),
        ("name_en", lambda row: row.names.en),
        ("parent", lambda row: row.parent),
        ("people", lambda row: _people(row).people or ""),
        ("people_year", lambda row: _people(row).year or ""),
        ("people_source", lambda row: _people(row).source),
        ("rules_basis", lambda row: row.rules.legal_basis if row.rules else ""),
    ),
)
OFFICES: Final = Register(
    "offices",
    OfficesAsked,
    _offices,
    (
        ("unit", lambda row: row.unit),
        ("office", lambda row: row.kind.value),
        ("seat", lambda row: row.seat),
        ("locality", lambda row: row.locality),
        ("holder", lambda row: row.holder.id),
        ("name", lambda row: row.holder.name),
        ("term_from", lambda row: row.term_from),
        ("term_until", lambda row: row.term_until),
        ("left_on", lambda row: row.left_on or ""),
        ("reason", lambda row: row.reason),
        ("basis", lambda row: row.basis),
    ),
    place=lambda row: row.entry,
)
GATHERINGS: Final = Register(
    "gatherings",
    GatheringsAsked,
    _gatherings,
    (
        ("gathering", lambda row: str(row.id)),
        ("unit", lambda row: row.unit),
        ("level", lambda row: row.level.value),
        ("state", lambda row: row.state.value),
        ("place", lambda row: row.call.place),
        ("convened_at", lambda row: row.call.convened_at),
        ("held_at", lambda row: row.held_at),
        ("entitled", lambda row: row.opening.entitled if row.opening else ""),
        ("needed", lambda row: row.opening.needed if row.opening else ""),
        ("present", lambda row: row.opening.present if row.opening else ""),
        ("items", lambda row: len(row.call.agenda)),
        ("adopted", lambda row: sum(item.adopted for item in row.items)),
        ("minutes_digest", lambda row: row.minutes_digest or ""),
        ("published_at", lambda row: row.publication.channels[0].when if row.publication else ""),
        ("reason", lambda row: row.reason or ""),
    ),
)


@router.get("/units", response_model=Page[RegisteredUnit], summary="Units, the newest entry first")
def list_units(request: Request, engine: EngineOf, asked: Annotated[UnitsAsked, Query()]) -> Response:
    return UNITS.as_json(request, engine, asked)


@router.get("/units.csv", response_class=Response, summary="The same as a table")
def units_as_csv(request: Request, engine: EngineOf, asked: Annotated[UnitsAsked, Query()]) -> Response:
    return UNITS.as_csv(request, engine, asked)


@router.get("/units/{unit}", response_model=RegisteredUnit, summary="A unit: names, people, local rules")
def one_unit(unit: UnitCode, request: Request, engine: EngineOf) -> Response:
    with engine.datastore.get_connection() as connection:
        return json_answer(request, registered_unit(connection, unit))


@router.get(
    "/offices", response_model=Page[TermOfOffice], summary="Who has held which office, for which term"
)
def list_offices(request: Request, engine: EngineOf, asked: Annotated[OfficesAsked, Query()]) -> Response:
    return OFFICES.as_json(request, engine, asked)


@router.get("/offices.csv", response_class=Response, summary="The same as a table")
def offices_as_csv(request: Request, engine: EngineOf, asked: Annotated[OfficesAsked, Query()]) -> Response:
    return OFFICES.as_csv(request, engine, asked)


@router.get("/gatherings", response_model=Page[RegisteredGathering], summary="Gatherings, the newest first")
def list_gatherings(
    request: Request, engine: EngineOf, asked: Annotated[GatheringsAsked, Query()]
) -> Response:
    return GATHERINGS.as_json(request, engine, asked)


@router.get("/gatherings.csv", response_class=Response, summary="The same as a table")
def gatherings_as_csv(
    request: Request, engine: EngineOf, asked: Annotated[GatheringsAsked, Query()]
) -> Response:
    return GATHERINGS.as_csv(request, engine, asked)


@router.get(
    "/gatherings/{gathering_id}",
    response_model=RegisteredGathering,
    summary="A gathering: call, quorum, every item with its votes",
)
def one_gathering(gathering_id: UUID, request: Request, engine: EngineOf) -> Response:
    with engine.datastore.get_connection() as connection:
        return json_answer(request, registered_gathering(connection, gathering_id))


def registered_unit(connection: Connection[Any], unit: str) -> RegisteredUnit:
    """The unit as far as its register has followed the log, like all below."""
    try:
        found = units.find(connection, check_kato(unit))
    except KatoInvalid:
        found = None
    if found is None:
        raise NotFound(kind="unit")
    return found


def registered_gathering(connection: Connection[Any], gathering_id: UUID) -> RegisteredGathering:
    found = gatherings.find(connection, gathering_id)
    if found is None:
        raise NotFound(kind="gathering", id=gathering_id)
    return found
