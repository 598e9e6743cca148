"""Signing in: a page for login and password, one for the one-time code, and then the page that was wanted; signing out."""

from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from pydantic import Field

from api.accounts.telling import problems_of
from api.engine import EngineOf
from api.web.access import COOKIE, allow, drop_cookie, keep_cookie
from api.web.forms import Posted
from api.web.page import page, redirect
from api.web.visitors import VISITORS, VisitorOf
from application.accounts.actor import NotSignedIn
from application.accounts.passwords import LONGEST_CHARS as PASSWORD_CHARS
from application.accounts.roles import STAFF, Role
from domain.errors import Refused

router = APIRouter(include_in_schema=False)

FIRST_PAGE: Final = "/staff"
NEXT_CHARS: Final = 2_000
LOGIN_CHARS: Final = 64
CODE_CHARS: Final = 20

Next = Annotated[str, Field(max_length=NEXT_CHARS)]


class Credentials(Posted):
    login: Annotated[str, Field(max_length=LOGIN_CHARS)]
    password: Annotated[str, Field(max_length=PASSWORD_CHARS)]
    next: Next = ""


class OneTimeCode(Posted):
    code: Annotated[str, Field(max_length=CODE_CHARS)]
    next: Next = ""


@router.get("/sign-in", dependencies=[VISITORS])
def sign_in_page(
    request: Request,
    engine: EngineOf,
    visitor: VisitorOf,
    next: str = "",  # noqa: A002 - the name in the address
) -> Response:
    provider = engine.oidc is not None
    return visitor.known(
        page(request, "accounts/sign_in.html", problems=[], login="", next=local(next), provider=provider)
    )


@router.post("/sign-in", dependencies=[VISITORS])
def sign_in(
    request: Request, engine: EngineOf, visitor: VisitorOf, form: Annotated[Credentials, Form()]
) -> Response:
    try:
        token = engine.signing_in.with_password(form.login, form.password, visitor.device, visitor.browser)
    except Refused as refused:
        return _again(request, "accounts/sign_in.html", refused, form.next, login=form.login)
    wanted = urlencode({"next": local(form.next)})
    response = redirect(request, f"/sign-in/code?{wanted}")
    keep_cookie(response, token)
    return response


@router.get("/sign-in/code", dependencies=[VISITORS])
def code_page(request: Request, visitor: VisitorOf, next: str = "") -> Response:  # noqa: A002 - as above
    return visitor.known(page(request, "accounts/code.html", problems=[], next=local(next)))


@router.post("/sign-in/code", dependencies=[VISITORS])
def second_factor(
    request: Request, engine: EngineOf, visitor: VisitorOf, form: Annotated[OneTimeCode, Form()]
) -> Response:
    try:
        signed_in = engine.signing_in.with_code(
            request.cookies.get(COOKIE, ""), form.code, visitor.device, visitor.browser
        )
    except NotSignedIn as refused:
        return _again(request, "accounts/sign_in.html", refused, form.next, login="")
    except Refused as refused:
        return _again(request, "accounts/code.html", refused, form.next)
    response = redirect(request, local(form.next) or FIRST_PAGE)
    keep_cookie(response, signed_in.token)
    return response


@router.post("/sign-out", dependencies=[allow(*STAFF, Role.RESIDENT)])
def sign_out(request: Request, engine: EngineOf) -> Response:
    engine.sessions.end(request.cookies[COOKIE])
    response = redirect(request, "/")
    drop_cookie(response)
    return response


def local(address: str) -> str:
    """The address if it is a page of ours, else nothing: what is asked for before signing in is anybody's text.

    A path only, as browsers read one: they take a backslash for a slash, and drop tabs and line ends.
    """
    plain = address.isascii() and address.isprintable() and len(address) <= NEXT_CHARS
    return address if plain and address.startswith("/") and address[1:2] not in ("/", "\\") else ""


def _again(request: Request, template: str, refused: Refused, wanted: str, **facts: Any) -> Response:
    """The same page with what was wrong, and what was typed but the password."""
    problems = problems_of(request, refused)
    return page(
        request,
        template,
        refused=refused,
        private=True,
        strings=(),
        problems=problems,
        next=local(wanted),
        **facts,
    )
