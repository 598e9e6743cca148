"""Writing a proposal: one form that every button of it saves first, a preview with what is like it, and handing in.

Nothing typed is lost: a refusal shows the form again as it was sent. Without scripts it does all this too; they only add what is
like the title while one types, the device's own place, and sums of the rough estimate.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response
from pydantic import Field
from starlette.datastructures import FormData, UploadFile

from api.engine import EngineOf
from api.photos import sent_photo
from api.rate_limits import COUNTED
from api.residents.similar import LikeThis, like_this
from api.residents.telling import problems_of
from api.residents.unit_costs import unit_costs
from api.web.access import ActorOf, allow
from api.web.assets import said_by
from api.web.forms import Posted
from api.web.page import language_of, page, redirect
from api.web.words import N_, translated
from application.accounts.roles import Role
from application.residents.draft_body import DraftBody
from application.residents.drafts import Draft
from domain.errors import Refused
from domain.round import Round
from domain.terms import Terms

DRAFTS: Final = "/my/drafts/"
"""Beginning of the addresses whose forms may bring a photo."""

router = APIRouter(
    prefix=DRAFTS.rstrip("/"), include_in_schema=False, dependencies=[allow(Role.RESIDENT), COUNTED]
)

_TEXTS: Final = (
    "title",
    "description",
    "unit",
    "category",
    "place",
    "estimate",
    "latitude",
    "longitude",
)
_SENT_CHARS: Final = 20_000


class NewDraft(Posted):
    round_id: UUID
    unit: Annotated[str, Field(max_length=20)] = ""


async def _sent(request: Request) -> AsyncIterator[FormData]:
    """The form with its photo, read already by the guard; every field is limited when it is looked at."""
    yield await request.form()
    await request.close()


Sent = Annotated[FormData, Depends(_sent)]


@router.post("")
def start(request: Request, engine: EngineOf, actor: ActorOf, form: Annotated[NewDraft, Form()]) -> Response:
    draft = engine.drafts.start(actor.account_id, form.round_id, form.unit)
    return redirect(request, f"/my/drafts/{draft.draft_id}")


@router.get("/{draft_id}")
def write(request: Request, engine: EngineOf, actor: ActorOf, draft_id: UUID) -> Response:
    return _form(request, engine, actor.account_id, engine.drafts.get(actor.account_id, draft_id))


@router.post("/{draft_id}")
def save(request: Request, engine: EngineOf, actor: ActorOf, draft_id: UUID, sent: Sent) -> Response:
    draft = engine.drafts.get(actor.account_id, draft_id)
    kept = engine.photos.of(actor.account_id, draft.body.photos)  # one that waited too long is gone
    typed = replace(_typed(sent, draft.body), photos=tuple(photo.digest for photo in kept))
    here = f"/my/drafts/{draft_id}"
    try:
        draft = engine.drafts.save(actor.account_id, draft_id, typed)
        photo = _photo(sent)
        if photo:
            added = engine.photos.add(actor.account_id, photo)
            photos = tuple(dict.fromkeys((*typed.photos, added.digest)))
            draft = engine.drafts.save(actor.account_id, draft_id, replace(draft.body, photos=photos))
        dropped = sent.get("drop")
        if isinstance(dropped, str) and dropped:
            left = tuple(digest for digest in draft.body.photos if digest != dropped)
            engine.drafts.save(actor.account_id, draft_id, replace(draft.body, photos=left))
            engine.photos.drop(actor.account_id, dropped)
    except Refused as refused:
        return _form(request, engine, actor.account_id, replace(draft, body=typed), refused)
    if sent.get("do") == "preview":
        return redirect(request, f"{here}/preview")
    return redirect(request, here, _said(request, N_("The draft is saved. Nobody else sees it.")))


@router.get("/{draft_id}/preview")
def preview(request: Request, engine: EngineOf, actor: ActorOf, draft_id: UUID) -> Response:
    draft = engine.drafts.get(actor.account_id, draft_id)
    terms = _terms(engine, draft)
    if faults := draft.body.faults(terms):
        return _form(request, engine, actor.account_id, draft, *faults)
    sketch, marks = draft.body.sketch().checked(terms), draft.body.marks().checked()
    with engine.datastore.get_connection() as connection:
        like = like_this(connection, draft.round_id, sketch.title, sketch.place, but=draft.proposal_id)
    return page(
        request,
        "residents/preview.html",
        draft=draft,
        terms=terms,
        sketch=sketch,
        marks=marks,
        unit=_unit_name(terms, sketch.unit),
        photos=engine.photos.of(actor.account_id, sketch.attachments),
        like=like,
    )


@router.post("/{draft_id}/hand-in")
def hand_in(
    request: Request, engine: EngineOf, actor: ActorOf, draft_id: UUID, _: Annotated[Posted, Form()]
) -> Response:
    try:
        proposal_id = engine.drafts.hand_in(actor.account_id, actor.login, draft_id)
    except Refused as refused:
        draft = engine.drafts.get(actor.account_id, draft_id)
        return _form(request, engine, actor.account_id, draft, refused)
    return redirect(
        request,
        f"/my/proposals/{proposal_id}",
        _said(request, N_("Your proposal is handed in and public. You will find its news here.")),
    )


@router.post("/{draft_id}/delete")
def delete(
    request: Request, engine: EngineOf, actor: ActorOf, draft_id: UUID, _: Annotated[Posted, Form()]
) -> Response:
    for digest in engine.drafts.get(actor.account_id, draft_id).body.photos:
        engine.photos.drop(actor.account_id, digest)
    engine.drafts.delete(actor.account_id, draft_id)
    return redirect(request, "/my", _said(request, N_("The draft is deleted.")))


def _typed(sent: FormData, before: DraftBody) -> DraftBody:
    """What stands in the form's fields; a field that was not sent stays as it was."""
    texts: dict[str, Any] = {}
    for field in _TEXTS:
        value = sent.get(field)
        if isinstance(value, str):
            texts[field] = value[:_SENT_CHARS]
    languages = tuple(dict.fromkeys(each for each in sent.getlist("languages") if isinstance(each, str)))
    return replace(before, **texts, languages=languages)


def _photo(sent: FormData) -> bytes:
    file = sent.get("photo")
    return sent_photo(file) if isinstance(file, UploadFile) else b""


def _form(request: Request, engine: EngineOf, account_id: UUID, draft: Draft, *refused: Refused) -> Response:
    """The form as it was sent; `refused`: all that is wrong with it."""
    terms, language = _terms(engine, draft), language_of(request)
    problems = [problem for each in refused for problem in problems_of(request, each)]
    like: list[LikeThis] = []
    if draft.body.title.strip():
        with engine.datastore.get_connection() as connection:
            like = like_this(
                connection, draft.round_id, draft.body.title, draft.body.place, but=draft.proposal_id
            )
    return page(
        request,
        "residents/draft.html",
        refused=refused[0] if refused else None,
        strings=said_by("residents/draft.js"),
        problems=problems,
        wrong=dict(problems),
        draft=draft,
        body=draft.body,
        terms=terms,
        units=[(unit.kato, unit.name) for unit in terms.units],
        categories=[(category, category) for category in terms.categories],
        photos=engine.photos.of(account_id, draft.body.photos),
        costs=unit_costs(language),
        like=like,
    )


def _terms(engine: EngineOf, draft: Draft) -> Terms:
    return engine.store.load(Round, draft.round_id).terms


def _unit_name(terms: Terms, kato: str) -> str:
    unit = terms.unit(kato)
    return unit.name if unit else kato


def _said(request: Request, message: str) -> str:
    return translated(language_of(request), message)
