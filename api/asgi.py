"""Whole bodies in and whole answers out, for the two places that stand in front of the framework."""

from collections.abc import Iterable
from typing import ClassVar

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from api.errors import Answer
from domain.errors import Refused

_LENGTH_DIGITS = 18


class BodyTooLarge(Refused):
    """More than `limit_bytes`, announced or sent."""

    code: ClassVar[str] = "body_too_large"


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The request's body; BodyTooLarge as soon as it is known to exceed `limit` bytes, ClientDisconnect when it breaks off."""
    announced = dict(scope["headers"]).get(b"content-length", b"0")
    if not announced.isdigit() or len(announced) > _LENGTH_DIGITS or int(announced) > limit:
        raise BodyTooLarge(limit_bytes=limit)
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > limit:  # one in chunks, that never announced its length
            raise BodyTooLarge(limit_bytes=limit)
        more = message.get("more_body", False)
    return bytes(body)


async def send_answer(send: Send, answer: Answer, more: Iterable[tuple[bytes, bytes]] = ()) -> None:
    """`more` headers as they are sent, the same for every answer."""
    status, headers, body = answer
    headers = {**headers, "content-length": str(len(body))}
    raw = [*((name.encode(), value.encode("latin-1")) for name, value in headers.items()), *more]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
