"""What is held back of an answer, so that it leaves in one piece, is held for no longer than that takes."""

import asyncio
import socket
import threading
from collections.abc import Iterator

import pytest
from starlette.types import Receive, Scope, Send

from api.connections import Connection
from tests.listening import listening

GET = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"
PATIENCE_SECONDS = 20


class Answering:
    """Sends a head, and its body when it may."""

    def __init__(self) -> None:
        self.may = threading.Event()

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
        await asyncio.to_thread(self.may.wait)
        await send({"type": "http.response.body", "body": b"body"})


@pytest.fixture
def answering() -> Answering:
    return Answering()


@pytest.fixture
def client(answering: Answering) -> Iterator[socket.socket]:
    with (
        listening(answering, http=Connection, loop="uvloop", lifespan="off") as port,
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection,
    ):
        yield connection
        answering.may.set()


def test_a_head_does_not_wait_for_a_body_that_takes_its_time(
    client: socket.socket, answering: Answering
) -> None:
    client.sendall(GET)
    assert client.recv(65_536).endswith(b"\r\n\r\n")
    answering.may.set()
    assert client.recv(65_536) == b"body"


def test_what_is_said_before_hanging_up_is_heard(client: socket.socket) -> None:
    client.sendall(b"no HTTP at all\r\n\r\n")
    heard = b""
    while chunk := client.recv(65_536):
        heard += chunk
    assert heard.startswith(b"HTTP/1.1 400 ")
    assert heard.endswith(b"Invalid HTTP request received.")
