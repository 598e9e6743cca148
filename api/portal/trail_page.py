"""`/trail/{id}`: everything that happened to one thing, entry by entry, as a page."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from api.engine import EngineOf
from api.rounds import MOST_BY_DEFAULT, Cursor
from api.trail import trail_of
from api.web.page import page
from application.trail import NoTrail

router = APIRouter(include_in_schema=False)


@router.get("/trail/{thing_id}")
def one_trail(thing_id: str, request: Request, engine: EngineOf, after: Cursor = None) -> Response:
    try:
        trail = trail_of(engine, UUID(thing_id), after or 0, MOST_BY_DEFAULT)
    except (NoTrail, ValueError):
        return page(request, "missing.html", status=404, missing="no_trail")
    return page(request, "trail.html", trail=trail)
