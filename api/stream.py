"""`GET /v1/stream`: server-sent events that carry one number, the newest position that the reading side has reached.

Whoever is told a position may read again, and finds every event up to it. Nothing else ever goes over the stream. One poller a
process asks the database, however many readers there are, and none when there are none.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Annotated, ClassVar, Final

import structlog
from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse

import projections
from api.composition import Engine
from api.engine import EngineOf
from domain.errors import Refused
from projections.following import reached

router = APIRouter(prefix="/v1", tags=["stream"])

HEARTBEAT_SECONDS: Final = 15.0
"""After so much silence a comment is sent, which tells both ends that the other lives."""
STREAM_SECONDS: Final = 900.0
"""A stream ends after this long; browsers come back by themselves, with the position they have seen."""

_log = structlog.get_logger(__name__)


class StreamFull(Refused):
    """This process has as many stream readers as it takes, `most`; poll, or come back later."""

    code: ClassVar[str] = "stream_full"


class Positions:
    """The newest position, asked for once for all readers. Lives on one event loop."""

    def __init__(self, newest: Callable[[], int], pause_seconds: float, most: int) -> None:
        self._newest = newest
        self._pause = pause_seconds
        self._most = most
        self._position = 0
        self._moved = asyncio.Event()
        self._readers = 0
        self._polling: asyncio.Task[None] | None = None

    def refuse_if_full(self) -> None:
        if self._readers >= self._most:
            raise StreamFull(most=self._most)

    async def events(self, seen: int) -> AsyncGenerator[str, None]:
        """The stream of one reader who has seen position `seen`: newer ones as they come, comments in between."""
        self._readers += 1
        if self._polling is None or self._polling.done():
            self._polling = asyncio.create_task(self._poll())
        ends = asyncio.get_running_loop().time() + STREAM_SECONDS
        try:
            yield "retry: 2000\n\n"
            while asyncio.get_running_loop().time() < ends:
                moved = self._moved
                if self._position > seen:
                    seen = self._position
                    yield f"id: {seen}\ndata: {seen}\n\n"
                try:
                    await asyncio.wait_for(moved.wait(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            self._readers -= 1

    async def _poll(self) -> None:
        while self._readers:
            try:
                position = await asyncio.to_thread(self._newest)
            except Exception as fault:  # noqa: BLE001 - readers keep their streams while the database is away
                _log.warning("stream_not_polled", fault=type(fault).__name__)
                position = self._position
            if position > self._position:
                self._position = position
                self._moved.set()
                self._moved = asyncio.Event()
            await asyncio.sleep(self._pause)


@router.get("/stream", response_class=StreamingResponse, summary="The newest position, as server-sent events")
async def stream(
    request: Request,
    engine: EngineOf,
    last_event_id: Annotated[str, Header(max_length=20, pattern="^[0-9]*$")] = "",
) -> StreamingResponse:
    positions = _positions_of(request, engine)
    positions.refuse_if_full()
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(
        positions.events(int(last_event_id or 0)), media_type="text/event-stream", headers=headers
    )


def _positions_of(request: Request, engine: Engine) -> Positions:
    """The process's own, made for its first reader; there is one event loop, so no two are made."""
    state = request.app.state
    if not hasattr(state, "positions"):

        def newest() -> int:
            with engine.datastore.get_connection() as connection:
                return reached(connection, projections.ALL)

        settings = engine.settings
        state.positions = Positions(newest, settings.stream_pause_seconds, settings.stream_readers)
    positions = state.positions
    assert isinstance(positions, Positions)
    return positions
