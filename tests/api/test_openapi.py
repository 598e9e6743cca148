"""What the application says of itself holds for requests that a machine makes up from it, right ones and wrong ones, whoever asks.

Every operation of the public interface and every page and form that it leaves out is asked, as each role that comes in, with a
session and a form token as they should be, and with ids that lead somewhere: so that it is the handlers that answer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from itertools import cycle
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from fastapi.openapi.utils import get_openapi
from fastapi.routing import RouteContext, iter_route_contexts
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import positive_data_acceptance

from api.web import matrix
from api.web.languages import FOR_PROGRAMS, first_part
from application.accounts.roles import Role
from domain.times import KAZAKHSTAN
from tests.api.everybody import Everybody, everybody
from tests.api.web.test_headers import check as check_headers
from tests.server import PLAIN

ENDLESS = "/v1/stream"
SIGNED = "/v1/kiosks/reports"
"""What is right there only a kiosk's key can make."""
PER_OPERATION = 4
"""Requests made up for each, right ones, and as many wrong ones."""
BY_ITS_ADDRESS = 2
"""Of an operation that is told nothing but its address: there is little to make up."""
LANGUAGE = "/en"
PAGE: dict[str, Any] = {
    **{str(status): {"description": "it leads on"} for status in (302, 303, 304, 307)},
    **{status: {"description": "", "content": {"*/*": {}}} for status in ("200", "4XX")},
}
"""What a page or a form may answer with; never a defect of ours."""
EACH = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
DAYS = st.dates().map(lambda day: day.replace(year=2000 + day.year % 200, day=min(day.day, 28)))
schemathesis.openapi.format(
    "date-or-time",
    DAYS.map(str)
    | st.datetimes(timezones=st.just(KAZAKHSTAN)).map(
        lambda at: at.replace(year=2000 + at.year % 199, day=min(at.day, 28)).isoformat()
    ),
)


class Shown(RouteContext):
    """A route that the public description leaves out."""

    include_in_schema = True


@dataclass(frozen=True)
class Asking:
    """An operation, who comes in to it, and whether the public description has it."""

    operation: APIOperation[Any, Any, Any, Any]
    roles: list[Role]
    public: bool


@pytest.fixture(scope="module")
def people(cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everybody]:
    with everybody(cluster, template, tmp_path_factory.mktemp("everybody") / "home") as people:
        yield people


def described() -> tuple[dict[str, Any], set[tuple[str, str]]]:
    """OpenAPI of every route, pages under a language; and (method, path) of those that the public description has."""
    app = matrix.the_app()
    whole = get_openapi(
        title="Dauys",
        version="all of it",
        routes=[
            Shown(each.route, each._route_context)
            for each in iter_route_contexts(app.routes)
            if each.path not in (ENDLESS, *(path for _, path, _ in matrix.BESIDE))
        ],
    )
    public = {(method, path) for path, methods in app.openapi()["paths"].items() for method in methods}
    paths: dict[str, Any] = {}
    for path, methods in whole["paths"].items():
        address = path if first_part(path) in FOR_PROGRAMS else LANGUAGE + path
        paths[address] = {
            method: told if (method, path) in public else told | {"responses": PAGE}
            for method, told in methods.items()
        }
    return whole | {"paths": paths}, public


@cache
def operations() -> list[Asking]:
    raw, public = described()
    schema = schemathesis.openapi.from_dict(raw)
    refused = schema.config.checks.negative_data_rejection
    refused.expected_statuses = [*refused.expected_statuses, "413"]
    rows = {(row.method, row.path): row.roles for row in matrix.rows(matrix.the_app())}
    found = []
    for each in schema.get_all_operations():
        assert isinstance(each, Ok), each
        operation = each.ok()
        path = operation.path.removeprefix(LANGUAGE) or "/"
        roles = next(
            found
            for (method, declared), found in rows.items()
            if method == operation.method.upper() and declared.replace(":path", "") == path
        )
        found.append(Asking(operation, sorted(roles), (operation.method, path) in public))
    return found


def test_every_route_is_asked() -> None:
    asked = {(each.operation.method.upper(), each.operation.path) for each in operations()}
    assert len(asked) == len(matrix.rows(matrix.the_app())) - 1, "all but the endless stream"
    assert {role for each in operations() for role in each.roles} == set(Role)


@pytest.mark.parametrize("mode", GenerationMode)
def test_every_answer_is_one_that_is_announced_whoever_asks(mode: GenerationMode, people: Everybody) -> None:
    known, turns = people.known(), cycle(Role)
    with requests.Session() as session:
        session.trust_env = False
        asker = Asker(people, session)
        for asking in operations():
            if mode is GenerationMode.NEGATIVE and not may_be_wrong(asking.operation):
                continue
            asker.ask_each(asking, mode, known, turns)
    assert not asker.faults, "\n".join(f"{fault}\n    {how}" for fault, how in asker.faults.items())


def test_a_nul_in_an_address_is_no_defect(people: Everybody) -> None:
    """The one character that no text in the database can hold, in the place of whatever may be asked for."""
    known = people.known()
    with httpx.Client(base_url=people.world.address, timeout=30, trust_env=False, verify=PLAIN) as client:
        for asking in operations():
            names = [
                each.name
                for each in asking.operation.query
                if each.definition["schema"].get("type") == "string"
            ]
            if asking.operation.method != "get" or not names:
                continue
            ids = {name: values[0] for name, values in known.items()}
            address = asking.operation.path.format_map(ids)
            answer = client.get(
                address, params=dict.fromkeys(names, "\0"), headers=people.headers(asking.roles[0])
            )
            assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, answer.url


@dataclass
class Asker:
    """Asks as whoever it is; `faults`: the first of every kind, of every operation, and how it came about."""

    people: Everybody
    session: requests.Session
    faults: dict[str, str] = field(default_factory=dict)
    _headers: dict[Role, dict[str, str]] = field(default_factory=dict)

    def ask_each(
        self, asking: Asking, mode: GenerationMode, known: Mapping[str, list[str]], turns: Iterator[Role]
    ) -> None:
        """Requests made up for the operation. Where all come in, the roles take turns."""
        cases = asking.operation.as_strategy(generation_mode=mode)

        @settings(EACH, max_examples=PER_OPERATION if told_more(asking.operation) else BY_ITS_ADDRESS)
        @given(st.data())
        def ask(data: st.DataObject) -> None:
            case = data.draw(cases)
            lead_somewhere(case, known, data)
            for role in [next(turns)] if Role.PUBLIC in asking.roles else asking.roles:
                for fault in self._faults_of(case, asking, role):
                    self.faults.setdefault(
                        f"{case.method} {case.path}: {fault}", f"as {role}: {case.as_curl_command()}"
                    )

        ask()

    def _faults_of(self, case: Case[Any], asking: Asking, role: Role) -> list[str]:
        answer = case.call(
            self.people.world.address,
            self.session,
            headers=self._headers_of(role),
            allow_redirects=False,
            timeout=30,
        )
        if case.method != "GET":
            self._headers.clear()
        headers = httpx.Headers(
            [(name, value) for name, values in answer.headers.items() for value in values]
        )
        found = []
        try:
            check_headers(httpx.Response(answer.status_code, headers=headers), case.path)
        except AssertionError as fault:
            found.append(f"headers: {fault}")
        # What a form holds is judged by rules that no description tells; what they refuse is told on its page.
        without: list[Any] = [] if asking.public and case.path != SIGNED else [positive_data_acceptance]
        try:
            case.validate_response(answer, excluded_checks=without)
        except ExceptionGroup as faults:
            found += [f"{type(fault).__name__} {answer.status_code}" for fault in faults.exceptions]
        except BaseExceptionGroup as faults:  # schemathesis's own
            found += [f"{type(fault).__name__} {answer.status_code}" for fault in faults.exceptions]
        return found

    def _headers_of(self, role: Role) -> dict[str, str]:
        """Whether the session still lasts is looked up only after something that can have ended it."""
        if role not in self._headers:
            self._headers[role] = self.people.headers(role)
        return self._headers[role]


def may_be_wrong(operation: APIOperation[Any, Any, Any, Any]) -> bool:
    """Whether there is a request that its description does not allow: any text will do in an address."""
    texts = (plain(each.definition["schema"]) == {"type": "string"} for each in operation.path_parameters)
    return told_more(operation) or not all(texts)


def told_more(operation: APIOperation[Any, Any, Any, Any]) -> bool:
    """Whether anything is said to it beside its address."""
    return bool(operation.query) or bool(operation.body)


def plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is only for people."""
    return {name: value for name, value in schema.items() if name not in ("title", "description")}


def lead_somewhere(case: Case[Any], known: Mapping[str, list[str]], data: st.DataObject) -> None:
    """Most addresses that are right in form are those of something."""
    path = case.meta.components.get(ParameterLocation.PATH) if case.meta else None
    if path is None or path.mode is GenerationMode.NEGATIVE:
        return
    for name in case.path_parameters:
        if name in known and data.draw(st.integers(0, 3)):
            case.path_parameters[name] = data.draw(st.sampled_from(known[name]))
