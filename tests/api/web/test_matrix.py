"""The role × route matrix: no route without a guard, the page says what the guards do, and the guards do what the page says."""

import re
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from api.web import matrix
from api.web.access import PUBLIC, SAFE, TOKEN_HEADER, allow
from api.web.matrix import Row, Unguarded
from application.accounts.roles import Role
from tests.house.files import ROOT
from tests.server import Server
from tests.signed_in import browser, signed_in

ROWS = matrix.rows(matrix.the_app())
GUARDED = [row for row in ROWS if Role.PUBLIC not in row.roles]
HELD: list[Role] = [role for role in Role if role is not Role.PUBLIC]
ANY_ID = "00000000-0000-4000-8000-000000000000"


def address(row: Row) -> str:
    return "/en" + re.sub(r"\{[^}]+\}", ANY_ID, row.path)


def code(answer: httpx.Response) -> str:
    """The refusal's; empty where it is none."""
    told = answer.headers.get("content-type", "") == "application/problem+json"
    return answer.json()["code"] if told else ""


@pytest.fixture(scope="module")
def clients(server: Server) -> Iterator[dict[Role, httpx.Client]]:
    """A browser of each role, which keeps its forms' token to itself."""
    with ExitStack() as closing:
        found = {role: closing.enter_context(signed_in(server, role)) for role in HELD}
        found[Role.PUBLIC] = closing.enter_context(browser(server.port))
        for client in found.values():
            client.headers["accept"] = "application/json"
            client.headers.pop(TOKEN_HEADER, None)
        yield found


def test_the_page_says_what_the_guards_do() -> None:
    written = (ROOT / "docs" / "access.md").read_text(encoding="utf-8")
    assert matrix.page(matrix.the_app()) == written, "python -m api.web.matrix > docs/access.md"


@pytest.mark.parametrize("row", GUARDED, ids=lambda row: f"{row.method} {row.path}")
def test_a_route_lets_its_roles_in_and_no_others(clients: dict[Role, httpx.Client], row: Row) -> None:
    for role, client in clients.items():
        refusal = code(client.request(row.method, address(row)))
        if role is Role.PUBLIC:
            assert refusal == "not_signed_in", role
        elif role not in row.roles:
            assert refusal == "role_missing", role
        elif row.method not in SAFE:
            assert refusal == "form_token_wrong", role
        else:
            assert refusal not in ("not_signed_in", "role_missing"), role


def test_sysadmins_and_auditors_change_nothing_in_an_election() -> None:
    ours = re.compile(r"/(admin|account|sign-out|auditor)\b")
    acts = [row for row in GUARDED if row.method not in SAFE and not ours.match(row.path)]
    assert acts
    assert not [row for row in acts if Role.SYSADMIN in row.roles]
    assert not [row for row in acts if Role.AUDITOR in row.roles]


def test_a_route_without_a_guard_is_found() -> None:
    app = FastAPI(openapi_url=None)
    inner = APIRouter()
    inner.add_api_route("/forgotten", lambda: None, methods=["POST"])
    app.include_router(inner, prefix="/desk")
    with pytest.raises(Unguarded, match="POST /desk/forgotten"):
        matrix.rows(app)


def test_of_two_guards_both_must_let_one_in() -> None:
    app = FastAPI(openapi_url=None)
    inner = APIRouter(dependencies=[allow(Role.DESK, Role.OFFICE)])
    inner.add_api_route("/both", lambda: None, dependencies=[allow(Role.OFFICE, Role.EXPERT)])
    inner.add_api_route("/public", lambda: None, dependencies=[PUBLIC])
    app.include_router(inner)
    assert {row.path: row.roles for row in matrix.rows(app)} == {
        "/both": {Role.OFFICE},
        "/public": {Role.DESK, Role.OFFICE},
    }
