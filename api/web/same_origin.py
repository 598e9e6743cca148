"""Nothing is changed at another site's bidding: Fetch Metadata (W3C) where the browser sends it, else the Origin header (RFC 6454).

Exempt are the machines' routes, which take no cookie: what they accept is signed, or carries a one-time code.
"""

from typing import ClassVar, Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import refusal_answer
from api.web.access import SAFE
from domain.errors import Refused

OF_MACHINES: Final = ("/v1/deliveries", "/v1/kiosks", "/log/")
"""Beginnings of the addresses that kiosks and witnesses post to."""


class CrossSite(Refused):
    """The request was made by a page of another site, or by something that does not say."""

    code: ClassVar[str] = "cross_site"


class SameOrigin:
    """Answers what comes from elsewhere before any route sees it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE or is_ours(Request(scope)):
            await self._app(scope, receive, send)
        else:
            await refusal_answer(Request(scope), CrossSite())(scope, receive, send)


def is_ours(request: Request) -> bool:
    if request.url.path.startswith(OF_MACHINES):
        return True
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = urlsplit(request.headers.get("origin", ""))
    return bool(origin.netloc) and origin.netloc == request.headers.get("host")
