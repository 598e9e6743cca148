"""What a sysadmin does with accounts, page by page. A set-up code is shown once, to be handed over in person."""

import re
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import Field

from api.accounts.places import known_units
from api.accounts.signing_in import LOGIN_CHARS
from api.accounts.telling import problems_of
from api.accounts.words import ROLES, STATES, roles_for
from api.engine import EngineOf
from api.web.access import ActorOf, allow
from api.web.forms import NO_NUL, Posted
from api.web.page import language_of, page, redirect
from api.web.words import N_, translated
from application.accounts.administration import UNITS, Invitation
from application.accounts.roles import STAFF, Role, RolesInvalid
from domain.errors import Refused
from domain.text import NAME_CHARS, REASON_CHARS

router = APIRouter(prefix="/admin/accounts", include_in_schema=False, dependencies=[allow(Role.SYSADMIN)])

MOST: Final = 50
"""Accounts on one page."""
_KATO_CHARS: Final = 9
_TYPED_CHARS: Final = UNITS * (_KATO_CHARS + 2)

Units = Annotated[tuple[Annotated[str, Field(max_length=_KATO_CHARS)], ...], Field(max_length=UNITS)]
Typed = Annotated[str, Field(max_length=_TYPED_CHARS)]
Roles = Annotated[tuple[Role, ...], Field(max_length=len(Role))]


class ChangedAccount(Posted):
    """`units`: those ticked; `other_units`: codes of further ones, as people type them."""

    name: Annotated[str, Field(max_length=NAME_CHARS)]
    roles: Roles = ()
    units: Units = ()
    other_units: Typed = ""

    def katos(self) -> list[str]:
        """With commas, spaces or on lines of their own."""
        return [*self.units, *(each for each in re.split(r"[\s,;]+", self.other_units) if each)]


class NewAccount(ChangedAccount):
    login: Annotated[str, Field(max_length=LOGIN_CHARS)]


class Reason(Posted):
    reason: Annotated[str, Field(max_length=REASON_CHARS)]


@router.get("")
def accounts(
    request: Request,
    engine: EngineOf,
    after: Annotated[str, Field(max_length=LOGIN_CHARS, pattern=NO_NUL)] = "",
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
        unit_names=known_units(engine, language_of(request)),
    )


@router.get("/new")
def new_account(request: Request, engine: EngineOf) -> Response:
    return _inviting(request, engine, NewAccount(login="", name=""))


@router.post("/new")
def invite(
    request: Request, engine: EngineOf, actor: ActorOf, form: Annotated[NewAccount, Form()]
) -> Response:
    try:
        invitation = engine.accounts.invite(form.login, form.name, given(form.roles), form.katos(), by=actor)
    except Refused as refused:
        return _inviting(request, engine, form, refused)
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
        engine.accounts.change(account_id, form.name, given(form.roles), form.katos(), by=actor)
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


def _inviting(
    request: Request, engine: EngineOf, form: NewAccount, refused: Refused | None = None
) -> Response:
    return page(
        request,
        "accounts/invite.html",
        refused=refused,
        problems=problems_of(request, refused) if refused else [],
        form=form,
        role_words=roles_for(),
        unit_names=known_units(engine, language_of(request)),
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
    unit_names = known_units(engine, language_of(request))
    form = form or ChangedAccount(
        name=account.name,
        roles=tuple(account.roles),
        units=tuple(account.units & unit_names.keys()),
        other_units=" ".join(sorted(account.units - unit_names.keys())),
    )
    return page(
        request,
        "accounts/one.html",
        refused=refused,
        problems=problems_of(request, refused) if refused else [],
        account=account,
        own=account.id == actor.account_id,
        sessions=engine.sessions.of_account(account_id),
        role_words=roles_for(),
        state_words=STATES,
        unit_names=unit_names,
        form=form,
    )


def _back(request: Request, account_id: UUID, message: str) -> Response:
    return redirect(request, f"/admin/accounts/{account_id}", translated(language_of(request), message))
