"""Second slips: the desk asks with the person before it, another person grants, the desk hands one slip over.

What is asked for is public, so nothing of it is typed: a unit, what became of the first slip, and who asked.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response
from pydantic import Field

from api.desk.places import Place, as_json, place_of, wants_json
from api.desk.serving import Ticketed, hand_over
from api.desk.words import FATES
from api.engine import EngineOf
from api.web.access import ActorOf, Role, allow
from api.web.forms import Posted
from api.web.page import language_of, page, redirect
from api.web.words import N_, translated
from application.approvals import Asked
from application.store import NotFound
from domain.approval import TwoPeopleAct
from domain.roll import Roll, SlipFate
from domain.text import REASON_CHARS

router = APIRouter(prefix="/desk/{round_id}", include_in_schema=False)
_desk = [allow(Role.DESK)]
_granting = [allow(Role.DESK, Role.OPERATOR, Role.OFFICE_APPROVER)]

_ASKED = N_(
    "A second person has been asked. When they agree, the slip appears under “Second slips to hand over”."
)
_GRANTED = N_("Granted. The desk that asked may now hand over one slip. Both names stand in the public log.")
_DECLINED = N_("Declined. No slip is handed over.")
_WITHDRAWN = N_("Taken back. No slip is handed over.")


class Wanted(Ticketed):
    fate: SlipFate


class Declining(Posted):
    reason: Annotated[str, Field(max_length=REASON_CHARS)] = ""


@router.get("/second-slips", dependencies=_granting)
def second_slips(round_id: UUID, request: Request, engine: EngineOf, actor: ActorOf) -> Response:
    place = place_of(engine, actor, round_id)
    return page(
        request,
        "desk/second_slips.html",
        private=True,
        place=place,
        waiting=[each for each in engine.approvals.waiting() if _concerns(each, place)],
        due=engine.replacing.due(round_id, by=actor.login),
        fates=FATES,
        is_desk=Role.DESK in actor.roles,
    )


@router.post("/second-slips", dependencies=_desk)
def ask(
    round_id: UUID, request: Request, engine: EngineOf, actor: ActorOf, form: Annotated[Wanted, Form()]
) -> Response:
    place = place_of(engine, actor, round_id)
    parameters = engine.replacing.parameters(round_id, form.ticket, form.fate, by=actor.login)
    actor.must_act_in(parameters["unit"])
    asked = engine.approvals.request(
        TwoPeopleAct.REPLACE_SLIP,
        Roll.create_id(round_id),
        parameters,
        by=actor.login,
        reason=form.fate.value,
    )
    if wants_json(request):
        return as_json({"asked": str(asked)})
    return _back(request, place, _ASKED)


def _judged(round_id: UUID, approval_id: UUID, engine: EngineOf, actor: ActorOf) -> Place:
    """The place of a request for a second slip of this round in one's own units; anything else is not found here."""
    place = place_of(engine, actor, round_id)
    if not _concerns(engine.approvals.asked(approval_id), place):
        raise NotFound(kind="approval", id=approval_id)
    return place


Judged = Annotated[Place, Depends(_judged)]


@router.post("/second-slips/{approval_id}/grant", dependencies=_granting)
def grant(
    approval_id: UUID,
    request: Request,
    engine: EngineOf,
    actor: ActorOf,
    place: Judged,
    _: Annotated[Posted, Form()],
) -> Response:
    engine.approvals.approve(approval_id, by=actor.login)
    return _back(request, place, _GRANTED)


@router.post("/second-slips/{approval_id}/decline", dependencies=_granting)
def decline(
    approval_id: UUID,
    request: Request,
    engine: EngineOf,
    actor: ActorOf,
    place: Judged,
    form: Annotated[Declining, Form()],
) -> Response:
    engine.approvals.decline(approval_id, form.reason, by=actor.login)
    return _back(request, place, _DECLINED)


@router.post("/second-slips/{approval_id}/withdraw", dependencies=_desk)
def withdraw(
    approval_id: UUID,
    request: Request,
    engine: EngineOf,
    actor: ActorOf,
    place: Judged,
    _: Annotated[Posted, Form()],
) -> Response:
    engine.approvals.withdraw(approval_id, by=actor.login)
    return _back(request, place, _WITHDRAWN)


@router.get("/due", dependencies=_desk)
def due(round_id: UUID, engine: EngineOf, actor: ActorOf) -> Response:
    """For the desk's script: what has been granted meanwhile."""
    place = place_of(engine, actor, round_id)
    return as_json(
        [
            {"slip": str(each.slip), "unit": each.unit, "unit_name": place.names[each.unit]}
            for each in engine.replacing.due(round_id, by=actor.login)
        ]
    )


@router.post("/due/{slip}", dependencies=_desk)
def hand_over_due(
    round_id: UUID,
    slip: UUID,
    request: Request,
    engine: EngineOf,
    actor: ActorOf,
    _: Annotated[Posted, Form()],
) -> Response:
    place = place_of(engine, actor, round_id)
    return hand_over(request, place, engine.replacing.hand_over(round_id, slip, by=actor.login))


def _concerns(asked: Asked, place: Place) -> bool:
    ours = asked.approval.act is TwoPeopleAct.REPLACE_SLIP and asked.approval.subject == place.roll.id
    return ours and asked.units <= place.units.keys()


def _back(request: Request, place: Place, message: str) -> Response:
    return redirect(request, f"{place.path}/second-slips", translated(language_of(request), message))
