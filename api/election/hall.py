"""A hall with kiosks: the HTTP server as one process, every kiosk as another, spawned as on machines of their own.

Secrets go to a kiosk process through its pipe, never through arguments or the environment. Children write nothing to standard
output, and all end with their parent.
"""

import multiprocessing
import os
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from secrets import token_bytes
from uuid import UUID

import httpx
import uvicorn

from api.main import create_app
from application.ballot_box import Recorded
from application.codes import credential_key
from application.delivery import SALT_BYTES
from application.kiosk.client import Kiosk
from application.kiosk.identity import enrol, read_identity
from application.kiosk.signing import Ballot, sign_ballot
from application.settings import Settings
from domain.ballot_form import Choices

START_SECONDS = 60.0
STOP_SECONDS = 30.0
SAMPLED_RECEIPTS = 100
"""Kept for the check after closing, of one kiosk."""

_spawn = multiprocessing.get_context("spawn")


class HallFailed(Exception):  # noqa: N818 - a statement of fact for whoever runs the election
    """A process of the hall ended before its work was done; its own words are on standard error."""


@dataclass(frozen=True, slots=True, repr=False)
class Task:
    """A voter at a kiosk: the code of their slip, and what they choose."""

    code: str
    choices: Choices


@dataclass(frozen=True, slots=True, repr=False)
class Kept:
    """A voter's ballot and the receipt for it, in a sample that is checked against the log after closing."""

    ballot: Ballot
    position: int
    receipt: str


@dataclass(slots=True, repr=False)
class Report:
    """What one kiosk did."""

    kiosk_id: UUID
    log_key: str
    recorded: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    kept: list[Kept] = field(default_factory=list)


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """The HTTP server in a process of its own; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = _spawn.Process(target=_serve, args=(settings, listening), daemon=True)
        server.start()
    try:
        _wait_until_ready(url, server)
        yield url
    finally:
        server.terminate()
        server.join(STOP_SECONDS)
        server.kill()


def vote(
    url: str,
    round_id: UUID,
    invitations: Sequence[tuple[Path, str]],
    queues: Sequence[Sequence[Task]],
    per_delivery: int,
    advance: Callable[[int], object],
) -> tuple[list[Report], float]:
    """Let every kiosk enrol with its (folder, code), then all serve their queues at once; reports, and the seconds it took."""
    kiosks = [
        _start(url, folder, code, round_id, tasks, per_delivery)
        for (folder, code), tasks in zip(invitations, queues, strict=True)
    ]
    try:
        for _, pipe in kiosks:
            _receive(pipe)  # enrolled and ready
        began = time.monotonic()
        for _, pipe in kiosks:
            pipe.send(None)
        reports = list(_reports([pipe for _, pipe in kiosks], advance))
        return reports, time.monotonic() - began
    finally:
        for process, pipe in kiosks:
            pipe.close()
            process.terminate()
            process.join(STOP_SECONDS)


def _start(
    url: str, folder: Path, code: str, round_id: UUID, tasks: Sequence[Task], per_delivery: int
) -> tuple[SpawnProcess, Connection]:
    ours, theirs = _spawn.Pipe()
    process = _spawn.Process(target=_work, args=(theirs, url, folder, round_id, per_delivery), daemon=True)
    process.start()
    theirs.close()
    ours.send((code, tasks))
    return process, ours


def _reports(pipes: list[Connection], advance: Callable[[int], object]) -> Iterator[Report]:
    while pipes:
        for ready in wait(pipes):
            assert isinstance(ready, Connection)
            told = _receive(ready)
            if isinstance(told, Report):
                pipes.remove(ready)
                yield told
            elif told is not None:
                advance(told)


def _receive(pipe: Connection) -> int | Report | None:
    try:
        told = pipe.recv()
    except EOFError:
        raise HallFailed("a kiosk process ended before its work was done") from None
    assert told is None or isinstance(told, (int, Report))
    return told


def _work(pipe: Connection, url: str, folder: Path, round_id: UUID, per_delivery: int) -> None:
    """A kiosk's life, in its own process."""
    _be_a_quiet_child()
    code, tasks = pipe.recv()
    enrol(folder, url, code)
    report = Report(read_identity(folder).kiosk_id, read_identity(folder).log_key)
    with Kiosk(folder) as kiosk:
        pipe.send(None)
        pipe.recv()
        for start in range(0, len(tasks), per_delivery):
            ballots = [
                sign_ballot(
                    credential_key(task.code, round_id), round_id, task.choices, token_bytes(SALT_BYTES)
                )
                for task in tasks[start : start + per_delivery]
            ]
            _deliver(kiosk, ballots, report)
            pipe.send(len(ballots))
    pipe.send(report)


def _deliver(kiosk: Kiosk, ballots: list[Ballot], report: Report) -> None:
    for ballot, told in zip(ballots, kiosk.deliver(ballots), strict=True):
        if not isinstance(told, Recorded):
            report.refused[told.code] += 1
            continue
        report.recorded += 1
        if ballot is ballots[0] and len(report.kept) < SAMPLED_RECEIPTS:
            report.kept.append(Kept(ballot, told.position, told.receipt))


def _serve(settings: Settings, listening: socket.socket) -> None:
    _be_a_quiet_child()
    config = uvicorn.Config(create_app(settings), log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[listening])


def _be_a_quiet_child() -> None:
    """Standard output belongs to the parent's result; Ctrl-C is the parent's to answer."""
    sys.stdout.flush()
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _wait_until_ready(url: str, server: SpawnProcess) -> None:
    give_up = time.monotonic() + START_SECONDS
    with httpx.Client(base_url=url, trust_env=False) as client:
        while time.monotonic() < give_up and server.is_alive():
            try:
                if client.get("/readyz").status_code == HTTPStatus.OK:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
    raise HallFailed("the HTTP server did not come up")
