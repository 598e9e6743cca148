"""How a page for people is made: a template in the language of its address, with the words, addresses and forms it needs.

A template is rendered from facts alone. A page that somebody signed in sees is kept nowhere.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from gettext import NullTranslations
from typing import Any, Final, Protocol

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from api.caching import answer
from api.problems import status_of, waiting
from api.web.assets import asset
from api.web.languages import LANGUAGES, STATE_LANGUAGE, address, gettext_for, is_page
from api.web.navigation import places_of
from api.wording import days_until, local_time, number, per_cent, saying, tenge
from domain.errors import Refused

HTML: Final = "text/html; charset=utf-8"
TOKEN_FIELD: Final = "csrf_token"  # noqa: S105 - a form field's name
MESSAGES_REMEMBERED: Final = 4_096
"""A language; more than there are."""
_SEE_OTHER: Final = 303
_OK: Final = 200


class Visit(Protocol):
    """What pages need of a session; whoever checks sessions puts it into `request.state.visit`."""

    @property
    def actor(self) -> Any:
        """Who is signed in."""

    @property
    def csrf_token(self) -> str:
        """What every form of this session carries."""

    def leave(self, message: str) -> None:
        """Keeps a message for the next page."""

    def take(self) -> str | None:
        """The message kept; afterwards there is none."""


def page(
    request: Request,
    template: str,
    *,
    status: int = _OK,
    refused: Refused | None = None,
    private: bool = False,
    strings: Sequence[str] = (),
    **facts: Any,
) -> Response:
    """`strings`: the messages that the page's scripts say. `private` pages, and all of who is signed in, are kept nowhere.

    `refused`: what of the form was; the answer has its status and, where it says to come again, when.
    """
    if refused is not None:
        status = status_of(refused.code)
    visit: Visit | None = getattr(request.state, "visit", None)
    body = _drawn(request, template, visit, strings, facts).encode()
    language = language_of(request)
    if private or visit or status != _OK or request.method not in ("GET", "HEAD"):
        headers = {"content-language": language, "cache-control": "no-store"}
        headers |= waiting(status, refused.facts if refused else {})
        return Response(body, status, headers, HTML)
    return answer(request, body, HTML, content_language=language)


def problem_page(request: Request, *, title: str, detail: str) -> str:
    """A refusal in words. It asks nothing of the session, which may be what is out of reach."""
    return _drawn(request, "problem.html", None, (), {"title": title, "detail": detail})


def wants_page(request: Request) -> bool:
    """Whether a refusal is told as a page: at an address of people, to a browser that shows what it gets."""
    return is_page(request.scope) and "text/html" in request.headers.get("accept", "")


def redirect(request: Request, path: str, message: str | None = None) -> Response:
    """To a page, after a form: `path` is without language. Who is signed in sees `message` there, once."""
    visit: Visit | None = getattr(request.state, "visit", None)
    if visit and message:
        visit.leave(message)
    headers = {"cache-control": "no-store"}
    return RedirectResponse(address(language_of(request), path), _SEE_OTHER, headers)


def language_of(request: Request) -> str:
    language: str = getattr(request.state, "language", STATE_LANGUAGE)
    return language


def rendered(template: str, language: str, **facts: Any) -> str:
    return templates(language).get_template(template).render(**facts)


@cache
def templates(language: str) -> Environment:
    """One for each language, so that macros speak it however they are imported."""
    environment = Environment(
        loader=PackageLoader("api"),
        auto_reload=False,  # a page is made of a dozen templates, and would look at each one's file
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    words = gettext_for(language)
    environment.install_gettext_callables(  # type: ignore[attr-defined] # the extension adds it
        words.gettext, words.ngettext, newstyle=True, pgettext=words.pgettext, npgettext=words.npgettext
    )
    environment.filters.update(
        tenge=tenge, number=number, per_cent=per_cent, local_time=local_time, days_until=days_until
    )
    environment.globals.update(
        language=language,
        languages=LANGUAGES,
        _=_saying_of(words),
        say=saying(language),
        url=lambda path, **query: address(language, path, **query),
        asset=asset,
        places=places_of,
    )
    return environment


def _saying_of(words: NullTranslations) -> Callable[..., Markup]:
    """`_()` of templates. jinja's own looks every message up anew, and a page has some fifty."""

    @lru_cache(MESSAGES_REMEMBERED)
    def translated(message: str) -> Markup:
        return Markup(words.gettext(message))  # noqa: S704 - our own words; the facts put into them are escaped

    @lru_cache(MESSAGES_REMEMBERED)
    def whole(message: str) -> Markup:
        return translated(message) % {}

    def said(message: str, **facts: object) -> Markup:
        return translated(message) % facts if facts else whole(message)

    return said


def _drawn(
    request: Request, template: str, visit: Visit | None, strings: Sequence[str], facts: Mapping[str, Any]
) -> str:
    language = language_of(request)
    return rendered(
        template,
        language,
        in_language=_in_language(request),
        actor=visit.actor if visit else None,
        message=visit.take() if visit else None,
        csrf_field=lambda: _csrf_field(visit),
        strings_script=_strings_script(language, strings),
        **facts,
    )


def _in_language(request: Request) -> Callable[[str], str]:
    """The page's own address in another language, with what was asked of it."""
    query = f"?{request.url.query}" if request.url.query else ""
    return lambda language: f"/{language}{request.url.path}{query}"


def _csrf_field(visit: Visit | None) -> Markup:
    if visit is None:
        return Markup()
    return Markup('<input type="hidden" name="{}" value="{}">').format(TOKEN_FIELD, visit.csrf_token)


def _strings_script(language: str, messages: Sequence[str]) -> Markup:
    """What `t()` of web/strings.js reads: data, not a script."""
    if not messages:
        return Markup()
    words = gettext_for(language)
    said = htmlsafe_json_dumps({message: words.gettext(message) for message in messages})
    return Markup('<script type="application/json" id="strings">{}</script>').format(said)
