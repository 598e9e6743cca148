"""What a sysadmin does with accounts, page by page. A set-up code is shown once, to be handed over in person."""

import re
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import Field

from api.accounts.signing_in import LOGIN_CHARS
from api.accounts.telling import problems_of
from api.accounts.words import ROLES, STATES, roles_for
from api.engine import EngineOf
from api.problems import status_of
from api.web.access import ActorOf, allow
from api.web.forms import Posted
from api.web.page import language_of, page, redirect
from api.web.words import N_, translated
from application.accounts.administration import UNITS, Invitation
from application.accounts.roles import STAFF, Role, RolesInvalid
from domain.errors import Refused
from domain.text import NAME_CHARS, REASON_CHARS

router = APIRouter(prefix="/admin/accounts", include_in_schema=False, dependencies=[allow(Role.SYSADMIN)])

MOST: Final = 50
"""Accounts on one page."""
_UNITS_CHARS: Final = UNITS * 11

Units = Annotated[str, Field(max_length=_UNITS_CHARS)]
Roles = Annotated[tuple[Role, ...], Field(max_length=len(Role))]


class NewAccount(Posted):
    login: Annotated[str, Field(max_length=LOGIN_CHARS)]
    name: Annotated[str, Field(max_length=NAME_CHARS)]
    roles: Roles = ()
    units: Units = ""


class ChangedAccount(Posted):
    name: Annotated[str, Field(max_length=NAME_CHARS)]
    roles: Roles = ()
    units: Units = ""


class Reason(Posted):
    reason: Annotated[str, Field(max_length=REASON_CHARS)]


@router.get("")
def accounts(
    request: Request, engine: EngineOf, after: Annotated[str, Field(max_length=LOGIN_CHARS)] = ""
) -> Response:
    found = engine.accounts.page(MOST + 1, after)
    shown, more = found[:MOST], len(found) > MOST
    return page(
        request,
        "accounts/list.html",
        accounts=shown,
        after=shown[-1].login if more else "",
        first=not after,
        role_words=ROLES,
        state_words=STATES,
    )


@router.get("/new")
def new_account(request: Request) -> Response:
    return _inviting(request, NewAccount(login="", name=""))


@router.post("/new")
def invite(
    request: Request, engine: EngineOf, actor: ActorOf, form: Annotated[NewAccount, Form()]
) -> Response:
    try:
        invitation = engine.accounts.invite(
            form.login, form.name, given(form.roles), katos_in(form.units), by=actor
        )
    except Refused as refused:
        return _inviting(request, form, refused)
    return _handed_over(request, engine, invitation)


@router.get("/{account_id}")
def one_account(request: Request, engine: EngineOf, actor: ActorOf, account_id: UUID) -> Response:
    return _shown(request, engine, actor, account_id)


@router.post("/{account_id}")
def change(
    request: Request,
    engine: EngineOf,
    actor: ActorOf,
    account_id: UUID,
    form: Annotated[ChangedAccount, Form()],
) -> Response:
    try:
        engine.accounts.change(account_id, form.name, given(form.roles), katos_in(form.units), by=actor)
    except Refused as refused:
        return _shown(request, engine, actor, account_id, refused, form)
    return _back(request, account_id, N_("The account is changed."))


@router.post("/{account_id}/suspend")
def suspend(
    request: Request, engine: EngineOf, actor: ActorOf, account_id: UUID, form: Annotated[Reason, Form()]
) -> Response:
    try:
        engine.accounts.suspend(account_id, form.reason, by=actor)
    except Refused as refused:
        return _shown(request, engine, actor, account_id, refused)
    return _back(request, account_id, N_("The account is suspended, and its sessions have ended."))


@router.post("/{account_id}/restore")
def restore(
    request: Request, engine: EngineOf, actor: ActorOf, account_id: UUID, _: Annotated[Posted, Form()]
) -> Response:
    engine.accounts.restore(account_id, by=actor)
    return _back(request, account_id, N_("The account is restored."))


@router.post("/{account_id}/reset")
def reset(
    request: Request, engine: EngineOf, actor: ActorOf, account_id: UUID, _: Annotated[Posted, Form()]
) -> Response:
    return _handed_over(request, engine, engine.accounts.reset(account_id, by=actor))


@router.post("/{account_id}/end-sessions")
def end_sessions(
    request: Request, engine: EngineOf, actor: ActorOf, account_id: UUID, _: Annotated[Posted, Form()]
) -> Response:
    engine.accounts.end_sessions(account_id, by=actor)
    return _back(request, account_id, N_("The sessions of the account have ended."))


def given(roles: tuple[Role, ...]) -> tuple[Role, ...]:
    """What a sysadmin may give: a resident proves who they are, and is nobody's to invite."""
    if not STAFF.issuperset(roles):
        raise RolesInvalid
    return roles


def katos_in(text: str) -> list[str]:
    """KATO codes as people type them: with commas, spaces or on lines of their own."""
    return [each for each in re.split(r"[\s,;]+", text) if each]


def _inviting(request: Request, form: NewAccount, refused: Refused | None = None) -> Response:
    return page(
        request,
        "accounts/invite.html",
        status=status_of(refused.code) if refused else 200,
        problems=problems_of(request, refused) if refused else [],
        form=form,
        role_words=roles_for(),
    )


def _handed_over(request: Request, engine: EngineOf, invitation: Invitation) -> Response:
    account = engine.accounts.one(invitation.account_id)
    days = engine.settings.setup_code_seconds // (24 * 3600)
    return page(
        request,
        "accounts/handed_over.html",
        account=account,
        code=invitation.code,
        host=request.url.netloc,
        days=days,
    )


def _shown(
    request: Request,
    engine: EngineOf,
    actor: ActorOf,
    account_id: UUID,
    refused: Refused | None = None,
    form: ChangedAccount | None = None,
) -> Response:
    account = engine.accounts.one(account_id)
    facts: dict[str, Any] = {
        "name": form.name if form else account.name,
        "roles": form.roles if form else sorted(account.roles),
        "units": form.units if form else " ".join(sorted(account.units)),
    }
    return page(
        request,
        "accounts/one.html",
        status=status_of(refused.code) if refused else 200,
        problems=problems_of(request, refused) if refused else [],
        account=account,
        own=account.id == actor.account_id,
        sessions=engine.sessions.of_account(account_id),
        role_words=roles_for(),
        state_words=STATES,
        **facts,
    )


def _back(request: Request, account_id: UUID, message: str) -> Response:
    return redirect(request, f"/admin/accounts/{account_id}", translated(language_of(request), message))
