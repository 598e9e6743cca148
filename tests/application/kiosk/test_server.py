"""Asking until there is an answer: what is tried again, with which bytes, and what stops the kiosk."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import ClassVar

import pytest

from application.kiosk import server as module
from application.kiosk.server import KioskStopped, NotReached, Server, UnsafeAddress

Reply = tuple[int, dict[str, str], bytes] | None
"""None: the connection breaks off."""

GOOD: Reply = (200, {}, b"answer")


class Script(BaseHTTPRequestHandler):
    """Answers with the next reply of a script, and remembers what was asked."""

    replies: ClassVar[list[Reply]]
    asked: ClassVar[list[bytes]]

    def do_POST(self) -> None:
        self.asked.append(self.rfile.read(int(self.headers["content-length"])))
        reply = self.replies.pop(0)
        if reply is None:
            self.connection.close()
            return
        status, headers, body = reply
        self.send_response(status)
        for name, value in {**headers, "content-length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def answering(*replies: Reply, patience_seconds: float = 10) -> Iterator[tuple[Server, list[bytes]]]:
    Script.replies, Script.asked = list(replies), []
    with HTTPServer(("127.0.0.1", 0), Script) as http:
        thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            url = f"http://127.0.0.1:{http.server_port}"
            with Server(url, patience_seconds=patience_seconds) as server:
                yield server, Script.asked
        finally:
            http.shutdown()
            thread.join()


@pytest.mark.parametrize("passing", [None, *((status, {}, b"") for status in (408, 429, 500, 502, 503, 504))])
def test_what_may_pass_is_asked_again_with_the_same_bytes(passing: Reply) -> None:
    with answering(passing, passing, GOOD) as (server, asked):
        assert server.deliver(b"delivery") == b"answer"
        assert asked == [b"delivery"] * 3


def test_a_server_that_names_a_pause_is_given_it() -> None:
    with answering((503, {"retry-after": "1"}, b""), GOOD) as (server, _):
        began = time.monotonic()
        server.deliver(b"delivery")
        assert time.monotonic() - began >= 0.5


def test_patience_ends_and_says_what_was_last_heard() -> None:
    with (
        answering(*[(503, {}, b"")] * 50, patience_seconds=0.3) as (server, asked),
        pytest.raises(NotReached, match="HTTP 503"),
    ):
        server.deliver(b"delivery")
    assert 2 <= len(asked) <= 5


def test_nobody_there_is_not_reached() -> None:
    with (
        Server("http://127.0.0.1:9", patience_seconds=0.2) as server,
        pytest.raises(NotReached, match="ConnectError"),
    ):
        server.deliver(b"delivery")


@pytest.mark.parametrize("status", [400, 403, 409, 413, 415, 422])
def test_a_refusal_stops_at_once_with_its_code(status: int) -> None:
    problem = json.dumps({"code": "sequence_broken", "title": "Sequence broken"}).encode()
    with answering((status, {}, problem)) as (server, asked), pytest.raises(KioskStopped) as stopped:
        server.deliver(b"delivery")
    assert stopped.value.code == "sequence_broken"
    assert "Sequence broken" in str(stopped.value)
    assert len(asked) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"code":1}', b"\xff"])
def test_a_refusal_nobody_understands_stops_too(body: bytes) -> None:
    with answering((400, {}, body)) as (server, _), pytest.raises(KioskStopped) as stopped:
        server.deliver(b"delivery")
    assert stopped.value.code == "not_understood"


def test_a_redirect_is_not_followed() -> None:
    with (
        answering((307, {"location": "http://127.0.0.1:9/"}, b"")) as (server, _),
        pytest.raises(KioskStopped),
    ):
        server.deliver(b"delivery")


def test_a_title_cannot_write_to_the_terminal() -> None:
    problem = json.dumps({"code": "refused", "title": "\x1b[2Jgone" + "x" * 1_000}).encode()
    with answering((400, {}, problem)) as (server, _), pytest.raises(KioskStopped) as stopped:
        server.deliver(b"delivery")
    assert "\x1b" not in str(stopped.value)
    assert len(str(stopped.value)) < 400


def test_an_endless_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_BYTES", 10)
    with answering((200, {}, b"x" * 11)) as (server, _), pytest.raises(KioskStopped) as stopped:
        server.deliver(b"delivery")
    assert stopped.value.code == "answer_too_long"


@pytest.mark.parametrize(
    "url", ["http://akimat.example", "ftp://127.0.0.1", "akimat.example", "", "https://"]
)
def test_ballots_do_not_cross_a_network_in_the_clear(url: str) -> None:
    with pytest.raises(UnsafeAddress):
        Server(url)
