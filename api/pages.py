"""The results pages: `/` lists the rounds, `/rounds/{id}` shows one. Plain HTML that works without scripts, in three languages.

Drawn from the same reading as the JSON, so a page never shows what the API would not.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from psycopg import Connection

from api.caching import IMMUTABLE, answer, etag_of
from api.engine import EngineOf
from api.errors import language_of
from api.rounds import MOST_BY_DEFAULT, Cursor, registered
from api.views import LineView, lines_of
from api.wording import LANGUAGES, local_time, number, per_cent, saying, tenge
from application.store import NotFound
from domain.allocation import Line, Reason
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

_HTML: Final = "text/html; charset=utf-8"
_CONTENT_SECURITY: Final = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_STATE_LANGUAGE: Final = "kk"

Lang = Annotated[str, Query(max_length=10)]


@dataclass(frozen=True, slots=True)
class Section:
    """One unit's part of the results table."""

    name: str
    envelope_tiyn: int
    spent_tiyn: int
    left_tiyn: int
    lines: list[LineView]


@router.get("/")
def index(request: Request, engine: EngineOf, before: Cursor = None, lang: Lang = "") -> Response:
    with engine.datastore.get_connection() as connection:
        found = rounds.page(connection, before, MOST_BY_DEFAULT + 1)
    shown, more = found[:MOST_BY_DEFAULT], len(found) > MOST_BY_DEFAULT
    return _page(request, lang, "index.html", rounds=shown, older=shown[-1].drafted if more else None)


@router.get("/rounds/{round_id}")
def one_round(round_id: str, request: Request, engine: EngineOf, lang: Lang = "") -> Response:
    with engine.datastore.get_connection() as connection:
        try:
            round_ = registered(connection, UUID(round_id))
        except (NotFound, ValueError):
            return _page(request, lang, "missing.html", status=404)
        try:
            results = results_of(connection, round_)
        except (ResultsNotPublicYet, ResultsBeingCounted, RoundCancelled) as why:
            facts = _without_results(connection, round_, being_counted=isinstance(why, ResultsBeingCounted))
            return _page(request, lang, "waiting.html", **facts)
    return _page(request, lang, "results.html", **_with_results(results, _language(request, lang)))


@router.get("/static/style.css")
def style(request: Request) -> Response:
    return answer(request, _style(), "text/css; charset=utf-8", IMMUTABLE)


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
        key, facts = _reason(results, line)
        return say(key, **facts)

    return why


def _reason(results: Results, line: Line | LineView) -> tuple[str, dict[str, object]]:
    rules = results.paper.rules
    reason: tuple[str, dict[str, object]] = (line.reason.value, {})
    match line.reason:
        case Reason.BELOW_LOCAL_THRESHOLD if line.voters < rules.minimum_voters:
            reason = "below_minimum_voters", {"minimum": number(rules.minimum_voters)}
        case Reason.BELOW_LOCAL_THRESHOLD:
            reason = "below_score", {"threshold": number(rules.score_threshold)}
        case Reason.DID_NOT_FIT if line.stopped_by:
            reason = "stopped_by", {"project": line.stopped_by}
        case Reason.DID_NOT_FIT:
            reason = "did_not_fit", {"left": tenge(line.left_tiyn or 0)}
        case Reason.LOST_TIE if line.tie is not None:
            reason = f"lost_tie_{results.outcome.ties[line.tie].resolved_by}", {}
        case Reason.EXCLUDED_BY_ANOTHER:
            reason = "excluded_by_another", {"project": line.excluded_by}
    return reason


def _page(request: Request, lang: str, template: str, status: int = 200, **facts: Any) -> Response:
    language = _language(request, lang)
    body = (
        _templates()
        .get_template(template)
        .render(say=saying(language), language=language, path=request.url.path, **facts)
    )
    response = answer(
        request,
        body.encode(),
        _HTML,
        content_language=language,
        vary="Accept-Language",
        content_security_policy=_CONTENT_SECURITY,
        x_content_type_options="nosniff",
        referrer_policy="no-referrer",
    )
    if status != 200:  # noqa: PLR2004 - OK, or what the caller says
        response.status_code = status
    return response


def _language(request: Request, lang: str) -> str:
    """The one asked for, else the first the browser names, else the state language."""
    if lang in LANGUAGES:
        return lang
    return language_of(request.headers.get("accept-language", "") or _STATE_LANGUAGE)


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("api"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(tenge=tenge, number=number, per_cent=per_cent, local_time=local_time)
    style_version = etag_of(_style()).strip('"')[:8]
    environment.globals.update(languages=LANGUAGES, style=f"/static/style.css?{style_version}")
    return environment


@cache
def _style() -> bytes:
    return files("api").joinpath("static", "style.css").read_bytes()
