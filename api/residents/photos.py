"""Photos of proposals: to everybody and for ever once a proposal in the log names them, before that to their owner alone."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response

from api.caching import IMMUTABLE, answer
from api.engine import EngineOf
from api.web.access import PUBLIC, ActorOf, allow
from application.accounts.roles import Role
from application.residents.images import MEDIA_TYPE
from application.residents.photos import PhotoSize

router = APIRouter(prefix="/v1/photos", tags=["proposals"], dependencies=[PUBLIC])
own = APIRouter(prefix="/my/photos", include_in_schema=False, dependencies=[allow(Role.RESIDENT)])

Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
_PRIVATE: Final = {"cache-control": "no-store"}


@router.get(
    "/{digest}/{size}",
    response_class=Response,
    summary="A photo of a proposal, by the SHA-256 of its large image",
    responses={200: {"content": {MEDIA_TYPE: {}}}},
)
def photo(digest: Digest, size: PhotoSize, request: Request, engine: EngineOf) -> Response:
    body, _ = engine.photos.body(digest, size, None)
    return answer(request, body, MEDIA_TYPE, IMMUTABLE)


@own.get("/{digest}/{size}")
def own_photo(digest: Digest, size: PhotoSize, engine: EngineOf, actor: ActorOf) -> Response:
    body, _ = engine.photos.body(digest, size, actor.account_id)
    return Response(body, media_type=MEDIA_TYPE, headers=_PRIVATE)
