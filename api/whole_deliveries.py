"""The short way of a delivery to its route: past uvicorn's cycle of a request and ASGI, which cost a fifth of what a ballot costs.

- Only for a request that stands alone on its connection, short, and with a head that asks for nothing but an answer. Every
  other goes the long way, untouched; from the route on, both ways are one.
- A head is read by uvicorn's own parser, and once: a kiosk sends the same one all day.
- What comes before the answer is written waits for it, and so does a server that is told to stop.
"""

import asyncio
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Protocol, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from api.connections import Connection
from api.web.headers import OPEN_DATA

PATH: Final = "/v1/deliveries"
CONTENT_TYPE: Final = b"application/jose"
HEAD_BYTES: Final = 2_048
"""Of a head that goes the short way."""
HEADS: Final = 1_000
"""Remembered by a process; the one met longest ago goes first."""

_BEGINNING: Final = b"POST " + PATH.encode() + b" "
_HEAD_END: Final = b"\r\n\r\n"
_ASKS_FOR_MORE: Final = frozenset({b"expect", b"transfer-encoding", b"upgrade"})
_SECURITY: Final = b"".join(b"%b: %b\r\n" % header for header in OPEN_DATA)


class Route(Protocol):
    """Where both ways end."""

    @property
    def short_bytes(self) -> int:
        """The longest body that it takes from here."""

    async def answer(self, scope: Scope, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body, whatever happens."""


class WholeDeliveries(Connection):
    """One client's connection; what listens gives the route as its `deliveries`, or has none."""

    _route: Route | None = None
    _arrived = b""
    """Of a delivery that is not whole yet; or what was sent before the answer."""
    _answering: asyncio.Task[None] | None = None
    _in_long_request = False
    _stopping = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        super().connection_made(transport)
        self._route = getattr(self.app, "deliveries", None)

    def on_message_begin(self) -> None:
        self._in_long_request = True
        super().on_message_begin()

    def on_message_complete(self) -> None:
        self._in_long_request = False
        super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        if self._answering is not None:
            self._arrived += data
            self.flow.pause_reading()
            return
        data, self._arrived = self._arrived + data, b""
        announced, body = self._delivery_in(data)
        if announced is None:
            super().data_received(data)
            return
        self._unset_keepalive_if_required()
        if len(body) < announced.length:
            self._arrived = data
        else:
            self._answering = self.loop.create_task(self._answer(announced.scope, body))

    def shutdown(self) -> None:
        self._stopping = True
        if self._answering is None:
            super().shutdown()

    def _delivery_in(self, data: bytes) -> tuple["_Announced | None", bytes]:
        """What goes the short way if `data` is a delivery or the beginning of one, and as much of its body as there is."""
        if not data.startswith(_BEGINNING) or self._route is None or not self._stands_alone():
            return None, b""
        head, end, body = data.partition(_HEAD_END)
        announced = announced_in(head) if end and len(head) <= HEAD_BYTES else None
        if announced is None or not len(body) <= announced.length <= self._route.short_bytes:
            return None, b""
        return announced, body

    def _stands_alone(self) -> bool:
        """Nothing else is under way: no request that uvicorn reads or answers, nor an answer that the client has not fetched."""
        crowded = self.limit_concurrency is not None and len(self.connections) >= self.limit_concurrency
        cycle: Any = self.cycle  # None before the first, whatever uvicorn declares
        answered = cycle is None or cycle.response_complete
        return answered and not (self._in_long_request or self.flow.write_paused or crowded)

    async def _answer(self, scope: Scope, body: bytes) -> None:
        """A client that has hung up meanwhile has its ballots recorded all the same."""
        status, headers, content = await cast("Route", self._route).answer(scope, body)
        self._answering = None
        if self.transport.is_closing():
            return
        lines = [b"%b: %b\r\n" % header for header in self.server_state.default_headers]
        lines += [f"{name}: {value}\r\n".encode("latin-1") for name, value in headers.items()]
        if self._stopping:
            lines.append(b"connection: close\r\n")
        head = b"%bcontent-length: %d\r\n%b%b\r\n" % (
            STATUS_LINE[status],
            len(content),
            b"".join(lines),
            _SECURITY,
        )
        self.transport.writelines([head + content])  # which, unlike `write`, holds nothing back
        if self._stopping:
            self.transport.close()
            return
        self.on_response_complete()
        if self._arrived:
            arrived, self._arrived = self._arrived, b""
            self.data_received(arrived)


@dataclass(frozen=True, slots=True)
class _Announced:
    """What a head says: `scope` as ASGI has it, as far as a delivery needs it; `length` of the body in bytes."""

    scope: Scope
    length: int


@dataclass(slots=True)
class _Head:
    """Filled by the parser."""

    url: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))


@lru_cache(maxsize=HEADS)
def announced_in(head: bytes) -> _Announced | None:
    """None for whatever is to go the long way. `head` is without the empty line that ends it."""
    read = _Head()
    parser: Any = HttpRequestParser(read)
    try:
        parser.feed_data(head + _HEAD_END)
    except (HttpParserError, HttpParserUpgrade):
        return None
    headers = dict(read.headers)
    length = headers.get(b"content-length", b"")
    plain = (
        read.url == PATH.encode()
        and parser.get_http_version() == "1.1"
        and parser.should_keep_alive()
        and len(headers) == len(read.headers)
        and not _ASKS_FOR_MORE & headers.keys()
        and headers.get(b"content-type") == CONTENT_TYPE
        and length.isdigit()
        and int(length) > 0
    )
    scope = {"type": "http", "method": "POST", "path": PATH, "headers": read.headers}
    return _Announced(scope, int(length)) if plain else None
