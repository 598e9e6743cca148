"""Looking a person up by IIN, and serving them.

The IIN comes in the body of a form, is hashed and forgotten: no answer, address, log line or session holds it. What is done about
the person next goes by a sealed ticket. Works without scripts; with them the answer is shown in the page, and slips can be printed.
"""

from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import Field

from api.composition import Engine
from api.desk.places import Place, as_json, place_of, wants_json
from api.desk.words import FATES
from api.engine import EngineOf
from api.problems import status_of, texts
from api.web.access import Actor, ActorOf, Role, allow
from api.web.assets import said_by
from api.web.forms import Posted
from api.web.page import language_of, page
from application.desk.serving import AlreadyServed, Standing
from application.slip_pages import HOW_TO_VOTE
from domain.iin import IinInvalid
from domain.round import Phase
from projections import rounds
from projections.rounds import RegisteredRound

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[allow(Role.DESK)])

IIN_CHARS: Final = 20
"""Twelve digits, and what people put between or around them."""
TICKET_CHARS: Final = 200
MOST_ROUNDS: Final = 20
"""Of one unit, the newest."""
ELSEWHERE: Final = "elsewhere"
"""On the roll, in a unit whose slips this desk does not hand out."""
_BEING_SERVED: Final = (Phase.REVIEW, Phase.VOTING)


class Typed(Posted):
    iin: Annotated[str, Field(max_length=IIN_CHARS, repr=False)]


class Ticketed(Posted):
    ticket: Annotated[str, Field(max_length=TICKET_CHARS, repr=False)]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the desk is told: a `Standing` or `ELSEWHERE`, the unit, and the ticket for what is done next."""

    standing: str
    unit: str = ""
    unit_name: str = ""
    ticket: str = ""


@router.get("")
def rounds_of_desk(request: Request, engine: EngineOf, actor: ActorOf) -> Response:
    return page(request, "desk/rounds.html", private=True, rounds=_rounds_of(engine, actor))


@router.get("/{round_id}")
def desk(round_id: UUID, request: Request, engine: EngineOf, actor: ActorOf) -> Response:
    return _desk_page(request, engine, actor, place_of(engine, actor, round_id))


@router.post("/{round_id}/find")
def find(
    round_id: UUID, request: Request, engine: EngineOf, actor: ActorOf, form: Annotated[Typed, Form()]
) -> Response:
    place = place_of(engine, actor, round_id)
    try:
        found = engine.serving.find(round_id, form.iin, by=actor.login)
    except IinInvalid as invalid:
        if wants_json(request):
            raise
        error = ". ".join(texts(invalid.code, language_of(request)))
        return _desk_page(request, engine, actor, place, error=error, status=status_of(invalid.code))
    answer = Answer(found.standing, found.unit, place.names.get(found.unit, found.unit), found.ticket)
    if answer.unit and answer.unit not in place.units:
        answer = Answer(ELSEWHERE, answer.unit, answer.unit_name)
    if wants_json(request):
        return as_json(asdict(answer))
    return _answer_page(request, place, answer)


@router.post("/{round_id}/serve")
def serve(
    round_id: UUID, request: Request, engine: EngineOf, actor: ActorOf, form: Annotated[Ticketed, Form()]
) -> Response:
    """Marks the person; which slip they get is the desk's business and nobody's record."""
    place = place_of(engine, actor, round_id)
    unit = engine.serving.unit_of(round_id, form.ticket, by=actor.login)
    actor.must_act_in(unit)
    try:
        engine.serving.serve_found(round_id, form.ticket, by=actor.login)
    except AlreadyServed:
        if wants_json(request):
            raise
        answer = Answer(Standing.SERVED, unit, place.names[unit], form.ticket)
        return _answer_page(request, place, answer, status=HTTPStatus.CONFLICT)
    return hand_over(request, place, unit)


def hand_over(request: Request, place: Place, unit: str) -> Response:
    """One slip of the unit is due now, to the person at the desk."""
    if wants_json(request):
        return as_json({"unit": unit, "unit_name": place.names[unit]})
    return page(request, "desk/served.html", private=True, place=place, unit_name=place.names[unit])


def _desk_page(
    request: Request,
    engine: Engine,
    actor: Actor,
    place: Place,
    *,
    error: str = "",
    status: int = HTTPStatus.OK,
) -> Response:
    return page(
        request,
        "desk/desk.html",
        status=status,
        private=True,
        strings=said_by("desk/main.js"),
        place=place,
        error=error,
        fates=FATES,
        due=engine.replacing.due(place.round.id, by=actor.login),
        served_now=place.round.phase in _BEING_SERVED,
        how_to_vote=HOW_TO_VOTE,
        iin_chars=IIN_CHARS,
    )


def _answer_page(request: Request, place: Place, answer: Answer, *, status: int = HTTPStatus.OK) -> Response:
    return page(
        request, "desk/answer.html", status=status, private=True, place=place, answer=answer, fates=FATES
    )


def _rounds_of(engine: Engine, actor: Actor) -> list[RegisteredRound]:
    """Rounds whose slips the desk hands out, or has handed out and not yet signed for; the newest first."""
    with engine.datastore.get_connection() as connection:
        found = {
            round_.round_id: round_
            for kato in actor.units
            for round_ in rounds.page(connection, None, MOST_ROUNDS, kato)
            if kato in round_.credentials and round_.phase in (*_BEING_SERVED, Phase.CLOSED)
        }
    return sorted(found.values(), key=lambda round_: -round_.drafted)
