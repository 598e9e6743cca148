"""The results pages: `/` lists the rounds, `/rounds/{id}` shows one, `/trail/{id}` all that happened to one thing. Plain HTML that
works without scripts, in three languages.

Drawn from the same reading as the JSON, so a page never shows what the API would not.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from psycopg import Connection

from api.engine import EngineOf
from api.reasons import reason_of
from api.rounds import MOST_BY_DEFAULT, Cursor, registered
from api.trail import trail_of
from api.views import LineView, lines_of
from api.web.page import language_of, page
from api.wording import saying
from application.store import NotFound
from application.trail import NoTrail
from domain.allocation import Line
from domain.paper import BallotType
from domain.round import Phase
from projections import rounds
from projections.documents import UnitTurnout
from projections.results import (
    Results,
    ResultsBeingCounted,
    ResultsNotPublicYet,
    RoundCancelled,
    paper_of,
    results_of,
    turnout_of,
)
from projections.rounds import RegisteredRound

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Section:
    """One unit's part of the results table."""

    name: str
    envelope_tiyn: int
    spent_tiyn: int
    left_tiyn: int
    lines: list[LineView]


@router.get("/")
def index(request: Request, engine: EngineOf, before: Cursor = None) -> Response:
    with engine.datastore.get_connection() as connection:
        found = rounds.page(connection, before, MOST_BY_DEFAULT + 1)
    shown, more = found[:MOST_BY_DEFAULT], len(found) > MOST_BY_DEFAULT
    return page(request, "index.html", rounds=shown, older=shown[-1].drafted if more else None)


@router.get("/rounds/{round_id}")
def one_round(round_id: str, request: Request, engine: EngineOf) -> Response:
    with engine.datastore.get_connection() as connection:
        try:
            round_ = registered(connection, UUID(round_id))
        except (NotFound, ValueError):
            return page(request, "missing.html", status=404, missing="not_found")
        try:
            results = results_of(connection, round_)
        except (ResultsNotPublicYet, ResultsBeingCounted, RoundCancelled) as why:
            facts = _without_results(connection, round_, being_counted=isinstance(why, ResultsBeingCounted))
            return page(request, "waiting.html", **facts)
    return page(request, "results.html", **_with_results(results, language_of(request)))


@router.get("/trail/{thing_id}")
def one_trail(thing_id: str, request: Request, engine: EngineOf, after: Cursor = None) -> Response:
    try:
        trail = trail_of(engine, UUID(thing_id), after or 0, MOST_BY_DEFAULT)
    except (NoTrail, ValueError):
        return page(request, "missing.html", status=404, missing="no_trail")
    return page(request, "trail.html", trail=trail)


def _without_results(
    connection: Connection[Any], round_: RegisteredRound, *, being_counted: bool
) -> dict[str, Any]:
    cancelled = round_.phase is Phase.CANCELLED
    return {
        "round": round_,
        "being_counted": being_counted,
        "reason": round_.steps[-1].reason if cancelled else None,
        "turnout": _named_turnout(round_, turnout_of(connection, round_)) if round_.paper_digest else [],
        "unit_names": {unit.kato: unit.name for unit in round_.terms.units},
        "paper": paper_of(connection, round_) if round_.paper_digest else None,
    }


def _with_results(results: Results, language: str) -> dict[str, Any]:
    names = {unit.kato: unit.name for unit in results.paper.units}
    return {
        "round": results.round,
        "results": results,
        "sections": list(_sections(results)),
        "turnout": _named_turnout(results.round, results.turnout),
        "unit_names": names,
        "titles": {project.id: project.title for project in results.paper.projects},
        "has_points": results.paper.form.type in (BallotType.CUMULATIVE, BallotType.RANKED),
        "why": _why(results, language),
    }


def _sections(results: Results) -> Iterator[Section]:
    """Every unit with money or projects, in the paper's order."""
    lines = lines_of(results.paper, results.outcome.lines)
    of_unit = {unit: list(group) for unit, group in groupby(lines, key=lambda line: line.unit)}
    names = {unit.kato: unit.name for unit in results.paper.units}
    for money in results.outcome.units:
        if money.envelope_tiyn or money.unit in of_unit:
            yield Section(
                names[money.unit],
                money.envelope_tiyn,
                money.spent_tiyn,
                money.left_tiyn,
                of_unit.get(money.unit, []),
            )


def _named_turnout(
    round_: RegisteredRound, turnout: tuple[UnitTurnout, ...]
) -> list[tuple[str, UnitTurnout]]:
    """Units with a roll, by name."""
    names = {unit.kato: unit.name for unit in round_.terms.units}
    return [(names[each.unit], each) for each in turnout if each.people]


def _why(results: Results, language: str) -> Callable[[Line | LineView], str]:
    """The reason of a line in words, with the numbers behind it."""
    say = saying(language)

    def why(line: Line | LineView) -> str:
        key, facts = reason_of(line, results.paper.rules, results.outcome.ties)
        return say(key, **facts)

    return why
