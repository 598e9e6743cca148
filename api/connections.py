"""How `dauys serve` takes connections and writes its answers to them: uvicorn's protocol with two changes.

- **Shared out.** All server processes accept from one socket, and the kernel gives a connection to whichever asks first, which is
  the one that has just been given the last: of 64 kiosks that come back at once one process may get 63. So each gives way after
  every connection that it takes, for long enough that another, which was woken for it too, takes the next.
- **One write.** An answer's head waits for its body, or for the end of the event loop's step, whichever comes first. uvicorn
  writes them one after the other and uvloop hands each to the kernel: two packets, and a reader that is woken twice.
"""

import asyncio
import time
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

GIVE_WAY_SECONDS = 0.000_02
"""Added to what a connection costs to open, and nobody's processor time."""

_HEAD = b"HTTP/1.1 "


class Connection(HttpToolsProtocol):
    """One client's."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        super().connection_made(_OneWrite(transport, self.loop))  # type: ignore[arg-type] # stands for a transport
        time.sleep(GIVE_WAY_SECONDS)  # the whole loop's, on purpose: it is the loop that would take the next


class _OneWrite:
    """A transport that holds a head back."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._head = b""

    def write(self, data: bytes) -> None:
        if self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(_HEAD):  # or a body that looks like one, to which a moment does no harm
            self._head = data
            self._loop.call_soon(self._send_head)
            return
        self._transport.write(data)

    def close(self) -> None:
        self._send_head()
        self._transport.close()

    def _send_head(self) -> None:
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
