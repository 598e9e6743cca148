"""One's own account: the password, and where one is signed in."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import Field

from api.accounts.browsers import browser_name
from api.accounts.telling import problems_of
from api.engine import EngineOf
from api.web.access import ActorOf, VisitOf, allow, keep_cookie
from api.web.forms import Posted
from api.web.page import language_of, page, redirect
from api.web.visitors import visitor_in
from api.web.words import N_, translated
from application.accounts.passwords import LONGEST_CHARS, SHORTEST_CHARS
from application.accounts.roles import STAFF
from domain.errors import Refused

router = APIRouter(prefix="/account", include_in_schema=False, dependencies=[allow(*STAFF)])

Password = Annotated[str, Field(max_length=LONGEST_CHARS)]


class NewPassword(Posted):
    old: Password
    password: Password


class OneSession(Posted):
    session: UUID


@router.get("")
def own_account(request: Request, engine: EngineOf, visit: VisitOf) -> Response:
    return _shown(request, engine, visit)


@router.post("/password")
def change_password(
    request: Request, engine: EngineOf, visit: VisitOf, form: Annotated[NewPassword, Form()]
) -> Response:
    visitor = visitor_in(request)
    try:
        token = engine.own_accounts.change_password(
            visit.actor, form.old, form.password, visitor.device, visitor.browser
        )
    except Refused as refused:
        return _shown(request, engine, visit, refused)
    engine.sessions.leave_message(
        token, _said(request, N_("The password is changed. Other sessions have ended."))
    )
    response = redirect(request, "/account")
    keep_cookie(response, token)
    return response


@router.post("/sessions/end")
def end_session(
    request: Request, engine: EngineOf, actor: ActorOf, form: Annotated[OneSession, Form()]
) -> Response:
    engine.own_accounts.end_session(actor, form.session)
    return redirect(request, "/account", _said(request, N_("The session has ended.")))


@router.post("/sessions/end-others")
def end_others(request: Request, engine: EngineOf, visit: VisitOf, _: Annotated[Posted, Form()]) -> Response:
    engine.own_accounts.end_others(visit.actor, visit.session.id)
    return redirect(request, "/account", _said(request, N_("All your other sessions have ended.")))


def _said(request: Request, message: str) -> str:
    return translated(language_of(request), message)


def _shown(request: Request, engine: EngineOf, visit: VisitOf, refused: Refused | None = None) -> Response:
    return page(
        request,
        "accounts/own_account.html",
        refused=refused,
        problems=problems_of(request, refused) if refused else [],
        sessions=engine.sessions.of_account(visit.actor.account_id),
        this=visit.session.id,
        browser_name=browser_name,
        shortest=SHORTEST_CHARS,
    )
