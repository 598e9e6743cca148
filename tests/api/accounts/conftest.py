"""A server of these tests alone, with cheap passwords, no account but a test's own, and a first sysadmin."""

from collections.abc import Iterator

import httpx
import pytest

from tests.api.accounts.pages import Person, fill_in, set_up
from tests.engine import open_engine
from tests.postgres import fresh_database
from tests.server import Server, serve
from tests.signed_in import CHEAP, UNCOUNTED, browser, forget_accounts, whole_engine


@pytest.fixture(scope="package")
def accounts_server(
    cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("accounts") / "home"
    with (
        fresh_database(cluster, template) as url,
        open_engine(url) as engine,
        serve(engine, home, **CHEAP, **UNCOUNTED) as server,
    ):
        yield server


@pytest.fixture
def own_server(accounts_server: Server) -> Server:
    """One on which nobody has an account yet, and nothing is written down of any."""
    forget_accounts(accounts_server.engine.url)
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
