"""The server as a kiosk sees it: asked again and again with the same bytes until it answers, never answered for.

Whatever may pass (no connection, a time-out, 5xx, 429) is tried again after a growing, jittered pause, for as long as the
caller has patience. Whatever will not pass by itself (4xx) stops the kiosk with the server's own code.
"""

import secrets
import time
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx
import msgspec

from application.kiosk.faults import KioskFault
from application.trust import trust_for

ANSWER_BYTES = 16 * 1024 * 1024
"""The longest answer that is read; 500 receipts of a full log are about 1.5 MB."""
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 30.0
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 10.0
PATIENCE_SECONDS = 60.0

_DELIVERIES, _KIOSKS = "/v1/deliveries", "/v1/kiosks"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_TOLD_CHARS = 300
PASSING = (
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)


class UnsafeAddress(KioskFault):
    """Ballots must not cross a network in the clear: https, or http on this very machine."""


class NotReached(KioskFault):
    """No answer within the caller's patience; what is spooled stays spooled, and whether it was taken is not known."""


class KioskStopped(KioskFault):
    """The server refused for good, or answered what no sound server answers. `code` is its refusal code, or ours."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(f"{code}: {why}" if why else code)
        self.code = code


class _Problem(msgspec.Struct):
    code: str
    title: str = ""


def is_local(url: str) -> bool:
    """Whether the server is on this machine; UnsafeAddress for one that ballots must not be sent to."""
    address = urlsplit(url)
    local = address.hostname in _LOOPBACK
    if not (address.hostname and (address.scheme == "https" or (address.scheme == "http" and local))):
        raise UnsafeAddress("a kiosk's server is an https:// address, or http:// on 127.0.0.1")
    return local


class Server:
    """One address, one connection kept open. Not for several threads at once."""

    def __init__(self, url: str, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        local = is_local(url)
        self._patience_seconds = patience_seconds
        self._client = httpx.Client(
            base_url=url,
            verify=trust_for(url),
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            trust_env=not local,  # a proxy of the environment has no business between a machine and itself
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def enrol(self, code: str, public_key: str) -> bytes:
        body = msgspec.json.encode({"code": code, "public_key": public_key})
        return self._ask(_KIOSKS, "application/json", body)

    def deliver(self, delivery: bytes) -> bytes:
        return self._ask(_DELIVERIES, "application/jose", delivery)

    def _ask(self, path: str, content_type: str, body: bytes) -> bytes:
        give_up = time.monotonic() + self._patience_seconds
        pause = FIRST_PAUSE_SECONDS
        while True:
            wait = pause
            try:
                status, retry_after, answer = self._post(path, content_type, body)
            except httpx.TransportError as fault:
                why = type(fault).__name__
            else:
                if status in (HTTPStatus.OK, HTTPStatus.CREATED):
                    return answer
                if status not in PASSING:
                    raise _stopped(status, answer)
                why, wait = f"HTTP {status}", max(pause, retry_after)
            # Jitter: a hall full of kiosks must not come back in step after the same power cut.
            wait *= secrets.SystemRandom().uniform(0.5, 1.0)
            if time.monotonic() + wait > give_up:
                raise NotReached(f"no answer from {self._client.base_url} ({why})")
            time.sleep(wait)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _post(self, path: str, content_type: str, body: bytes) -> tuple[int, float, bytes]:
        """Status, seconds to wait before asking again, body."""
        headers = {"content-type": content_type}
        answer = b""
        with self._client.stream("POST", path, content=body, headers=headers) as response:
            for chunk in response.iter_bytes():
                answer += chunk
                if len(answer) > ANSWER_BYTES:
                    raise KioskStopped("answer_too_long", f"more than {ANSWER_BYTES} bytes")
        asked = response.headers.get("retry-after", "")
        retry_after = min(float(asked), LONGEST_PAUSE_SECONDS) if asked.isdecimal() else 0.0
        return response.status_code, retry_after, answer


def _stopped(status: int, answer: bytes) -> KioskStopped:
    try:
        problem = msgspec.json.decode(answer, type=_Problem)
    except msgspec.MsgspecError:
        return KioskStopped("not_understood", f"HTTP {status} without a problem document")
    told = "".join(char for char in problem.title[:_TOLD_CHARS] if char.isprintable())
    return KioskStopped(problem.code[:_TOLD_CHARS], told)
