"""Group commit: whatever waits while one transaction runs becomes the next one. Bounded in every direction.

One transaction at a time per process, in a thread of its own, while the event loop opens the next deliveries. When the
database fails, a batch is tried again for a bounded time, because trying again counts nothing twice; then it is refused
with `storage_unavailable` and the kiosks keep their deliveries.
"""

import asyncio
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import ClassVar

import structlog
from eventsourcing.persistence import PersistenceError
from psycopg_pool import PoolTimeout

from application.ballot_box import Answer, BallotBox
from application.delivery import Delivery
from application.settings import Settings
from domain.errors import Refused

_log = structlog.get_logger(__name__)


class BoxFull(Refused):
    """More deliveries wait than the box takes; the kiosk sends again after `retry_after_seconds`."""

    code: ClassVar[str] = "box_full"


class StorageAway(Refused):
    """The database does not answer. Nothing that was acknowledged is lost; what was not, is sent again."""

    code: ClassVar[str] = "storage_unavailable"


_Waiting = tuple[Delivery, "asyncio.Future[Answer]"]


class GroupCommit:
    """Used from one event loop, between `start` and `stop`."""

    def __init__(self, box: BallotBox, settings: Settings) -> None:
        self._box = box
        self._settings = settings
        self._waiting: deque[_Waiting] = deque()
        self._arrived = asyncio.Event()
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ballot-box")
        self._running: asyncio.Task[None] | None = None
        self._all_back = asyncio.Event()
        self._expected = 0
        self._stopping = False

    def start(self) -> None:
        self._running = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Finish the batch under way; whoever still waits is told to send again."""
        self._stopping = True
        self._arrived.set()
        self._all_back.set()
        if self._running is not None:
            await self._running
        for _, answer in self._waiting:
            _refuse(answer)
        self._writer.shutdown()

    async def submit(self, delivery: Delivery) -> Answer:
        """The delivery's answer once it is durable, or the refusal of the delivery as a whole."""
        if self._stopping:
            raise StorageAway
        if len(self._waiting) >= self._settings.waiting_deliveries:
            raise BoxFull(retry_after_seconds=1)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((delivery, answer))
        self._arrived.set()
        if len(self._waiting) >= self._expected:
            self._all_back.set()
        give_up = loop.call_later(self._settings.answer_seconds, _refuse, answer)
        try:
            return await answer
        finally:
            give_up.cancel()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._arrived.wait()
            await self._gather()
            if (
                self._stopping
            ):  # asked after the last moment in which it may have changed: nobody would wake this loop again
                return
            batch = self._next_batch()
            deliveries = [delivery for delivery, _ in batch]
            try:
                results = await loop.run_in_executor(self._writer, self._cast, deliveries)
            except Exception:  # noqa: BLE001 - if this loop ended, nobody would ever be answered again
                results = [StorageAway()] * len(batch)
            self._expected = len(batch) + len(self._waiting)
            for (_, answer), result in zip(batch, results, strict=True):
                if answer.done():  # the kiosk hung up
                    continue
                if isinstance(result, Refused):
                    answer.set_exception(result)
                else:
                    answer.set_result(result)

    async def _gather(self) -> None:
        """Under load, wait until all are back who were here when the last batch ended, or no more come.

        What a transaction costs is then shared by twice as many as without, when one half is opened while the other is stored.
        """
        give_up = time.monotonic() + self._settings.gather_seconds
        seen = 0
        while self._expected > 1 and time.monotonic() < give_up:
            waiting = len(self._waiting)
            ballots = sum(len(delivery.ballots) for delivery, _ in self._waiting)
            if not seen < waiting < self._expected or ballots >= self._settings.gather_ballots:
                return
            seen = waiting
            self._all_back.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._all_back.wait(), self._settings.gather_pause_seconds)

    def _next_batch(self) -> list[_Waiting]:
        batch = [self._waiting.popleft()]
        ballots = len(batch[0][0].ballots)
        while self._waiting:
            ballots += len(self._waiting[0][0].ballots)
            if ballots > self._settings.batch_ballots:
                break
            batch.append(self._waiting.popleft())
        if not self._waiting:
            self._arrived.clear()
        return batch

    def _cast(self, deliveries: list[Delivery]) -> list[Answer | Refused]:
        give_up = time.monotonic() + self._settings.batch_retry_seconds
        while True:
            try:
                return self._box.cast(deliveries)
            except (PersistenceError, PoolTimeout) as fault:
                _log.warning("batch_failed", deliveries=len(deliveries), fault=type(fault).__name__)
                if time.monotonic() >= give_up:
                    return [StorageAway()] * len(deliveries)
                time.sleep(self._settings.batch_pause_seconds)
            except Exception:  # noqa: BLE001 - whatever one delivery trips must not refuse its neighbours
                _log.exception("batch_broke", deliveries=len(deliveries))
                if len(deliveries) == 1:
                    return [StorageAway()]
                return [result for delivery in deliveries for result in self._cast([delivery])]


def _refuse(answer: "asyncio.Future[Answer]") -> None:
    if not answer.done():
        answer.set_exception(StorageAway())
