"""Answers go packed with gzip to who can unpack them: texts that may be kept, whole ones, and not the small.

An answer that is kept nowhere goes as it is: it may hold a form's token beside words from the address, and how short the two pack
would tell the token to who listens (BREACH). Streams pass by. What many answers hold in their midst is packed once, as a `Piece`.
"""

import asyncio
import gzip
import re
import zlib
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALLEST_BYTES: Final = 1_024
_LEVEL: Final = 3
"""A tenth more bytes than with 5, in two thirds of the time."""
_INLINE_BYTES: Final = 65_536
"""Packing this much takes about a millisecond; more would hold up the event loop."""
_TEXTS: Final = re.compile(
    r"text/(?!event-stream)|application/(json|jsonl|problem\+json|atom\+xml|manifest\+json)|image/svg"
)
_GZIP_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""Deflated, no name, no time, of no known system (RFC 1952, 2.3)."""
_FOUND_BY_BYTES: Final = 64
_NO_WEIGHT: Final = re.compile(r"q=0(\.0*)?")


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether the client names it, and not with a weight of nothing (RFC 9110, 12.5.3)."""
    for each in accept_encoding.lower().split(","):
        coding, _, weight = each.partition(";")
        if coding.strip() in ("gzip", "*"):
            return not _NO_WEIGHT.fullmatch(weight.replace(" ", ""))
    return False


def gzipped(body: bytes) -> bytes:
    """The same for the same bytes, whenever it is done."""
    return gzip.compress(body, _LEVEL, mtime=0)


class Piece:
    """What many answers hold in the midst of other bytes: packed once, its blocks stand in the packed form of each of them.

    A flushed stream ends on a whole byte; blocks that refer to nothing before them mean the same anywhere (RFC 1951, 3.2.3).
    """

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._start = body[:_FOUND_BY_BYTES]
        self._blocks = _deflated(body, zlib.Z_FULL_FLUSH)

    def gzipped_in(self, whole: bytes) -> bytes:
        """`whole`, packed; one that does not hold this piece is packed like any other."""
        start = whole.find(self._start)
        if start < 0 or not whole.startswith(self._body, start):
            return gzipped(whole)
        before, after = whole[:start], whole[start + len(self._body) :]
        ends = (zlib.crc32(whole), len(whole) & 0xFFFFFFFF)
        trailer = b"".join(end.to_bytes(4, "little") for end in ends)
        around = _deflated(before, zlib.Z_FULL_FLUSH), _deflated(after, zlib.Z_FINISH)
        return b"".join((_GZIP_HEADER, around[0], self._blocks, around[1], trailer))


def packed_with(request: Request, answer: Response, pack: Callable[[bytes], bytes]) -> Response:
    """`answer`, packed by `pack` if the client can unpack it; one of another status than 200 as it is."""
    if answer.status_code != HTTPStatus.OK:
        return answer
    answer.headers.add_vary_header("Accept-Encoding")
    if accepts_gzip(request.headers.get("accept-encoding", "")):
        answer.body = pack(bytes(answer.body))
        _name_packed(answer.headers, len(answer.body))
    return answer


def _deflated(body: bytes, flush: int) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush(flush)


class Packing:
    """Its ETag becomes a weak one, as of the same answer in other bytes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        can_unpack = accepts_gzip(Headers(scope=scope).get("accept-encoding", ""))
        start: Message | None = None

        async def send_packed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _may_be_packed(
                MutableHeaders(raw=message["headers"])
            ):
                start = message
                return
            if start is not None:
                begun, start = start, None
                headers = MutableHeaders(raw=begun["headers"])
                if not message.get("more_body", False) and len(message.get("body", b"")) >= SMALLEST_BYTES:
                    headers.add_vary_header("Accept-Encoding")
                    if can_unpack:
                        message = {**message, "body": await _packed(message["body"])}
                        _name_packed(headers, len(message["body"]))
                await send({**begun, "headers": headers.raw})
            await send(message)

        await self._app(scope, receive, send_packed)


async def _packed(body: bytes) -> bytes:
    return gzipped(body) if len(body) <= _INLINE_BYTES else await asyncio.to_thread(gzipped, body)


def _may_be_packed(headers: MutableHeaders) -> bool:
    """A route that varies by what the client can unpack has chosen already."""
    kept = "no-store" not in headers.get("cache-control", "")
    chosen = "content-encoding" in headers or "accept-encoding" in headers.get("vary", "").lower()
    return kept and not chosen and bool(_TEXTS.match(headers.get("content-type", "")))


def _name_packed(headers: MutableHeaders, length: int) -> None:
    headers["content-encoding"] = "gzip"
    headers["content-length"] = str(length)
    etag = headers.get("etag", "")
    if etag and not etag.startswith("W/"):
        headers["etag"] = f"W/{etag}"
