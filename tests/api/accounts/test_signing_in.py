"""Signing in as people do it, page by page, and what those try who should not come in."""

import httpx
import pytest

from api.accounts.signing_in import local
from api.web.access import COOKIE
from tests.api.accounts.pages import Person, fill_in
from tests.server import Server
from tests.signed_in import PASSWORD, browser

SIGN_IN, CODE = "/en/sign-in", "/en/sign-in/code"


def password_given(
    client: httpx.Client, login: str, password: str = PASSWORD, wanted: str = ""
) -> httpx.Response:
    shown = client.get(SIGN_IN, params={"next": wanted} if wanted else {})
    assert shown.status_code == 200
    return fill_in(client, SIGN_IN, login=login, password=password, next=wanted)


def sign_in(client: httpx.Client, person: Person, wanted: str = "") -> httpx.Response:
    given = password_given(client, person.login, wanted=wanted)
    assert given.status_code == 303, given.text
    return fill_in(client, CODE, code=person.code(), next=wanted)


def test_password_and_code_lead_to_the_console(client: httpx.Client, sysadmin: Person) -> None:
    answer = sign_in(client, sysadmin)
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/staff")
    shown = client.get("/en/staff")
    assert shown.status_code == 200
    assert "Ахметова Сәуле" in shown.text
    assert shown.headers["cache-control"] == "no-store"


def test_one_comes_back_to_the_page_that_was_wanted(client: httpx.Client, sysadmin: Person) -> None:
    sent = client.get("/en/admin/log?actor=x")
    assert sent.headers["location"] == "/en/sign-in?next=%2Fadmin%2Flog%3Factor%3Dx"
    answer = sign_in(client, sysadmin, wanted="/admin/log?actor=x")
    assert answer.headers["location"] == "/en/admin/log?actor=x"


def test_the_password_alone_opens_nothing(client: httpx.Client, sysadmin: Person) -> None:
    assert password_given(client, sysadmin.login).status_code == 303
    assert client.get("/en/staff").headers["location"].startswith("/en/sign-in")


def test_every_step_has_a_token_of_its_own_and_the_one_before_is_worth_nothing(
    client: httpx.Client, sysadmin: Person
) -> None:
    password_given(client, sysadmin.login)
    first = client.cookies[COOKIE]
    fill_in(client, CODE, code=sysadmin.code())
    second = client.cookies[COOKIE]
    assert first != second
    client.cookies.set(COOKIE, first, domain="127.0.0.1", path="/")
    assert client.get("/en/staff").status_code == 303


def test_a_cookie_that_an_attacker_planted_is_not_signed_in_with(
    client: httpx.Client, sysadmin: Person
) -> None:
    client.cookies.set(COOKIE, "A" * 43, domain="127.0.0.1", path="/")
    sign_in(client, sysadmin)
    assert client.cookies[COOKIE] != "A" * 43


def test_the_cookie_is_for_this_host_and_no_script(client: httpx.Client, sysadmin: Person) -> None:
    answer = sign_in(client, sysadmin)
    (cookie,) = [each for each in answer.headers.get_list("set-cookie") if each.startswith(f"{COOKIE}=")]
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert parts == {"path=/", "secure", "httponly", "samesite=lax"}


def test_a_code_works_once(client: httpx.Client, sysadmin: Person) -> None:
    sign_in(client, sysadmin)
    fill_in(client, "/en/staff", "/en/sign-out")
    password_given(client, sysadmin.login)
    answer = fill_in(client, CODE, code=sysadmin.code())
    assert answer.status_code == 403
    assert "Wrong one-time code" in answer.text


def test_an_unknown_login_and_a_wrong_password_get_the_same_page(
    client: httpx.Client, sysadmin: Person
) -> None:
    wrong = password_given(client, sysadmin.login, "not the password at all")
    unknown = password_given(client, "nobody.here", "not the password at all")
    assert wrong.status_code == unknown.status_code == 403
    assert wrong.text.replace(sysadmin.login, "?") == unknown.text.replace("nobody.here", "?")


def test_guessing_is_slowed_down_and_the_right_password_waits_too(
    client: httpx.Client, sysadmin: Person, own_server: Server
) -> None:
    with browser(own_server.port) as stranger:
        answers = [password_given(stranger, sysadmin.login, f"guess number {n}") for n in range(7)]
        assert [answer.status_code for answer in answers] == [403] * 6 + [429]
        assert "You can try again in 1 minute." in answers[-1].text
        assert 0 < int(answers[-1].headers["retry-after"]) <= 60
        assert password_given(stranger, sysadmin.login).status_code == 429
    # The rightful person's own browser is known, and is not locked out by the stranger.
    assert sign_in(client, sysadmin).status_code == 303


def test_a_form_of_another_browser_signs_nobody_in(
    client: httpx.Client, sysadmin: Person, own_server: Server
) -> None:
    with browser(own_server.port) as attacker:
        attacker.get(SIGN_IN)
        data = {"login": sysadmin.login, "password": PASSWORD, "csrf_token": "A" * 43}
        answer = client.post(SIGN_IN, data=data)
    assert answer.status_code == 403
    assert "out of date" in answer.text


def test_signing_out_ends_the_session_not_only_the_cookie(client: httpx.Client, sysadmin: Person) -> None:
    sign_in(client, sysadmin)
    token = client.cookies[COOKIE]
    fill_in(client, "/en/staff", "/en/sign-out")
    assert COOKIE not in client.cookies
    client.cookies.set(COOKIE, token, domain="127.0.0.1", path="/")
    assert client.get("/en/staff").status_code == 303


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.test",
        "/\\evil.test",
        "https://evil.test",
        "javascript:alert(1)",
        "/\t/evil.test",
        "/x\r\ny",
        "evil",
        "/қ",
    ],
)
def test_next_leads_nowhere_else(elsewhere: str) -> None:
    assert local(elsewhere) == ""
