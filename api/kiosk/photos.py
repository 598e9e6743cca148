"""Photos for the kiosk: the first of each project on a paper, in a list that is fetched beside the paper, and each small.

A kiosk fetches all of the list, whoever votes on it and for whatever: no request tells which project anybody looks at.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response

from api.caching import IMMUTABLE, answer, json_answer
from api.engine import EngineOf
from api.rounds import registered
from application.photos.images import MEDIA_TYPE
from application.photos.photos import PhotoSize
from projections import photos

router = APIRouter(prefix="/kiosk", include_in_schema=False)


@router.get("/rounds/{round_id}/photos")
def photos_of_paper(round_id: UUID, request: Request, engine: EngineOf) -> Response:
    with engine.datastore.get_connection() as connection:
        round_ = registered(connection, round_id)
        listed = photos.of_paper(connection, round_.round_id) if round_.paper_digest else []
    return json_answer(request, {"photos": listed})


@router.get("/photos/{digest}")
def small_photo(
    digest: Annotated[str, Path(pattern="^[0-9a-f]{64}$")], request: Request, engine: EngineOf
) -> Response:
    body, _ = engine.photos.body(digest, PhotoSize.SMALL, None)
    return answer(request, body, MEDIA_TYPE, IMMUTABLE)
