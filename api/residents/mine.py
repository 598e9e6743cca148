"""A resident's own page: what they proposed, drafts, what they follow, notices, and where letters go."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from psycopg import Connection
from pydantic import Field

from api.engine import EngineOf
from api.rate_limits import COUNTED
from api.residents.letters import page_of, said
from api.residents.telling import problems_of
from api.rounds import Cursor
from api.web.access import ActorOf, allow
from api.web.forms import Posted
from api.web.page import language_of, page, redirect
from api.web.words import N_, translated
from application.accounts.roles import Role
from application.identity.one_time_codes import ADDRESS_CHARS
from domain.errors import Refused
from domain.proposal import ProposalState
from domain.round import Phase
from projections import proposals, rounds
from projections.proposals import RegisteredProposal

router = APIRouter(prefix="/my", include_in_schema=False, dependencies=[allow(Role.RESIDENT), COUNTED])

NOTICES: Final = 30
"""On one page."""
MOST_ROUNDS: Final = 100
STATE_KINDS: Final = {
    ProposalState.SUBMITTED: "info",
    ProposalState.RETURNED: "wait",
    ProposalState.ADMITTED: "good",
    ProposalState.REJECTED: "bad",
    ProposalState.WITHDRAWN: "quiet",
    ProposalState.MERGED: "quiet",
}


class Wish(Posted):
    address: Annotated[str, Field(max_length=ADDRESS_CHARS)] = ""
    language: Literal["kk", "ru", "en"]


class ReadUpTo(Posted):
    position: Annotated[int, Field(ge=0, lt=2**63)]


@router.get("")
def my_page(request: Request, engine: EngineOf, actor: ActorOf) -> Response:
    with engine.datastore.get_connection() as connection:
        followed = _registered(
            connection, [each.proposal_id for each in engine.following.followed(actor.account_id)]
        )
        open_rounds = _taking_proposals(connection)
    mine = engine.proposals.ids_of(actor.login)
    return page(
        request,
        "residents/mine.html",
        drafts=engine.drafts.all(actor.account_id),
        mine=[each for each in followed if each.proposal_id in mine],
        followed=[each for each in followed if each.proposal_id not in mine],
        mergings=engine.mergings.waiting_for(actor.login),
        unread=engine.following.unread(actor.account_id),
        open_rounds=open_rounds,
        state_kinds=STATE_KINDS,
    )


@router.get("/notices")
def notices(request: Request, engine: EngineOf, actor: ActorOf, before: Cursor = None) -> Response:
    found = engine.following.notices(actor.account_id, NOTICES + 1, before)
    shown, language = found[:NOTICES], language_of(request)
    return page(
        request,
        "residents/notices.html",
        notices=[(each, said(language, each), page_of(language, each)) for each in shown],
        older=shown[-1].position if len(found) > NOTICES else None,
        unread=engine.following.unread(actor.account_id),
    )


@router.post("/notices/read")
def read_notices(
    request: Request, engine: EngineOf, actor: ActorOf, form: Annotated[ReadUpTo, Form()]
) -> Response:
    engine.following.read_up_to(actor.account_id, form.position)
    return redirect(request, "/my/notices")


@router.get("/letters")
def letters(request: Request, engine: EngineOf, actor: ActorOf) -> Response:
    wishes = engine.residents.wishes(actor.account_id)
    form = Wish(address=wishes.notices_to or "", language=wishes.language)  # type: ignore[arg-type]
    return _letters(request, form)


@router.post("/letters")
def change_letters(
    request: Request, engine: EngineOf, actor: ActorOf, form: Annotated[Wish, Form()]
) -> Response:
    try:
        engine.residents.wish(actor.account_id, form.address, form.language)
    except Refused as refused:
        return _letters(request, form, refused)
    return redirect(request, "/my", translated(language_of(request), N_("Saved.")))


def _letters(request: Request, form: Wish, refused: Refused | None = None) -> Response:
    problems = problems_of(request, refused) if refused else []
    return page(request, "residents/letters.html", refused=refused, problems=problems, form=form)


def _registered(connection: Connection[Any], ids: list[UUID]) -> list[RegisteredProposal]:
    """In the order asked; what the register has not reached yet is left out."""
    found = {each.proposal_id: each for each in proposals.find(connection, ids)}
    return [found[each] for each in ids if each in found]


def _taking_proposals(connection: Connection[Any]) -> list[rounds.RegisteredRound]:
    return [each for each in rounds.page(connection, None, MOST_ROUNDS) if each.phase is Phase.INTAKE]
