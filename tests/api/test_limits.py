"""No route reads a body beyond its limit, whatever the client announces."""

import asyncio
import json
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from api.asgi import BodyTooLarge, read_body
from api.limits import LARGE_AT_ONCE, BodyLimit
from tests.server import Server

LIMIT = 100
MB = 1024 * 1024
SIZES = [b"9" * 5_000, b"1e3", b"-1", b"+1", b" 1", b"0x10", b"101", "١".encode(), b""]


def scope_with(*headers: tuple[bytes, bytes]) -> Scope:
    return {"type": "http", "method": "POST", "path": "/", "headers": [*headers]}


def receiving(messages: Iterable[Message]) -> Receive:
    left = iter(messages)

    async def receive() -> Message:
        return next(left)

    return receive


def chunk(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def read(scope: Scope, *messages: Message) -> bytes:
    return asyncio.run(read_body(scope, receiving(messages), LIMIT))


def test_a_body_up_to_the_limit_is_read_whole() -> None:
    assert read(scope_with(), chunk(b"a" * 50, more=True), chunk(b"b" * 50)) == b"a" * 50 + b"b" * 50
    assert read(scope_with((b"content-length", b"0")), {"type": "http.request"}) == b""


@pytest.mark.parametrize("size", SIZES)
def test_a_wrong_announcement_is_refused_before_a_byte_is_read(size: bytes) -> None:
    with pytest.raises(BodyTooLarge) as refused:
        read(scope_with((b"content-length", size)))
    assert refused.value.facts == {"limit_bytes": LIMIT}


def test_an_endless_body_is_cut_off_at_the_limit() -> None:
    taken = []

    def endless() -> Iterator[Message]:
        while True:
            taken.append(60)
            yield chunk(b"a" * 60, more=True)

    with pytest.raises(BodyTooLarge):
        asyncio.run(read_body(scope_with(), receiving(endless()), LIMIT))
    assert sum(taken) == 120


def test_a_body_that_breaks_off_never_reaches_a_route() -> None:
    async def never(_: Scope, __: Receive, ___: Send) -> None:
        pytest.fail("half a body reached the application")

    async def nobody_listens(_: Message) -> None:
        pytest.fail("answered a client that is gone")

    half = receiving([chunk(b"{", more=True), {"type": "http.disconnect"}])
    asyncio.run(BodyLimit(never, LIMIT)(scope_with(), half, nobody_listens))
    with pytest.raises(ClientDisconnect):
        read(scope_with(), chunk(b"{", more=True), {"type": "http.disconnect"})


def test_behind_the_body_the_route_still_hears_the_client_hang_up() -> None:
    heard: list[Message] = []

    async def listening(_: Scope, receive: Receive, __: Send) -> None:
        heard.extend([await receive(), await receive()])

    async def silent(_: Message) -> None:
        pass

    messages = receiving([chunk(b"a", more=True), chunk(b"b"), {"type": "http.disconnect"}])
    asyncio.run(BodyLimit(listening, LIMIT)(scope_with(), messages, silent))
    assert heard == [chunk(b"ab"), {"type": "http.disconnect"}]


def addresses(server: Server) -> list[str]:
    """Every route of the application, its parameters filled in, and one that is none."""
    paths = server.client.get("/openapi.json").json()["paths"]
    filled = [path.replace("{", "").replace("}", "") for path in paths]
    return [*filled, "/v1/deliveries", "/openapi.json", "/nowhere"]


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("announced", [True, False])
def test_ten_megabytes_of_garbage_are_refused_on_every_route(
    method: str,
    announced: bool,  # noqa: FBT001 - a case
    server: Server,
) -> None:
    before = server.stored()
    chunks = [b"\x9f" * MB] * 10
    for address in addresses(server):
        content: Any = b"".join(chunks) if announced else iter(chunks)
        headers = {"Content-Type": "application/jose"}
        response = server.client.request(method, address, content=content, headers=headers)
        wrong_method = address == "/v1/deliveries" and method == "GET"
        expected = HTTPStatus.METHOD_NOT_ALLOWED if wrong_method else HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        assert response.status_code == expected, address
        assert response.headers["content-type"] == "application/problem+json"
    assert server.stored() == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b"NaN",
        b"[" * 60_000,
        b'{"code":' * 5_000,
        b'{"code":1,"public_key":2}',
        b'{"code":"x","public_key":"short"}',
        b"\xff\xfe\x00",
        json.dumps({"code": "x", "public_key": "A" * 43, "\u0000": 1}).encode(),
    ],
)
@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "application/x-www-form-urlencoded"]
)
def test_enrolment_with_a_wrong_body_is_a_problem(body: bytes, content_type: str, server: Server) -> None:
    before = server.stored()
    response = server.client.post("/v1/kiosks", content=body, headers={"Content-Type": content_type})
    assert response.status_code in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "request_invalid"
    assert server.stored() == before


def test_what_a_client_made_up_is_not_repeated_to_it(server: Server) -> None:
    """A member's name may be an IIN as well as its value."""
    made_up = "900101300123"
    body = {"code": made_up, "public_key": made_up, made_up: made_up, "nested": {made_up: [made_up]}}
    response = server.client.post("/v1/kiosks", json=body)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert made_up not in response.text


def test_large_bodies_take_turns_and_one_that_never_comes_gives_its_place_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("api.limits.LARGE_SECONDS", 0.05)
    inside, most, done = 0, 0, 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - as every application
        nonlocal inside, most, done
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.001)
        inside, done = inside - 1, done + 1

    async def silent() -> Message:
        await asyncio.sleep(10)
        raise AssertionError

    async def run() -> None:
        limited = BodyLimit(app, LIMIT, {"/photos": 10 * LIMIT})
        scope: Scope = {**scope_with(), "path": "/photos"}
        slow = [limited(dict(scope), silent, _nobody) for _ in range(LARGE_AT_ONCE)]
        quick = [limited(dict(scope), receiving([chunk(b"x")]), _nobody) for _ in range(3 * LARGE_AT_ONCE)]
        await asyncio.wait_for(asyncio.gather(*slow, *quick), 5)

    asyncio.run(run())
    assert done == 3 * LARGE_AT_ONCE
    assert most <= LARGE_AT_ONCE


async def _nobody(message: Message) -> None:
    """Hears no answer."""
