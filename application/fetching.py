"""HTTP to servers that need not be honest: an answer within so many seconds and bytes, or none, however it trickles in.

No redirect is followed and nothing is decompressed. Time is bounded as a whole, headers included, which only cancellation does.
"""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httpx

from application.trust import trust_for
from domain.errors import Refused

AT_ONCE: Final = 8
"""Threads of a process that wait for one service; pages have 40 in all."""
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class NotAnswered(Exception):  # noqa: N818 - a statement of fact
    """No complete answer within the limits; the message says why, in our words only."""


class Turns:
    """Of the threads that wait for one service: who comes when all are taken is told so at once.

    Else a service that hangs, and a few people who try again, would take every thread that other pages need.
    """

    def __init__(self) -> None:
        self._free = threading.BoundedSemaphore(AT_ONCE)

    @contextmanager
    def one(self, away: type[Refused]) -> Iterator[None]:
        if not self._free.acquire(blocking=False):
            raise away
        try:
            yield
        finally:
            self._free.release()


@dataclass(frozen=True, slots=True)
class Limits:
    """For one answer: `seconds` from the first byte sent to the last received, `bytes_` of body."""

    seconds: float
    bytes_: int


@dataclass(frozen=True, slots=True)
class Answer:
    """`content_type` as sent."""

    status: int
    content_type: str
    body: bytes


def new_client(url: str) -> httpx.AsyncClient:
    """A client that keeps its connection; for one server and one event loop."""
    return httpx.AsyncClient(
        headers={"accept-encoding": "identity"},
        verify=trust_for(url),
        timeout=None,  # noqa: S113 - every answer is bounded as a whole
        trust_env=urlsplit(url).hostname not in _LOOPBACK,
        follow_redirects=False,
    )


async def fetch(client: httpx.AsyncClient, url: str, limits: Limits, post: bytes | None = None) -> Answer:
    """The answer to GET, or to POST with a body; NotAnswered when there is none, or it is too long or too late."""
    method = "GET" if post is None else "POST"
    body = b""
    try:
        async with asyncio.timeout(limits.seconds), client.stream(method, url, content=post) as response:
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > limits.bytes_:
                    raise NotAnswered(f"more than {limits.bytes_} bytes")
    except TimeoutError:
        raise NotAnswered(f"no whole answer within {limits.seconds:g} seconds") from None
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as fault:
        raise NotAnswered(type(fault).__name__) from None
    return Answer(response.status_code, response.headers.get("content-type", ""), body)
