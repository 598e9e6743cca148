"""Acts that take two people, on the screen: what waits, everything needed to judge it, and the answer."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import Field

from api.engine import EngineOf
from api.office.telling import NOTHING_WRONG, Wrong, done, form_page, refused
from api.office.words import PHRASES
from api.web.access import Actor, ActorOf, Role, allow
from api.web.forms import Posted
from api.web.page import language_of, page
from api.web.words import gettext_for
from api.wording import saying
from application.approvals import Asked
from application.kiosks import Invitation
from domain.approval import TwoPeopleAct
from domain.errors import Refused
from domain.text import REASON_CHARS

PAGE = 30
_MOST_SKIPPED = 100_000

router = APIRouter(include_in_schema=False)
_staff = [allow(Role.OFFICE, Role.OFFICE_APPROVER, Role.OPERATOR)]
_approvers = [allow(Role.OFFICE_APPROVER)]
Skip = Annotated[int, Query(ge=0, le=_MOST_SKIPPED)]


class Declining(Posted):
    reason: Annotated[str, Field(max_length=REASON_CHARS)] = ""


@dataclass(frozen=True, slots=True)
class About:
    """Where what a request is about can be looked at; empty where there is nothing yet."""

    path: str
    round_id: str


@router.get("/office/approvals", dependencies=_staff)
def queue(request: Request, engine: EngineOf, actor: ActorOf, skip: Skip = 0) -> Response:
    newest = engine.approvals.newest(skip, PAGE + 1)
    return page(
        request,
        "office/approvals.html",
        private=True,
        waiting=[each for each in engine.approvals.waiting() if _concerns(each, actor)],
        settled=[each for each in newest[:PAGE] if not each.waits and _concerns(each, actor)],
        older=skip + PAGE if len(newest) > PAGE else None,
        newer=max(0, skip - PAGE) if skip else None,
        tell=saying(language_of(request), PHRASES),
    )


@router.get("/office/approvals/{approval_id}", dependencies=_staff)
def one(approval_id: UUID, request: Request, engine: EngineOf, actor: ActorOf) -> Response:
    return _page(request, _asked(engine, actor, approval_id))


@router.post("/office/approvals/{approval_id}/approve", dependencies=_approvers)
def approve(
    approval_id: UUID, request: Request, engine: EngineOf, actor: ActorOf, _: Annotated[Posted, Form()]
) -> Response:
    asked = _asked(engine, actor, approval_id)
    try:
        outcome = engine.approvals.approve(approval_id, by=actor.login)
    except Refused as why:
        return _page(request, _asked(engine, actor, approval_id), refused(request, why))
    if isinstance(outcome, Invitation):
        # Not a redirect: the code is on this one answer, and nowhere else ever after.
        return page(
            request, "office/code.html", private=True, invitation=outcome, parameters=asked.parameters
        )
    words = gettext_for(language_of(request))
    return done(
        request,
        f"/office/approvals/{approval_id}",
        words.gettext("Approved, and done. It is in the public log."),
    )


@router.post("/office/approvals/{approval_id}/decline", dependencies=_approvers)
def decline(
    approval_id: UUID, request: Request, engine: EngineOf, actor: ActorOf, form: Annotated[Declining, Form()]
) -> Response:
    asked = _asked(engine, actor, approval_id)
    try:
        engine.approvals.decline(approval_id, form.reason, by=actor.login)
    except Refused as why:
        return _page(request, asked, refused(request, why), reason=form.reason)
    words = gettext_for(language_of(request))
    return done(request, f"/office/approvals/{approval_id}", words.gettext("Declined. Nothing was done."))


@router.post("/office/approvals/{approval_id}/withdraw", dependencies=[allow(Role.OFFICE, Role.OPERATOR)])
def withdraw(
    approval_id: UUID, request: Request, engine: EngineOf, actor: ActorOf, _: Annotated[Posted, Form()]
) -> Response:
    asked = _asked(engine, actor, approval_id)
    try:
        engine.approvals.withdraw(approval_id, by=actor.login)
    except Refused as why:
        return _page(request, asked, refused(request, why))
    words = gettext_for(language_of(request))
    return done(request, f"/office/approvals/{approval_id}", words.gettext("Taken back. Nothing was done."))


def _asked(engine: EngineOf, actor: Actor, approval_id: UUID) -> Asked:
    asked = engine.approvals.asked(approval_id)
    actor.must_act_in(*asked.units)
    return asked


def _concerns(asked: Asked, actor: Actor) -> bool:
    return asked.units <= actor.units


def _page(request: Request, asked: Asked, wrong: Wrong = NOTHING_WRONG, reason: str = "") -> Response:
    return form_page(
        request,
        "office/approval.html",
        wrong,
        asked=asked,
        about=_about(asked),
        reason=reason,
        may_approve=request.state.visit.actor.may({Role.OFFICE_APPROVER}),
        tell=saying(language_of(request), PHRASES),
    )


def _about(asked: Asked) -> About | None:
    approval = asked.approval
    match approval.act:
        case TwoPeopleAct.OPEN_VOTING:
            return About(f"/office/rounds/{approval.subject}/paper", str(approval.subject))
        case TwoPeopleAct.CLOSE_EARLY:
            return About(f"/office/rounds/{approval.subject}/live", str(approval.subject))
        case TwoPeopleAct.APPROVE_CONCLUSION | TwoPeopleAct.PUBLISH_CORRECTION:
            round_id = asked.parameters["round_id"]
            return About(f"/office/rounds/{round_id}/conclusion", round_id)
        case TwoPeopleAct.INVITE_KIOSK:
            return About("/office/kiosks", "")
        case TwoPeopleAct.REPLACE_SLIP:
            return None
