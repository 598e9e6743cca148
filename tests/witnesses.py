"""Witnesses on real ports, and servers that answer as they are told."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import uvicorn

from api.witness import create_witness_app
from application.clock import now
from application.log.cosignature import WitnessVerifier
from application.log.note import Verifier
from application.witness.home import WitnessHome
from application.witness.witness import AlreadyTrusted


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
def witness(folder: Path, name: str, *logs: Verifier, port: int = 0) -> Iterator[Served]:
    """A witness that trusts these logs, served until the block ends; on the same folder and port again it is the same one."""
    home = WitnessHome(folder)
    signer = home.make(name)
    opened = home.open(now)
    for log in logs:
        with suppress(AlreadyTrusted):
            opened.trust(log)
    config = uvicorn.Config(
        create_witness_app(opened), port=port, log_config=None, access_log=False, ws="none"
    )
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


def wait_until(true: Callable[[], object], seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.02)
