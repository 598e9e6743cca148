"""A step of a round: the page that says what will happen, and the step itself."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import Field

from api.engine import EngineOf
from api.office.steps import BY_NAME, Step
from api.office.telling import NOTHING_WRONG, Wrong, done, form_page, own_round, refused
from api.web.access import ActorOf, Role, allow
from api.web.forms import Posted
from api.web.page import language_of
from api.web.words import translated
from application.store import NotFound
from domain.errors import Refused
from domain.round import Round
from domain.text import REASON_CHARS

router = APIRouter(include_in_schema=False, dependencies=[allow(Role.OFFICE)])


class Taking(Posted):
    reason: Annotated[str, Field(max_length=REASON_CHARS)] = ""
    confirmed: Annotated[str, Field(max_length=3)] = ""


@router.get("/office/rounds/{round_id}/steps/{name}")
def before(round_id: UUID, name: str, request: Request, engine: EngineOf, actor: ActorOf) -> Response:
    return _page(request, own_round(engine, actor, round_id), _step(name))


@router.post("/office/rounds/{round_id}/steps/{name}")
def take(
    round_id: UUID,
    name: str,
    request: Request,
    engine: EngineOf,
    actor: ActorOf,
    form: Annotated[Taking, Form()],
) -> Response:
    round_, step = own_round(engine, actor, round_id), _step(name)
    if not form.confirmed:
        return _page(request, round_, step, reason=form.reason)
    try:
        outcome = step.perform(engine, round_, actor.login, form.reason)
    except Refused as why:
        return _page(request, round_, step, refused(request, why), form.reason)
    to = f"/office/approvals/{outcome}" if step.asks else f"/office/rounds/{round_id}"
    return done(request, to, translated(language_of(request), step.done))


def _step(name: str) -> Step:
    if name not in BY_NAME:
        raise NotFound(kind="step", id=name)
    return BY_NAME[name]


def _page(
    request: Request, round_: Round, step: Step, wrong: Wrong = NOTHING_WRONG, reason: str = ""
) -> Response:
    return form_page(request, "office/step.html", wrong, round=round_, step=step, reason=reason)
