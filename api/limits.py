"""A limit on every request body but a delivery's, before anything reads it."""

from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem


class BodyLimit:
    """Refuses a body longer than `limit` bytes with 413, by its announced length or as soon as it grows past it."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > self._limit:
            await self._refuse(send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._limit:  # a chunked body that never announced its length
                raise _TooLong
            return message

        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, counted, watched)
        except _TooLong:
            if started:
                raise
            await self._refuse(send)

    async def _refuse(self, send: Send) -> None:
        status, headers, body = problem(
            "body_too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, facts={"limit_bytes": self._limit}
        )
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})


class _TooLong(Exception):  # noqa: N818 - never leaves this module
    pass
