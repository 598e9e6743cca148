"""Proposals of a round that say much the same: beside the form, in the preview, and for the form's script while one types."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from psycopg import Connection

from api.caching import json_answer
from api.engine import EngineOf
from api.rounds import registered
from api.web.access import PUBLIC
from application.residents.similarity import COMPARED, TEXT_CHARS, most_similar
from projections import proposals

router = APIRouter(prefix="/v1", tags=["proposals"], dependencies=[PUBLIC])


@dataclass(frozen=True, slots=True)
class LikeThis:
    """`per_cent` of likeness; a hint, and no more."""

    proposal_id: UUID
    title: str
    place: str
    per_cent: int


@router.get(
    "/rounds/{round_id}/similar",
    response_model=list[LikeThis],
    summary="Proposals of a round that are like a text, the likest first",
)
def similar(
    round_id: UUID,
    request: Request,
    engine: EngineOf,
    text: Annotated[str, Query(min_length=1, max_length=TEXT_CHARS)],
) -> Response:
    with engine.datastore.get_connection() as connection:
        registered(connection, round_id)
        return json_answer(request, like_this(connection, round_id, text, ""))


def like_this(
    connection: Connection[Any], round_id: UUID, title: str, place: str, but: UUID | None = None
) -> list[LikeThis]:
    """Proposals still standing whose title, or title and place, is like this one; `but`: one that is not compared."""
    standing = proposals.titles(connection, round_id, COMPARED)
    found = {each.proposal_id: each for each in standing if each.proposal_id != but}
    by_title = most_similar(title, ((key, each.title) for key, each in found.items()))
    by_both = (
        most_similar(f"{title} {place}", ((key, f"{each.title} {each.place}") for key, each in found.items()))
        if place
        else []
    )
    best = {
        each.proposal_id: each.per_cent for each in sorted((*by_both, *by_title), key=lambda e: e.per_cent)
    }
    ranked = sorted(best.items(), key=lambda each: (-each[1], each[0]))[:5]
    return [LikeThis(key, found[key].title, found[key].place, per_cent) for key, per_cent in ranked]
