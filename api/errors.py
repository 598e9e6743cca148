"""The one place where a refusal becomes an HTTP answer: RFC 9457 problem documents with stable types and codes, or a page that
says the same to a person.
"""

from errno import EDQUOT, EFBIG, ENOSPC
from http import HTTPStatus
from typing import Any, Final

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.problems import status_of, texts, waiting
from api.web.languages import language_in
from api.web.page import HTML, problem_page, wants_page
from application.storage.unavailable import AWAY
from domain.errors import Refused

MEDIA_TYPE = "application/problem+json"
NO_ROOM: Final = (ENOSPC, EDQUOT, EFBIG)
"""The disk's, the user's or the process's share of it is used up."""
PLACES = 20
"""Wrong places told of one request."""

Answer = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""

_PROBLEM: Final = {
    "description": "A problem document (RFC 9457): `code` says which one, `detail` what to do next",
    "content": {
        MEDIA_TYPE: {
            "schema": {
                "type": "object",
                "required": ["type", "code", "status", "title", "detail"],
                "properties": {
                    "type": {"type": "string", "format": "uri"},
                    "code": {"type": "string"},
                    "status": {"type": "integer"},
                    "title": {"type": "string"},
                    "detail": {"type": "string"},
                },
            }
        }
    },
}
RESPONSES: Final[dict[int | str, dict[str, Any]]] = {"4XX": _PROBLEM, "5XX": _PROBLEM}
"""What OpenAPI says of every route's refusals."""


def problem_of(refused: Refused, language: str) -> Answer:
    """The answer to what was refused. Its facts become members of the document."""
    return problem(refused.code, status_of(refused.code), language, _plain_facts(refused))


def problem(code: str, status: int, language: str, facts: dict[str, object] | None = None) -> Answer:
    title, detail = texts(code, language)
    document = {"type": f"urn:dauys:{code}", "code": code, "status": status, "title": title, "detail": detail}
    headers = {"content-type": MEDIA_TYPE, "cache-control": "no-store", "content-language": language}
    headers |= waiting(status, facts or {})
    return status, headers, msgspec.json.encode({**(facts or {}), **document})


def install(app: FastAPI) -> None:
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for away in AWAY:
        app.add_exception_handler(away, _storage)
    app.add_exception_handler(OSError, _disk)
    app.add_exception_handler(Exception, _defect)


def _respond(request: Request, code: str, status: int, facts: dict[str, object] | None = None) -> Response:
    language = language_in(request.scope)
    status, headers, body = problem(code, status, language, facts)
    if wants_page(request):
        title, detail = texts(code, language)
        body = problem_page(request, title=title, detail=detail).encode()
        headers["content-type"] = HTML
    return Response(b"" if request.method == "HEAD" else body, status, headers)


def refusal_answer(request: Request, refused: Refused) -> Response:
    """For who answers before or beside the routes; a refusal that a route raises is answered so by itself."""
    return _refused(request, refused)


def _refused(request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)
    return _respond(request, refused.code, status_of(refused.code), _plain_facts(refused))


def _invalid(request: Request, invalid: Exception) -> Response:
    """Where the request is wrong, never what it held."""
    assert isinstance(invalid, RequestValidationError)
    places = [_place(error) for error in invalid.errors()[:PLACES]]
    return _respond(request, "request_invalid", HTTPStatus.UNPROCESSABLE_ENTITY, {"places": places})


def _place(error: dict[str, Any]) -> str:
    """A member that nobody declared has a name of the client's own, which may be anything."""
    parts = error["loc"][:-1] if error["type"] == "extra_forbidden" else error["loc"]
    return ".".join(str(part) for part in parts)


def _http(request: Request, raised: Exception) -> Response:
    assert isinstance(raised, HTTPException)
    codes = {HTTPStatus.NOT_FOUND: "no_such_page", HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed"}
    code = codes.get(HTTPStatus(raised.status_code), "request_invalid")
    response = _respond(request, code, raised.status_code)
    response.headers.update(raised.headers or {})
    return response


def _storage(request: Request, _: Exception) -> Response:
    return _respond(request, "storage_unavailable", HTTPStatus.SERVICE_UNAVAILABLE)


def _disk(request: Request, fault: Exception) -> Response:
    """A long body waits in a file of no name before it is read; where there is no room for it, nothing of it was taken."""
    if isinstance(fault, OSError) and fault.errno in NO_ROOM:
        return _storage(request, fault)
    raise fault


def _defect(request: Request, _: Exception) -> Response:
    """Ours, not the client's; the framework logs it after this answer, and nothing of it is told."""
    return _respond(request, "internal_error", HTTPStatus.INTERNAL_SERVER_ERROR)


def _plain_facts(refused: Refused) -> dict[str, object]:
    return {name: _plain(value) for name, value in refused.facts.items()}


def _plain(value: object) -> object:
    return value if isinstance(value, (int, str)) or value is None else str(value)
