"""Texts go packed to who can unpack them, with every byte there; what is kept nowhere, small, or a stream, goes as it is."""

import asyncio
import gzip
from collections.abc import Iterable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send

from api.web.packing import SMALLEST_BYTES, Packing, Piece, accepts_gzip
from tests.server import Server

TEXT = "а" * SMALLEST_BYTES
HTML = {"content-type": "text/html; charset=utf-8", "cache-control": "no-cache", "etag": '"abc"'}


def sent(headers: dict[str, str], bodies: Iterable[bytes], accept: str = "gzip") -> list[Message]:
    """What comes out of the layer when an application answers so."""
    out: list[Message] = []
    chunks = list(bodies)

    async def application(_: Scope, __: Receive, send: Send) -> None:
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": raw})
        for place, body in enumerate(chunks, start=1):
            await send({"type": "http.response.body", "body": body, "more_body": place < len(chunks)})

    async def receive() -> Message:
        raise NotImplementedError

    async def send(message: Message) -> None:
        out.append(message)

    scope = {"type": "http", "headers": [(b"accept-encoding", accept.encode())]}
    asyncio.run(Packing(application)(scope, receive, send))
    return out


def told(messages: list[Message]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in messages[0]["headers"]}


def test_a_text_is_packed() -> None:
    messages = sent({**HTML, "content-length": str(2 * SMALLEST_BYTES)}, [TEXT.encode()])
    body = messages[1]["body"]
    assert gzip.decompress(body) == TEXT.encode()
    assert told(messages) == {
        **HTML,
        "etag": 'W/"abc"',
        "content-encoding": "gzip",
        "content-length": str(len(body)),
        "vary": "Accept-Encoding",
    }


@given(st.binary(min_size=SMALLEST_BYTES, max_size=200_000))
def test_every_byte_is_there(body: bytes) -> None:
    assert gzip.decompress(sent(HTML, [body])[1]["body"]) == body


@given(st.binary(max_size=2_000), st.binary(max_size=20_000), st.binary(max_size=2_000))
def test_a_piece_stands_packed_in_the_midst_of_whatever_is_around_it(
    before: bytes, piece: bytes, after: bytes
) -> None:
    whole = before + piece + after
    assert gzip.decompress(Piece(piece).gzipped_in(whole)) == whole


def test_a_piece_is_packed_once() -> None:
    """Its blocks are the same in every answer, and stand there as they are."""
    body = bytes(Random(1).choices(range(32, 127), k=20_000))
    piece = Piece(body)
    answers = [piece.gzipped_in(frame + body + frame) for frame in (b"", b"for one", b"for another reader")]
    block = answers[0][100:-100]
    assert all(block in answer for answer in answers)


def test_what_lacks_the_piece_is_packed_like_any_other() -> None:
    piece = Piece(TEXT.encode())
    for other in (b"", b"another page", TEXT.encode()[:-1]):
        assert gzip.decompress(piece.gzipped_in(other)) == other


def test_who_cannot_unpack_gets_it_as_it_is_and_caches_know() -> None:
    messages = sent(HTML, [TEXT.encode()], accept="br, gzip;q=0")
    assert messages[1]["body"] == TEXT.encode()
    assert told(messages) == {**HTML, "vary": "Accept-Encoding"}


@pytest.mark.parametrize(
    ("headers", "bodies"),
    [
        ({**HTML, "cache-control": "no-store"}, [TEXT.encode()]),
        ({**HTML, "cache-control": "private, no-store"}, [TEXT.encode()]),
        (HTML, [TEXT.encode()[: SMALLEST_BYTES - 1]]),
        (HTML, [TEXT.encode(), TEXT.encode()]),
        ({**HTML, "content-encoding": "gzip"}, [TEXT.encode()]),
        ({**HTML, "content-type": "text/event-stream"}, [TEXT.encode()]),
        ({**HTML, "content-type": "image/png"}, [TEXT.encode()]),
        ({**HTML, "content-type": "application/octet-stream"}, [TEXT.encode()]),
    ],
)
def test_everything_else_goes_as_it_is(headers: dict[str, str], bodies: list[bytes]) -> None:
    messages = sent(headers, bodies)
    assert [message["body"] for message in messages[1:]] == bodies
    assert told(messages) == headers


def test_what_somebody_has_packed_is_not_sent_again(server: Server) -> None:
    page = server.client.get("/ru/units", headers={"Accept-Encoding": "gzip"})
    assert page.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in page.headers["vary"]
    again = server.client.get("/ru/units", headers={"If-None-Match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip", True),
        ("br;q=1.0, GZIP;q=0.8", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("gzip;q=0.001", True),
        ("br", False),
        ("", False),
    ],
)
def test_packing_is_what_the_client_says(header: str, accepted: bool) -> None:  # noqa: FBT001 - a case
    assert accepts_gzip(header) is accepted
