"""A limit on every request body but a delivery's, before anything reads it."""

from collections.abc import Mapping

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.asgi import BodyTooLarge, read_body, send_answer
from api.errors import problem_of
from api.web.languages import language_in, split


class BodyLimit:
    """Refuses a body longer than `limit` bytes with 413; hands a shorter one on as a whole.

    `larger`: other limits, by the beginning of the address without its language.
    """

    def __init__(self, app: ASGIApp, limit: int, larger: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._limit = limit
        self._larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await read_body(scope, receive, self._limit_of(scope))
        except ClientDisconnect:
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
