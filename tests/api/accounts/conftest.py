"""A server of these tests alone, with cheap passwords, no account but a test's own, and a first sysadmin."""

from collections.abc import Iterator
from typing import Any, Final

import httpx
import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from tests.api.accounts.pages import Person, fill_in, set_up
from tests.engine import open_engine
from tests.postgres import fresh_database
from tests.server import Server, serve
from tests.signed_in import CHEAP, browser, whole_engine

_UNCOUNTED: Final[dict[str, Any]] = dict.fromkeys(
    ("address_burst", "newcomers_burst", "device_burst", "account_acts_burst"), 10**6
)
"""Settings under which all tests together ask not too often."""
_TABLES: Final = ("access_log", "sign_in_failures", "known_devices", "setup_codes", "sessions", "accounts")


@pytest.fixture(scope="package")
def accounts_server(
    cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("accounts") / "home"
    with (
        fresh_database(cluster, template) as url,
        open_engine(url) as engine,
        serve(engine, home, **CHEAP, **_UNCOUNTED) as server,
    ):
        yield server


@pytest.fixture
def own_server(accounts_server: Server) -> Server:
    """One on which nobody has an account yet, and nothing is written down of any."""
    with psycopg.connect(accounts_server.engine.url) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")  # the access log only grows
        for table in _TABLES:
            connection.execute(SQL("DELETE FROM {}").format(Identifier("dauys", table)))
    return accounts_server


@pytest.fixture
def client(own_server: Server) -> Iterator[httpx.Client]:
    """A browser at that server, where nobody is signed in yet."""
    with browser(own_server.port) as client:
        yield client


@pytest.fixture
def sysadmin(own_server: Server, client: httpx.Client) -> Person:
    """The first account, made through the pages; the client has signed out again."""
    with whole_engine(own_server) as engine:
        code = engine.account_setup.bootstrap_code()
    person = set_up(client, code, "s.akhmetova")
    assert fill_in(client, "/en/staff", "/en/sign-out").status_code == 303
    return person
