"""Photos: to everybody and for ever once an event in the log names them, before that to their owner alone."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response
from starlette.datastructures import UploadFile

from api.caching import IMMUTABLE, answer
from api.engine import EngineOf
from api.web.access import ActorOf, allow
from application.accounts.roles import Role
from application.photos.images import MEDIA_TYPE, PHOTO_BYTES
from application.photos.photos import PhotoSize

router = APIRouter(prefix="/v1/photos", tags=["photos"])
of_residents = APIRouter(prefix="/my/photos", include_in_schema=False, dependencies=[allow(Role.RESIDENT)])
of_office = APIRouter(prefix="/office/photos", include_in_schema=False, dependencies=[allow(Role.OFFICE)])

Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
_PRIVATE: Final = {"cache-control": "no-store"}


@router.get(
    "/{digest}/{size}",
    response_class=Response,
    summary="A photo of a proposal or of a project being carried out, by the SHA-256 of its large image",
    responses={200: {"content": {MEDIA_TYPE: {}}}},
)
def photo(digest: Digest, size: PhotoSize, request: Request, engine: EngineOf) -> Response:
    body, _ = engine.photos.body(digest, size, None)
    return answer(request, body, MEDIA_TYPE, IMMUTABLE)


@of_residents.get("/{digest}/{size}")
@of_office.get("/{digest}/{size}")
def own_photo(digest: Digest, size: PhotoSize, engine: EngineOf, actor: ActorOf) -> Response:
    body, _ = engine.photos.body(digest, size, actor.account_id)
    return Response(body, media_type=MEDIA_TYPE, headers=_PRIVATE)


def sent_photo(file: UploadFile) -> bytes:
    """At most one byte more than a photo may have. The file's name and type are the sender's words, and nobody looks at them."""
    return file.file.read(PHOTO_BYTES + 1)
