"""A delivery goes the short way only when it stands alone and asks for nothing but its answer; both ways give the same answers."""

import asyncio
import gc
import socket
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from api.web.headers import OPEN_DATA
from api.whole_deliveries import HEAD_BYTES, HEADS, WholeDeliveries, announced_in
from tests.deliveries import enrol, open_round
from tests.listening import listening
from tests.server import Server
from tests.wrong_deliveries import BALLOT_WRONG, HEADER_WRONG, PAYLOAD_WRONG, SIGNATURE_WRONG

PATIENCE_SECONDS = 20
MOST_BYTES = 100
MUCH, MUCH_BYTES = b"much", 20_000_000
"""A body, and the length of its answer: more than there is room for between two processes."""
HEALTH = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n"


def delivery(
    body: bytes = b"ballots", *lines: bytes, start: bytes = b"POST /v1/deliveries HTTP/1.1"
) -> bytes:
    """A request as a kiosk sends it, with these lines more in its head."""
    head = [start, b"host: localhost", b"content-type: application/jose", b"content-length: %d" % len(body)]
    return b"\r\n".join([*head, *lines]) + b"\r\n\r\n" + body


class Halfway:
    """Says which way a request came, and what was in it.

    Who came the short way, or to `/late`, is answered when that `may` be; `/early` is answered before its body has come.
    """

    short_bytes = MOST_BYTES

    def __init__(self) -> None:
        self.deliveries = self
        self.may = threading.Event()
        self.may.set()
        self.taken = threading.Event()
        self.bodies: list[bytes] = []

    async def answer(self, _: Scope, body: bytes) -> tuple[int, dict[str, str], bytes]:
        self.bodies.append(body)
        self.taken.set()
        if not self.may.is_set():
            await asyncio.to_thread(self.may.wait)
        return 200, {"way": "short"}, body if body != MUCH else bytes(MUCH_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", scope["path"] != "/early"
        if scope["path"] == "/late":
            self.taken.set()
            await asyncio.to_thread(self.may.wait)
        while more:
            message = await receive()
            body, more = body + message["body"], message["more_body"]
        headers = [(b"way", b"long"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def halfway() -> Halfway:
    return Halfway()


def served(app: Any, **more: Any) -> AbstractContextManager[int]:
    return listening(app, http=WholeDeliveries, loop="uvloop", lifespan="off", proxy_headers=False, **more)


@contextmanager
def connected(app: Any, **more: Any) -> Iterator[socket.socket]:
    with (
        served(app, **more) as port,
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection,
    ):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield connection


@pytest.fixture
def client(halfway: Halfway) -> Iterator[socket.socket]:
    with connected(halfway) as connection:
        yield connection
        halfway.may.set()


def heard(client: socket.socket, answers: int = 1) -> list[tuple[bytes, bytes]]:
    """Head and body of so many answers, and nothing after them."""
    told: list[tuple[bytes, bytes]] = []
    data = b""
    while len(told) < answers:
        data += client.recv(65_536) or pytest.fail(f"hung up after {len(told)} answers and {data!r}")
        while (end := data.find(b"\r\n\r\n")) >= 0:
            length = int(data[:end].lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            if len(data) < end + 4 + length:
                break
            told.append((data[:end], data[end + 4 : end + 4 + length]))
            data = data[end + 4 + length :]
    assert not data
    return told


def way(answer: tuple[bytes, bytes]) -> str:
    return "short" if b"\r\nway: short" in answer[0] else "long"


def test_a_delivery_that_comes_whole_goes_the_short_way(client: socket.socket) -> None:
    for body in (b"first", b"second"):
        client.sendall(delivery(body))
        [(head, told)] = heard(client)
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert told == body
        assert way((head, told)) == "short"
        assert all(b"\r\n%b: %b" % header in head for header in OPEN_DATA)
        assert b"\r\ndate: " in head


@pytest.mark.parametrize("lines", [[b"connection: keep-alive"], [b"user-agent: kiosk", b"accept: */*"]])
def test_what_a_client_says_of_itself_does_not_matter(lines: list[bytes], client: socket.socket) -> None:
    client.sendall(delivery(b"ballots", *lines))
    assert way(heard(client)[0]) == "short"


@pytest.mark.parametrize("cuts", [[-7], [-3], [-7, -3]], ids=["after the head", "in the body", "both"])
def test_a_body_may_come_after_its_head(cuts: list[int], client: socket.socket, halfway: Halfway) -> None:
    request = delivery(b"ballots")
    for start, stop in zip([None, *cuts], [*cuts, None], strict=True):
        client.sendall(request[start:stop])
        assert not halfway.taken.wait(0.05) or stop is None
    [answer] = heard(client)
    assert (way(answer), answer[1], halfway.bodies) == ("short", b"ballots", [b"ballots"])


LONG = {
    "another method": delivery(start=b"PUT /v1/deliveries HTTP/1.1"),
    "another path": delivery(start=b"POST /v1/deliveries/ HTTP/1.1"),
    "a query": delivery(start=b"POST /v1/deliveries?a HTTP/1.1"),
    "a whole address": delivery(start=b"POST http://localhost/v1/deliveries HTTP/1.1"),
    "the last on its connection": delivery(b"ballots", b"connection: close"),
    "a body in chunks": b"POST /v1/deliveries HTTP/1.1\r\ncontent-type: application/jose\r\n"
    b"transfer-encoding: chunked\r\n\r\n7\r\nballots\r\n0\r\n\r\n",
    "another protocol wanted": delivery(b"ballots", b"connection: upgrade", b"upgrade: h2c"),
    "a header twice": delivery(b"ballots", b"accept-language: kk", b"accept-language: ru"),
    "another type": delivery().replace(b"application/jose", b"application/json"),
    "a type with a parameter": delivery().replace(b"application/jose", b"application/jose; a=b"),
    "an empty body": delivery(b""),
    "a body over the limit": delivery(b"b" * (MOST_BYTES + 1)),
    "a long head": delivery(b"ballots", b"x: " + b"y" * HEAD_BYTES),
    "a line before it": b"\r\n" + delivery(),
}


@pytest.mark.parametrize("request_", LONG.values(), ids=LONG)
def test_whatever_asks_for_more_goes_the_long_way(
    request_: bytes, client: socket.socket, halfway: Halfway
) -> None:
    client.sendall(request_)
    [answer] = heard(client)
    assert way(answer) == "long"
    assert not halfway.bodies


def test_a_head_that_comes_in_pieces_goes_the_long_way(client: socket.socket, halfway: Halfway) -> None:
    request = delivery()
    client.sendall(request[:40])
    assert not halfway.taken.wait(0.05)
    client.sendall(request[40:])
    assert way(heard(client)[0]) == "long"
    client.sendall(delivery())
    assert way(heard(client)[0]) == "short"


@pytest.mark.parametrize(
    "line",
    [b"content-length: 7", b"content-length: 8", b"x : y", b"x\x00: y", b"transfer-encoding: chunked"],
)
def test_a_head_that_uvicorn_refuses_is_refused(line: bytes, client: socket.socket, halfway: Halfway) -> None:
    client.sendall(delivery(b"ballots", line))
    assert heard(client)[0][0].startswith(b"HTTP/1.1 400 ")
    assert not halfway.bodies


def test_a_client_that_waits_for_leave_to_send_its_body_gets_it(client: socket.socket) -> None:
    head, _, body = delivery(b"ballots", b"expect: 100-continue").partition(b"\r\n\r\n")
    client.sendall(head + b"\r\n\r\n")
    assert client.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.sendall(body)
    assert way(heard(client)[0]) == "long"


def test_a_body_that_reads_like_a_delivery_stays_a_body(client: socket.socket, halfway: Halfway) -> None:
    """Request smuggling: a proxy in front would take what the second answers for the answer to somebody else."""
    inner = delivery(b"smuggled")
    client.sendall(b"POST /v1/rounds HTTP/1.1\r\nhost: localhost\r\ncontent-length: %d\r\n\r\n" % len(inner))
    assert not halfway.taken.wait(0.05)
    client.sendall(inner)
    [answer] = heard(client)
    assert (way(answer), answer[1], halfway.bodies) == ("long", inner, [])


def test_a_body_that_comes_after_its_answer_stays_a_body(client: socket.socket, halfway: Halfway) -> None:
    inner = delivery(b"smuggled")
    client.sendall(b"POST /early HTTP/1.1\r\nhost: localhost\r\ncontent-length: %d\r\n\r\n" % len(inner))
    assert way(heard(client)[0]) == "long"
    client.sendall(inner)
    assert not halfway.taken.wait(0.05)
    client.sendall(delivery(b"own"))
    assert (heard(client)[0][1], halfway.bodies) == (b"own", [b"own"])


def test_a_delivery_waits_for_the_answer_to_what_went_the_long_way(
    client: socket.socket, halfway: Halfway
) -> None:
    halfway.may.clear()
    client.sendall(HEALTH.replace(b"/healthz", b"/late"))
    assert halfway.taken.wait(PATIENCE_SECONDS)
    client.sendall(delivery(b"second"))
    client.settimeout(0.1)
    with pytest.raises(TimeoutError):
        client.recv(1)
    client.settimeout(PATIENCE_SECONDS)
    halfway.may.set()
    first, second = heard(client, 2)
    assert (first[1], second[1], way(second), halfway.bodies) == (b"", b"second", "long", [])


def test_who_does_not_fetch_an_answer_goes_the_long_way_that_waits_for_it(client: socket.socket) -> None:
    client.sendall(delivery(MUCH))
    start = client.recv(1, socket.MSG_PEEK)
    client.sendall(delivery(b"second"))
    much, second = heard(client, 2)
    assert (start, len(much[1])) == (b"H", MUCH_BYTES)
    assert (way(much), way(second), second[1]) == ("short", "long", b"second")


def test_what_follows_in_the_same_packet_is_a_request_of_its_own(client: socket.socket) -> None:
    client.sendall(delivery(b"first") + delivery(b"second") + HEALTH)
    assert [body for _, body in heard(client, 3)] == [b"first", b"second", b""]


def test_answers_come_in_the_order_of_their_requests(client: socket.socket, halfway: Halfway) -> None:
    halfway.may.clear()
    client.sendall(delivery(b"first"))
    assert halfway.taken.wait(PATIENCE_SECONDS)
    client.sendall(delivery(b"second"))
    client.sendall(HEALTH)
    client.settimeout(0.1)
    with pytest.raises(TimeoutError):
        client.recv(1)
    client.settimeout(PATIENCE_SECONDS)
    halfway.may.set()
    assert [body for _, body in heard(client, 3)] == [b"first", b"second", b""]


def test_who_sends_on_and_on_before_the_answer_is_not_read(client: socket.socket, halfway: Halfway) -> None:
    halfway.may.clear()
    client.sendall(delivery(b"first"))
    assert halfway.taken.wait(PATIENCE_SECONDS)
    client.settimeout(0.5)
    with pytest.raises(TimeoutError):
        client.sendall(b"POST " * 20_000_000)


def test_a_client_that_hangs_up_before_the_answer_harms_nobody(
    halfway: Halfway, caplog: pytest.LogCaptureFixture
) -> None:
    halfway.may.clear()
    with connected(halfway) as client, socket.create_connection(client.getpeername()) as other:
        client.sendall(delivery(b"first"))
        assert halfway.taken.wait(PATIENCE_SECONDS)
        client.close()
        halfway.may.set()
        other.settimeout(PATIENCE_SECONDS)
        other.sendall(delivery(b"other"))
        assert heard(other)[0][1] == b"other"
    gc.collect()  # a task that failed says so when it is forgotten
    assert not caplog.records


def test_a_server_that_stops_answers_first_and_then_hangs_up(halfway: Halfway) -> None:
    halfway.may.clear()
    with (
        served(halfway) as port,
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as kept,
    ):
        client = kept.dup()
        client.sendall(delivery(b"first"))
        assert halfway.taken.wait(PATIENCE_SECONDS)
        threading.Timer(0.5, halfway.may.set).start()
    with client:
        [(head, body)] = heard(client)
        assert body == b"first"
        assert b"\r\nconnection: close\r\n" in head
        assert client.recv(1) == b""


def test_a_connection_nobody_uses_is_closed_but_never_one_that_waits_for_its_answer(halfway: Halfway) -> None:
    with connected(halfway, timeout_keep_alive=1) as client:
        client.sendall(delivery(b"first"))
        assert heard(client)[0][1] == b"first"
        halfway.may.clear()
        client.sendall(delivery(b"second"))
        assert not halfway.may.wait(2)
        halfway.may.set()
        assert heard(client)[0][1] == b"second"
        assert client.recv(1) == b""


def test_more_connections_than_the_server_takes_are_told_so(halfway: Halfway) -> None:
    with connected(halfway, limit_concurrency=1) as client:
        client.sendall(delivery(b"first"))
        assert heard(client)[0][0].startswith(b"HTTP/1.1 503 ")
    assert not halfway.bodies


def test_what_has_no_deliveries_is_served_as_ever() -> None:
    with connected(Halfway().__call__) as client:
        client.sendall(delivery(b"first"))
        assert way(heard(client)[0]) == "long"


def test_only_so_many_heads_are_remembered() -> None:
    for number in range(HEADS + 10):
        assert announced_in(delivery(b"b", b"x: %d" % number).partition(b"\r\n\r\n")[0])
    assert announced_in.cache_info().currsize == HEADS


# The real route behind it.

WRONG = {**HEADER_WRONG, **PAYLOAD_WRONG, **SIGNATURE_WRONG}


def told(response: httpx.Response) -> tuple[Any, ...]:
    headers = {name: value for name, value in response.headers.items() if name not in ("date", "connection")}
    return response.status_code, headers, response.content


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_both_ways_refuse_alike(body: bytes, server: Server) -> None:
    for language in ("kk", "en"):
        asked = {"Accept-Language": language}
        assert told(server.deliver(body, **asked)) == told(server.deliver(body, Connection="close", **asked))


def test_both_ways_give_the_same_receipts(server: Server) -> None:
    voters, device = open_round(server.engine), enrol(server.engine)
    body = device.deliver(*list(BALLOT_WRONG.values())[:2], voters[0].ballot(["101"]))
    first = told(server.deliver(body))
    assert first[0] == httpx.codes.OK
    assert told(server.deliver(body, Connection="close")) == first


@pytest.mark.parametrize("headers", [{}, {"Connection": "close"}], ids=["short", "long"])
def test_a_defect_is_told_as_one_and_nothing_of_it(
    headers: dict[str, str], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.deliveries.kiosk_id_of", lambda _: 1 / 0)
    response = server.deliver(b"ballots", **headers)
    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert "division" not in response.text
