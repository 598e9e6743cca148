"""People who are not signed in yet and fill in a form: their browser's random cookie stands in for a session's.

Forms carry a token made of that cookie, so no other site signs anybody in; failed sign-ins are counted by it. It tells nothing
about the person, is set only where such a form is shown, and public pages do not look at it.
"""

import re
import secrets
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import Depends, Request, Response

from api.web.access import SAFE, FormTokenWrong, OpenToAll, sent_token
from application import base64url
from application.accounts.roles import Role
from application.accounts.sessions import form_token, same_token

DEVICE_COOKIE: Final = "__Host-dauys-device"
DEVICE_SECONDS: Final = 365 * 24 * 3600

_DEVICE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_DEVICE_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Visitor:
    """What a page needs of a visit, where nobody is signed in: no actor, no messages, a token for its forms."""

    device: str = field(repr=False)
    browser: str
    actor: None = None

    @property
    def csrf_token(self) -> str:
        return form_token(self.device)

    def leave(self, message: str) -> None:
        """There is no session that could keep it."""

    def take(self) -> None:
        """As `leave`."""

    def known(self, response: Response) -> Response:
        """The answer, with which the browser keeps the cookie for another year."""
        response.set_cookie(
            DEVICE_COOKIE, self.device, DEVICE_SECONDS, path="/", secure=True, httponly=True, samesite="lax"
        )
        return response


@dataclass(frozen=True, slots=True)
class OpenToVisitors(OpenToAll):
    """Lets everybody in who, to change something, sends the token of a page that this browser was shown."""

    async def __call__(self, request: Request, token: Annotated[str, Depends(sent_token)]) -> None:  # type: ignore[override] # as OpenToAll
        visitor = visitor_in(request)
        if request.method not in SAFE and not same_token(visitor.csrf_token, token):
            raise FormTokenWrong
        request.state.visit = visitor


VISITORS: Final = Depends(OpenToVisitors(frozenset({Role.PUBLIC})))
"""Guard of routes with forms for who is not signed in; their handlers take `visitor: VisitorOf`."""


def visitor_in(request: Request) -> Visitor:
    """By the cookie that the browser sent; a new one where it sent none that is ours."""
    device = request.cookies.get(DEVICE_COOKIE, "")
    if not _DEVICE.fullmatch(device):
        device = base64url.to_text(secrets.token_bytes(_DEVICE_BYTES))
    return Visitor(device, request.headers.get("user-agent", ""))


def _visitor(request: Request) -> Visitor:
    visitor: Visitor = request.state.visit
    return visitor


VisitorOf = Annotated[Visitor, Depends(_visitor)]
