"""Which of the three languages a request is in.

Pages for people stand under `/kk`, `/ru` and `/en`; their routes are declared without that. What programs read has one address
for all.
"""

from http import HTTPStatus
from typing import Final
from urllib.parse import quote, urlencode

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from api.web.words import LANGUAGES, N_, NP_, WRITTEN_IN, gettext_for, translated

__all__ = ["LANGUAGES", "NP_", "N_", "LanguagePrefix", "gettext_for", "language_in", "translated"]

STATE_LANGUAGE: Final = "kk"

FOR_PROGRAMS: Final = frozenset(
    {"v1", "log", "static", "kiosk", "embed", "healthz", "readyz", "metrics", "docs", "openapi.json"}
    | {"favicon.ico", "robots.txt", ".well-known"}
)
"""First parts of the addresses that are the same in every language."""

_PATH_SAFE: Final = "/:@!$&'()*+,;=~"


def negotiated(accept_language: str, otherwise: str) -> str:
    """The first of `LANGUAGES` that the client names; `otherwise` where it names none."""
    for wanted in accept_language.lower().split(","):
        language = wanted.strip()[:2]
        if language in LANGUAGES:
            return language
    return otherwise


def language_in(scope: Scope) -> str:
    """Of the page's address; else what the request asks for; English for programs that do not say."""
    language: str | None = scope.get("state", {}).get("language")
    return language or negotiated(_accept_language(scope), WRITTEN_IN)


def reader_s_language(scope: Scope) -> str:
    """What the browser of a person asks for; the state language where it does not say."""
    return negotiated(_accept_language(scope) or STATE_LANGUAGE, WRITTEN_IN)


def is_page(scope: Scope) -> bool:
    """Whether a person asks: the address has a language."""
    return "language" in scope.get("state", {})


def split(path: str) -> tuple[str | None, str]:
    """`/kk/rounds` → `kk`, `/rounds`. What programs read does not lose a language put before it, and so is not found."""
    first, _, rest = path.removeprefix("/").partition("/")
    if first not in LANGUAGES:
        return None, path
    return first, path if first_part(f"/{rest}") in FOR_PROGRAMS else f"/{rest}"


def first_part(path: str) -> str:
    return path.removeprefix("/").partition("/")[0]


def address(language: str, path: str, **query: object) -> str:
    """Of a page in a language: `/kk/rounds?before=7`. What programs read has the same address in each."""
    prefix = "" if first_part(path) in FOR_PROGRAMS else f"/{language}"
    return f"{prefix}{path}" + (f"?{urlencode(query)}" if query else "")


class LanguagePrefix:
    """Takes the language off a page's address and into `scope["state"]["language"]`; sends who came without to the best one.

    Only what is asked for with GET or HEAD can be asked for again elsewhere; another method goes on in the best language.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or first_part(scope["path"]) in FOR_PROGRAMS:
            await self._app(scope, receive, send)
            return
        language, path = split(scope["path"])
        best = language or reader_s_language(scope)
        canonical = language and scope["path"] != f"/{language}"
        if not canonical and scope["method"] in ("GET", "HEAD"):
            await _redirect(best, path, scope["query_string"])(scope, receive, send)
            return
        state = {**scope.get("state", {}), "language": best}
        raw_path = quote(path, safe=_PATH_SAFE).encode()
        await self._app({**scope, "path": path, "raw_path": raw_path, "state": state}, receive, send)


def _redirect(language: str, path: str, query: bytes) -> RedirectResponse:
    location = f"/{language}{quote(path, safe=_PATH_SAFE)}" + (f"?{query.decode('latin-1')}" if query else "")
    headers = {"vary": "Accept-Language", "content-language": language, "cache-control": "no-cache"}
    return RedirectResponse(location, HTTPStatus.FOUND, headers)


def _accept_language(scope: Scope) -> str:
    header: bytes = dict(scope["headers"]).get(b"accept-language", b"")
    return header.decode("latin-1")
