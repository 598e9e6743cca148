"""`POST /kiosk/deliveries`: a delivery that was sealed where it waited. Opened, it goes the way of `POST /v1/deliveries`, with its
answers and refusals: a kiosk in a browser and any other speak one protocol, docs/kiosks.md.
"""

from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.types import Message, Receive, Scope, Send

from api.deliveries import DeliveryRoute, WrongContentType
from api.engine import EngineOf
from api.whole_deliveries import CONTENT_TYPE

router = APIRouter(include_in_schema=False)

SEALED_TYPE: Final = "application/octet-stream"


class _Delivered(Response):
    """Answers with what the deliveries' own route says to the opened bytes."""

    def __init__(self, route: DeliveryRoute, opened: bytes) -> None:
        super().__init__()
        self._route = route
        self._opened = opened

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        unread: list[Message] = [{"type": "http.request", "body": self._opened, "more_body": False}]

        async def receive_opened() -> Message:
            return unread.pop() if unread else await receive()

        kept = [
            header for header in scope["headers"] if header[0] not in (b"content-type", b"content-length")
        ]
        inner = {**scope, "headers": [*kept, (b"content-type", CONTENT_TYPE)]}
        await self._route(inner, receive_opened, send)


@router.post("/kiosk/deliveries")
async def deliver(request: Request, engine: EngineOf) -> Response:
    """Not a thread's work: opening takes a tenth of a millisecond, and the route behind it waits as the server's loop does."""
    if request.headers.get("content-type", "").lower() != SEALED_TYPE:
        raise WrongContentType(expected=SEALED_TYPE)
    return _Delivered(request.app.state.deliveries, engine.sealing.open(await request.body()))
