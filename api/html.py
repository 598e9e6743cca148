"""How a page for people is made: a template, one of three languages, and headers that let nothing run in it."""

from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Final

from fastapi import Query, Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from api.caching import answer, etag_of
from api.errors import language_of
from api.wording import LANGUAGES, local_time, number, per_cent, saying, tenge

_HTML: Final = "text/html; charset=utf-8"
_CONTENT_SECURITY: Final = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_STATE_LANGUAGE: Final = "kk"

Lang = Annotated[str, Query(max_length=10)]


def page(request: Request, lang: str, template: str, status: int = 200, **facts: Any) -> Response:
    language = language_for(request, lang)
    body = rendered(template, language, path=request.url.path, **facts)
    response = answer(
        request,
        body.encode(),
        _HTML,
        content_language=language,
        vary="Accept-Language",
        content_security_policy=_CONTENT_SECURITY,
        x_content_type_options="nosniff",
        referrer_policy="no-referrer",
    )
    if status != 200:  # noqa: PLR2004 - OK, or what the caller says
        response.status_code = status
    return response


def rendered(template: str, language: str, **facts: Any) -> str:
    return templates().get_template(template).render(say=saying(language), language=language, **facts)


def language_for(request: Request, lang: str) -> str:
    """The one asked for, else the first the browser names, else the state language."""
    if lang in LANGUAGES:
        return lang
    return language_of(request.headers.get("accept-language", "") or _STATE_LANGUAGE)


@cache
def templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("api"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(tenge=tenge, number=number, per_cent=per_cent, local_time=local_time)
    style_version = etag_of(style_sheet()).strip('"')[:8]
    environment.globals.update(languages=LANGUAGES, style=f"/static/style.css?{style_version}")
    return environment


@cache
def style_sheet() -> bytes:
    return files("api").joinpath("static", "style.css").read_bytes()
