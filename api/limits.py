"""A limit on every request body but a delivery's, before anything reads it."""

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.asgi import BodyTooLarge, read_body, send_answer
from api.errors import problem_of
from api.web.languages import language_in


class BodyLimit:
    """Refuses a body longer than `limit` bytes with 413; hands a shorter one on as a whole."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await read_body(scope, receive, self._limit)
        except ClientDisconnect:
            return
        except BodyTooLarge as refused:
            await send_answer(send, problem_of(refused, language_in(scope)))
            return
        unread: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive_whole() -> Message:
            return unread.pop() if unread else await receive()

        await self._app(scope, receive_whole, send)
