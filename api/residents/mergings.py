"""A merging of one's own proposal with a twin, as its author answers it: both texts, the one that would come of them, yes or no."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import Field

from api.composition import Engine
from api.engine import EngineOf
from api.problems import status_of
from api.rate_limits import COUNTED
from api.residents.telling import problems_of
from api.web.access import ActorOf, allow
from api.web.forms import Posted
from api.web.page import language_of, page, redirect
from api.web.words import N_, translated
from application.accounts.actor import Actor
from application.accounts.roles import Role
from application.mergings import Twins
from application.residents.differences import Piece, differences
from domain.errors import Refused
from domain.merging import MergingState
from domain.proposal import Proposal, Sketch
from domain.text import REASON_CHARS
from projections.photos import ShownPhoto, shown

router = APIRouter(
    prefix="/my/mergings", include_in_schema=False, dependencies=[allow(Role.RESIDENT), COUNTED]
)


class Declining(Posted):
    reason: Annotated[str, Field(max_length=2 * REASON_CHARS)] = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: what it says now, and what the merging would change of it. `consented`: its author."""

    proposal: Proposal
    photos: list[ShownPhoto]
    own: bool
    consented: bool
    title: list[Piece]
    description: list[Piece]


@router.get("/{merging_id}")
def seen(request: Request, engine: EngineOf, actor: ActorOf, merging_id: UUID) -> Response:
    return _shown(request, engine, actor, merging_id)


@router.post("/{merging_id}/consent")
def consent(
    request: Request, engine: EngineOf, actor: ActorOf, merging_id: UUID, _: Annotated[Posted, Form()]
) -> Response:
    try:
        engine.mergings.consent(merging_id, author=actor.login)
    except Refused as refused:
        return _shown(request, engine, actor, merging_id, refused=refused)
    done = engine.mergings.get(merging_id).standing is MergingState.MERGED
    said = (
        N_("The two proposals are one now.") if done else N_("You have consented. The other author is asked.")
    )
    return _back(request, merging_id, said)


@router.post("/{merging_id}/decline")
def decline(
    request: Request,
    engine: EngineOf,
    actor: ActorOf,
    merging_id: UUID,
    form: Annotated[Declining, Form()],
) -> Response:
    try:
        reason = form.reason.replace("\r\n", "\n")
        engine.mergings.decline(merging_id, reason, author=actor.login)
    except Refused as refused:
        return _shown(request, engine, actor, merging_id, form.reason, refused)
    return _back(request, merging_id, N_("You have declined. Both proposals stay as they are."))


def _shown(
    request: Request,
    engine: Engine,
    actor: Actor,
    merging_id: UUID,
    reason: str = "",
    refused: Refused | None = None,
) -> Response:
    twins = engine.mergings.get(merging_id)
    twins.merging.must_be_of(actor.login)
    merging, terms = twins.merging, twins.round.terms
    with engine.datastore.get_connection() as connection:
        photos = {each.digest: each for each in shown(connection, _photos_of(twins))}

    def pictures(sketch: Sketch) -> list[ShownPhoto]:
        return [photos[digest] for digest in sketch.attachments if digest in photos]

    def side(proposal: Proposal) -> Side:
        before, after = proposal.sketch, merging.sketch
        return Side(
            proposal,
            pictures(before),
            proposal.author == actor.login,
            proposal.author in merging.consented,
            differences(before.title, after.title),
            differences(before.description, after.description),
        )

    return page(
        request,
        "residents/merging.html",
        status=status_of(refused.code) if refused else 200,
        problems=problems_of(request, refused) if refused else [],
        twins=twins,
        merging=merging,
        sides=(side(twins.into), side(twins.twin)),
        photos=pictures(merging.sketch),
        unit_names={unit.kato: unit.name for unit in terms.units},
        consented=actor.login in merging.consented,
        reason=reason,
    )


def _photos_of(twins: Twins) -> list[str]:
    sketches = (twins.merging.sketch, twins.into.sketch, twins.twin.sketch)
    return [*dict.fromkeys(digest for sketch in sketches for digest in sketch.attachments)]


def _back(request: Request, merging_id: UUID, message: str) -> Response:
    return redirect(request, f"/my/mergings/{merging_id}", translated(language_of(request), message))
