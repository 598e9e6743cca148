"""What every answer tells a browser to forbid: one table by path, put on by the outermost layer, so that errors have it too.

No page runs a script or uses a style that stands in it, and none may be framed, but for what its line says.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.web.languages import first_part, split

RawHeaders = list[tuple[bytes, bytes]]

_NOTHING: Final[Mapping[str, str]] = MappingProxyType(
    {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'"}
)
_OURS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data: blob:",
        "connect-src": "'self'",
        "font-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
)
_SWAGGER: Final = "https://cdn.jsdelivr.net"
_REFUSED_FEATURES: Final = "microphone=(), payment=(), usb=()"
STRICT_TRANSPORT: Final = (b"strict-transport-security", b"max-age=31536000")


def _headers(
    policy: Mapping[str, str], *, resource: str = "same-origin", camera: str = "", place: str = ""
) -> RawHeaders:
    told = {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": resource,
        "permissions-policy": f"camera=({camera}), geolocation=({place}), {_REFUSED_FEATURES}",
    }
    return [(name.encode(), value.encode()) for name, value in told.items()]


PAGES: Final = _headers(_OURS)
"""Where no line below says otherwise."""
OPEN_DATA: Final = _headers(_NOTHING, resource="cross-origin")
BY_PATH: Final[Mapping[str, RawHeaders]] = MappingProxyType(
    {
        "v1": OPEN_DATA,
        "log": OPEN_DATA,
        "static": _headers(_NOTHING),
        "kiosk": _headers(
            {**_OURS, "worker-src": "'self'", "media-src": "'self' blob:", "trusted-types": "dauys"},
            camera="self",
        ),
        # The kiosk's screens without a kiosk behind them: nothing leaves the browser.
        "preview": _headers(
            {**_OURS, "connect-src": "'none'", "form-action": "'none'", "worker-src": "'none'"}
        ),
        "my": _headers(_OURS, place="self"),
        "embed": _headers({**_OURS, "frame-ancestors": "*"}, resource="cross-origin"),
        "docs": _headers(
            {
                **_NOTHING,
                "connect-src": "'self'",
                "script-src": f"'unsafe-inline' {_SWAGGER}",
                "style-src": f"'unsafe-inline' {_SWAGGER}",
                "img-src": "'self' data: https://fastapi.tiangolo.com",
            }
        ),
    }
)
"""By the first part of the path, without the language. The API's own pages (/docs) are the framework's, and not for the public."""


class SecurityHeaders:
    """Adds them to the start of every answer; and, to one that came by https, that it is to come so for a year."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        added = headers_of(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *added]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def headers_of(scope: Scope) -> RawHeaders:
    _, path = split(scope["path"])
    headers = BY_PATH.get(first_part(path), PAGES)
    return [*headers, STRICT_TRANSPORT] if came_by_https(scope) else headers


def came_by_https(scope: Scope) -> bool:
    """To us, or to the proxy in front, which says so. A client that lies about it only tells itself to come by https."""
    return scope["scheme"] == "https" or Headers(scope=scope).get("x-forwarded-proto") == "https"
