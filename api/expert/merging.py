"""Merging twins, as the expert council proposes it: both texts beside each other, the wording of the one that would come of them.

Nothing is decided here: both authors are asked, and the council may take it back while it waits for them.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import Field

from api.composition import Engine
from api.engine import EngineOf
from api.office.reading import Reading, typed_tiyn
from api.office.telling import NOTHING_WRONG, Wrong, done, form_page, mistyped, own_round, refused
from api.web.access import Actor, ActorOf, Role, allow
from api.web.forms import Posted
from api.web.page import language_of
from api.web.words import gettext_for
from application.residents.versions import History, history_of
from domain.errors import Refused
from domain.proposal import Sketch
from domain.round import Round
from domain.text import NAME_CHARS, REASON_CHARS, TEXT_CHARS, TITLE_CHARS

router = APIRouter(include_in_schema=False, dependencies=[allow(Role.EXPERT)])
_MORE = 2
"""A browser sends every line break of a text as two characters."""


class Wording(Posted):
    """Of the merged proposal; empty before anything was typed."""

    title: Annotated[str, Field(max_length=_MORE * TITLE_CHARS)] = ""
    description: Annotated[str, Field(max_length=_MORE * TEXT_CHARS)] = ""
    unit: Annotated[str, Field(max_length=NAME_CHARS)] = ""
    category: Annotated[str, Field(max_length=TITLE_CHARS)] = ""
    place: Annotated[str, Field(max_length=_MORE * NAME_CHARS)] = ""
    cost: Annotated[str, Field(max_length=NAME_CHARS)] = ""
    reason: Annotated[str, Field(max_length=_MORE * REASON_CHARS)] = ""


@router.get("/expert/proposals/{into_id}/twins/{twin_id}")
def before(into_id: UUID, twin_id: UUID, request: Request, engine: EngineOf, actor: ActorOf) -> Response:
    into, twin, round_ = _pair(engine, actor, into_id, twin_id)
    sketch = into.now.sketch
    form = Wording(
        title=sketch.title,
        description=sketch.description,
        unit=sketch.unit,
        category=sketch.category,
        place=sketch.place,
        cost=typed_tiyn(sketch.estimate_tiyn),
    )
    return _form(request, into, twin, round_, form)


@router.post("/expert/proposals/{into_id}/twins/{twin_id}")
def propose(
    into_id: UUID,
    twin_id: UUID,
    request: Request,
    engine: EngineOf,
    actor: ActorOf,
    form: Annotated[Wording, Form()],
) -> Response:
    into, twin, round_ = _pair(engine, actor, into_id, twin_id)
    reading = Reading(language_of(request))
    cost_tiyn = reading.tiyn("cost", form.cost)
    if reading.problems:
        return _form(request, into, twin, round_, form, mistyped(reading.problems))
    wording = Sketch(
        title=form.title,
        description=form.description.replace("\r\n", "\n"),
        unit=form.unit,
        estimate_tiyn=cost_tiyn,
        category=form.category,
        place=form.place,
    )
    try:
        reason = form.reason.replace("\r\n", "\n")
        engine.mergings.propose(into_id, twin_id, wording, reason, by=actor.login)
    except Refused as why:
        return _form(request, into, twin, round_, form, refused(request, why))
    words = gettext_for(language_of(request))
    message = words.gettext("Both authors are asked. The proposals stay as they are until both consent.")
    return done(request, f"/expert/proposals/{into_id}", message)


@router.post("/expert/mergings/{merging_id}/withdraw")
def withdraw(
    merging_id: UUID, request: Request, engine: EngineOf, actor: ActorOf, _: Annotated[Posted, Form()]
) -> Response:
    twins = engine.mergings.get(merging_id)
    actor.must_act_in(*twins.round.terms.roots)
    engine.mergings.withdraw(merging_id, by=actor.login)
    message = gettext_for(language_of(request)).gettext("The merging is taken back.")
    return done(request, f"/expert/proposals/{twins.into.id}", message)


def _pair(engine: Engine, actor: Actor, into_id: UUID, twin_id: UUID) -> tuple[History, History, Round]:
    into, twin = history_of(engine.store, into_id), history_of(engine.store, twin_id)
    own_round(engine, actor, twin.round_id)
    return into, twin, own_round(engine, actor, into.round_id)


def _form(
    request: Request,
    into: History,
    twin: History,
    round_: Round,
    form: Wording,
    wrong: Wrong = NOTHING_WRONG,
) -> Response:
    names = {each.kato: each.name for each in round_.terms.units}
    units = dict.fromkeys((into.now.sketch.unit, twin.now.sketch.unit))
    return form_page(
        request,
        "expert/merge.html",
        wrong,
        into=into,
        twin=twin,
        round=round_,
        form=form,
        unit_names=names,
        units=[(kato, names.get(kato, kato)) for kato in units],
        categories=[(each, each) for each in round_.terms.categories],
    )
