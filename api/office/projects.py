"""Funded projects on their way: taken up, contracted, reported on, completed, and accepted or not by the residents' commission.

An update and its photos are recorded together, or neither is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response, UploadFile
from pydantic import Field

from api.composition import Engine
from api.engine import EngineOf
from api.office.confirming import confirm_page
from api.office.pictures import Picturing, added, keep_photo, pictures_of, read_pictures
from api.office.reading import Reading
from api.office.telling import NOTHING_WRONG, Wrong, done, form_page, mistyped, own_round, refused
from api.office.uploads import keep_minutes
from api.office.words import PHRASES
from api.views import LineView, lines_of
from api.web.access import Actor, ActorOf, Role, allow
from api.web.page import language_of, page
from api.web.words import N_, gettext_for
from api.wording import local_time, saying, tenge
from application.store import NotFound
from domain.allocation import Reason
from domain.conclusion import Conclusion
from domain.errors import Refused
from domain.implementation import MOST_PICTURES, Implementation, ImplementationState
from domain.round import Round
from domain.text import REASON_CHARS, TITLE_CHARS
from projections import documents

router = APIRouter(include_in_schema=False, dependencies=[allow(Role.OFFICE)])
_TEXT = Annotated[str, Field(max_length=TITLE_CHARS)]


class Reporting(Picturing):
    """Every act's fields; an act reads its own. `minutes` is the digest of a file that was sent on the page before."""

    contractor: _TEXT = ""
    amount: _TEXT = ""
    due: _TEXT = ""
    per_cent: _TEXT = ""
    note: Annotated[str, Field(max_length=REASON_CHARS)] = ""
    reason: Annotated[str, Field(max_length=REASON_CHARS)] = ""
    minutes: _TEXT = ""
    file: UploadFile | None = None
    confirmed: _TEXT = ""


@dataclass(frozen=True, slots=True)
class Read:
    """The fields as the domain has them, where the act has them."""

    amount_tiyn: int = 0
    due: datetime | None = None
    per_cent: int = 0


@dataclass(frozen=True, slots=True)
class ProjectAct:
    """`fields`: those of the form; `title` and what follows are messages. `states`: None of a project not taken up yet."""

    name: str
    states: tuple[ImplementationState | None, ...]
    title: str
    will: str
    fields: tuple[str, ...]
    perform: Callable[[Engine, UUID, str, Reporting, Read, str], object]
    """(engine, round, project, form, read, by)"""


def _of(round_id: UUID, project: str) -> UUID:
    return Implementation.create_id(round_id, project)


_UNDER_WAY: Final = (ImplementationState.CONTRACTED, ImplementationState.REFUSED)
ACTS: Final = (
    ProjectAct(
        "begin",
        (None,),
        N_("Take the project up"),
        N_("The public sees that work on the project has begun."),
        (),
        lambda engine, round_id, project, _, __, by: engine.implementations.begin(round_id, project, by=by),
    ),
    ProjectAct(
        "contract",
        (ImplementationState.STARTED,),
        N_("Record the contract"),
        N_("The public sees the contractor, the amount and the day by which the work is due."),
        ("contractor", "amount", "due"),
        lambda engine, round_id, project, form, read, by: engine.implementations.contract(
            _of(round_id, project), form.contractor, read.amount_tiyn, _moment(read), by=by
        ),
    ),
    ProjectAct(
        "progress",
        _UNDER_WAY,
        N_("Report progress"),
        N_("The public sees how far the work is."),
        ("per_cent", "note", "photos"),
        lambda engine, round_id, project, form, read, by: engine.implementations.report_progress(
            _of(round_id, project), read.per_cent, form.note, by=by
        ),
    ),
    ProjectAct(
        "delay",
        _UNDER_WAY,
        N_("Report a delay"),
        N_("The public sees the new day and the reason."),
        ("due", "reason"),
        lambda engine, round_id, project, form, read, by: engine.implementations.delay(
            _of(round_id, project), form.reason, _moment(read), by=by
        ),
    ),
    ProjectAct(
        "complete",
        _UNDER_WAY,
        N_("Report completion"),
        N_("The office says that the work is done. The residents' commission says whether it is."),
        ("photos",),
        lambda engine, round_id, project, _, __, by: engine.implementations.complete(
            _of(round_id, project), by=by
        ),
    ),
    ProjectAct(
        "accept",
        (ImplementationState.COMPLETED,),
        N_("Record the acceptance"),
        N_("The commission's minutes become public, and the project is accepted for good."),
        ("minutes",),
        lambda engine, round_id, project, form, _, by: engine.implementations.accept(
            _of(round_id, project), minutes_digest=form.minutes, by=by
        ),
    ),
    ProjectAct(
        "refuse",
        (ImplementationState.COMPLETED,),
        N_("Record that it was not accepted"),
        N_("The commission's minutes and the faults become public; the work goes on."),
        ("minutes", "reason"),
        lambda engine, round_id, project, form, _, by: engine.implementations.refuse_acceptance(
            _of(round_id, project), form.reason, minutes_digest=form.minutes, by=by
        ),
    ),
    ProjectAct(
        "show",
        (*ImplementationState,),
        N_("Show photos"),
        N_("The public sees the photos, and reads what you say they show."),
        ("photos",),
        lambda *_: None,  # what comes with other acts is all there is of this one
    ),
)
_SHOW: Final = ACTS[-1]
BY_NAME: Final[Mapping[str, ProjectAct]] = {act.name: act for act in ACTS}


@dataclass(frozen=True, slots=True)
class Funded:
    """A funded project and how far it is; nothing of one that is not taken up."""

    line: LineView
    state: ImplementationState | None
    per_cent: int

    @property
    def acts(self) -> list[ProjectAct]:
        return [act for act in ACTS if self.state in act.states]


@router.get("/office/rounds/{round_id}/projects")
def projects(round_id: UUID, request: Request, engine: EngineOf, actor: ActorOf) -> Response:
    round_ = own_round(engine, actor, round_id)
    return page(
        request,
        "office/projects.html",
        private=True,
        round=round_,
        projects=_funded(engine, round_),
        tell=saying(language_of(request), PHRASES),
    )


@router.get("/office/rounds/{round_id}/projects/{project}/{name}")
def before(
    round_id: UUID, project: str, name: str, request: Request, engine: EngineOf, actor: ActorOf
) -> Response:
    round_ = own_round(engine, actor, round_id)
    return _page(request, engine, actor, round_, _find(engine, round_, project), _act(name), Reporting())


@router.post("/office/rounds/{round_id}/projects/{project}/{name}")
def report(
    round_id: UUID,
    project: str,
    name: str,
    request: Request,
    engine: EngineOf,
    actor: ActorOf,
    form: Annotated[Reporting, Form()],
) -> Response:
    round_, act = own_round(engine, actor, round_id), _act(name)
    found = _find(engine, round_, project)
    reading = Reading(language_of(request))
    try:
        keep_photo(engine, actor.account_id, form)
        if form.is_unfinished:
            return _page(request, engine, actor, round_, found, act, form)
        read = _read(act, form, reading)
        if reading.problems:
            return _page(request, engine, actor, round_, found, act, form, mistyped(reading.problems))
        if "minutes" in act.fields and form.file is not None and form.file.size:
            form.minutes = keep_minutes(engine.documents, form.file)
        pictures = pictures_of(form)
        if not form.confirmed:
            return _confirm(request, round_, found, act, form, read)
        with engine.store.deciding():
            act.perform(engine, round_id, project, form, read, actor.login)
            if pictures:
                id_ = _of(round_id, project)
                engine.implementations.picture(id_, actor.account_id, pictures, by=actor.login)
    except Refused as why:
        return _page(request, engine, actor, round_, found, act, form, refused(request, why))
    words = gettext_for(language_of(request))
    return done(
        request, f"/office/rounds/{round_id}/projects", words.gettext("Recorded. The public sees it now.")
    )


def _read(act: ProjectAct, form: Reporting, reading: Reading) -> Read:
    read_pictures(form, reading, needed=act is _SHOW)
    return Read(
        reading.tiyn("amount", form.amount) if "amount" in act.fields else 0,
        reading.moment("due", form.due) if "due" in act.fields else None,
        reading.whole("per_cent", form.per_cent) if "per_cent" in act.fields else 0,
    )


def _moment(read: Read) -> datetime:
    assert read.due is not None, "an act with a due time reads one"
    return read.due


def _act(name: str) -> ProjectAct:
    if name not in BY_NAME:
        raise NotFound(kind="act", id=name)
    return BY_NAME[name]


def _find(engine: Engine, round_: Round, project: str) -> Funded:
    for each in _funded(engine, round_):
        if each.line.project == project:
            return each
    raise NotFound(kind="project", id=project)


def _funded(engine: Engine, round_: Round) -> list[Funded]:
    """What the conclusion in force funds, in its order."""
    conclusion = engine.store.load(Conclusion, Conclusion.create_id(round_.id))
    if conclusion.published_digest is None or round_.paper_digest is None:
        raise NotFound(kind="conclusion", id=round_.id)
    with engine.datastore.get_connection() as connection:
        paper = documents.paper(connection, round_.paper_digest)
        document = documents.conclusion(connection, conclusion.published_digest)
    lines = [line for line in lines_of(paper, document.lines) if line.reason is Reason.FUNDED]
    return [_with_state(engine, round_, line) for line in lines]


def _with_state(engine: Engine, round_: Round, line: LineView) -> Funded:
    try:
        implementation = engine.store.load(Implementation, _of(round_.id, line.project))
    except NotFound:
        return Funded(line, None, 0)
    return Funded(line, implementation.state, implementation.per_cent)


def _page(
    request: Request,
    engine: Engine,
    actor: Actor,
    round_: Round,
    found: Funded,
    act: ProjectAct,
    form: Reporting,
    wrong: Wrong = NOTHING_WRONG,
) -> Response:
    return form_page(
        request,
        "office/project_act.html",
        wrong,
        round=round_,
        line=found.line,
        act=act,
        form=form,
        pictures=added(engine, actor.account_id, form),
        most_pictures=MOST_PICTURES,
    )


def _confirm(
    request: Request, round_: Round, found: Funded, act: ProjectAct, form: Reporting, read: Read
) -> Response:
    words = gettext_for(language_of(request))
    path = f"/office/rounds/{round_.id}/projects/{found.line.project}/{act.name}"
    facts: list[tuple[str, Any]] = [(words.gettext("Project"), found.line.title)]
    told = {
        "contractor": (words.gettext("Contractor"), form.contractor),
        "amount": (words.gettext("Amount"), tenge(read.amount_tiyn)),
        "due": (words.gettext("Due"), local_time(read.due) if read.due else ""),
        "per_cent": (words.gettext("Done, per cent"), form.per_cent),
        "note": (words.gettext("Note for the public"), form.note),
        "reason": (words.gettext("Reason"), form.reason),
        "minutes": (words.gettext("SHA-256 of the minutes"), form.minutes),
        "photos": (words.gettext("Photos"), "; ".join(form.shows) or "—"),
    }
    return confirm_page(
        request,
        title=words.gettext(act.title),
        will=words.gettext(act.will),
        button=words.gettext("Record it"),
        action=path,
        back=path,
        form=form,
        facts=facts + [told[field] for field in act.fields],
    )
