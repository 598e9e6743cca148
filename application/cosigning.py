"""The log's side of c2sp.org/tlog-witness: shows witnesses the newest checkpoint and keeps what they say of it.

- In rounds: all witnesses are shown one and the same checkpoint, else a quorum would never meet on any. What was signed while a
  round ran is not shown; the next round's checkpoint covers it.
- Witnesses are strangers: their answers are bounded in time and bytes and count only by valid signatures. Nothing waits for them.
- Any number of processes may do this at once: a witness refuses the later of two requests, and nothing is stored twice.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Final, Self

import httpx
import structlog

from application.fetching import Answer, Limits, NotAnswered, fetch, new_client
from application.log.cosignature import Cosignature, cosignatures_of
from application.log.cosigned import MOST_COSIGNATURES, CosignedCheckpoints
from application.log.note import NoteInvalid
from application.log.policy import MAX_POLICY_BYTES, Policy, PolicyInvalid, Witness, parse_policy
from application.log.reader import LogEmpty, LogReader, SignedCheckpoint
from application.settings import Settings
from application.witness.request import format_request, parse_size

CLOCK_SECONDS: Final = 300
"""A cosignature from further ahead of our clock is not kept."""

_STOP_SECONDS: Final = 0.2
_SIZE_TYPE: Final = "text/x.tlog.size"

_log = structlog.get_logger(__name__)


class NotCosigned(Exception):  # noqa: N818 - a statement of fact
    """A witness gave no cosignature; the message says why, and repeats nothing of its answer."""


def read_policy(path: Path, origin: str) -> Policy:
    """The deployment's policy; PolicyInvalid unless it lists the log of this origin, and witnesses that can be asked."""
    with path.open("rb") as file:
        data = file.read(MAX_POLICY_BYTES + 1)
    try:
        policy = parse_policy(data)
    except PolicyInvalid as wrong:
        raise PolicyInvalid(f"{path}: {wrong}") from None
    if origin not in {log.name for log in policy.logs}:
        raise PolicyInvalid("the policy has no log line for this log; dauys status shows its key")
    if len(policy.witnesses) > MOST_COSIGNATURES:
        raise PolicyInvalid(f"one checkpoint has room for {MOST_COSIGNATURES} witnesses")
    if any(
        witness.url and not witness.url.startswith(("https://", "http://")) for witness in policy.witnesses
    ):
        raise PolicyInvalid("a witness's address begins with https:// or http://")
    return policy


@dataclass(slots=True)
class _Asked:
    """What we know of one witness. `size`: of the largest checkpoint it has cosigned, as far as we know."""

    witness: Witness
    client: httpx.AsyncClient
    size: int
    pause_seconds: float = 0.0
    not_before: float = 0.0
    told: str = field(default="")


class Cosigning:
    """One per process, in one thread. A context, because it keeps connections to the witnesses open."""

    def __init__(
        self,
        log: LogReader,
        cosigned: CosignedCheckpoints,
        policy: Policy,
        settings: Settings,
        now: Callable[[], datetime],
    ) -> None:
        self._reader = log
        self._cosigned = cosigned
        self._policy = policy
        self._settings = settings
        self._now = now
        self._limits = Limits(settings.witness_answer_seconds, settings.witness_answer_bytes)
        self._runner = asyncio.Runner()
        self._asked: list[_Asked] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.run(self._close())
        self._runner.close()

    def round(self, stop: Event) -> int:
        """Show the newest checkpoint to every witness that has not cosigned it; how many do now. Ends early when told to stop."""
        try:
            checkpoint = self._reader.checkpoint()
        except LogEmpty:
            return 0
        if not self._asked:
            self._asked = [
                _Asked(witness, new_client(witness.url), self._cosigned.last_size(witness.verifier))
                for witness in self._policy.witnesses
                if witness.url
            ]
        moment = time.monotonic()
        due = [each for each in self._asked if each.size != checkpoint.size and each.not_before <= moment]
        given = self._runner.run(self._ask_all(due, checkpoint, stop))
        self._cosigned.keep(checkpoint.size, given)
        return len(given)

    async def _ask_all(
        self, due: list[_Asked], checkpoint: SignedCheckpoint, stop: Event
    ) -> list[Cosignature]:
        asking = [asyncio.create_task(self._ask(each, checkpoint)) for each in due]
        waiting = set(asking)
        while waiting and not stop.is_set():
            _, waiting = await asyncio.wait(waiting, timeout=_STOP_SECONDS)
        for task in waiting:
            task.cancel()
        answered = await asyncio.gather(*asking, return_exceptions=True)
        for answer in answered:
            if isinstance(answer, Exception):
                raise answer
        return [cosignature for given in answered if isinstance(given, list) for cosignature in given]

    async def _ask(self, asked: _Asked, checkpoint: SignedCheckpoint) -> list[Cosignature]:
        """The witness's cosignatures; none when it failed, which is said once and puts it off for a growing while."""
        try:
            given = await self._cosignatures(asked, checkpoint)
        except NotCosigned as why:
            longest = self._settings.witness_longest_pause_seconds
            asked.pause_seconds = min(
                max(asked.pause_seconds * 2, self._settings.witness_pause_seconds), longest
            )
            asked.not_before = time.monotonic() + asked.pause_seconds
            if asked.told != str(why):
                asked.told = str(why)
                _log.warning("not_cosigned", witness=asked.witness.verifier.name, why=str(why))
            return []
        if asked.told:
            _log.info("cosigned_again", witness=asked.witness.verifier.name)
        asked.pause_seconds, asked.told, asked.size = 0.0, "", checkpoint.size
        return given

    async def _cosignatures(self, asked: _Asked, checkpoint: SignedCheckpoint) -> list[Cosignature]:
        answer = await self._show(asked, checkpoint)
        if answer.status == HTTPStatus.CONFLICT:
            asked.size = _size_known(answer, asked.size, checkpoint.size)
            answer = await self._show(asked, checkpoint)
        if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            raise NotCosigned("it holds a history that ours does not extend")
        if answer.status != HTTPStatus.OK:
            raise NotCosigned(f"HTTP {answer.status}")
        try:
            cosignatures = cosignatures_of(checkpoint.note + answer.body.decode(), [asked.witness.verifier])
        except (UnicodeDecodeError, NoteInvalid):
            raise NotCosigned("its answer is not a cosignature on this checkpoint") from None
        if not cosignatures:
            raise NotCosigned("its answer is not signed by the key in the policy")
        latest = self._now().timestamp() + CLOCK_SECONDS
        if not all(0 < cosignature.timestamp <= latest for cosignature in cosignatures):
            raise NotCosigned("its clock is wrong")
        return cosignatures

    async def _show(self, asked: _Asked, checkpoint: SignedCheckpoint) -> Answer:
        path = []
        if asked.size:
            path = await asyncio.to_thread(self._reader.consistency_path, asked.size, checkpoint.size)
        body = format_request(asked.size, path, checkpoint.note)
        try:
            return await fetch(asked.client, f"{asked.witness.url}/add-checkpoint", self._limits, body)
        except NotAnswered as why:
            raise NotCosigned(str(why)) from None

    async def _close(self) -> None:
        for asked in self._asked:
            await asked.client.aclose()


def _size_known(answer: Answer, shown: int, newest: int) -> int:
    """The size that the witness has cosigned last, out of a 409. Whatever else it may mean is for the operator to look into."""
    size = parse_size(answer.body) if answer.content_type == _SIZE_TYPE else None
    if size is None:
        raise NotCosigned("HTTP 409 without a size")
    if size > newest:
        raise NotCosigned("it has seen a larger log than ours: was the database restored from a copy?")
    if size == shown:
        raise NotCosigned("it has seen another root of this size")
    return size
