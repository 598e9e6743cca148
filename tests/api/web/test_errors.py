"""A refusal at a page's address is a page in its language for a browser, and a problem document for a program."""

from html import escape

import pytest

from api.problems import texts
from api.web.languages import LANGUAGES
from tests.server import Server

BROWSER = {"Accept": "text/html,application/xhtml+xml;q=0.9"}
PROGRAM = {"Accept": "application/json, */*;q=0.5"}
REFUSED = [
    ("/nowhere", "no_such_page", 404),
    ("/units?before=nonsense", "request_invalid", 422),
    ("/v1/log", "no_such_page", 404),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("path", "code", "status"), REFUSED[:2])
def test_a_browser_gets_a_page(server: Server, language: str, path: str, code: str, status: int) -> None:
    answer = server.client.get(f"/{language}{path}", headers=BROWSER)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-language"] == language
    assert answer.headers["cache-control"] == "no-store"
    assert f'<html lang="{language}"' in answer.text
    for said in texts(code, language):
        assert escape(said) in answer.text


@pytest.mark.parametrize(("path", "code", "status"), REFUSED)
def test_a_program_gets_a_problem_document(server: Server, path: str, code: str, status: int) -> None:
    answer = server.client.get(f"/ru{path}", headers=PROGRAM)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_programs_read_is_refused_as_a_document_even_to_a_browser(server: Server) -> None:
    answer = server.client.get("/v1/nowhere", headers={**BROWSER, "Accept-Language": "kk"})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == "kk"
