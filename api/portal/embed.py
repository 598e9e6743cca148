"""A round's card for other sites: `/embed/rounds/{id}` in their frame, and its picture for messengers and social networks.

The card holds no form and knows no cookie, so whoever frames it can trick nobody into anything: any site may, unless the
operator names those that may (`DAUYS_EMBEDDED_BY`).
"""

from http import HTTPStatus
from typing import Annotated, Final
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request, Response

from api.caching import FRESH, etag_of, has_already
from api.engine import EngineOf
from api.portal.headline import headline_of
from api.portal.picture import DESIGN, drawn
from api.portal.remembered import Memory, memory_of
from api.rounds import registered
from api.web.languages import LANGUAGES, reader_s_language
from api.web.page import page

router = APIRouter(tags=["rounds"])

PICTURES_REMEMBERED: Final = 128
"""A process; at some 40 kB each."""

Lang = Annotated[str, Query(max_length=10)]


@router.get("/embed/rounds/{round_id}", include_in_schema=False)
def card(round_id: UUID, request: Request, engine: EngineOf, lang: Lang = "") -> Response:
    request.state.language = _language(request, lang)
    with engine.datastore.get_connection() as connection:
        headline = headline_of(connection, registered(connection, round_id), request.state.language)
    shown = page(request, "portal/embed.html", headline=headline, round_id=round_id)
    if allowed := engine.settings.embedded_by:
        # Beside the policy that every card has: a browser keeps both.
        shown.headers["content-security-policy"] = f"frame-ancestors {allowed}"
    return shown


@router.get(
    "/v1/rounds/{round_id}/card.png",
    response_class=Response,
    summary="The round in a picture of 1200 × 630, for messengers and social networks; `?lang=`",
)
def picture(round_id: UUID, request: Request, engine: EngineOf, lang: Lang = "") -> Response:
    """Drawn once for what it says; whoever has it already is answered before anything is drawn."""
    with engine.datastore.get_connection() as connection:
        headline = headline_of(connection, registered(connection, round_id), _language(request, lang))
    said = msgspec.json.encode(headline)
    etag = etag_of(DESIGN + said)
    headers = {"etag": etag, "cache-control": FRESH, "vary": "Accept-Language"}
    if has_already(request, etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    pictures: Memory[bytes] = memory_of(request, "pictures_remembered", PICTURES_REMEMBERED)
    body = pictures.get((said,))
    if body is None:
        body = drawn(headline)
        pictures.keep((said,), body)
    return Response(body, media_type="image/png", headers=headers)


def _language(request: Request, lang: str) -> str:
    return lang if lang in LANGUAGES else reader_s_language(request.scope)
