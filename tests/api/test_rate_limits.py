"""Rate limits over HTTP: who is known is not stopped by neighbours, who makes up cookies is, and machines are not counted."""

import asyncio
from collections.abc import Iterator
from secrets import token_urlsafe

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from api.rate_limits import AccountLimit, RateLimits, TooManyRequests, address_of
from api.web.access import COOKIE
from api.web.visitors import DEVICE_COOKIE
from application.settings import Settings

FEW = Settings(
    address_per_second=0.01,
    address_burst=5,
    newcomers_per_second=0.01,
    newcomers_burst=3,
    device_per_second=0.01,
    device_burst=4,
    account_acts_per_minute=0.5,
    account_acts_burst=2,
)
VILLAGE, OTHER = "203.0.113.5", "203.0.113.6"


async def behind(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("let through")(scope, receive, send)


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(transport=_Transport(RateLimits(behind, FEW)), base_url="http://dauys.test") as client:
        yield client


class _Transport(httpx.BaseTransport):
    """Hands each request to the application as a proxy of ours does."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, client=("172.18.0.2", 1))
            answer = await transport.handle_async_request(request)
            return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())

        return asyncio.run(run())


def asked(
    client: httpx.Client, times: int, path: str = "/kk/", address: str = VILLAGE, cookie: str = ""
) -> list[int]:
    headers = {"x-forwarded-for": address} | ({"cookie": cookie} if cookie else {})
    return [client.get(path, headers=headers).status_code for _ in range(times)]


def test_an_address_is_limited_and_told_how_long_to_wait(client: httpx.Client) -> None:
    assert asked(client, 7) == [200] * 5 + [429] * 2
    refused = client.get("/v1/rounds", headers={"x-forwarded-for": VILLAGE, "accept-language": "ru"})
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "too_many_requests"
    assert int(refused.headers["retry-after"]) == refused.json()["wait_seconds"] > 0
    assert asked(client, 1, address=OTHER) == [200]


def test_who_is_known_is_not_stopped_by_who_shares_the_address(client: httpx.Client) -> None:
    mine = f"{COOKIE}=mine"
    assert asked(client, 1, cookie=mine) == [200]
    asked(client, 10)
    assert asked(client, 4, cookie=mine) == [200] * 3 + [429]


def test_made_up_cookies_gain_nothing(client: httpx.Client) -> None:
    for name in (COOKIE, DEVICE_COOKIE):
        forged = [asked(client, 1, cookie=f"{name}={token_urlsafe(32)}")[0] for _ in range(6)]
        assert forged.count(200) <= FEW.newcomers_burst
    assert asked(client, 1, cookie=f"{COOKIE}={'x' * 5_000}") == [200]  # counted as nobody's


def test_what_machines_fetch_is_not_counted(client: httpx.Client) -> None:
    for path in (
        "/log/checkpoint",
        "/static/x/y.css",
        "/v1/deliveries",
        "/v1/kiosks/1",
        "/kiosk/",
        "/healthz",
    ):
        assert asked(client, 8, path) == [200] * 8


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.5", "", "203.0.113.5"),
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),  # not our proxy: it may say what it likes
        ("172.18.0.2", "203.0.113.5", "203.0.113.5"),
        ("172.18.0.2", "198.51.100.1, 203.0.113.5", "203.0.113.5"),  # the first is the client's own word
        ("127.0.0.1", "203.0.113.5, 10.0.0.3", "203.0.113.5"),
        ("127.0.0.1", "", ""),
        ("172.18.0.2", "nonsense", "nonsense"),
        ("2001:db8::1", "", "2001:db8::1"),
    ],
)
def test_the_address_is_the_first_that_our_proxies_vouch_for(peer: str, forwarded: str, address: str) -> None:
    proxies = RateLimits(behind, FEW)._proxies
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    scope: Scope = {"type": "http", "client": (peer, 1), "headers": headers}
    assert address_of(Request(scope), proxies) == address


def test_a_forged_header_in_front_of_our_proxy_does_not_help(client: httpx.Client) -> None:
    lies = [f"198.51.100.{number}, {VILLAGE}" for number in range(7)]
    assert [asked(client, 1, address=lie)[0] for lie in lies] == [200] * 5 + [429] * 2


def test_an_account_is_limited_on_all_its_devices() -> None:
    limit = AccountLimit(FEW)
    for _ in range(2):
        limit.check("1")
    with pytest.raises(TooManyRequests) as told:
        limit.check("1")
    assert told.value.facts["wait_seconds"] == 120
    limit.check("2")
