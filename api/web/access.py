"""Who may come in: the guard of every route, the session behind it, and what of it is written down.

A route without a guard is a defect that the tests find. A guard looks for the session's cookie, for a role that the route allows,
and, in whatever changes something, for the token that only a page of this session holds; what a signed-in member of staff is
refused becomes a row of the access log. A public route looks at no cookie, so its pages are the same for everybody.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Any, ClassVar, Final

from fastapi import Depends, FastAPI, Request, Response
from starlette.responses import RedirectResponse

from api.composition import Engine
from api.engine import EngineOf
from api.errors import refusal_answer
from api.web.languages import address
from api.web.page import TOKEN_FIELD, language_of, wants_page
from application.accounts.access_log import Outcome
from application.accounts.actor import Actor, NotSignedIn, RoleMissing
from application.accounts.roles import Role
from application.accounts.sessions import Session, Stage, form_token, same_token
from domain.errors import Refused

__all__ = ["PUBLIC", "Actor", "ActorOf", "Guard", "Role", "allow"]

COOKIE: Final = "__Host-dauys"
"""Secure, for this host alone, for every path. Chromium keeps it over plain http too, on loopback only."""
TOKEN_HEADER: Final = "x-csrf-token"  # noqa: S105 - a header's name
SIGN_IN: Final = "/sign-in"
RESIDENT_SIGN_IN: Final = "/residents/sign-in"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110, 9.2.1)."""

_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
_COOKIE_BYTES: Final = 100
_TOLD_OF_READING: Final = frozenset({"role_missing", "not_your_unit"})
"""Refusals written down even where somebody only wanted to read."""


class FormTokenWrong(Refused):
    """The form is of no page of this session: an old one, or another site's."""

    code: ClassVar[str] = "form_token_wrong"


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who is signed in; pages find it in `request.state.visit`."""

    engine: Engine
    session: Session
    cookie: str = field(repr=False)

    @property
    def actor(self) -> Actor:
        assert self.session.actor is not None
        return self.session.actor

    @property
    def csrf_token(self) -> str:
        return form_token(self.cookie)

    def leave(self, message: str) -> None:
        self.engine.sessions.leave_message(self.cookie, message)

    def take(self) -> str | None:
        return self.engine.sessions.take_message(self.session)


async def sent_token(request: Request) -> str:
    """What the request brings as proof that a page of ours made it."""
    if request.method in SAFE:
        return ""
    sent: Any = request.headers.get(TOKEN_HEADER)
    if sent is None and request.headers.get("content-type", "").startswith(_FORMS):
        sent = (await request.form()).get(TOKEN_FIELD)
    return sent if isinstance(sent, str) else ""


@dataclass(frozen=True, slots=True)
class Guard:
    """What `allow` makes of roles; the tests and docs/access.md read `roles` off every route."""

    roles: frozenset[Role]

    def __call__(
        self, request: Request, engine: EngineOf, token: Annotated[str, Depends(sent_token)]
    ) -> Iterator[None]:
        request.state.sign_in = RESIDENT_SIGN_IN if self.roles == {Role.RESIDENT} else SIGN_IN
        visit = visit_of(request, engine)
        try:
            if not visit.actor.may(self.roles):
                raise RoleMissing
            if request.method not in SAFE and not same_token(visit.csrf_token, token):
                raise FormTokenWrong
            request.state.visit = visit
            yield
        except Refused as refused:
            _write_down(request, visit, refused)
            raise


@dataclass(frozen=True, slots=True)
class OpenToAll(Guard):
    async def __call__(self) -> None:  # type: ignore[override] # a guard is called by FastAPI alone, with what it asks for
        """Nobody is asked anything."""


def allow(*roles: Role) -> Any:
    """A dependency for a router or a route: `dependencies=[allow(Role.DESK)]`. Of several on one route each must be satisfied."""
    return Depends(OpenToAll(frozenset(roles)) if Role.PUBLIC in roles else Guard(frozenset(roles)))


PUBLIC: Final = allow(Role.PUBLIC)


def visit_of(request: Request, engine: Engine) -> Visit:
    """Who is signed in; NotSignedIn when nobody is, or signing in has not come to its end."""
    cookie = request.cookies.get(COOKIE, "")
    session = engine.sessions.find(cookie) if 0 < len(cookie) <= _COOKIE_BYTES else None
    if session is None or session.stage is not Stage.SIGNED_IN:
        raise NotSignedIn
    return Visit(engine, session, cookie)


def _visit(request: Request) -> Visit:
    """NotSignedIn on a route that asks who acts and lets everybody in: the defect is safe."""
    visit = getattr(request.state, "visit", None)
    if not isinstance(visit, Visit):
        raise NotSignedIn
    return visit


VisitOf = Annotated[Visit, Depends(_visit)]


def _actor(visit: VisitOf) -> Actor:
    return visit.actor


ActorOf = Annotated[Actor, Depends(_actor)]


def keep_cookie(response: Response, token: str) -> None:
    """Hand the token to the browser. It ends with the browser, and here before that."""
    response.set_cookie(COOKIE, token, path="/", secure=True, httponly=True, samesite="lax")


def drop_cookie(response: Response) -> None:
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")


def install(app: FastAPI) -> None:
    app.add_exception_handler(NotSignedIn, _not_signed_in)


def _not_signed_in(request: Request, refused: Exception) -> Response:
    """A person is sent to sign in, and back to the page they wanted; a program is told 401."""
    assert isinstance(refused, NotSignedIn)
    if not wants_page(request):
        return refusal_answer(request, refused)
    query = f"?{request.url.query}" if request.url.query else ""
    wanted = {"next": f"{request.url.path}{query}"} if request.method in SAFE else {}
    sign_in: str = getattr(request.state, "sign_in", SIGN_IN)
    to = address(language_of(request), sign_in, **wanted)
    return RedirectResponse(to, HTTPStatus.SEE_OTHER, {"cache-control": "no-store"})


def _write_down(request: Request, visit: Visit, refused: Refused) -> None:
    """A refusal of an act, and of reading what is somebody else's. Residents are told, and not kept a record of."""
    if visit.actor.roles == {Role.RESIDENT}:
        return
    if request.method in SAFE and refused.code not in _TOLD_OF_READING:
        return
    route: Any = request.scope.get("route")
    act = f"{request.method} {getattr(route, 'path', '')}"
    visit.engine.access.record(visit.actor, act, request.url.path, Outcome.REFUSED, refused.code)
