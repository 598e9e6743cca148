"""The secretaries' desk: one's units, each thing with the acts that can be entered about it, and a form for every act.

A form is tried before it is recorded: the page in between says that every rule allows it, and nothing stands until it is
confirmed. Works without scripts; what was typed is kept when it is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from api.composition import Engine
from api.engine import EngineOf
from api.problems import texts
from api.secretary.acts import ALL, REGISTRATION, Act, acting, find, offered
from api.secretary.entering import enter
from api.secretary.filled import FILE, Form, Mistake, Names, entry_of, plain_of
from api.secretary.shapes import Shape, Widget, shapes_of
from api.secretary.things import Thing, thing
from api.secretary.words import ACTS, KINDS, MEMBERS, option
from api.self_government.register import OfUnit
from api.self_government.sheet import Link
from api.self_government.tables import COLUMNS, REGISTERS, Kind, row_of
from api.self_government.words import saying_self_government
from api.web.access import Actor, ActorOf, allow
from api.web.page import language_of, page, redirect
from api.web.words import N_, translated
from application.accounts.roles import Role
from application.storage.documents import DOCUMENT_BYTES
from application.store import NotFound
from domain.errors import Refused
from domain.self_government.unit import TerritorialUnit

router = APIRouter(prefix="/secretary", include_in_schema=False, dependencies=[allow(*ALL)])

ACTS_AT: Final = "/secretary/"
"""Beginning of the addresses that files are sent to."""
NEW_UNIT: Final = "new-unit"
NEWEST: Final = 5
"""Rows of each register on a unit's page."""
_RECORDED: Final = N_("It is recorded: entries {positions} of the public log.")
_ANY_TYPE: Final = "application/octet-stream"
_MEDIA_TYPES: Final[Mapping[str | None, str]] = MappingProxyType(
    {each: each for each in ("application/pdf", "image/jpeg", "image/png", "text/plain")}
)
_UPLOAD: Final = ".upload"
_BEGUN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "gathering.convened": "gatherings",
        "council.formed": "councils",
        "report_meeting.held": "report-meetings",
        "dismissal.raised": "dismissals",
        "sitting.convened": "sittings",
        "decision.proposed": "decisions",
        "execution.ordered": "executions",
        "unit.registered": "units",
    }
)
"""Acts that begin a thing of another kind, which one goes on with."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it came: `fields` by name, and `files` (media type, bytes) by the name of the text that each stands for."""

    fields: dict[str, list[str]]
    files: dict[str, tuple[str, bytes]]

    def form(self, engine: Engine) -> Form:
        """Every file is stored, and its SHA-256 stands in its place."""
        digests = {
            name + FILE: [engine.documents.put(body, kind)] for name, (kind, body) in self.files.items()
        }
        return self.fields | digests


async def _sent(request: Request) -> Sent:
    sent = Sent({}, {})
    async with request.form() as form:
        for name, value in form.multi_items():
            if isinstance(value, str):
                sent.fields.setdefault(name, []).append(value)
            elif value.size:
                kind = _MEDIA_TYPES.get(value.content_type, _ANY_TYPE)
                sent.files[name.removesuffix(_UPLOAD)] = kind, await value.read(DOCUMENT_BYTES + 1)
    return sent


SentForm = Annotated[Sent, Depends(_sent)]


@dataclass(frozen=True, slots=True)
class Filling:
    """A form on its way: `added`: names of the lists that are to have an empty row more."""

    act: Act
    about: Thing
    form: Form = field(default_factory=dict)
    added: str = ""

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return tuple(shape for shape in shapes_of(self.act.entry) if shape.key not in self.about.fixed)

    @property
    def offered(self) -> Names:
        return {key: each for key, each in self.about.offered.items() if key not in self.act.elsewhere}

    def plain(self) -> dict[str, Any]:
        known = {shape.key for shape in shapes_of(self.act.entry)}
        fixed = {key: value for key, value in self.about.fixed.items() if key in known}
        return plain_of(self.shapes, self.form, self.offered) | fixed


@router.get("")
def desk(request: Request, engine: EngineOf, actor: ActorOf) -> Response:
    language = language_of(request)
    found: list[tuple[str, Thing | None]] = []
    for kato in sorted(actor.units):
        try:
            found.append((kato, thing(engine, "units", TerritorialUnit.create_id(kato), language)))
        except NotFound:
            found.append((kato, None))
    may_register = actor.may(REGISTRATION.roles)
    return page(request, "secretary/desk.html", private=True, units=found, may_register=may_register)


@router.get("/{kind}/{thing_id}")
def one(kind: str, thing_id: UUID, request: Request, engine: EngineOf, actor: ActorOf) -> Response:
    about, roles = _about(request, engine, actor, kind, thing_id)
    language = language_of(request)
    return page(
        request,
        "secretary/thing.html",
        private=True,
        about=about,
        kind=translated(language, KINDS[kind]),
        public=_public_address(about),
        acts=[(act.word, translated(language, ACTS[act.word])) for act in offered(kind, about.state, roles)],
        tables=list(_registers(engine, about, language)) if kind == "units" else [],
    )


@router.get("/{kind}/{thing_id}/{word}")
def blank(
    kind: str, thing_id: str, word: str, request: Request, engine: EngineOf, actor: ActorOf
) -> Response:
    filling = _filling(request, engine, actor, kind, thing_id, word)
    return _form(request, filling, _initial(engine, filling))


@router.post("/{kind}/{thing_id}/{word}")
def filled(
    kind: str, thing_id: str, word: str, request: Request, engine: EngineOf, actor: ActorOf, sent: SentForm
) -> Response:
    """`step`: `try`, `record`, `change`; or the name of a list that is to have a row more, or of a member to show the fields of."""
    step = next(iter(sent.fields.get("step", ())), "try")
    filling = _filling(request, engine, actor, kind, thing_id, word, added=step)
    filling = replace(filling, form=sent.form(engine))
    plain = filling.plain()
    if step not in ("try", "record"):
        return _form(request, filling, plain)
    try:
        entry = entry_of(filling.act.entry, plain)
        entered = enter(engine, entry, filling.about.unit, by=actor.login, keep=step == "record")
    except Mistake as mistake:
        return _form(request, filling, plain, mistake.refusal, mistake.field)
    except Refused as refused:
        return _form(request, filling, plain, refused)
    if step == "try":
        return _form(request, filling, plain, tried=True)
    positions = ", ".join(str(position) for position in entered.positions)
    message = translated(language_of(request), _RECORDED).format(positions=positions)
    begun = _BEGUN.get(word)
    after = f"{begun}/{entered.made}" if begun else f"{filling.about.kind}/{filling.about.id}"
    return redirect(request, f"/secretary/{after}", message)


def _filling(
    request: Request,
    engine: Engine,
    actor: Actor,
    kind: str,
    thing_id: str,
    word: str,
    *,
    added: str = "",
) -> Filling:
    """NotFound where the act is not offered about the thing to this person."""
    if kind == NEW_UNIT:
        actor.must_act_in(thing_id)
        about = Thing(
            "units", TerritorialUnit.create_id(thing_id), thing_id, thing_id, "", {"kato": thing_id}
        )
        if word != REGISTRATION.word or not actor.may(REGISTRATION.roles):
            raise NotFound(kind="act", id=word)
        return Filling(REGISTRATION, about, added=added)
    try:
        about, roles = _about(request, engine, actor, kind, UUID(thing_id))
    except ValueError:
        raise NotFound(kind=kind, id=thing_id) from None
    act = find(kind, word, about.state, roles)
    if act is None:
        raise NotFound(kind="act", id=word)
    return Filling(act, about, added=added)


def _about(
    request: Request, engine: Engine, actor: Actor, kind: str, thing_id: UUID
) -> tuple[Thing, frozenset[Role]]:
    """The thing, and the roles in which this person acts for its unit."""
    about = thing(engine, kind, thing_id, language_of(request))
    above = engine.store.load(TerritorialUnit, TerritorialUnit.create_id(about.unit)).parent
    return about, acting(actor, about.unit, above)


def _form(
    request: Request,
    filling: Filling,
    plain: Mapping[str, Any],
    refused: Refused | None = None,
    place: str = "",
    *,
    tried: bool = False,
) -> Response:
    language = language_of(request)
    told = _told(refused, language) if refused else ""
    return page(
        request,
        "secretary/act.html",
        status=422 if refused else 200,
        private=True,
        about=filling.about,
        title=translated(language, ACTS[filling.act.word]),
        shapes=filling.shapes,
        given=plain,
        offered=filling.offered,
        added=filling.added,
        label=lambda key: translated(language, MEMBERS[key]),
        option=lambda words, value: option(language, words, value),
        pairs=lambda shape: [(each, option(language, shape.words, each)) for each in shape.options],
        word=lambda value: str(value).lower(),
        widgets=Widget,
        problems=[(place, told)] if refused else [],
        tried=tried,
        leaves=list(_leaves(plain)),
    )


def _told(refused: Refused, language: str) -> str:
    title, detail = texts(refused.code, language)
    facts = ", ".join(f"{name} {value}" for name, value in refused.facts.items())
    return f"{title}. {detail}" + (f" ({facts})" if facts else "")


def _leaves(plain: Any, name: str = "") -> Any:
    """What was filled in as the fields that carry it on: (name, value)."""
    if isinstance(plain, Mapping):
        for key, value in plain.items():
            yield from _leaves(value, f"{name}.{key}" if name else key)
    elif isinstance(plain, list) and all(isinstance(each, Mapping) for each in plain):
        for number, value in enumerate(plain):
            yield from _leaves(value, f"{name}.{number}")
    else:
        for value in plain if isinstance(plain, list) else [plain]:
            if value is not None:
                yield name, value


def _initial(engine: Engine, filling: Filling) -> dict[str, Any]:
    """What a form begins with: rules begin with those in force, so that one is changed and the others stay."""
    if filling.act.word != "unit.rules_set":
        return {}
    try:
        rules = engine.store.load(TerritorialUnit, filling.about.id).rules
        told: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(rules))
        return {"rules": {key: value for key, value in told.items() if value is not None}}
    except Refused:
        return {}


def _registers(engine: Engine, about: Thing, language: str) -> Any:
    """The newest of each register of the unit: title, columns, rows; links lead to the secretary's pages."""
    say = saying_self_government(language)
    for kind in Kind:
        if kind is Kind.OFFICES:
            continue
        asks = REGISTERS[kind].asks
        asked = asks(unit=about.unit, limit=NEWEST) if issubclass(asks, OfUnit) else asks(limit=NEWEST)
        rows = [
            [_ours(cell) for cell in row_of(say, kind, each)]
            for each in REGISTERS[kind].page(engine, asked).items
        ]
        if rows:
            yield say(kind), [say(column) for column in COLUMNS[kind]], rows


def _ours(cell: Any) -> Any:
    return Link(cell.text, f"/secretary{cell.address}") if isinstance(cell, Link) else cell


def _public_address(about: Thing) -> str:
    return f"/units/{about.unit}" if about.kind == "units" else f"/{about.kind}/{about.id}"
