"""A limit on every request body but a delivery's, before anything reads it; and on how many large ones are in memory at once."""

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.asgi import BodyTooLarge, read_body, send_answer
from api.errors import problem_of
from api.web.languages import language_in, split

LARGE_AT_ONCE: Final = 8
"""Bodies that may be longer than the common limit; the next one waits its turn."""
LARGE_SECONDS: Final = 60.0
"""So long one of them may take to arrive; then its connection is given up, and with it the place."""


class BodyLimit:
    """Refuses a body longer than `limit` bytes with 413; hands a shorter one on as a whole.

    `larger`: other limits, by the beginning of the address without its language.
    """

    def __init__(self, app: ASGIApp, limit: int, larger: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._limit = limit
        self._larger = larger or {}
        self._places = asyncio.Semaphore(LARGE_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit_of(scope)
        large = limit > self._limit and scope["method"] == "POST"
        place: AbstractAsyncContextManager[object] = self._places if large else nullcontext()
        async with place:
            await self._read_and_go_on(scope, receive, send, limit, LARGE_SECONDS if large else None)

    async def _read_and_go_on(
        self, scope: Scope, receive: Receive, send: Send, limit: int, seconds: float | None
    ) -> None:
        try:
            async with asyncio.timeout(seconds):
                body = await read_body(scope, receive, limit)
        except (ClientDisconnect, TimeoutError):
            return
        except BodyTooLarge as refused:
            await send_answer(send, problem_of(refused, language_in(scope)))
            return
        unread: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive_whole() -> Message:
            return unread.pop() if unread else await receive()

        await self._app(scope, receive_whole, send)

    def _limit_of(self, scope: Scope) -> int:
        _, path = split(scope["path"])
        return next((most for begin, most in self._larger.items() if path.startswith(begin)), self._limit)
