"""The day's report of the desks: what was taken over, handed out, replaced, spoiled and left; and its signing.

Desks take over and sign; the akim's office and auditors read. A report counts slips and people, and knows of no vote.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import Field

from api.composition import Engine
from api.desk.places import Place, as_json, place_of
from api.engine import EngineOf
from api.problems import texts
from api.web.access import Actor, ActorOf, Role, allow
from api.web.assets import said_by
from api.web.forms import Posted
from api.web.page import language_of, page, redirect
from api.web.words import N_, translated
from application.desk.piles import DeskDay, PileInvalid, PilesDoNotAddUp, PileTaken, TooManySignatures
from domain.errors import Refused
from domain.round import Phase
from domain.text import REASON_CHARS

router = APIRouter(prefix="/desk/{round_id}", include_in_schema=False)
_desk = [allow(Role.DESK)]
_reading = [allow(Role.DESK, Role.OPERATOR, Role.OFFICE, Role.OFFICE_APPROVER, Role.AUDITOR)]

KATO_CHARS: Final = 9
MOST_SLIPS: Final = 2_000_000
"""Of one unit, as many as are ever printed (`application.slips`)."""

_TAKEN_OVER = N_("Taken over. The slips are on your desk's account now.")
_SIGNED = N_("Signed. The day's report shows what you counted.")

Unit = Annotated[str, Field(max_length=KATO_CHARS)]
Slips = Annotated[int, Field(ge=0, le=MOST_SLIPS)]


class Pile(Posted):
    pile: UUID
    unit: Unit
    slips: Slips


class Codes(Posted):
    """Places in the unit's file; the codes themselves stay in the browser."""

    pile: UUID
    unit: Unit
    first: Slips
    last: Slips


class Counted(Posted):
    unit: Unit
    unused: Slips
    spoiled: Slips
    note: Annotated[str, Field(max_length=REASON_CHARS)] = ""


@dataclass(frozen=True, slots=True)
class Total:
    """Of one unit: its desks together on the day, and what no desk has taken over of all that was printed."""

    unit_name: str
    printed: int
    in_safe: int
    served: int
    replaced: int


@router.get("/days", dependencies=_reading)
def days(
    round_id: UUID,
    request: Request,
    engine: EngineOf,
    actor: ActorOf,
    day: Annotated[date | None, Query()] = None,
) -> Response:
    return _report(request, engine, actor, place_of(engine, actor, round_id), day)


@router.post("/piles", dependencies=_desk)
def take_over(
    round_id: UUID, request: Request, engine: EngineOf, actor: ActorOf, form: Annotated[Pile, Form()]
) -> Response:
    place = place_of(engine, actor, round_id)
    actor.must_act_in(form.unit)
    try:
        engine.piles.take_over(round_id, form.unit, form.slips, pile=form.pile, by=actor.login)
    except (PileInvalid, PileTaken) as refused:
        return _report(request, engine, actor, place, refused=refused, typed=form)
    return redirect(request, f"{place.path}/days", translated(language_of(request), _TAKEN_OVER))


@router.post("/codes", dependencies=_desk)
def take_over_codes(
    round_id: UUID, engine: EngineOf, actor: ActorOf, form: Annotated[Codes, Form()]
) -> Response:
    """For the desk's script, before it keeps the codes: nobody else may load these."""
    place_of(engine, actor, round_id)
    actor.must_act_in(form.unit)
    engine.piles.take_over_codes(round_id, form.unit, form.first, form.last, pile=form.pile, by=actor.login)
    return as_json({"slips": form.last - form.first + 1})


@router.post("/signatures", dependencies=_desk)
def sign(
    round_id: UUID, request: Request, engine: EngineOf, actor: ActorOf, form: Annotated[Counted, Form()]
) -> Response:
    place = place_of(engine, actor, round_id)
    actor.must_act_in(form.unit)
    try:
        engine.piles.sign(
            round_id, form.unit, unused=form.unused, spoiled=form.spoiled, note=form.note, by=actor.login
        )
    except (PilesDoNotAddUp, PileInvalid, TooManySignatures) as refused:
        return _report(request, engine, actor, place, refused=refused, typed=form)
    return redirect(request, f"{place.path}/days", translated(language_of(request), _SIGNED))


def _report(
    request: Request,
    engine: Engine,
    actor: Actor,
    place: Place,
    day: date | None = None,
    *,
    refused: Refused | None = None,
    typed: Pile | Counted | None = None,
) -> Response:
    today = engine.piles.today()
    shown = day or today
    lines = engine.piles.days(place.round.id, place.units, shown)
    mine = {
        line.unit: line for line in engine.piles.days(place.round.id, place.units) if line.desk == actor.login
    }
    facts: dict[str, Any] = {
        "place": place,
        "day": shown,
        "today": today,
        "days": engine.piles.reported_days(place.round.id, place.units),
        "lines": lines,
        "totals": list(_totals(engine, place, lines)),
        "mine": mine,
        "is_desk": Role.DESK in actor.roles and place.round.phase is not Phase.CANCELLED,
        "pile": uuid4(),
        "typed": typed,
        "problem": ". ".join(texts(refused.code, language_of(request))) if refused else "",
        "missing": refused.facts.get("missing") if refused else None,
    }
    return page(
        request, "desk/days.html", refused=refused, private=True, strings=said_by("desk/report.js"), **facts
    )


def _totals(engine: Engine, place: Place, lines: Iterable[DeskDay]) -> Iterable[Total]:
    taken = dict.fromkeys(place.units, 0)
    newest = {
        (line.unit, line.desk): line.taken_over for line in engine.piles.days(place.round.id, place.units)
    }
    for (unit, _), slips in newest.items():
        taken[unit] += slips
    for unit, name in place.units.items():
        of_unit = [line for line in lines if line.unit == unit]
        printed = place.roll.credentials.get(unit, 0)
        served, replaced = sum(line.served for line in of_unit), sum(line.replaced for line in of_unit)
        yield Total(name, printed, printed - taken[unit], served, replaced)
