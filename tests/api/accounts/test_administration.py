"""Sysadmins' pages over HTTP: what they do, and what a form or an address cannot be made to do."""

import csv
import io
import re
from collections.abc import Iterator
from html import unescape
from uuid import UUID, uuid4

import httpx
import pytest

from api.web.words import LANGUAGES
from api.worker import catch_up
from application.accounts.roles import Role
from tests.api.accounts.pages import fill_in, hidden_fields, set_up
from tests.elections import Election
from tests.examples import CITY, TERMS
from tests.server import Server
from tests.signed_in import PASSWORD, browser, signed_in, whole_engine

ACCOUNTS, NEW = "/en/admin/accounts", "/en/admin/accounts/new"
MARKUP = "<script>alert(1)</script>"


@pytest.fixture
def admin(own_server: Server) -> Iterator[httpx.Client]:
    with signed_in(own_server, Role.SYSADMIN, login="s.akhmetova") as client:
        yield client


@pytest.fixture
def desk(own_server: Server) -> Iterator[httpx.Client]:
    with signed_in(own_server, Role.DESK, units=[CITY], login="a.seitkali") as client:
        yield client


def id_of(server: Server, login: str) -> UUID:
    with whole_engine(server) as engine:
        return engine.accounts.find(login).id


def roles_of(server: Server, login: str) -> frozenset[Role]:
    with whole_engine(server) as engine:
        return engine.accounts.find(login).roles


def invite(admin: httpx.Client, **changed: str | list[str]) -> httpx.Response:
    form: dict[str, str | list[str]] = {
        "login": "b.omarov",
        "name": "Омаров Бауыржан",
        "roles": ["desk", "operator"],
        "units": [CITY],
        "other_units": "751110000",
    }
    return fill_in(admin, NEW, NEW, **(form | changed))


def test_an_invitation_is_handed_over_and_its_person_is_signed_in_by_it(
    admin: httpx.Client, own_server: Server
) -> None:
    shown = invite(admin)
    assert shown.headers["cache-control"] == "no-store"
    code = re.search(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){3}", shown.text)
    assert code is not None
    with browser(own_server.port) as client:
        set_up(client, code[0])
        assert "Омаров Бауыржан" in client.get("/en/staff").text
    assert roles_of(own_server, "b.omarov") == {Role.DESK, Role.OPERATOR}


def test_units_of_rounds_are_chosen_by_name_and_others_typed_by_code(
    admin: httpx.Client, own_server: Server
) -> None:
    Election(own_server.engine, terms=TERMS).drafted()
    catch_up(own_server.engine.datastore, own_server.settings)
    assert TERMS.units[0].name in admin.get(NEW).text
    invite(admin)
    shown = admin.get(f"{ACCOUNTS}/{id_of(own_server, 'b.omarov')}").text
    assert re.search(rf'id="unit-{CITY}"[^>]* checked', shown)
    assert 'value="751110000"' in shown
    with whole_engine(own_server) as engine:
        assert engine.accounts.find("b.omarov").units == {CITY, "751110000"}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"roles": ["desk", "sysadmin"]}, "A role to be held alone"),
        ({"roles": []}, "No role given"),
        ({"roles": ["resident"]}, "No role given"),
        ({"roles": ["public"]}, "No role given"),
        ({"login": "Қазақ"}, "Invalid login"),
        ({"login": "s.akhmetova"}, "Login taken"),
        ({"other_units": "75"}, "Invalid KATO code"),
        ({"name": " "}, "Invalid text"),
    ],
)
def test_what_is_refused_is_told_and_what_was_typed_is_kept(
    admin: httpx.Client, changed: dict[str, str | list[str]], told: str
) -> None:
    shown = invite(admin, **changed)
    assert shown.status_code in (409, 422)
    assert told in shown.text
    assert "751110000" in shown.text or "other_units" in changed
    assert "Омаров Бауыржан" in shown.text or "name" in changed


def test_a_role_that_there_is_not_is_refused(admin: httpx.Client) -> None:
    answer = invite(admin, roles=["emperor"])
    assert answer.status_code == 422


def test_a_field_that_the_form_has_not_is_refused(admin: httpx.Client) -> None:
    answer = invite(admin, state="active", password="x")  # noqa: S106 - what an attacker would add
    assert answer.status_code == 422
    assert "b.omarov" not in admin.get(ACCOUNTS).text


@pytest.mark.parametrize("path", ["/en/account/password", "/en/account/sessions/end-others"])
def test_nobody_raises_themselves_by_a_field_in_a_form_of_their_own(
    desk: httpx.Client, own_server: Server, path: str
) -> None:
    data = {"old": "x" * 20, "password": "y" * 20, "roles": "sysadmin", "account_id": str(uuid4())}
    assert desk.post(path, data=data).status_code == 422
    assert roles_of(own_server, "a.seitkali") == {Role.DESK}


def test_the_desk_opens_no_account_by_its_address(
    desk: httpx.Client, admin: httpx.Client, own_server: Server
) -> None:
    own = f"{ACCOUNTS}/{id_of(own_server, 'a.seitkali')}"
    assert desk.get(own).status_code == 403
    assert desk.post(own, data={"name": "A", "roles": "sysadmin"}).status_code == 403
    assert roles_of(own_server, "a.seitkali") == {Role.DESK}
    shown = admin.get("/en/admin/log?actor=a.seitkali").text
    assert "role_missing" in shown
    assert "POST /admin/accounts/{account_id}" in unescape(shown)


def test_a_sysadmin_s_own_account_has_no_form_and_takes_none(admin: httpx.Client, own_server: Server) -> None:
    own = f"{ACCOUNTS}/{id_of(own_server, 's.akhmetova')}"
    assert "This is your own account" in admin.get(own).text
    answer = admin.post(own, data={"name": "A", "roles": "office"})
    assert answer.status_code == 409
    assert roles_of(own_server, "s.akhmetova") == {Role.SYSADMIN}


def test_other_roles_sign_the_person_out_at_once(
    admin: httpx.Client, desk: httpx.Client, own_server: Server
) -> None:
    assert desk.get("/en/staff").status_code == 200
    one = f"{ACCOUNTS}/{id_of(own_server, 'a.seitkali')}"
    answer = fill_in(admin, one, name="Айгерім", roles=["office"], units=CITY)
    assert (answer.status_code, answer.headers["location"]) == (303, one)
    assert "The account is changed." in admin.get(one).text
    assert "The account is changed." not in admin.get(one).text
    assert desk.get("/en/staff").status_code == 303


def test_suspended_restored_reset_and_sessions_ended(
    admin: httpx.Client, desk: httpx.Client, own_server: Server
) -> None:
    one = f"{ACCOUNTS}/{id_of(own_server, 'a.seitkali')}"
    assert fill_in(admin, one, f"{one}/end-sessions").status_code == 303
    assert desk.get("/en/staff").status_code == 303
    assert fill_in(admin, one, f"{one}/suspend", reason="on leave").status_code == 303
    assert "Suspended" in admin.get(one).text
    assert fill_in(admin, one, f"{one}/restore").status_code == 303
    shown = fill_in(admin, one, f"{one}/reset")
    assert re.search(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){3}", shown.text)
    rows = list(csv.DictReader(io.StringIO(admin.get("/en/admin/log.csv").content.decode("utf-8-sig"))))
    acts = ["reset_account", "restore_account", "suspend_account", "end_sessions"]
    assert [row["act"] for row in rows[:4]] == acts
    assert {row["actor"] for row in rows[:4]} == {"s.akhmetova"}
    assert rows[2]["reason"] == "on leave"


def test_a_suspension_without_a_reason_is_refused(
    admin: httpx.Client, desk: httpx.Client, own_server: Server
) -> None:
    one = f"{ACCOUNTS}/{id_of(own_server, 'a.seitkali')}"
    assert fill_in(admin, one, f"{one}/suspend", reason=" ").status_code == 422
    assert desk.get("/en/staff").status_code == 200


def test_markup_in_a_name_or_a_reason_is_shown_as_text(
    admin: httpx.Client, desk: httpx.Client, own_server: Server
) -> None:
    invite(admin, name=MARKUP)
    one = f"{ACCOUNTS}/{id_of(own_server, 'a.seitkali')}"
    fill_in(admin, one, f"{one}/suspend", reason=MARKUP)
    assert desk.get("/en/staff").status_code == 303
    pages = [ACCOUNTS, f"{ACCOUNTS}/{id_of(own_server, 'b.omarov')}", "/en/admin/log"]
    for path in pages:
        shown = admin.get(path).text
        assert "&lt;script&gt;" in shown
        assert MARKUP not in shown


def test_a_browser_s_name_is_shown_as_text(own_server: Server) -> None:
    with whole_engine(own_server) as engine:
        code = engine.account_setup.bootstrap_code()
    with browser(own_server.port) as client:
        client.headers["user-agent"] = MARKUP
        set_up(client, code, "s.akhmetova")
        shown = client.get("/en/account").text
    assert "&lt;script&gt;" in shown
    assert MARKUP not in shown


def test_one_s_own_sessions_are_ended_from_one_s_own_page(own_server: Server) -> None:
    with whole_engine(own_server) as engine:
        code = engine.account_setup.bootstrap_code()
    with browser(own_server.port) as first:
        person = set_up(first, code, "s.akhmetova")
        with browser(own_server.port) as second:
            fill_in(second, "/en/sign-in", login=person.login, password=PASSWORD)
            fill_in(second, "/en/sign-in/code", code=person.code())
            assert second.get("/en/staff").status_code == 200
            assert fill_in(first, "/en/account", "/en/account/sessions/end-others").status_code == 303
            assert "All your other sessions have ended." in first.get("/en/account").text
            assert second.get("/en/staff").status_code == 303


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["", "/new", "/{id}"])
def test_every_page_is_in_every_language(
    admin: httpx.Client, desk: httpx.Client, own_server: Server, language: str, path: str
) -> None:
    assert desk.get("/en/staff").status_code == 200
    address = f"/{language}/admin/accounts{path}".replace("{id}", str(id_of(own_server, "a.seitkali")))
    shown = admin.get(address)
    assert shown.status_code == 200
    assert f'<html lang="{language}"' in shown.text
    assert hidden_fields(shown.text, f"/{language}/sign-out").keys() == {"csrf_token"}
