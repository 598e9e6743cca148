"""The office's rounds: those of one's units, one with what can be done next, and the form of its terms."""

import secrets
from typing import Annotated
from uuid import UUID

from eventsourcing.persistence import IntegrityError
from fastapi import APIRouter, Form, Request, Response

from api.composition import Engine
from api.engine import EngineOf
from api.office.confirming import confirm_page
from api.office.reading import Reading
from api.office.steps import STEPS
from api.office.telling import NOTHING_WRONG, Wrong, done, form_page, mistyped, own_round, refused
from api.office.terms_form import TermsForm
from api.office.words import PHRASES
from api.rounds import MOST_BY_DEFAULT, Cursor
from api.web.access import Actor, ActorOf, Role, allow
from api.web.page import language_of, page
from api.web.words import gettext_for
from api.wording import saying, tenge
from domain.errors import Refused
from domain.round import Phase
from domain.terms import Terms
from projections import rounds
from projections.rounds import RegisteredRound

router = APIRouter(include_in_schema=False)
_staff = [allow(Role.OFFICE, Role.OFFICE_APPROVER, Role.OPERATOR)]
_office = [allow(Role.OFFICE)]
WAY = (
    *(Phase.DRAFTED, Phase.INTAKE, Phase.REVIEW, Phase.VOTING, Phase.CLOSED, Phase.CONCLUDED),
    *(Phase.PUBLISHED, Phase.IMPLEMENTING, Phase.COMPLETED),
)
"""The phases of a round that is not cancelled, in their order."""


@router.get("/office/rounds", dependencies=_staff)
def own(request: Request, engine: EngineOf, actor: ActorOf, before: Cursor = None) -> Response:
    found, older = _of_units(engine, actor, before)
    return page(request, "office/rounds.html", private=True, rounds=found, older=older)


@router.get("/office/rounds/new", dependencies=_office)
def new(request: Request) -> Response:
    fresh = TermsForm(round_id=str(UUID(bytes=secrets.token_bytes(16), version=4)))
    return _form(request, fresh, "/office/rounds/new")


@router.post("/office/rounds/new", dependencies=_office)
def draft(request: Request, engine: EngineOf, actor: ActorOf, form: Annotated[TermsForm, Form()]) -> Response:
    """Sent twice it drafts one round: its id was made with the form."""
    path = "/office/rounds/new"
    try:
        round_id = UUID(form.round_id)
        if form.more:
            return _form(request, form, path)
        terms, wrong = _read(request, actor, form)
        if wrong.problems:
            return _form(request, form, path, wrong)
        if not form.confirmed:
            return _confirm(request, terms, form, path)
        engine.rounds.draft(terms, by=actor.login, round_id=round_id)
    except IntegrityError:
        own_round(engine, actor, round_id)
    except ValueError:
        return new(request)
    except Refused as why:
        return _form(request, form, path, refused(request, why))
    words = gettext_for(language_of(request))
    return done(request, f"/office/rounds/{round_id}", words.gettext("The round is drafted."))


@router.get("/office/rounds/{round_id}", dependencies=_staff)
def one(round_id: UUID, request: Request, engine: EngineOf, actor: ActorOf) -> Response:
    round_ = own_round(engine, actor, round_id)
    at = engine.clock()
    return page(
        request,
        "office/round.html",
        private=True,
        round=round_,
        way=WAY,
        steps=[each for each in STEPS if each.is_offered(round_, at)] if actor.may({Role.OFFICE}) else [],
        may_change=actor.may({Role.OFFICE}) and round_.phase in (Phase.DRAFTED, Phase.INTAKE),
        waiting=[each for each in engine.approvals.waiting() if each.approval.subject == round_id],
        tell=saying(language_of(request), PHRASES),
    )


@router.get("/office/rounds/{round_id}/terms", dependencies=_office)
def terms_of(round_id: UUID, request: Request, engine: EngineOf, actor: ActorOf) -> Response:
    round_ = own_round(engine, actor, round_id)
    return _form(request, TermsForm.of(round_.terms), f"/office/rounds/{round_id}/terms")


@router.post("/office/rounds/{round_id}/terms", dependencies=_office)
def change_terms(
    round_id: UUID, request: Request, engine: EngineOf, actor: ActorOf, form: Annotated[TermsForm, Form()]
) -> Response:
    own_round(engine, actor, round_id)
    path = f"/office/rounds/{round_id}/terms"
    try:
        if form.more:
            return _form(request, form, path)
        terms, wrong = _read(request, actor, form)
        if wrong.problems:
            return _form(request, form, path, wrong)
        if not form.confirmed:
            return _confirm(request, terms, form, path)
        engine.rounds.change_terms(round_id, terms, by=actor.login)
    except Refused as why:
        return _form(request, form, path, refused(request, why))
    words = gettext_for(language_of(request))
    return done(request, f"/office/rounds/{round_id}", words.gettext("The terms are changed."))


def _of_units(engine: Engine, actor: Actor, before: int | None) -> tuple[list[RegisteredRound], int | None]:
    """A page of the rounds that the person acts for; where the next one begins."""
    found: list[RegisteredRound] = []
    with engine.datastore.get_connection() as connection:
        while len(found) <= MOST_BY_DEFAULT:
            some = rounds.page(connection, before, MOST_BY_DEFAULT)
            found += [each for each in some if each.terms.roots <= actor.units]
            if len(some) < MOST_BY_DEFAULT:
                break
            before = some[-1].drafted
    more = len(found) > MOST_BY_DEFAULT
    found = found[:MOST_BY_DEFAULT]
    return found, found[-1].drafted if more else None


def _read(request: Request, actor: Actor, form: TermsForm) -> tuple[Terms, Wrong]:
    language = language_of(request)
    reading = Reading(language)
    terms = form.read(reading, language)
    if not reading.problems and not terms.roots <= actor.units:
        words = gettext_for(language)
        reading.note(
            "kato-0",
            words.gettext("Your account acts for other units: {units}.").format(
                units=", ".join(sorted(actor.units)) or "–"
            ),
        )
    return terms, mistyped(reading.problems) if reading.problems else NOTHING_WRONG


def _form(request: Request, form: TermsForm, action: str, wrong: Wrong = NOTHING_WRONG) -> Response:
    return form_page(
        request,
        "office/terms.html",
        wrong,
        form=form,
        action=action,
        back=action.removesuffix("/new").removesuffix("/terms"),
        tell=saying(language_of(request), PHRASES),
    )


def _confirm(request: Request, terms: Terms, form: TermsForm, action: str) -> Response:
    words = gettext_for(language_of(request))
    return confirm_page(
        request,
        title=terms.title,
        will=words.gettext(
            "The terms become public. They can be changed, in public, until the review of the proposals begins."
        ),
        button=words.gettext("Record the terms"),
        action=action,
        back=action.removesuffix("/new").removesuffix("/terms"),
        form=form,
        facts=[
            (words.gettext("Voting opens"), form.voting_opens.replace("T", " ")),
            (words.gettext("Voting closes"), form.voting_closes.replace("T", " ")),
            *((unit.name, tenge(unit.envelope_tiyn)) for unit in terms.units),
        ],
    )
