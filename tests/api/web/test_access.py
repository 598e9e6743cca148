"""The guard: who comes in to a route, with which cookie, which role and which token; and what is written down of the others."""

from collections.abc import Iterator
from typing import Annotated

import httpx
import pytest
from fastapi import FastAPI, Form
from pydantic import SecretStr

from api import errors
from api.composition import Engine, attach_engine
from api.web import access
from api.web.access import COOKIE, PUBLIC, ActorOf, allow
from api.web.forms import Posted
from api.web.languages import LanguagePrefix
from api.web.same_origin import SameOrigin
from application.accounts.access_log import AccessRow
from application.accounts.roles import Role
from application.accounts.sessions import form_token
from application.settings import Settings
from tests.dauys import give_log_key
from tests.examples import CITY, DISTRICT
from tests.listening import listening
from tests.postgres import fresh_database
from tests.signed_in import CHEAP, account, browser, forget_accounts

OURS = {"sec-fetch-site": "same-origin"}


class Note(Posted):
    text: str


def app_on(engine: Engine) -> FastAPI:
    app = FastAPI()
    app.state.engine = engine

    @app.get("/desk", dependencies=[allow(Role.DESK, Role.OPERATOR)])
    def desk(actor: ActorOf) -> str:
        return actor.login

    @app.post("/desk/notes", dependencies=[allow(Role.DESK)])
    def leave(form: Annotated[Note, Form()]) -> str:
        return form.text

    @app.post("/units/{kato}/notes", dependencies=[allow(Role.DESK)])
    def leave_in(kato: str, actor: ActorOf) -> str:
        actor.must_act_in(kato)
        return kato

    @app.get("/public", dependencies=[PUBLIC])
    def public() -> str:
        return "everybody"

    errors.install(app)
    access.install(app)
    return app


@pytest.fixture(scope="module")
def site(
    cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Engine, int]]:
    """What the routes stand on, and the port where they are."""
    home = tmp_path_factory.mktemp("access")
    give_log_key(home)
    with fresh_database(cluster, template) as url:
        settings = Settings(home=home, database_url=SecretStr(url), **CHEAP)
        with (
            attach_engine(settings, url) as engine,
            listening(LanguagePrefix(SameOrigin(app_on(engine)))) as port,
        ):
            yield engine, port


@pytest.fixture
def whole(site: tuple[Engine, int]) -> Engine:
    """Nobody has an account there, and nothing is written down of any."""
    engine, _ = site
    forget_accounts(engine.database_url)
    return engine


@pytest.fixture
def visitor(site: tuple[Engine, int], whole: Engine) -> Iterator[httpx.Client]:
    """A browser at our site, which says nothing yet of where its requests come from."""
    del whole  # it is empty of accounts before somebody comes
    with browser(site[1]) as client:
        del client.headers["sec-fetch-site"]
        client.headers["accept"] = "application/json"
        yield client


def come_in(client: httpx.Client, engine: Engine, *roles: Role, units: tuple[str, ...] = ()) -> str:
    """The form token of a new account's session, whose cookie the client has from now on."""
    session = account(engine, *roles, units=units)
    client.cookies.set(COOKIE, session.token, domain="127.0.0.1", path="/")
    return form_token(session.token)


def our_site(client: httpx.Client) -> str:
    return str(client.base_url).rstrip("/")


def refused(engine: Engine) -> list[AccessRow]:
    return [row for row in engine.access.page(100) if row.outcome == "refused"]


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(visitor: httpx.Client) -> None:
    answer = visitor.get("/ru/desk?q=1", headers={"accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/ru/sign-in?next=%2Fdesk%3Fq%3D1"
    assert answer.headers["cache-control"] == "no-store"


def test_a_program_that_is_not_signed_in_is_told_401(visitor: httpx.Client) -> None:
    assert code(visitor.get("/ru/desk", headers={"accept": "application/json"})) == (401, "not_signed_in")


def test_a_public_route_looks_at_no_cookie(visitor: httpx.Client) -> None:
    assert visitor.get("/en/public", headers={"cookie": f"{COOKIE}=forged"}).json() == "everybody"


@pytest.mark.parametrize("forged", ["x", "A" * 43, "A" * 5_000, "'; DROP TABLE dauys.sessions; --"])
def test_a_forged_cookie_is_nobody_s(visitor: httpx.Client, forged: str) -> None:
    assert visitor.get("/en/desk", headers={"cookie": f"{COOKIE}={forged}"}).status_code == 401


def test_a_role_that_the_route_allows_comes_in(visitor: httpx.Client, whole: Engine) -> None:
    come_in(visitor, whole, Role.OPERATOR)
    assert visitor.get("/en/desk").status_code == 200


def test_another_role_is_refused_and_written_down(visitor: httpx.Client, whole: Engine) -> None:
    come_in(visitor, whole, Role.SYSADMIN)
    assert code(visitor.get("/en/desk")) == (403, "role_missing")
    (row,) = refused(whole)
    assert (row.act, row.subject, row.reason, row.roles) == (
        "GET /desk",
        "/desk",
        "role_missing",
        ["sysadmin"],
    )


def test_a_form_with_the_session_s_token_is_taken(visitor: httpx.Client, whole: Engine) -> None:
    token = come_in(visitor, whole, Role.DESK)
    answer = visitor.post("/en/desk/notes", data={"text": "hello", "csrf_token": token}, headers=OURS)
    assert answer.json() == "hello"


def test_a_script_sends_the_token_in_a_header(visitor: httpx.Client, whole: Engine) -> None:
    token = come_in(visitor, whole, Role.DESK, units=(CITY,))
    answer = visitor.post(f"/en/units/{CITY}/notes", headers={**OURS, "x-csrf-token": token})
    assert answer.json() == CITY


@pytest.mark.parametrize("sent", [{}, {"csrf_token": ""}, {"csrf_token": "A" * 43}])
def test_a_form_without_the_token_is_refused_and_written_down(
    visitor: httpx.Client, whole: Engine, sent: dict[str, str]
) -> None:
    come_in(visitor, whole, Role.DESK)
    assert code(visitor.post("/en/desk/notes", data={"text": "x", **sent}, headers=OURS)) == (
        403,
        "form_token_wrong",
    )
    assert [row.reason for row in refused(whole)] == ["form_token_wrong"]


def test_the_token_of_another_session_is_refused(visitor: httpx.Client, whole: Engine) -> None:
    other = come_in(visitor, whole, Role.DESK)
    come_in(visitor, whole, Role.DESK)
    answer = visitor.post("/en/desk/notes", data={"text": "x", "csrf_token": other}, headers=OURS)
    assert code(answer) == (403, "form_token_wrong")


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.test"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1"},
        {},
    ],
)
def test_what_another_site_sends_is_refused_even_with_cookie_and_token(
    visitor: httpx.Client, whole: Engine, headers: dict[str, str]
) -> None:
    token = come_in(visitor, whole, Role.DESK)
    answer = visitor.post("/en/desk/notes", data={"text": "x", "csrf_token": token}, headers=headers)
    assert code(answer) == (403, "cross_site")


def test_our_own_pages_may_send(visitor: httpx.Client, whole: Engine) -> None:
    token = come_in(visitor, whole, Role.DESK)
    for headers in ({"sec-fetch-site": "none"}, {"origin": our_site(visitor)}):
        answer = visitor.post("/en/desk/notes", data={"text": "x", "csrf_token": token}, headers=headers)
        assert answer.status_code == 200


def test_fetch_metadata_is_believed_before_the_origin(visitor: httpx.Client, whole: Engine) -> None:
    token = come_in(visitor, whole, Role.DESK)
    headers = {"sec-fetch-site": "cross-site", "origin": our_site(visitor)}
    answer = visitor.post("/en/desk/notes", data={"text": "x", "csrf_token": token}, headers=headers)
    assert code(answer) == (403, "cross_site")


def test_a_unit_that_the_account_was_not_given_is_refused_and_written_down(
    visitor: httpx.Client, whole: Engine
) -> None:
    token = come_in(visitor, whole, Role.DESK, units=(CITY,))
    answer = visitor.post(f"/en/units/{DISTRICT}/notes", headers={**OURS, "x-csrf-token": token})
    assert code(answer) == (403, "not_your_unit")
    (row,) = refused(whole)
    assert (row.act, row.subject) == ("POST /units/{kato}/notes", f"/units/{DISTRICT}/notes")


def test_an_account_without_units_acts_in_none(visitor: httpx.Client, whole: Engine) -> None:
    token = come_in(visitor, whole, Role.DESK)
    answer = visitor.post(f"/en/units/{CITY}/notes", headers={**OURS, "x-csrf-token": token})
    assert code(answer) == (403, "not_your_unit")
