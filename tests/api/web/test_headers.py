"""Every answer of every route, errors too, tells the browser what to forbid; no page holds a script or a style of its own."""

import re
from collections import Counter

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from api.main import create_app
from api.web.headers import BY_PATH, OPEN_DATA, PAGES, RawHeaders
from api.web.languages import FOR_PROGRAMS, first_part
from application.settings import Settings
from tests.server import Server

EXPECTED = {
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
}
HTML = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
INLINE = re.compile(
    r"<style|\sstyle=|\son\w+=|<script(?![^>]*( src=| type=\"application/(?:ld\+)?json\"))|javascript:",
    re.IGNORECASE,
)


def routes() -> list[tuple[str, str]]:
    """(method, address) of every route there is, with something in the place of each parameter."""
    app = create_app(Settings()).app  # type: ignore[attr-defined] # inside of what goes first
    found = {
        (method, re.sub(r"{[^}]*}", "1", str(context.path)))
        for context in iter_route_contexts(app.routes)
        for method in context.methods or ()
    }
    return sorted((method, path if is_for_programs(path) else f"/ru{path}") for method, path in found)


def is_for_programs(path: str) -> bool:
    return first_part(path) in FOR_PROGRAMS


def asked(server: Server, method: str, address: str, **headers: str) -> httpx.Response:
    """The head of the answer: a stream never ends."""
    with server.client.stream(method, address, headers={**HTML, **headers}) as answer:
        return answer


def check(answer: httpx.Response, address: str) -> None:
    told = Counter(name for name, _ in answer.headers.multi_items())
    assert {name: told[name] for name in EXPECTED} == dict.fromkeys(EXPECTED, 1), address
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy, address
    assert "frame-ancestors" in policy, address
    assert "unsafe" not in policy or "/docs" in address, address
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_every_route_answers_with_its_headers(server: Server) -> None:
    addresses = routes()
    assert len(addresses) > 50
    for method, address in addresses:
        check(asked(server, method, address), f"{method} {address}")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 302),
        ("GET", "/kk/nowhere", 404),
        ("GET", "/v1/nowhere", 404),
        ("GET", "/static/0/%2e%2e/main.py", 404),
        ("DELETE", "/kk/units", 405),
        ("GET", "/v1/deliveries", 405),
        ("POST", "/v1/deliveries", 415),
        ("GET", "/kk/units?before=nonsense", 422),
    ],
)
def test_an_error_has_them_too(server: Server, method: str, path: str, status: int) -> None:
    answer = asked(server, method, path)
    assert answer.status_code == status
    check(answer, path)


def test_a_body_too_large_has_them_too(server: Server) -> None:
    answer = server.client.post("/kk/units", content=b"9" * (server.settings.body_bytes + 1))
    assert answer.status_code == 413
    check(answer, "/kk/units")


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/ru/units", PAGES),
        ("/v1/rounds", OPEN_DATA),
        ("/kiosk", BY_PATH["kiosk"]),
        ("/embed/x", BY_PATH["embed"]),
    ],
)
def test_the_line_of_the_table_is_the_one_of_the_path(server: Server, path: str, headers: RawHeaders) -> None:
    told = asked(server, "GET", path).headers
    assert {name.decode(): told[name.decode()] for name, _ in headers} == {
        name.decode(): value.decode() for name, value in headers
    }


def test_a_page_can_be_framed_by_nobody_and_sends_forms_home_only() -> None:
    policy = dict(PAGES)[b"content-security-policy"].decode()
    for line in ("frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'", "trusted-types 'none'"):
        assert line in policy


def test_what_came_by_https_is_to_come_so_for_ever(server: Server) -> None:
    assert "strict-transport-security" not in asked(server, "GET", "/ru/units").headers
    behind = asked(server, "GET", "/ru/units", **{"X-Forwarded-Proto": "https"})
    assert behind.headers["strict-transport-security"] == "max-age=31536000"


def test_no_page_holds_a_script_or_a_style(server: Server) -> None:
    pages = 0
    for method, address in routes():
        if method != "GET" or is_for_programs(address):
            continue
        answer = server.client.get(address, headers=HTML)
        if answer.headers.get("content-type", "").startswith("text/html"):
            pages += 1
            assert not INLINE.search(answer.text), address
    assert pages > 15
