"""A load generator in one process: N keep-alive connections, each sending its own requests one after another.

`run_load` starts it as `python -m benchmarks.load ADDRESS FILE PAUSE MARK`: FILE holds, per connection, its requests as they go
over the wire (msgpack, a list of lists of bytes); PAUSE are the seconds from an answer to the next request. Answers must announce
their length, as all that are measured here do; 304 has none.
"""

import asyncio
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from functools import partial
from pathlib import Path
from random import random
from typing import cast

import msgspec
import uvloop

from benchmarks import ROOT

RUN_SECONDS = 60

_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_STATUS = slice(9, 12)

Requests = list[list[bytes]]
"""Per connection, what it sends."""


class Load(msgspec.Struct, frozen=True):
    """What was answered. `marks`: how often the mark occurred in the bodies; latencies are of single requests.

    `per_second`: answers until a first connection had sent all it had. After that fewer are at work, and how long the last ones
    take says only how the kernel shared the connections out among the server's processes.
    """

    requests: int
    marks: int
    per_second: float
    statuses: dict[str, int]
    p50_ms: float
    p99_ms: float


def run_load(address: str, connections: Requests, mark: str = "", pause_seconds: float = 0) -> Load:
    """Send everything from a process of its own. With a pause, connections begin at moments spread over it."""
    with tempfile.NamedTemporaryFile(suffix=".load") as file:
        Path(file.name).write_bytes(msgspec.msgpack.encode(connections))
        command = [sys.executable, "-m", "benchmarks.load", address, file.name, str(pause_seconds), mark]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=RUN_SECONDS)
    return msgspec.json.decode(done.stdout, type=Load)


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """A request as it goes over the wire. `headers` by their names with underscores."""
    lines = [f"{method} {path} HTTP/1.1", "host: localhost", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + _HEAD_END + body


class _Answers:
    """All connections' answers."""

    def __init__(self, mark: bytes) -> None:
        self._mark = mark
        self._began = time.perf_counter()
        self._per_second = 0.0
        self.marks = 0
        self.statuses: Counter[str] = Counter()
        self.latencies: list[float] = []

    def add(self, answer: bytes, seconds: float) -> None:
        self.statuses[answer[_STATUS].decode()] += 1
        self.latencies.append(seconds)
        if self._mark:
            self.marks += answer.count(self._mark)

    def one_is_done(self) -> None:
        if not self._per_second:
            self._per_second = len(self.latencies) / (time.perf_counter() - self._began)

    def load(self) -> Load:
        ordered = sorted(self.latencies)
        p50, p99 = (ordered[len(ordered) * share // 100] * 1e3 for share in (50, 99))
        return Load(len(ordered), self.marks, self._per_second, dict(self.statuses), p50, p99)


class _Connection(asyncio.Protocol):
    """Sends the next request when the answer to the last one is whole."""

    def __init__(self, requests: list[bytes], answers: _Answers, pause_seconds: float) -> None:
        self._requests = iter(requests)
        self._answers = answers
        self._pause_seconds = pause_seconds
        self._received = b""
        self._began = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's are of classes of its own
        self._send_after(self._pause_seconds * random())

    def data_received(self, data: bytes) -> None:
        self._received += data
        head = self._received.find(_HEAD_END)
        if head < 0:
            return
        length = _LENGTH.search(self._received, 0, head)
        if len(self._received) >= head + len(_HEAD_END) + int(length[1] if length else 0):
            self._answers.add(self._received, time.perf_counter() - self._began)
            self._received = b""
            self._send_after(self._pause_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionResetError("the server hung up"))

    def _send_after(self, seconds: float) -> None:
        if seconds:
            asyncio.get_running_loop().call_later(seconds, self._send_next)
        else:
            self._send_next()

    def _send_next(self) -> None:
        following = next(self._requests, None)
        if following is None:
            self._answers.one_is_done()
            self.done.set_result(None)
            self._transport.close()
            return
        self._began = time.perf_counter()
        self._transport.write(following)


async def _run(host: str, port: int, connections: Requests, pause_seconds: float, mark: bytes) -> Load:
    loop, answers = asyncio.get_running_loop(), _Answers(mark)
    opened = await asyncio.gather(
        *(
            loop.create_connection(partial(_Connection, requests, answers, pause_seconds), host, port)
            for requests in connections
        )
    )
    await asyncio.gather(*(connection.done for _, connection in opened))
    return answers.load()


def main() -> None:
    address, file, pause, mark = sys.argv[1:]
    host, _, port = address.removeprefix("http://").partition(":")
    connections = msgspec.msgpack.decode(Path(file).read_bytes(), type=Requests)
    told = uvloop.run(_run(host, int(port), connections, float(pause), mark.encode()))
    sys.stdout.buffer.write(msgspec.json.encode(told))


if __name__ == "__main__":
    main()
