"""A round as one desk sees it: the units whose slips it hands out, and their names. Who acts for none of them is turned away."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from api.composition import Engine
from application.accounts.actor import Actor, NotYourUnit
from application.registrar import RollNotSealed
from application.store import NotFound
from domain.roll import Roll
from domain.round import Round


@dataclass(frozen=True, slots=True)
class Place:
    """`units`: KATO → name of the units whose slips this person handles; `names`: of all of the round's."""

    round: Round
    roll: Roll
    units: Mapping[str, str]
    names: Mapping[str, str]

    @property
    def path(self) -> str:
        return f"/desk/{self.round.id}"


def place_of(engine: Engine, actor: Actor, round_id: UUID) -> Place:
    """NotFound, RollNotSealed; NotYourUnit where the person handles slips of no unit on the roll."""
    round_ = engine.store.load(Round, round_id)
    try:
        roll = engine.store.load(Roll, Roll.create_id(round_id))
    except NotFound:
        raise RollNotSealed from None
    names = {unit.kato: unit.name for unit in round_.terms.units}
    units = {kato: names.get(kato, kato) for kato in roll.people if kato in actor.units}
    if not units:
        raise NotYourUnit(kato=min(roll.people))
    return Place(round_, roll, units, names)


def wants_json(request: Request) -> bool:
    """Whether the desk's own script asks, which shows the answer in the page that is there."""
    return request.headers.get("accept", "") == "application/json"


def as_json(told: Any, status: int = HTTPStatus.OK) -> Response:
    return JSONResponse(told, status, {"cache-control": "no-store"})
