"""Pages for people: the units, what each has on its registers, and one page for everything there. Plain HTML in three languages.

Drawn from the same reading as the JSON. `?at=` shows a unit, a Council, a meeting, an execution or an initiative as of a day.
"""

from collections.abc import Callable
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from psycopg import Connection

from api.engine import EngineOf
from api.rounds import MOST_BY_DEFAULT
from api.self_government import accountability, councils, sheets, territory
from api.self_government.accountability_sheets import dismissal_sheet, execution_sheet, meeting_sheet
from api.self_government.councils import DecisionsAsked
from api.self_government.register import At, Before, OfUnit
from api.self_government.resolving import decision_titles, resolved
from api.self_government.sheet import Link, Sheet, Table
from api.self_government.tables import COLUMNS, REGISTERS, Kind, row_of
from api.self_government.territory import UNITS, UnitsAsked, registered_unit
from api.self_government.words import saying_self_government
from api.web.page import language_of, page
from api.wording import Say, number
from application.clock import now
from application.store import NotFound
from projections.self_government import offices, units
from projections.self_government.units import RegisteredUnit

router = APIRouter(include_in_schema=False)

MOST_OF_A_KIND: Final = 10
"""Rows of each register on a unit's page."""

AsOf = Annotated[At, Query()]
From = Annotated[Before, Query()]


@router.get("/units")
def all_units(request: Request, engine: EngineOf, before: From = None) -> Response:
    language = language_of(request)
    say = saying_self_government(language)
    found = UNITS.page(engine, UnitsAsked(before=before, limit=MOST_BY_DEFAULT))
    rows = [
        (
            Link(getattr(each.names, language), f"/units/{each.unit}"),
            say(f"unit_{each.kind}"),
            each.unit,
            _people(say, each),
        )
        for each in found.items
    ]
    more = Link(say("earlier"), f"/units?before={found.next}") if found.next else None
    columns = (say("unit"), say("kind"), say("kato"), say("people"))
    table = Table("", columns, rows, more)
    return _shown(request, Sheet(say("units"), tables=[table], data=[Link("CSV", "/v1/units.csv")]))


@router.get("/units/{unit}")
def one_unit(unit: str, request: Request, engine: EngineOf, at: AsOf = None) -> Response:
    language = language_of(request)
    say = saying_self_government(language)
    with engine.datastore.get_connection() as connection:
        try:
            found = registered_unit(connection, unit)
        except NotFound:
            return _missing(request)
        above = units.find(connection, found.parent)
    facts: list[tuple[str, Any]] = [
        (say("kind"), say(f"unit_{found.kind}")),
        (say("kato"), found.unit),
        (say("people"), _people(say, found.by(at) if at else found)),
        (say("rules"), found.rules.legal_basis if found.rules else say("rules_not_set")),
    ]
    if above:
        facts.insert(2, (say("part_of"), Link(getattr(above.names, language), f"/units/{above.unit}")))
    data = [
        Link(say("calendar"), f"/v1/units/{unit}/sittings.ics?lang={language}"),
        Link(say("feed"), f"/v1/units/{unit}/publications.atom?lang={language}"),
        Link("JSON", f"/v1/units/{unit}"),
    ]
    sheet = Sheet(
        getattr(found.names, language),
        above=Link(say("all_units"), "/units"),
        facts=facts,
        tables=[table for kind in Kind if (table := _newest(engine, say, kind, unit, at)).rows],
        data=data,
        id=found.id,
    )
    return _shown(request, sheet)


@router.get("/units/{unit}/{kind}")
def register_of_unit(
    unit: str,
    kind: str,
    request: Request,
    engine: EngineOf,
    at: AsOf = None,
    before: From = None,
) -> Response:
    language = language_of(request)
    say = saying_self_government(language)
    with engine.datastore.get_connection() as connection:
        try:
            found = registered_unit(connection, unit)
            of_kind = Kind(kind)
        except (NotFound, ValueError):
            return _missing(request)
    asked = _asked(of_kind, unit=unit, at=at, before=before, limit=MOST_BY_DEFAULT)
    listed = REGISTERS[of_kind].page(engine, asked)
    more = Link(say("earlier"), f"/units/{unit}/{kind}?before={listed.next}") if listed.next else None
    table = Table(
        "",
        [say(column) for column in COLUMNS[of_kind]],
        [row_of(say, of_kind, each) for each in listed.items],
        more,
    )
    above = Link(getattr(found.names, language), f"/units/{unit}")
    data = [Link("JSON", f"/v1/{kind}?unit={unit}"), Link("CSV", f"/v1/{kind}.csv?unit={unit}")]
    return _shown(request, Sheet(say(kind), above=above, tables=[table], data=data))


@router.get("/gatherings/{thing_id}")
def one_gathering(thing_id: str, request: Request, engine: EngineOf) -> Response:
    def drawn(connection: Connection[Any], of: UUID, say: Say) -> Sheet:
        return sheets.gathering_sheet(say, territory.registered_gathering(connection, of))

    return _one(request, engine, thing_id, drawn)


@router.get("/councils/{thing_id}")
def one_council(thing_id: str, request: Request, engine: EngineOf, at: AsOf = None) -> Response:
    def drawn(connection: Connection[Any], of: UUID, say: Say) -> Sheet:
        council = councils.registered_council(connection, of)
        return sheets.council_sheet(say, councils.composed(connection, council, at))

    return _one(request, engine, thing_id, drawn)


@router.get("/sittings/{thing_id}")
def one_sitting(thing_id: str, request: Request, engine: EngineOf) -> Response:
    def drawn(connection: Connection[Any], of: UUID, say: Say) -> Sheet:
        sitting = councils.registered_sitting(connection, of)
        council = councils.registered_council(connection, sitting.council_id)
        return sheets.sitting_sheet(say, sitting, council, _names(connection, council.id))

    return _one(request, engine, thing_id, drawn)


@router.get("/decisions/{thing_id}")
def one_decision(thing_id: str, request: Request, engine: EngineOf) -> Response:
    def drawn(connection: Connection[Any], of: UUID, say: Say) -> Sheet:
        decision = councils.registered_decision(connection, of)
        names = _names(connection, decision.council_id)
        return sheets.decision_sheet(say, decision, names, decision_titles(connection, say, decision.related))

    return _one(request, engine, thing_id, drawn)


@router.get("/dismissals/{thing_id}")
def one_dismissal(thing_id: str, request: Request, engine: EngineOf, at: AsOf = None) -> Response:
    language = language_of(request)

    def drawn(connection: Connection[Any], of: UUID, say: Say) -> Sheet:
        return dismissal_sheet(say, accountability.registered_initiative(connection, of, at), language)

    return _one(request, engine, thing_id, drawn)


@router.get("/report-meetings/{thing_id}")
def one_report_meeting(thing_id: str, request: Request, engine: EngineOf, at: AsOf = None) -> Response:
    def drawn(connection: Connection[Any], of: UUID, say: Say) -> Sheet:
        return meeting_sheet(say, accountability.meeting_view(connection, of, at))

    return _one(request, engine, thing_id, drawn)


@router.get("/executions/{thing_id}")
def one_execution(thing_id: str, request: Request, engine: EngineOf, at: AsOf = None) -> Response:
    def drawn(connection: Connection[Any], of: UUID, say: Say) -> Sheet:
        return execution_sheet(say, accountability.execution_view(connection, of, at))

    return _one(request, engine, thing_id, drawn)


def _one(
    request: Request,
    engine: EngineOf,
    thing_id: str,
    drawn: Callable[[Connection[Any], UUID, Say], Sheet],
) -> Response:
    language = language_of(request)
    say = saying_self_government(language)
    with engine.datastore.get_connection() as connection:
        try:
            sheet = resolved(connection, drawn(connection, UUID(thing_id), say), language)
        except (NotFound, ValueError):
            return _missing(request)
    return _shown(request, sheet)


def _newest(engine: EngineOf, say: Say, kind: Kind, unit: str, at: At) -> Table:
    """The first rows of a register: of offices and decisions those that count on that day, else all."""
    day = (at or now()) if kind in (Kind.OFFICES, Kind.DECISIONS) else at
    asked = _asked(kind, unit=unit, at=day, limit=MOST_OF_A_KIND)
    if isinstance(asked, DecisionsAsked):
        asked = asked.model_copy(update={"in_force": True})
    found = REGISTERS[kind].page(engine, asked)
    title = f"{say(kind)}: {say('in_force').lower()}" if kind is Kind.DECISIONS else say(kind)
    return Table(
        title,
        [say(column) for column in COLUMNS[kind]],
        [row_of(say, kind, each) for each in found.items],
        Link(say("all_of_these"), f"/units/{unit}/{kind}"),
    )


def _asked(kind: Kind, **asked: Any) -> OfUnit:
    question: OfUnit = REGISTERS[kind].asks(**asked)
    return question


def _names(connection: Connection[Any], council_id: UUID) -> dict[str, str]:
    return {each.holder.id: each.holder.name for each in offices.of_council(connection, council_id, None)}


def _people(say: Say, unit: RegisteredUnit) -> str:
    counted = unit.population(now())
    if counted is None:
        return "—"
    return say("people_counted", people=number(counted.people), year=counted.year, source=counted.source)


def _shown(request: Request, sheet: Sheet) -> Response:
    tell = saying_self_government(language_of(request))
    return page(request, "sheet.html", sheet=sheet, tell=tell)


def _missing(request: Request) -> Response:
    return page(request, "missing.html", status=404, missing="no_such_entry")
