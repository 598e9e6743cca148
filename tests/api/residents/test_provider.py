"""Staff sign in at a real identity provider, over HTTP: only who has an account, only once, and only the browser that began."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from application.accounts.roles import Role
from tests.engine import open_engine
from tests.postgres import fresh_database
from tests.providers import CLIENT, SECRET, agree, real_provider
from tests.server import Server, serve
from tests.signed_in import CHEAP, account, browser, whole_engine

LOGIN = "a.seitkali"


@pytest.fixture(scope="module")
def server(cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("provider")
    secret = folder / "secret"
    secret.write_text(SECRET)
    known = ({"sub": "1", "preferred_username": LOGIN}, {"sub": "2", "preferred_username": "a.stranger"})
    with (
        fresh_database(cluster, template) as url,
        open_engine(url) as engine,
        real_provider(*known) as issuer,
        serve(
            engine,
            folder / "home",
            site_url="https://dauys.test",
            oidc_issuer=issuer,
            oidc_client_id=CLIENT,
            oidc_client_secret_file=secret,
            **CHEAP,
        ) as server,
    ):
        with whole_engine(server) as whole:
            account(whole, Role.OFFICE, login=LOGIN)
        yield server


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with browser(server.port) as client:
        yield client


def sent_back(client: httpx.Client, user: str, wanted: str = "") -> str:
    """Where the provider sends the browser when the person agreed: our address, with code and state."""
    answer = client.get("/ru/sign-in/provider", params={"next": wanted})
    assert answer.status_code == 302
    back = urlsplit(agree(answer.headers["location"], user))
    assert (back.scheme, back.netloc, back.path) == ("https", "dauys.test", "/sign-in/provider/back")
    return f"{back.path}?{back.query}"


def test_who_has_an_account_gets_in_and_to_the_page_that_was_wanted(client: httpx.Client) -> None:
    answer = client.get(sent_back(client, "1", "/account"), follow_redirects=True)
    assert answer.status_code == 200
    assert answer.url.path.endswith("/account")
    assert LOGIN in answer.text


def test_who_has_none_does_not(client: httpx.Client) -> None:
    answer = client.get(sent_back(client, "2"), follow_redirects=True)
    assert answer.status_code in (401, 403)
    assert client.get("/ru/account").status_code == 303


def test_a_code_is_good_once(server: Server, client: httpx.Client) -> None:
    back = sent_back(client, "1")
    client.get(back, follow_redirects=True)
    with browser(server.port) as other:
        assert other.get(back, follow_redirects=True).status_code == 403
        assert other.get("/ru/account").status_code == 303
    assert client.get(back, follow_redirects=True).status_code == 403


def test_an_answer_that_another_browser_began_signs_nobody_in(server: Server, client: httpx.Client) -> None:
    back = sent_back(client, "1")
    with browser(server.port) as victim:
        assert victim.get(back, follow_redirects=True).status_code == 403
        assert victim.get("/ru/account").status_code == 303


@pytest.mark.parametrize("query", ["", "?code=1", "?state=forged&code=1", "?error=access_denied"])
def test_a_forged_answer_signs_nobody_in(client: httpx.Client, query: str) -> None:
    sent_back(client, "1")
    assert client.get(f"/sign-in/provider/back{query}", follow_redirects=True).status_code == 403
    assert client.get("/ru/account").status_code == 303
