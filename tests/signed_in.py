"""Staff who are signed in: accounts invited, set up and signed in through the application, with a browser's cookies over HTTP.

    client = signed_in(server, Role.DESK, units=(CITY,))
    client.post("/en/desk/serve", data={"person": "…"})

Nothing of the guard is passed by: the client holds a real session's cookie and sends its form token and Fetch Metadata as a
browser does on a page of ours.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from secrets import token_bytes
from typing import Any
from uuid import uuid4

import httpx
import psycopg
from psycopg.sql import SQL, Identifier

from api.composition import Engine
from api.web.access import COOKIE, TOKEN_HEADER
from application.accounts.one_time_codes import code_at
from application.accounts.roles import Role
from application.accounts.sessions import form_token
from application.accounts.signing_in import SignedIn
from application.identity.challenges import Method, Proven
from tests.server import CHEAP, PLAIN, Server

__all__ = [
    "CHEAP",
    "PASSWORD",
    "UNCOUNTED",
    "account",
    "browser",
    "forget_accounts",
    "signed_in",
    "whole_engine",
    "with_session",
]

PASSWORD = "horse battery staple of the desk"  # noqa: S105 - of accounts that live as long as a test
UNCOUNTED: dict[str, Any] = dict.fromkeys(
    ("address_burst", "newcomers_burst", "device_burst", "account_acts_burst"), 10**6
)
"""Settings of a server that many tests share: none of them asks too often because others have asked."""
_OF_ACCOUNTS = ("access_log", "sign_in_failures", "known_devices", "setup_codes", "sessions", "accounts")


def signed_in(server: Server, *roles: Role, units: Collection[str] = (), login: str = "") -> httpx.Client:
    """A client of a new account's session. The login is random unless given."""
    return with_session(browser(server.port), account(server.whole, *roles, units=units, login=login))


def account(engine: Engine, *roles: Role, units: Collection[str] = (), login: str = "") -> SignedIn:
    """A new account, set up and signed in. A resident is invited by nobody, and proves who they are; `login` is not theirs."""
    if roles == (Role.RESIDENT,):
        proven = Proven(Method.CODE, token_bytes(32), adult=True)
        resident = engine.residents.login_of(proven, declared_adult=True, language="en")
        return engine.signing_in.sign_in_verified(resident, "resident code", frozenset(roles))
    login = login or f"{roles[0]}-{uuid4().hex[:8]}"
    invitation = engine.accounts.invite(login, "Тестова Айгерім", roles, units, by=None)
    token = engine.account_setup.begin(invitation.code)
    secret = engine.account_setup.pending(token).secret
    return engine.account_setup.finish(token, PASSWORD, code_at(secret, datetime.now(UTC)), device="")


def forget_accounts(url: str) -> None:
    """Nobody has an account on that database any more, and nothing is written down of any."""
    with psycopg.connect(url) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")  # the access log only grows
        for table in _OF_ACCOUNTS:
            connection.execute(SQL("DELETE FROM {}").format(Identifier("dauys", table)))


def browser(port: int) -> httpx.Client:
    """Nobody's yet. It keeps and sends Secure cookies on loopback, as browsers do, and says where its requests come from."""
    client = httpx.Client(
        base_url=f"http://127.0.0.1:{port}",
        cookies=CookieJar(),
        headers={"sec-fetch-site": "same-origin", "accept": "text/html,*/*"},
        timeout=30,
        trust_env=False,
        verify=PLAIN,
    )

    def send_cookies(request: httpx.Request) -> None:
        if kept := [f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar]:
            request.headers["cookie"] = "; ".join(kept)

    client.event_hooks["request"] = [send_cookies]
    return client


def with_session(client: httpx.Client, session: SignedIn) -> httpx.Client:
    """The client, holding the session's cookie and sending its form token as a script of ours does."""
    client.cookies.set(COOKIE, session.token, domain="127.0.0.1", path="/")
    client.headers[TOKEN_HEADER] = form_token(session.token)
    return client


@contextmanager
def whole_engine(server: Server) -> Iterator[Engine]:
    """The server's `whole`, which stays open."""
    yield server.whole
