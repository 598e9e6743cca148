"""`POST /v1/deliveries`: kiosks post ballots; the one route that is bare ASGI, because it is measured in ballots a second.

Small deliveries are opened on the event loop; large ones, and those of kiosks not yet known, in a thread.
"""

import asyncio
from http import HTTPStatus

import msgspec
from starlette.types import Message, Receive, Scope, Send

from api.errors import language_of, problem, problem_of
from application.ballot_box import Answer, Recorded
from application.delivery import Delivery, kiosk_id_of, open_delivery
from application.group_commit import GroupCommit
from application.polls import Polls
from application.settings import Settings
from domain.errors import Refused

PATH = "/v1/deliveries"
CONTENT_TYPE = b"application/jose"
_INLINE_BYTES = 4_096
"""Opening this much takes well under a millisecond; more would hold up the event loop."""

Response = tuple[int, dict[str, str], bytes]


class DeliveryRoute:
    """An ASGI application for one path."""

    def __init__(self, group_commit: GroupCommit, polls: Polls, settings: Settings) -> None:
        self._group_commit = group_commit
        self._polls = polls
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        try:
            status, answered, body = await self._respond(scope, headers, receive)
        except Refused as refused:
            language = language_of(headers.get(b"accept-language", b"").decode("latin-1"))
            status, answered, body = problem_of(refused, language)
        answered["content-length"] = str(len(body))
        raw = [(name.encode(), value.encode("latin-1")) for name, value in answered.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})

    async def _respond(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> Response:
        if scope["method"] != "POST":
            status, answered, body = problem("method_not_allowed", HTTPStatus.METHOD_NOT_ALLOWED)
            return status, {**answered, "allow": "POST"}, body
        if headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != CONTENT_TYPE:
            return problem(
                "wrong_content_type",
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                facts={"expected": CONTENT_TYPE.decode()},
            )
        read = await _read(headers, receive, self._settings.delivery_bytes)
        if read is None:
            return problem(
                "body_too_large",
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                facts={"limit_bytes": self._settings.delivery_bytes},
            )
        delivery = await self._open(read)
        return _answered(delivery, await self._group_commit.submit(delivery))

    async def _open(self, body: bytes) -> Delivery:
        if len(body) <= _INLINE_BYTES and self._polls.knows_kiosk(kiosk_id_of(body)):
            return self._open_now(body)
        return await asyncio.to_thread(self._open_now, body)

    def _open_now(self, body: bytes) -> Delivery:
        return open_delivery(
            body,
            self._polls.kiosk_key,
            audience=self._settings.audience,
            most_ballots=self._settings.delivery_ballots,
        )


async def _read(headers: dict[bytes, bytes], receive: Receive, limit: int) -> bytes | None:
    """The whole body, or None as soon as it is known to exceed `limit` bytes."""
    announced = headers.get(b"content-length", b"0")
    if not announced.isdigit() or int(announced) > limit:
        return None
    body = b""
    while True:
        message: Message = await receive()
        if message["type"] == "http.disconnect":
            return body
        body += message.get("body", b"")
        if len(body) > limit:
            return None
        if not message.get("more_body", False):
            return body


def _answered(delivery: Delivery, answer: Answer) -> Response:
    results = [
        {"status": "recorded", "position": told.position, "receipt": told.receipt}
        if isinstance(told, Recorded)
        else {"status": "refused", "code": told.code}
        for told in answer
    ]
    body = msgspec.json.encode({"sequence": delivery.sequence, "results": results})
    return HTTPStatus.OK, {"content-type": "application/json", "cache-control": "no-store"}, body
