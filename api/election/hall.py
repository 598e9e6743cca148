"""A hall with kiosks: the HTTP server as one process, every kiosk as another, as on machines of their own."""

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

import httpx

from api.election import kiosk_process, server_process
from api.election.children import child
from api.election.messages import Queue, Report
from application.settings import Settings
from application.trust import trust_for

START_SECONDS = 60.0
_POLL_SECONDS = 0.05


class HallFailed(Exception):  # noqa: N818 - a statement of fact for whoever runs the election
    """A process of the hall ended before its work was done; its own words are on standard error."""


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """The HTTP server in a process of its own; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with child(server_process.run, listening) as (process, pipe):
            listening.close()  # so that the port is free when the server ends
            pipe.send(settings)
            _wait_until_ready(url, process)
            yield url


def vote(queues: Sequence[Queue], advance: Callable[[int], object]) -> tuple[list[Report], float]:
    """Let every kiosk enrol, then all serve their queues at once; their reports, and the seconds it took."""
    with ExitStack() as closing:
        pipes = [closing.enter_context(child(kiosk_process.run))[1] for _ in queues]
        for pipe, queue in zip(pipes, queues, strict=True):
            pipe.send(queue)
        for pipe in pipes:
            _receive(pipe)  # enrolled and ready
        began = time.monotonic()
        for pipe in pipes:
            pipe.send(None)
        reports = list(_reports(pipes, advance))
        return reports, time.monotonic() - began


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
    except (EOFError, ConnectionError):
        raise HallFailed("a kiosk process ended before its work was done") from None
    assert told is None or isinstance(told, (int, Report))
    return told


def _wait_until_ready(url: str, server: BaseProcess) -> None:
    give_up = time.monotonic() + START_SECONDS
    with httpx.Client(base_url=url, verify=trust_for(url), trust_env=False) as client:
        while time.monotonic() < give_up and server.exitcode is None:
            try:
                if client.get("/readyz").status_code == HTTPStatus.OK:
                    return
            except httpx.TransportError:
                time.sleep(_POLL_SECONDS)
    raise HallFailed("the HTTP server did not come up")
