"""A proposal as a signed-in resident sees it: to follow it, and for its author to revise it or take it back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import Field

from api.engine import EngineOf
from api.rate_limits import COUNTED
from api.residents.proposals import facts_of
from api.residents.telling import problems_of
from api.web.access import ActorOf, allow
from api.web.forms import Posted
from api.web.page import language_of, page, redirect
from api.web.words import N_, translated
from application.accounts.actor import Actor
from application.accounts.roles import Role
from application.residents.versions import history_of
from domain.errors import Refused
from domain.proposal import ProposalState
from domain.round import Phase, Round
from domain.text import REASON_CHARS

router = APIRouter(
    prefix="/my/proposals", include_in_schema=False, dependencies=[allow(Role.RESIDENT), COUNTED]
)

_OVER = (ProposalState.REJECTED, ProposalState.WITHDRAWN, ProposalState.MERGED)


class Withdrawal(Posted):
    reason: Annotated[str, Field(max_length=REASON_CHARS)]


@router.get("/{proposal_id}")
def seen(request: Request, engine: EngineOf, actor: ActorOf, proposal_id: UUID) -> Response:
    return _shown(request, engine, actor, proposal_id)


@router.post("/{proposal_id}/follow")
def follow(
    request: Request, engine: EngineOf, actor: ActorOf, proposal_id: UUID, _: Annotated[Posted, Form()]
) -> Response:
    engine.following.follow(actor.account_id, proposal_id)
    return _back(request, proposal_id, N_("You follow this proposal; its news will be on your page."))


@router.post("/{proposal_id}/unfollow")
def unfollow(
    request: Request, engine: EngineOf, actor: ActorOf, proposal_id: UUID, _: Annotated[Posted, Form()]
) -> Response:
    engine.following.unfollow(actor.account_id, proposal_id)
    return _back(request, proposal_id, N_("You no longer follow this proposal."))


@router.post("/{proposal_id}/revise")
def revise(
    request: Request, engine: EngineOf, actor: ActorOf, proposal_id: UUID, _: Annotated[Posted, Form()]
) -> Response:
    draft = engine.drafts.revise(actor.account_id, actor.login, proposal_id)
    return redirect(request, f"/my/drafts/{draft.draft_id}")


@router.post("/{proposal_id}/withdraw")
def withdraw(
    request: Request,
    engine: EngineOf,
    actor: ActorOf,
    proposal_id: UUID,
    form: Annotated[Withdrawal, Form()],
) -> Response:
    try:
        engine.proposals.withdraw(proposal_id, form.reason, author=actor.login)
    except Refused as refused:
        return _shown(request, engine, actor, proposal_id, form.reason, refused)
    return _back(request, proposal_id, N_("Your proposal is withdrawn."))


def _shown(
    request: Request,
    engine: EngineOf,
    actor: Actor,
    proposal_id: UUID,
    reason: str = "",
    refused: Refused | None = None,
) -> Response:
    history = history_of(engine.store, proposal_id)
    phase = engine.store.load(Round, history.round_id).phase
    own = history.author == actor.login
    may_revise = {
        ProposalState.SUBMITTED: phase is Phase.INTAKE,
        ProposalState.RETURNED: phase in (Phase.INTAKE, Phase.REVIEW),
    }.get(history.state, False)
    return page(
        request,
        "residents/my_proposal.html",
        refused=refused,
        problems=problems_of(request, refused) if refused else [],
        own=own,
        may_revise=own and may_revise,
        may_withdraw=own and history.state not in _OVER,
        mergings=[each for each in engine.mergings.of_proposal(proposal_id) if each.waits] if own else [],
        follows=any(each.proposal_id == proposal_id for each in engine.following.followed(actor.account_id)),
        reason=reason,
        **facts_of(engine, history),
    )


def _back(request: Request, proposal_id: UUID, message: str) -> Response:
    return redirect(request, f"/my/proposals/{proposal_id}", translated(language_of(request), message))
