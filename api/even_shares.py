"""New connections, shared out among the server processes that all accept from one socket.

The kernel gives a connection to whichever process asks first, and that is the one that has just been given the last: of 64 kiosks
that come back at once after a restart one process may get 63, and its processor is then all there is. So each gives way after
every connection that it takes, for long enough that another, which was woken for it too, takes the next.
"""

import asyncio
import time

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

GIVE_WAY_SECONDS = 0.000_02
"""Added to what a connection costs to open, and nobody's processor time."""


class EvenShares(HttpToolsProtocol):
    """uvicorn's protocol, whose process takes one connection and not the next."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        super().connection_made(transport)
        time.sleep(GIVE_WAY_SECONDS)  # the whole loop's, on purpose: it is the loop that would take the next
