"""The files that pages are made of: styles, scripts, icons, fonts, under addresses that change whenever any of them does.

All are read into memory once; an address is looked up among them, so none can lead outside. The version stands before the path,
so that files name each other relatively and are found in the same version.
"""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from posixpath import dirname, normpath
from types import MappingProxyType
from typing import Final

from babel.messages.extract import extract
from fastapi import APIRouter, HTTPException, Request, Response

from api.caching import FRESH, IMMUTABLE, answer, etag_of
from api.web.packing import accepts_gzip, gzipped

router = APIRouter(include_in_schema=False)

TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        ".css": "text/css; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".svg": "image/svg+xml",
        ".json": "application/json",
        ".webmanifest": "application/manifest+json",
        ".png": "image/png",
        ".ico": "image/x-icon",
        ".woff2": "font/woff2",
        ".wasm": "application/wasm",
    }
)
"""By the end of the name; a file of another type is not served."""
_TEXTS: Final = frozenset({".css", ".js", ".svg", ".json", ".webmanifest", ".wasm"})
_SMALLEST_WORTH_PACKING_BYTES: Final = 512
_IMPORTED: Final = re.compile(r'^(?:import|export)\b[^"]*"(\.{1,2}/[^"]+)"', re.MULTILINE)
_VERSION_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Asset:
    """`packed` with gzip where that makes it smaller."""

    body: bytes
    media_type: str
    packed: bytes | None


def asset(path: str) -> str:
    """The address of a file below `api/static`; KeyError where there is none, so that a template can't name what is missing."""
    assets()[path]
    return f"/static/{version()}/{path}"


@router.get("/static/{versioned}/{path:path}")
def served(versioned: str, path: str, request: Request) -> Response:
    """A page of another version may still ask for its files: it gets these ones, but must not keep them as its own."""
    found = assets().get(path)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    cache_control = IMMUTABLE if versioned == version() else FRESH
    if found.packed is None:
        return answer(request, found.body, found.media_type, cache_control)
    varying = {"vary": "Accept-Encoding"}
    if accepts_gzip(request.headers.get("accept-encoding", "")):
        return answer(
            request, found.packed, found.media_type, cache_control, content_encoding="gzip", **varying
        )
    return answer(request, found.body, found.media_type, cache_control, **varying)


@cache
def assets() -> Mapping[str, Asset]:
    """By their paths below `api/static`."""
    root = files("api").joinpath("static")
    return MappingProxyType({path: _asset(path, file.read_bytes()) for path, file in _walk(root, "")})


@cache
def version() -> str:
    """Made of every file's path and bytes."""
    whole = sha256()
    for path, each in sorted(assets().items()):
        whole.update(f"{path}\0{etag_of(each.body)}\0".encode())
    return whole.hexdigest()[:_VERSION_DIGITS]


@cache
def said_by(script: str) -> tuple[str, ...]:
    """The messages that a script and those it imports say with `t("…")`: what a page that runs it has as its `strings`."""
    said: dict[str, None] = {}
    scripts = [script]
    for each in scripts:
        body = assets()[each].body
        for _, message, _, _ in extract("javascript", io.BytesIO(body), {"t": None}):
            said[str(message)] = None
        imported = (normpath(f"{dirname(each)}/{name}") for name in _IMPORTED.findall(body.decode()))
        scripts += [name for name in imported if name not in scripts]
    return tuple(said)


def _asset(path: str, body: bytes) -> Asset:
    suffix = PurePosixPath(path).suffix
    packed = None
    if suffix in _TEXTS and len(body) >= _SMALLEST_WORTH_PACKING_BYTES:
        packed = gzipped(body)
    return Asset(body, TYPES[suffix], packed)


def _walk(folder: Traversable, above: str) -> Iterator[tuple[str, Traversable]]:
    for each in folder.iterdir():
        path = f"{above}{each.name}"
        if each.is_dir():
            yield from _walk(each, f"{path}/")
        elif PurePosixPath(path).suffix in TYPES:
            yield path, each
