"""Before and during the vote: roll, slips and the paper as it would be frozen; turnout by unit and hour; kiosks at work."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from fastapi import APIRouter, Request, Response

from api.composition import Engine
from api.engine import EngineOf
from api.hour_chart import Chart, hour_chart
from api.office.kiosks import own_kiosks
from api.office.telling import own_round
from api.office.words import PHRASES
from api.problems import texts
from api.web.access import ActorOf, Role, allow
from api.web.page import language_of, page
from api.wording import saying
from application.registrar import RollStatus
from application.rounds import paper_bytes
from domain.errors import Refused
from domain.paper import Paper, Project
from domain.round import Round
from domain.terms import Terms
from projections.documents import paper as stored_paper
from projections.turnout import HourOfTurnout, by_hour

router = APIRouter(
    include_in_schema=False, dependencies=[allow(Role.OFFICE, Role.OFFICE_APPROVER, Role.OPERATOR)]
)
_NO_NIGHT = range(0)
_NEWEST_HOURS = 24


@dataclass(frozen=True, slots=True)
class UnitStatus:
    """One unit of a round: people on its roll, slips registered and handed out, ballots cast."""

    name: str
    people: int
    slips: int
    handed_out: int
    cast: int


@router.get("/office/rounds/{round_id}/paper")
def paper_of(round_id: UUID, request: Request, engine: EngineOf, actor: ActorOf) -> Response:
    round_ = own_round(engine, actor, round_id)
    roll = engine.registrar.status(round_id)
    missing = ""
    paper: Paper | None = None
    try:
        paper = paper_now(engine, round_)
    except Refused as why:
        title, detail = texts(why.code, language_of(request))
        missing = f"{title}. {detail}"
    return page(
        request,
        "office/paper.html",
        private=True,
        round=round_,
        paper=paper,
        digest=sha256(paper_bytes(paper)).hexdigest() if paper else "",
        by_unit=_by_unit(paper) if paper else [],
        missing=missing,
        units=_units(round_.terms, roll, []),
        roll=roll,
        tell=saying(language_of(request), PHRASES),
    )


@router.get("/office/rounds/{round_id}/live")
def live(round_id: UUID, request: Request, engine: EngineOf, actor: ActorOf) -> Response:
    round_ = own_round(engine, actor, round_id)
    at = engine.clock()
    with engine.datastore.get_connection() as connection:
        hours = by_hour(connection, round_id)
    return page(
        request,
        "office/live.html",
        private=True,
        round=round_,
        at=at,
        units=_units(round_.terms, engine.registrar.status(round_id), hours),
        chart=_chart(round_.terms, hours),
        hours=_in_all(hours)[:_NEWEST_HOURS],
        kiosks=own_kiosks(engine, actor),
        tell=saying(language_of(request), PHRASES),
    )


def paper_now(engine: Engine, round_: Round) -> Paper:
    """As it was frozen, or as it would be now."""
    if round_.paper_digest is None:
        return engine.rounds.preview(round_.id)
    with engine.datastore.get_connection() as connection:
        return stored_paper(connection, round_.paper_digest)


def _by_unit(paper: Paper) -> list[tuple[str, list[Project]]]:
    """Units that have projects, in the paper's order, as the kiosk groups them."""
    grouped = [
        (unit.name, [each for each in paper.projects if each.unit == unit.kato]) for unit in paper.units
    ]
    return [(name, projects) for name, projects in grouped if projects]


def _units(terms: Terms, status: RollStatus, hours: list[HourOfTurnout]) -> list[UnitStatus]:
    cast = {unit.kato: sum(each.ballots for each in hours if each.unit == unit.kato) for unit in terms.units}
    return [
        UnitStatus(
            unit.name,
            status.people.get(unit.kato, 0),
            status.credentials.get(unit.kato, 0),
            status.handed_out.get(unit.kato, 0),
            cast[unit.kato],
        )
        for unit in terms.units
        if status.people.get(unit.kato) or status.credentials.get(unit.kato) or cast[unit.kato]
    ]


def _in_all(hours: list[HourOfTurnout]) -> list[tuple[datetime, int]]:
    """Of all units together, the newest hour first."""
    ballots = {each.hour: 0 for each in hours}
    for each in hours:
        ballots[each.hour] += each.ballots
    return sorted(ballots.items(), reverse=True)


def _chart(terms: Terms, hours: list[HourOfTurnout]) -> Chart | None:
    if not hours:
        return None
    ballots = dict(_in_all(hours))
    return hour_chart(ballots, (), min(*ballots, terms.voting_opens), max(ballots), _NO_NIGHT)
