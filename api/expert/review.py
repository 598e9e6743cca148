"""One proposal before the expert council: what it says and said before, what is like it, the criteria, and the decision.

A decision is looked at once more before it is made: its reason is read by the author and by everybody.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response, UploadFile
from pydantic import Field

from api.composition import Engine
from api.engine import EngineOf
from api.expert.criteria import CRITERIA
from api.office.confirming import confirm_page
from api.office.reading import Reading, typed_tiyn
from api.office.telling import NOTHING_WRONG, Wrong, done, form_page, mistyped, own_round, refused
from api.office.uploads import keep_minutes
from api.office.words import PHRASES
from api.web.access import Actor, ActorOf, Role, allow
from api.web.forms import Posted
from api.web.page import language_of
from api.web.words import N_, gettext_for
from api.wording import saying, tenge
from application.residents.differences import Piece, differences
from application.residents.similarity import COMPARED, most_similar
from application.residents.versions import History, history_of
from domain.errors import Refused
from domain.proposal import ProposalState
from domain.round import Phase, Round
from domain.text import REASON_CHARS, TITLE_CHARS
from projections import proposals
from projections.photos import shown
from projections.proposals import RegisteredProposal

router = APIRouter(include_in_schema=False)
_readers = [allow(Role.EXPERT, Role.OFFICE, Role.OFFICE_APPROVER)]
_experts = [allow(Role.EXPERT)]
_MOST_MINUTES: Final = 20
_TEXT = Annotated[str, Field(max_length=TITLE_CHARS)]


class Decision(StrEnum):
    ADMIT = "admit"
    RETURN = "return"
    REJECT = "reject"


class Deciding(Posted):
    """The fields of all three decisions; each reads its own. `minutes`: the digest of minutes that are stored already."""

    project: _TEXT = ""
    cost: _TEXT = ""
    excludes: _TEXT = ""
    reason: Annotated[str, Field(max_length=REASON_CHARS)] = ""
    criteria: Annotated[list[_TEXT], Field(max_length=len(CRITERIA))] = Field(default_factory=list)
    minutes: _TEXT = ""
    file: UploadFile | None = None
    confirmed: _TEXT = ""


@dataclass(frozen=True, slots=True)
class Revision:
    """What a version changed of the one before."""

    number: int
    title: list[Piece]
    description: list[Piece]
    twin: UUID | None


@dataclass(frozen=True, slots=True)
class Alike:
    """`twin`: it may be merged with the proposal looked at."""

    proposal: RegisteredProposal
    per_cent: int
    twin: bool


_WILL: Final = {
    Decision.ADMIT: N_("The proposal gets its place on the ballot paper, with this number and this cost."),
    Decision.RETURN: N_(
        "The author is told to mend the proposal and can send it again. The public reads the reason."
    ),
    Decision.REJECT: N_("The proposal does not come to the vote. The author and the public read the reason."),
}
_DONE: Final = {
    Decision.ADMIT: N_("The proposal is admitted."),
    Decision.RETURN: N_("The proposal is returned to its author."),
    Decision.REJECT: N_("The proposal is rejected."),
}


@router.get("/expert/proposals/{proposal_id}", dependencies=_readers)
def look(proposal_id: UUID, request: Request, engine: EngineOf, actor: ActorOf) -> Response:
    history, round_ = _own(engine, actor, proposal_id)
    with engine.datastore.get_connection() as connection:
        others = proposals.page(connection, round_.id, 0, COMPARED)
        photos = shown(connection, history.now.sketch.attachments)
    decisions = _open_decisions(history, round_) if actor.may({Role.EXPERT}) else []
    mergings = engine.mergings.of_proposal(proposal_id)
    mergeable = bool(decisions) and round_.lot_seed is None and not any(each.waits for each in mergings)
    return form_page(
        request,
        "expert/proposal.html",
        **_told(request, history, round_),
        photos=photos,
        point=history.now.marks.point,
        revisions=_revisions(history),
        alike=_alike(history, others, mergeable=mergeable),
        decisions=decisions,
        mergings=mergings,
    )


@router.get("/expert/proposals/{proposal_id}/{decision}", dependencies=_experts)
def before(
    proposal_id: UUID, decision: Decision, request: Request, engine: EngineOf, actor: ActorOf
) -> Response:
    history, round_ = _own(engine, actor, proposal_id)
    return _form(request, engine, history, round_, decision, Deciding())


@router.post("/expert/proposals/{proposal_id}/{decision}", dependencies=_experts)
def decide(
    proposal_id: UUID,
    decision: Decision,
    request: Request,
    engine: EngineOf,
    actor: ActorOf,
    form: Annotated[Deciding, Form()],
) -> Response:
    history, round_ = _own(engine, actor, proposal_id)
    reading = Reading(language_of(request))
    cost_tiyn = _checked(decision, form, reading, language_of(request))
    if reading.problems:
        return _form(request, engine, history, round_, decision, form, mistyped(reading.problems))
    try:
        if decision is not Decision.RETURN and form.file is not None and form.file.size:
            form.minutes = keep_minutes(engine.documents, form.file)
        if not form.confirmed:
            return _confirm(request, history, decision, form, cost_tiyn)
        _make(engine, proposal_id, decision, form, cost_tiyn, by=actor.login)
    except Refused as why:
        return _form(request, engine, history, round_, decision, form, refused(request, why))
    words = gettext_for(language_of(request))
    return done(request, f"/expert/rounds/{round_.id}", words.gettext(_DONE[decision]))


def _checked(decision: Decision, form: Deciding, reading: Reading, language: str) -> int:
    """The cost in tiyn of what is to be admitted; what is missing is noted."""
    words = gettext_for(language)
    if decision is not Decision.RETURN and not form.minutes and not (form.file and form.file.size):
        reading.note("file", words.gettext("Choose the minutes of the sitting, or send them as a file."))
    if decision is not Decision.ADMIT:
        return 0
    if len(set(form.criteria)) < len(CRITERIA):
        reading.note(
            "criteria-0",
            words.gettext(
                "A proposal is admitted when it meets every criterion; return or reject it otherwise."
            ),
        )
    return reading.tiyn("cost", form.cost)


def _make(
    engine: Engine, proposal_id: UUID, decision: Decision, form: Deciding, cost_tiyn: int, *, by: str
) -> None:
    match decision:
        case Decision.ADMIT:
            engine.proposals.admit(
                proposal_id,
                form.project.strip(),
                cost_tiyn,
                minutes_digest=form.minutes,
                by=by,
                excludes=tuple(form.excludes.replace(",", " ").split()),
            )
        case Decision.RETURN:
            engine.proposals.return_for_revision(proposal_id, form.reason, by=by)
        case Decision.REJECT:
            engine.proposals.reject(proposal_id, form.reason, minutes_digest=form.minutes, by=by)


def _own(engine: Engine, actor: Actor, proposal_id: UUID) -> tuple[History, Round]:
    history = history_of(engine.store, proposal_id)
    return history, own_round(engine, actor, history.round_id)


def _open_decisions(history: History, round_: Round) -> list[Decision]:
    """What can be decided now; what may be is the proposal's own rule."""
    if history.state is not ProposalState.SUBMITTED or round_.phase not in (Phase.INTAKE, Phase.REVIEW):
        return []
    admits = round_.phase is Phase.REVIEW and round_.lot_seed is None
    return [each for each in Decision if admits or each is not Decision.ADMIT]


def _told(request: Request, history: History, round_: Round) -> dict[str, Any]:
    """What every page of a proposal tells of it."""
    sketch = history.now.sketch
    cap_tiyn = round_.terms.cost_cap_tiyn(sketch.category)
    return {
        "round": round_,
        "history": history,
        "sketch": sketch,
        "unit_name": next(
            (each.name for each in round_.terms.units if each.kato == sketch.unit), sketch.unit
        ),
        "cap": tenge(cap_tiyn) if cap_tiyn is not None else "",
        "tell": saying(language_of(request), PHRASES),
    }


def _form(
    request: Request,
    engine: Engine,
    history: History,
    round_: Round,
    decision: Decision,
    form: Deciding,
    wrong: Wrong = NOTHING_WRONG,
) -> Response:
    with engine.datastore.get_connection() as connection:
        others = proposals.page(connection, round_.id, 0, COMPARED)
        minutes = proposals.minutes_of(connection, round_.id, _MOST_MINUTES)
    return form_page(
        request,
        "expert/decide.html",
        wrong,
        **_told(request, history, round_),
        decision=decision.value,
        will=_WILL[decision],
        form=form,
        number=form.project or _next_number(others),
        cost=form.cost or typed_tiyn(history.now.sketch.estimate_tiyn),
        criteria=CRITERIA,
        minutes=minutes,
    )


def _confirm(
    request: Request, history: History, decision: Decision, form: Deciding, cost_tiyn: int
) -> Response:
    words = gettext_for(language_of(request))
    facts: list[tuple[str, Any]] = [(words.gettext("Proposal"), history.now.sketch.title)]
    if decision is Decision.ADMIT:
        facts += [
            (words.gettext("Number on the paper"), form.project),
            (words.gettext("Cost"), tenge(cost_tiyn)),
            (words.gettext("Cannot be funded together with"), form.excludes or "–"),
        ]
    else:
        facts.append((words.gettext("Reason"), form.reason))
    if form.minutes:
        facts.append((words.gettext("SHA-256 of the minutes"), form.minutes))
    path = f"/expert/proposals/{history.proposal_id}/{decision}"
    title = saying(language_of(request), PHRASES)(f"decide_{decision}")
    return confirm_page(
        request,
        title=title,
        will=words.gettext(_WILL[decision]),
        button=title,
        action=path,
        back=path,
        form=form,
        facts=facts,
        kind="danger" if decision is Decision.REJECT else "primary",
    )


def _revisions(history: History) -> list[Revision]:
    """The newest first."""
    return [
        Revision(
            new.number,
            differences(old.sketch.title, new.sketch.title),
            differences(old.sketch.description, new.sketch.description),
            new.twin,
        )
        for old, new in reversed(list(pairwise(history.versions)))
    ]


def _alike(history: History, others: list[RegisteredProposal], *, mergeable: bool) -> list[Alike]:
    """Of the same round, this one left out. `mergeable`: this one may be merged with one that is under review too."""
    known = {each.proposal_id: each for each in others if each.proposal_id != history.proposal_id}
    text = _text(history.now.sketch.title, history.now.sketch.description)
    found = most_similar(
        text, [(id_, _text(each.sketch.title, each.sketch.description)) for id_, each in known.items()]
    )
    return [
        Alike(it, each.per_cent, mergeable and it.state is ProposalState.SUBMITTED)
        for each in found
        for it in [known[each.proposal_id]]
    ]


def _text(title: str, description: str) -> str:
    return f"{title}. {description}"


def _next_number(others: list[RegisteredProposal]) -> str:
    """One above the highest number on the paper so far."""
    taken = [int(each.project) for each in others if each.project and each.project.isdecimal()]
    return str(max(taken, default=0) + 1)
