"""The agent's way to the server: what the spool holds goes out in order, again and again with the same bytes, until it is answered.

One delivery is under way at a time, as the protocol asks (docs/kiosks.md). What may pass is tried again after a growing, jittered
pause, without end, and so is what the disk would not take; any other answer is the page's to deal with.
"""

import asyncio
import secrets
from typing import Final

import httpx
import structlog

from application.kiosk.agent_spool import AgentDisk, AgentSpool, Answered
from application.kiosk.server import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    FIRST_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    PASSING,
    is_local,
)
from application.trust import trust_for

DELIVERIES: Final = "/kiosk/deliveries"
SEALED_TYPE: Final = "application/octet-stream"

_HEADERS: Final = {"content-type": SEALED_TYPE, "sec-fetch-site": "none"}
"""No page of another site sends this: the agent has looked."""

_log = structlog.get_logger(__name__)


def client_of(url: str) -> httpx.AsyncClient:
    """Of the server at `url`; UnsafeAddress for one that ballots must not be sent to."""
    return httpx.AsyncClient(
        base_url=url,
        verify=trust_for(url),
        timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
        trust_env=not is_local(url),
        follow_redirects=False,
    )


class Forwarder:
    """`run` it as a task; `wake` it when something was kept."""

    def __init__(self, spool: AgentSpool, client: httpx.AsyncClient) -> None:
        self._spool = spool
        self._client = client
        self._kept = asyncio.Event()
        self._settled = asyncio.Condition()

    def wake(self) -> None:
        self._kept.set()

    async def run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            self._kept.clear()
            try:
                delivery = await asyncio.to_thread(self._spool.next)
                if delivery is None:
                    await self._kept.wait()
                    continue
                settled = await self._settle(*delivery)
            except AgentDisk as fault:
                _log.warning("disk_refuses", why=str(fault))
                settled = False  # even if the server has answered: the same bytes again get the same answer
            if settled:
                pause = FIRST_PAUSE_SECONDS
                async with self._settled:
                    self._settled.notify_all()
            else:
                await asyncio.sleep(pause * secrets.SystemRandom().uniform(0.5, 1.0))
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def answer(self, digest: bytes, seconds: float) -> Answered | None:
        """The server's answer to a kept delivery; None when there is none within so many seconds."""
        try:
            async with asyncio.timeout(seconds), self._settled:
                while (found := await asyncio.to_thread(self._spool.answer, digest)) is None:
                    await self._settled.wait()
        except TimeoutError:
            return None
        return found

    async def _settle(self, digest: bytes, body: bytes) -> bool:
        """Whether the server has answered, and its answer is kept."""
        answered = await self._ask(body)
        if answered is None:
            return False
        await asyncio.to_thread(self._spool.settle, digest, answered)
        return True

    async def _ask(self, body: bytes) -> Answered | None:
        try:
            response = await self._client.post(DELIVERIES, content=body, headers=_HEADERS)
        except httpx.TransportError as fault:
            _log.info("server_silent", why=type(fault).__name__)
            return None
        if response.status_code in PASSING:
            _log.info("server_silent", why=f"HTTP {response.status_code}")
            return None
        return Answered(response.status_code, response.content)
