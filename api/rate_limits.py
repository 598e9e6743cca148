"""How often one may ask: a browser that has a cookie of ours by that, who has none by their address, a resident by the account.

A hall full of people shares one address, so an address alone never stops somebody who is known; but a cookie that was not seen
before costs its address a token, or making cookies up would be free. Kiosks' deliveries, the log and files are not counted.
The tables are each process's own: with N processes a limit is up to N times as high. They hold hashes, and forget.
"""

import math
import time
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import ClassVar, Final

from fastapi import Depends
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import refusal_answer
from api.web.access import COOKIE, SAFE, ActorOf
from api.web.languages import first_part, split
from api.web.same_origin import OF_MACHINES
from api.web.visitors import DEVICE_COOKIE
from application.settings import Settings
from application.token_buckets import Rate, TokenBuckets
from domain.errors import Refused

NOT_COUNTED: Final = frozenset({"log", "static", "kiosk", "healthz", "readyz", "metrics"})
"""First parts of addresses: what machines and caches fetch."""
_COOKIES: Final = (COOKIE, DEVICE_COOKIE)
_COOKIE_CHARS: Final = 100

Network = IPv4Network | IPv6Network


class TooManyRequests(Refused):
    """Ask again in `wait_seconds`."""

    code: ClassVar[str] = "too_many_requests"


class RateLimits:
    """Answers 429 before anything is read or looked up."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._proxies: tuple[Network, ...] = tuple(map(ip_network, settings.trusted_proxies))
        most = settings.rate_limit_keys
        self._addresses = TokenBuckets(Rate(settings.address_per_second, settings.address_burst), most)
        self._devices = TokenBuckets(Rate(settings.device_per_second, settings.device_burst), most)
        self._newcomers = TokenBuckets(Rate(settings.newcomers_per_second, settings.newcomers_burst), most)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wait = self._wait(scope) if scope["type"] == "http" else 0.0
        if wait == 0:
            await self._app(scope, receive, send)
            return
        answer = refusal_answer(Request(scope), TooManyRequests(wait_seconds=math.ceil(wait)))
        await answer(scope, receive, send)

    def _wait(self, scope: Scope) -> float:
        """Seconds until this request may come; 0 if it may now."""
        _, path = split(scope["path"])
        if first_part(path) in NOT_COUNTED or path.startswith(OF_MACHINES):
            return 0.0
        request, now = Request(scope), time.monotonic()
        address = address_of(request, self._proxies)
        if not address:
            return 0.0
        device = _device(request)
        if device is None:
            return self._addresses.take(address, now)
        if device not in self._devices and (wait := self._newcomers.take(address, now)):
            return wait
        return self._devices.take(device, now)


def address_of(request: Request, proxies: tuple[Network, ...]) -> str:
    """Who asks, past the proxies that are ours; empty for this machine itself, which nobody needs to be protected from.

    Of X-Forwarded-For only what our own proxies added counts: the first address from behind that is none of theirs.
    """
    here = request.client.host if request.client else ""
    forwarded = [
        each.strip() for each in request.headers.get("x-forwarded-for", "").split(",") if each.strip()
    ]
    while forwarded and _is_one_of(here, proxies):
        here = forwarded.pop()
    return "" if _is_loopback(here) else here


class AccountLimit:
    """What a signed-in person may change: so much at once, and so much a minute, on however many devices."""

    def __init__(self, settings: Settings) -> None:
        rate = Rate(settings.account_acts_per_minute / 60, settings.account_acts_burst)
        self._accounts = TokenBuckets(rate, settings.rate_limit_keys)

    def check(self, account_id: str) -> None:
        if wait := self._accounts.take(account_id, time.monotonic()):
            raise TooManyRequests(wait_seconds=math.ceil(wait))


def _counted(request: Request, actor: ActorOf) -> None:
    if request.method not in SAFE:
        request.app.state.account_limit.check(str(actor.account_id))


COUNTED: Final = Depends(_counted)
"""Behind the guard of a route: its changes count for the account."""


def _device(request: Request) -> str | None:
    """A short name for the browser's cookie; None for who has none that could be ours."""
    sent = next((value for name in _COOKIES if (value := request.cookies.get(name))), "")
    return sha256(sent.encode()).hexdigest()[:32] if 0 < len(sent) <= _COOKIE_CHARS else None


def _is_one_of(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
