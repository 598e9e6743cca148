"""`POST /v1/deliveries`: kiosks post ballots; the one route that is bare ASGI, because it is measured in ballots a second.

Small deliveries are opened on the event loop; large ones, and those of kiosks not yet known, in a thread. Small ones that come
as kiosks send them do not even take ASGI's way to here (whole_deliveries.py).
"""

import asyncio
from http import HTTPStatus
from typing import ClassVar

import msgspec
import structlog
from eventsourcing.persistence import PersistenceError
from psycopg_pool import PoolTimeout
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from api.asgi import read_body, send_answer
from api.errors import Answer, problem, problem_of
from api.web.headers import OPEN_DATA
from api.web.languages import language_in
from api.whole_deliveries import CONTENT_TYPE
from application import ballot_box
from application.delivery import Delivery, kiosk_id_of, open_delivery
from application.group_commit import GroupCommit, StorageAway
from application.polls import Polls
from application.refused_deliveries import COUNTED, RefusedDeliveries
from application.settings import Settings
from domain.errors import Refused

_INLINE_BYTES = 4_096
"""Opening this much takes well under a millisecond; more would hold up the event loop."""

_log = structlog.get_logger(__name__)


class WrongContentType(Refused):
    """The body is declared to be something else than `expected`."""

    code: ClassVar[str] = "wrong_content_type"


class DeliveryRoute:
    """An ASGI application for one path."""

    def __init__(
        self, group_commit: GroupCommit, polls: Polls, refused: RefusedDeliveries, settings: Settings
    ) -> None:
        self._group_commit = group_commit
        self._polls = polls
        self._refused = refused
        self._settings = settings
        self.short_bytes = min(_INLINE_BYTES, settings.delivery_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._respond(scope, receive)
        except ClientDisconnect:
            return
        await send_answer(send, answer, OPEN_DATA)

    async def answer(self, scope: Scope, body: bytes) -> Answer:
        """To a whole body, sent as it should be."""
        try:
            return await self._taken(body)
        except Refused as refused:
            return problem_of(refused, language_in(scope))
        except (PersistenceError, PoolTimeout):
            return problem_of(StorageAway(), language_in(scope))
        except Exception:  # noqa: BLE001 - whatever way it came, there is nobody further out who would answer
            _log.exception("delivery_broke")
            return problem("internal_error", HTTPStatus.INTERNAL_SERVER_ERROR, language_in(scope))

    async def _respond(self, scope: Scope, receive: Receive) -> Answer:
        language = language_in(scope)
        if scope["method"] != "POST":
            status, headers, body = problem("method_not_allowed", HTTPStatus.METHOD_NOT_ALLOWED, language)
            return status, {**headers, "allow": "POST"}, body
        content_type = dict(scope["headers"]).get(b"content-type", b"")
        if content_type.partition(b";")[0].strip().lower() != CONTENT_TYPE:
            return problem_of(WrongContentType(expected=CONTENT_TYPE.decode()), language)
        try:
            body = await read_body(scope, receive, self._settings.delivery_bytes)
        except Refused as refused:
            return problem_of(refused, language)
        return await self.answer(scope, body)

    async def _taken(self, body: bytes) -> Answer:
        delivery = await self._open(body)
        try:
            return _answered(delivery, await self._group_commit.submit(delivery))
        except COUNTED as refused:
            await asyncio.to_thread(self._refused.count, delivery.kiosk_id, refused.code)
            raise

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


def _answered(delivery: Delivery, answer: ballot_box.Answer) -> Answer:
    results = [
        {"status": "recorded", "position": told.position, "receipt": told.receipt}
        if isinstance(told, ballot_box.Recorded)
        else {"status": "refused", "code": told.code}
        for told in answer
    ]
    body = msgspec.json.encode({"sequence": delivery.sequence, "results": results})
    return HTTPStatus.OK, {"content-type": "application/json", "cache-control": "no-store"}, body
