"""Answers that a client may keep: every one has an ETag made of its bytes, and 304 for who has those bytes already."""

from hashlib import sha256
from http import HTTPStatus
from typing import Final

import msgspec
from fastapi import Request, Response

FRESH: Final = "no-cache"
"""May be kept, and must be asked about before it is used again."""
IMMUTABLE: Final = "public, max-age=31536000, immutable"
JSON: Final = "application/json"

_ETAG_DIGITS: Final = 32


def answer(
    request: Request, body: bytes, media_type: str = JSON, cache: str = FRESH, **headers: str
) -> Response:
    """`body`, or 304 without one. `headers` by their names with underscores."""
    etag = etag_of(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named |= {"etag": etag, "cache-control": cache}
    if has_already(request, etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=named)
    return Response(body, media_type=media_type, headers=named)


def json_answer(request: Request, value: object, cache: str = FRESH) -> Response:
    return answer(request, msgspec.json.encode(value), cache=cache)


def etag_of(body: bytes) -> str:
    return f'"{sha256(body).hexdigest()[:_ETAG_DIGITS]}"'


def has_already(request: Request, etag: str) -> bool:
    """Whether `If-None-Match` names this ETag; a proxy may have made it weak (RFC 9110, 13.1.2)."""
    named = request.headers.get("if-none-match", "").split(",")
    return any(each.strip().removeprefix("W/") in (etag, "*") for each in named)
