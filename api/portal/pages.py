"""The portal's pages: `/` lists the rounds, `/units/{unit}/rounds` those of one unit, `/rounds/{id}` shows one in any phase.

Drawn from the same reading as the JSON, so a page never shows what the API would not. All of it works without scripts.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from psycopg import Connection

from api.composition import Engine
from api.engine import EngineOf
from api.portal.origin import origin_of
from api.portal.remembered import Stamp, facts_of, remembered, stamp_of
from api.portal.round_facts import with_results, without_results
from api.rounds import MOST_BY_DEFAULT, Cursor, registered
from api.web.assets import said_by
from api.web.packing import Piece
from api.web.page import language_of, page
from application.store import NotFound
from domain.round import Phase
from projections import rounds
from projections.results import ResultsBeingCounted, ResultsNotPublicYet, RoundCancelled, results_of
from projections.rounds import RegisteredRound
from projections.self_government import units

router = APIRouter(include_in_schema=False)

_OVER: Final = (Phase.PUBLISHED, Phase.IMPLEMENTING, Phase.COMPLETED, Phase.CANCELLED)

Kato = Annotated[str, Path(pattern="^[0-9]{9}$")]


@router.get("/")
def index(request: Request, engine: EngineOf, before: Cursor = None) -> Response:
    with engine.datastore.get_connection() as connection:
        found = rounds.page(connection, before, MOST_BY_DEFAULT + 1)
    facts = _listed(found, before)
    return page(request, "portal/rounds.html", unit=None, unit_name="", now=engine.clock(), **facts)


@router.get("/units/{unit}/rounds")
def of_unit(unit: Kato, request: Request, engine: EngineOf, before: Cursor = None) -> Response:
    with engine.datastore.get_connection() as connection:
        found = rounds.page(connection, before, MOST_BY_DEFAULT + 1, unit)
        known = units.find(connection, unit)
    if not found and known is None:
        return page(request, "missing.html", status=404, missing="no_such_entry")
    name = getattr(known.names, language_of(request)) if known else _name_on(found[0], unit)
    facts = _listed(found, before)
    facts["registered"] = known is not None
    return page(request, "portal/rounds.html", unit=unit, unit_name=name, now=engine.clock(), **facts)


@router.get("/rounds/{round_id}")
def one_round(round_id: str, request: Request, engine: EngineOf, after: Cursor = None) -> Response:
    try:
        id_ = UUID(round_id)
    except ValueError:
        return _missing(request)
    origin = origin_of(request, engine)
    with engine.datastore.get_connection() as connection:
        stamp = stamp_of(connection, id_)

        def draw() -> tuple[Response, Piece | None]:
            return _drawn(request, engine, connection, id_, origin, after, stamp)

        return remembered(request, stamp and (origin, *stamp), draw)


def _drawn(
    request: Request,
    engine: Engine,
    connection: Connection[Any],
    round_id: UUID,
    origin: str,
    after: int | None,
    stamp: Stamp | None,
) -> tuple[Response, Piece | None]:
    """The page, and what of it stays so until something is recorded."""
    language = language_of(request)

    def gather() -> Mapping[str, Any]:
        return with_results(connection, results_of(connection, registered(connection, round_id)), language)

    try:
        facts = facts_of(request, stamp, gather)
    except NotFound:
        return _missing(request), None
    except (ResultsNotPublicYet, ResultsBeingCounted, RoundCancelled) as why:
        counted = isinstance(why, ResultsBeingCounted)
        round_ = registered(connection, round_id)
        facts = without_results(connection, round_, language, being_counted=counted, after=after)
        words = said_by("portal/turnout.js")
        return page(
            request, "portal/waiting.html", strings=words, origin=origin, now=engine.clock(), **facts
        ), None
    return page(request, "portal/results.html", origin=origin, **facts), facts["piece"]


def _missing(request: Request) -> Response:
    return page(request, "missing.html", status=404, missing="not_found")


def _listed(found: list[RegisteredRound], before: int | None) -> dict[str, Any]:
    shown, more = found[:MOST_BY_DEFAULT], len(found) > MOST_BY_DEFAULT
    return {
        "running": [each for each in shown if each.phase not in _OVER],
        "over": [each for each in shown if each.phase in _OVER],
        "first_page": before is None,
        "older": shown[-1].drafted if more else None,
    }


def _name_on(round_: RegisteredRound, kato: str) -> str:
    found = round_.terms.unit(kato)
    assert found is not None  # the round was found by it
    return found.name
