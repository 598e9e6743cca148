"""Witnesses and logs for tests: witnesses on real ports, logs in memory that may lie, servers that answer as they are told."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import uvicorn

from api.witness import create_witness_app
from application.clock import now
from application.log import merkle
from application.log.cosignature import WitnessVerifier
from application.log.note import LogSigner, Verifier, sign_checkpoint
from application.log.tiles import TilePath
from application.witness.home import WitnessHome
from application.witness.request import AddCheckpoint

LOG_SIGNER = LogSigner("log.example.kz/dauys", bytes(range(32)))


@dataclass
class MemoryLog:
    """A log of the leaves it is given; several of them may sign with one key."""

    leaves: list[bytes] = field(default_factory=list)
    signer: LogSigner = LOG_SIGNER

    def grow(self, number: int, history: str = "") -> "MemoryLog":
        """Append entries; those of another `history` differ."""
        first = len(self.leaves)
        self.leaves += [merkle.leaf_hash(f"{history}{first + n}".encode()) for n in range(number)]
        return self

    def copy(self) -> "MemoryLog":
        return MemoryLog([*self.leaves], self.signer)

    def subtree(self, level: int, index: int) -> bytes:
        return merkle.perfect_root(self.leaves[index << level : (index + 1) << level])

    def note(self, size: int | None = None) -> str:
        """The signed checkpoint of this size; of all leaves without one."""
        size = len(self.leaves) if size is None else size
        return sign_checkpoint(size, merkle.root_of(size, self.subtree), self.signer)

    def request(self, old_size: int, size: int) -> AddCheckpoint:
        """What an honest log sends a witness."""
        path = merkle.consistency_path(old_size, size, self.subtree) if old_size else ()
        return AddCheckpoint(old_size, tuple(path), self.note(size))

    def tile(self, tile: TilePath) -> bytes:
        assert tile.level is not None
        first = tile.index * 256
        return b"".join(self.subtree(8 * tile.level, first + n) for n in range(tile.width))


@dataclass(frozen=True)
class Served:
    """A witness on a port of its own."""

    url: str
    verifier: WitnessVerifier
    home: WitnessHome

    def line(self, name: str) -> str:
        """Its line in a policy."""
        return f"witness {name} {self.verifier} {self.url}\n"


@contextmanager
def witness(folder: Path, name: str, *logs: Verifier) -> Iterator[Served]:
    """A witness that trusts these logs, served until the block ends."""
    home = WitnessHome(folder)
    signer = home.make(name)
    opened = home.open(now)
    for log in logs:
        opened.trust(log)
    config = uvicorn.Config(create_witness_app(opened), port=0, log_config=None, access_log=False, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Served(f"http://127.0.0.1:{port}", signer.verifier, home)
    finally:
        server.should_exit = True
        thread.join()


Answering = Callable[[BaseHTTPRequestHandler, bytes], None]
"""Gets the request and its body, and writes whatever it wants to."""


@contextmanager
def answering(answer: Answering) -> Iterator[str]:
    """The address of a server that answers every request so."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self, b"")

        def do_POST(self) -> None:
            answer(self, self.rfile.read(int(self.headers["content-length"])))

        def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - the library's name
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def say(request: BaseHTTPRequestHandler, status: int, body: bytes, content_type: str = "text/plain") -> None:
    request.send_response(status)
    request.send_header("content-type", content_type)
    request.send_header("content-length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


def wait_until(true: Callable[[], object], seconds: float = 20) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.02)
