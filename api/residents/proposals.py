"""A proposal's page for everybody: what it says, every version of it and what changed, where it stands and why."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from api.engine import EngineOf
from api.residents.mine import STATE_KINDS
from api.residents.plan import Plan, plan_around
from api.web.access import PUBLIC
from api.web.page import page
from application.residents.differences import Piece, differences
from application.residents.draft_body import degrees
from application.residents.points import points_of
from application.residents.similarity import COMPARED
from application.residents.versions import History, Version, history_of
from application.store import NotFound
from domain.proposal import Proposal
from domain.round import Round
from domain.terms import Terms
from projections import proposals
from projections.photos import shown

router = APIRouter(include_in_schema=False, dependencies=[PUBLIC])


@dataclass(frozen=True, slots=True)
class Changed:
    """What a version changed of the one before, in pieces; None where a field stayed."""

    title: list[Piece] | None
    description: list[Piece] | None
    place: list[Piece] | None
    estimate_from_tiyn: int | None
    photos_added: int
    photos_gone: int


@router.get("/proposals/{proposal_id}")
def one_proposal(proposal_id: str, request: Request, engine: EngineOf) -> Response:
    try:
        history = history_of(engine.store, UUID(proposal_id))
    except (NotFound, ValueError):
        return page(request, "missing.html", status=404, missing="not_found")
    facts = facts_of(engine, history)
    return page(request, "residents/proposal.html", plan=_plan(engine, history), **facts)


def facts_of(engine: EngineOf, history: History) -> dict[str, Any]:
    """What the public page and its author's one have in common."""
    terms: Terms = engine.store.load(Round, history.round_id).terms
    sketch, point = history.now.sketch, history.now.marks.point
    unit = terms.unit(sketch.unit)
    before = (None, *history.versions)
    with engine.datastore.get_connection() as connection:
        photos = shown(connection, sketch.attachments)
    return {
        "history": history,
        "round_title": terms.title,
        "unit": unit.name if unit else sketch.unit,
        "photos": photos,
        "point": (degrees(point.latitude), degrees(point.longitude)) if point else None,
        "state_kinds": STATE_KINDS,
        "titles": _titles(engine, history),
        "versions": [
            (version, changed(earlier, version) if earlier else None)
            for earlier, version in zip(before, history.versions, strict=False)
        ][::-1],
    }


def _titles(engine: EngineOf, history: History) -> dict[UUID, str]:
    """Of the proposals that it was merged with, whichever way."""
    ended = [decided.into for version in history.versions for decided in version.decided]
    ids = {each for each in (*ended, *(version.twin for version in history.versions)) if each}
    return {each: engine.store.load(Proposal, each).sketch.title for each in ids}


def _plan(engine: EngineOf, history: History) -> Plan | None:
    if history.now.marks.point is None:
        return None
    points = points_of(engine.datastore, history.round_id)
    with engine.datastore.get_connection() as connection:
        standing = proposals.titles(connection, history.round_id, COMPARED)
    points[history.proposal_id] = history.now.marks.point
    return plan_around(history.proposal_id, points, ((each.proposal_id, each.title) for each in standing))


def changed(old: Version, new: Version) -> Changed:
    before, after = old.sketch, new.sketch

    def pieces(was: str, now: str) -> list[Piece] | None:
        return differences(was, now) if was != now else None

    return Changed(
        pieces(before.title, after.title),
        pieces(before.description, after.description),
        pieces(before.place, after.place),
        before.estimate_tiyn if before.estimate_tiyn != after.estimate_tiyn else None,
        len(set(after.attachments) - set(before.attachments)),
        len(set(before.attachments) - set(after.attachments)),
    )
