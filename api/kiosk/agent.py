"""The agent beside a production kiosk: the server's own pages at a loopback address, and a spool that a browser can't lose.

The page works as it does at the server: same addresses, same headers, same answers. What it delivers is on disk here before it is
sent on; what else it asks for is passed through. Only this machine gets in, and only what a kiosk needs gets out.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from typing import Final

import httpx
import structlog
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from api.asgi import BodyTooLarge, read_body
from application.kiosk.agent_spool import AgentDisk, AgentSpool
from application.kiosk.faults import KioskFault
from application.kiosk.forwarding import DELIVERIES, SEALED_TYPE, Forwarder, client_of

HEALTH: Final = "/agent"
DELIVERY_BYTES: Final = 128 * 1024
OTHER_BYTES: Final = 8 * 1024
ANSWER_SECONDS: Final = 20.0
"""Shorter than the page waits; then it is told to ask again, and the bytes stay here."""

_HOSTS: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
_READ: Final = ("/kiosk", "/static/", "/v1/rounds", "/v1/stream", "/log/")
_SENT: Final = frozenset({"/v1/kiosks", "/v1/kiosks/reports"})
_ASKED_WITH: Final = ("accept", "accept-encoding", "accept-language", "content-type", "if-none-match")
_NOT_ANSWERED_WITH: Final = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "strict-transport-security"}
)
_AGAIN: Final = {"retry-after": "1", "cache-control": "no-store"}

_log = structlog.get_logger(__name__)


def create_agent(url: str, spool: AgentSpool) -> Starlette:
    """For the server at `url`."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with client_of(url) as client:
            app.state.spool, app.state.client = spool, client
            app.state.forwarder = Forwarder(spool, client)
            task = asyncio.create_task(app.state.forwarder.run())
            try:
                yield
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route(DELIVERIES, _deliver, methods=["POST"]),
            Route(HEALTH, _health),
            Route("/{path:path}", _pass_on, methods=["GET", "POST"]),
        ],
        exception_handlers={KioskFault: _not_now},
    )


async def _deliver(request: Request) -> Response:
    if not _is_ours(request) or request.headers.get("content-type", "").lower() != SEALED_TYPE:
        return Response(status_code=HTTPStatus.FORBIDDEN)
    body = await _body(request, DELIVERY_BYTES)
    if isinstance(body, Response):
        return body
    spool: AgentSpool = request.app.state.spool
    forwarder: Forwarder = request.app.state.forwarder
    digest = await asyncio.to_thread(spool.keep, body)
    forwarder.wake()
    answered = await forwarder.answer(digest, ANSWER_SECONDS)
    if answered is None:
        return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE, headers=_AGAIN)
    return Response(
        answered.body,
        answered.status,
        {"cache-control": "no-store", "content-type": "application/json"},
        background=BackgroundTask(_forget, spool, digest),
    )


def _forget(spool: AgentSpool, digest: bytes) -> None:
    with suppress(AgentDisk):  # then it is forgotten when the spool is opened next
        spool.forget(digest)


async def _health(request: Request) -> Response:
    """For whoever looks after the machine."""
    if not _is_ours(request):
        return Response(status_code=HTTPStatus.FORBIDDEN)
    waiting = await asyncio.to_thread(request.app.state.spool.waiting)
    return JSONResponse({"waiting": waiting}, headers={"cache-control": "no-store"})


async def _pass_on(request: Request) -> Response:
    path = request.url.path
    wanted = path.startswith(_READ) if request.method in ("GET", "HEAD") else path in _SENT
    if not wanted or ".." in path:
        return Response(status_code=HTTPStatus.NOT_FOUND)
    if not _is_ours(request):
        return Response(status_code=HTTPStatus.FORBIDDEN)
    body = await _body(request, OTHER_BYTES)
    if isinstance(body, Response):
        return body
    client: httpx.AsyncClient = request.app.state.client
    headers = {name: request.headers[name] for name in _ASKED_WITH if name in request.headers}
    asked = client.build_request(
        request.method, path, params=request.url.query.encode(), content=body or None, headers=headers
    )
    try:
        response = await client.send(asked, stream=True)
    except httpx.TransportError:
        return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE, headers=_AGAIN)
    kept = {name: value for name, value in response.headers.items() if name not in _NOT_ANSWERED_WITH}
    return StreamingResponse(
        response.aiter_raw(), response.status_code, kept, background=BackgroundTask(response.aclose)
    )


async def _not_now(_: Request, fault: Exception) -> Response:
    """Nothing was taken in: the page has the vote still, says so to the voter, and asks again."""
    _log.warning("not_taken_in", why=str(fault))
    return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE, headers=_AGAIN)


def _is_ours(request: Request) -> bool:
    """A page that this agent served, on this machine: no other site's, under whatever name it resolved us."""
    host = request.headers.get("host", "").rpartition(":")[0] or request.headers.get("host", "")
    return host in _HOSTS and request.headers.get("sec-fetch-site", "none") in ("same-origin", "none")


async def _body(request: Request, most: int) -> bytes | Response:
    try:
        return await read_body(request.scope, request.receive, most)
    except BodyTooLarge:
        return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except ClientDisconnect:
        return Response(status_code=HTTPStatus.BAD_REQUEST)
