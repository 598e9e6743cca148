"""A server on a database of one test alone, with cheap passwords and a first sysadmin; the shared one has other tests' accounts."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.api.accounts.pages import Person, fill_in, set_up
from tests.engine import Engine
from tests.server import Server, serve
from tests.signed_in import CHEAP, browser, whole_engine


@pytest.fixture
def own_server(engine: Engine, tmp_path: Path) -> Iterator[Server]:
    with serve(engine, tmp_path, **CHEAP) as server:
        yield server


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
