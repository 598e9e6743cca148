"""From the closed vote to the published conclusion and its corrections: computed, looked at line by line, approved by another."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import Field

from api.composition import Engine
from api.engine import EngineOf
from api.office.confirming import confirm_page
from api.office.reading import Reading
from api.office.telling import NOTHING_WRONG, Wrong, done, form_page, mistyped, own_round, refused
from api.office.words import PHRASES
from api.reasons import reason_of
from api.views import LineView, lines_of
from api.web.access import Actor, ActorOf, Role, allow
from api.web.forms import Posted
from api.web.page import language_of
from api.web.words import N_, gettext_for, translated
from api.wording import saying
from application.store import NotFound
from domain.approval import TwoPeopleAct
from domain.conclusion import Channel, ChannelKind, Conclusion
from domain.errors import Refused
from domain.paper import Paper
from domain.round import Phase, Round
from domain.text import REASON_CHARS, TITLE_CHARS
from projections import documents
from projections.documents import ConclusionDocument

router = APIRouter(include_in_schema=False)
_staff = [allow(Role.OFFICE, Role.OFFICE_APPROVER)]
_office = [allow(Role.OFFICE)]
_TEXT = Annotated[str, Field(max_length=TITLE_CHARS)]


class Reasoned(Posted):
    reason: Annotated[str, Field(max_length=REASON_CHARS)] = ""


class Rejecting(Posted):
    rejection: Annotated[str, Field(max_length=REASON_CHARS)] = ""


class Publishing(Posted):
    """Where the conclusion appears: one site and one mass medium, each with its day and time."""

    site: _TEXT = ""
    site_when: _TEXT = ""
    mass_media: _TEXT = ""
    mass_media_when: _TEXT = ""
    reason: Annotated[str, Field(max_length=REASON_CHARS)] = ""
    confirmed: _TEXT = ""

    def read(self, reading: Reading) -> tuple[Channel, ...]:
        return (
            Channel(ChannelKind.SITE, self.site, reading.moment("site_when", self.site_when)),
            Channel(
                ChannelKind.MASS_MEDIA,
                self.mass_media,
                reading.moment("mass_media_when", self.mass_media_when),
            ),
        )


@dataclass(frozen=True, slots=True)
class Section:
    """One unit's part of the table."""

    name: str
    envelope_tiyn: int
    left_tiyn: int
    lines: list[LineView]


@dataclass(frozen=True, slots=True)
class Changed:
    """A project of which the corrected version says something else."""

    title: str
    before: LineView
    after: LineView


@router.get("/office/rounds/{round_id}/conclusion", dependencies=_staff)
def look(round_id: UUID, request: Request, engine: EngineOf, actor: ActorOf) -> Response:
    return _page(request, engine, own_round(engine, actor, round_id))


@router.post("/office/rounds/{round_id}/conclusion/draft", dependencies=_office)
def draft(
    round_id: UUID, request: Request, engine: EngineOf, actor: ActorOf, _: Annotated[Posted, Form()]
) -> Response:
    return _doing(
        request,
        engine,
        own_round(engine, actor, round_id),
        lambda: engine.conclusions.draft(round_id, by=actor.login),
        N_("The conclusion is computed. Look at it, then send it for approval."),
    )


@router.post("/office/rounds/{round_id}/conclusion/reject", dependencies=_staff)
def reject(
    round_id: UUID, request: Request, engine: EngineOf, actor: ActorOf, form: Annotated[Rejecting, Form()]
) -> Response:
    return _doing(
        request,
        engine,
        own_round(engine, actor, round_id),
        lambda: engine.conclusions.reject_draft(round_id, form.rejection, by=actor.login),
        N_("The draft is rejected. It can be computed anew."),
    )


@router.post("/office/rounds/{round_id}/conclusion/correct", dependencies=_office)
def correct(
    round_id: UUID, request: Request, engine: EngineOf, actor: ActorOf, form: Annotated[Reasoned, Form()]
) -> Response:
    return _doing(
        request,
        engine,
        own_round(engine, actor, round_id),
        lambda: engine.conclusions.correct(round_id, form.reason, by=actor.login),
        N_("The correction is computed. Look at what it changes."),
    )


@router.post("/office/rounds/{round_id}/conclusion/ask", dependencies=_office)
def ask(
    round_id: UUID, request: Request, engine: EngineOf, actor: ActorOf, form: Annotated[Publishing, Form()]
) -> Response:
    """The first version is approved; a correction is approved and published in one, with its channels."""
    round_ = own_round(engine, actor, round_id)
    words = gettext_for(language_of(request))
    try:
        conclusion = engine.store.load(Conclusion, Conclusion.create_id(round_id))
        act, parameters = TwoPeopleAct.APPROVE_CONCLUSION, {}
        if conclusion.number > 1:
            reading = Reading(language_of(request))
            channels = form.read(reading)
            if reading.problems:
                return _page(request, engine, round_, mistyped(reading.problems), form)
            act, parameters = TwoPeopleAct.PUBLISH_CORRECTION, {"channels": _plain(channels)}
        asked = engine.approvals.request(act, conclusion.id, parameters, by=actor.login, reason=form.reason)
    except Refused as why:
        return _page(request, engine, round_, refused(request, why), form)
    return done(request, f"/office/approvals/{asked}", words.gettext("Asked. It waits for a second person."))


@router.post("/office/rounds/{round_id}/conclusion/publish", dependencies=_office)
def publish(
    round_id: UUID, request: Request, engine: EngineOf, actor: ActorOf, form: Annotated[Publishing, Form()]
) -> Response:
    round_ = own_round(engine, actor, round_id)
    reading = Reading(language_of(request))
    channels = form.read(reading)
    if reading.problems:
        return _page(request, engine, round_, mistyped(reading.problems), form)
    words = gettext_for(language_of(request))
    path = f"/office/rounds/{round_id}/conclusion"
    try:
        checked = Conclusion.checked_channels(channels)
        if not form.confirmed:
            return confirm_page(
                request,
                title=words.gettext("Publish the conclusion"),
                will=words.gettext(
                    "The results become official on the portal. They can be changed by a public correction only."
                ),
                button=words.gettext("Publish"),
                action=f"{path}/publish",
                back=path,
                form=form,
                facts=[
                    (saying(language_of(request), PHRASES)(f"channel_{each.kind}"), each.where)
                    for each in checked
                ],
            )
        engine.conclusions.publish(round_id, checked, by=actor.login)
    except Refused as why:
        return _page(request, engine, round_, refused(request, why), form)
    return done(request, path, words.gettext("The conclusion is published."))


def _doing(
    request: Request, engine: Engine, round_: Round, command: Callable[[], object], told: str
) -> Response:
    """Does it and leads back to the page with the message `told`; a refusal is told there too."""
    try:
        command()
    except Refused as why:
        return _page(request, engine, round_, refused(request, why))
    return done(request, f"/office/rounds/{round_.id}/conclusion", translated(language_of(request), told))


def _page(
    request: Request,
    engine: Engine,
    round_: Round,
    wrong: Wrong = NOTHING_WRONG,
    form: Publishing | None = None,
) -> Response:
    actor: Actor = request.state.visit.actor
    try:
        conclusion = engine.store.load(Conclusion, Conclusion.create_id(round_.id))
    except NotFound:
        conclusion = None
    return form_page(
        request,
        "office/conclusion.html",
        wrong,
        round=round_,
        conclusion=conclusion,
        form=form or Publishing(),
        asked=[
            each
            for each in engine.approvals.waiting()
            if conclusion is not None and each.approval.subject == conclusion.id
        ],
        is_office=actor.may({Role.OFFICE}),
        can_compute=round_.phase is Phase.CLOSED,
        tell=saying(language_of(request), PHRASES),
        **(_shown(request, engine, round_, conclusion) if conclusion else {"sections": []}),
    )


def _shown(request: Request, engine: Engine, round_: Round, conclusion: Conclusion) -> dict[str, Any]:
    assert round_.paper_digest is not None
    with engine.datastore.get_connection() as connection:
        paper = documents.paper(connection, round_.paper_digest)
        document = documents.conclusion(connection, conclusion.computation.document_digest)
        replaced = documents.conclusion(connection, document.replaces) if document.replaces else None
    say = saying(language_of(request))

    def why(line: LineView) -> str:
        key, facts = reason_of(line, paper.rules, document.ties)
        return say(key, **facts)

    return {
        "sections": _sections(paper, document),
        "document": document,
        "changes": _changes(paper, replaced, document) if replaced else [],
        "why": why,
    }


def _sections(paper: Paper, document: ConclusionDocument) -> list[Section]:
    names = {unit.kato: unit.name for unit in paper.units}
    lines = lines_of(paper, document.lines)
    found = [
        Section(
            names[money.unit],
            money.envelope_tiyn,
            money.left_tiyn,
            [line for line in lines if line.unit == money.unit],
        )
        for money in document.units
    ]
    return [each for each in found if each.lines]


def _changes(paper: Paper, before: ConclusionDocument, after: ConclusionDocument) -> list[Changed]:
    was = {line.project: line for line in lines_of(paper, before.lines)}
    return [
        Changed(line.title, was[line.project], line)
        for line in lines_of(paper, after.lines)
        if line.project in was and was[line.project] != line
    ]


def _plain(channels: tuple[Channel, ...]) -> list[dict[str, str]]:
    return [
        {"kind": each.kind.value, "where": each.where, "when": each.when.isoformat()} for each in channels
    ]
