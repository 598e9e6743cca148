"""The kiosks of one's units: which stand where, what each has delivered, invited by two people, revoked by one."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import Field

from api.composition import Engine
from api.engine import EngineOf
from api.office.telling import NOTHING_WRONG, Wrong, done, form_page, mistyped, refused
from api.office.words import PHRASES
from api.web.access import Actor, ActorOf, Role, allow
from api.web.forms import Posted
from api.web.page import language_of
from api.web.words import gettext_for
from api.wording import saying
from application.kiosk_health import Health
from application.kiosks import KioskRow
from application.store import NotFound
from domain.approval import TwoPeopleAct
from domain.errors import Refused
from domain.text import NAME_CHARS, REASON_CHARS
from projections import rounds

router = APIRouter(include_in_schema=False)
_staff = [allow(Role.OFFICE, Role.OFFICE_APPROVER, Role.OPERATOR)]
_operators = [allow(Role.OPERATOR, Role.OFFICE)]
_NAME = Annotated[str, Field(max_length=NAME_CHARS)]


class Inviting(Posted):
    label: _NAME = ""
    place: _NAME = ""
    unit: _NAME = ""
    reason: Annotated[str, Field(max_length=REASON_CHARS)] = ""


class Revoking(Posted):
    reason: Annotated[str, Field(max_length=REASON_CHARS)] = ""


@dataclass(frozen=True, slots=True)
class OwnKiosk:
    """`health`: of one in service, what it last said of itself."""

    row: KioskRow
    health: Health | None


@router.get("/office/kiosks", dependencies=_staff)
def register(request: Request, engine: EngineOf, actor: ActorOf) -> Response:
    return _page(request, engine, actor, Inviting())


@router.post("/office/kiosks", dependencies=_operators)
def invite(request: Request, engine: EngineOf, actor: ActorOf, form: Annotated[Inviting, Form()]) -> Response:
    """Ask a second person; the code is made when that person approves, and shown there."""
    words = gettext_for(language_of(request))
    if not form.unit:
        wrong = mistyped([("unit", words.gettext("Choose the unit in which the kiosk stands."))])
        return _page(request, engine, actor, form, wrong)
    actor.must_act_in(form.unit)
    parameters = {"label": form.label, "place": form.place, "unit": form.unit}
    try:
        asked = engine.approvals.request(
            TwoPeopleAct.INVITE_KIOSK, None, parameters, by=actor.login, reason=form.reason
        )
    except Refused as why:
        return _page(request, engine, actor, form, refused(request, why))
    return done(
        request,
        f"/office/approvals/{asked}",
        words.gettext("Asked. The code is made when a second person approves."),
    )


@router.get("/office/kiosks/{kiosk_id}/revoke", dependencies=_operators)
def before_revoking(kiosk_id: UUID, request: Request, engine: EngineOf, actor: ActorOf) -> Response:
    return form_page(request, "office/revoke.html", kiosk=_own(engine, actor, kiosk_id), reason="")


@router.post("/office/kiosks/{kiosk_id}/revoke", dependencies=_operators)
def revoke(
    kiosk_id: UUID, request: Request, engine: EngineOf, actor: ActorOf, form: Annotated[Revoking, Form()]
) -> Response:
    kiosk = _own(engine, actor, kiosk_id)
    try:
        engine.kiosks.revoke(kiosk_id, form.reason, by=actor.login)
    except Refused as why:
        wrong = refused(request, why)
        return form_page(request, "office/revoke.html", wrong, kiosk=kiosk, reason=form.reason)
    words = gettext_for(language_of(request))
    return done(
        request, "/office/kiosks", words.gettext("The kiosk is revoked. Nothing of it is taken any more.")
    )


def own_kiosks(engine: Engine, actor: Actor) -> list[OwnKiosk]:
    """Those that were invited for one's units; one that was invited at the machine is of no unit, and everybody's."""
    units = {each.approval.subject: each.units for each in engine.approvals.all_of(TwoPeopleAct.INVITE_KIOSK)}
    health = {each.kiosk_id: each for each in engine.kiosk_health.now()}
    return [
        OwnKiosk(row, health.get(row.kiosk_id))
        for row in engine.kiosks.register()
        if units.get(row.kiosk_id, frozenset()) <= actor.units
    ]


def _own(engine: Engine, actor: Actor, kiosk_id: UUID) -> KioskRow:
    for each in own_kiosks(engine, actor):
        if each.row.kiosk_id == kiosk_id:
            return each.row
    raise NotFound(kind="kiosk", id=kiosk_id)


def _named_units(engine: Engine, actor: Actor) -> list[tuple[str, str]]:
    """One's units with the names that rounds give them; a code alone where none does."""
    with engine.datastore.get_connection() as connection:
        newest = rounds.page(connection, None, engine.settings.page_items)
    names = {unit.kato: unit.name for each in reversed(newest) for unit in each.terms.units}
    return [(kato, f"{names[kato]} ({kato})" if kato in names else kato) for kato in sorted(actor.units)]


def _page(
    request: Request, engine: Engine, actor: Actor, form: Inviting, wrong: Wrong = NOTHING_WRONG
) -> Response:
    return form_page(
        request,
        "office/kiosks.html",
        wrong,
        kiosks=own_kiosks(engine, actor),
        form=form,
        units=_named_units(engine, actor),
        may_invite=actor.may({Role.OPERATOR, Role.OFFICE}),
        tell=saying(language_of(request), PHRASES),
    )
