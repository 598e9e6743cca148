"""`/kiosk/`: one page for all languages with everything it says and is set to, its manifest, and its service worker.

A kiosk works from what its worker has kept, so whatever the page is made of is in the worker's list, and the worker's bytes change
whenever any of it does: its version is made of the page and of every static file.
"""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final

import msgspec
from babel.messages.pofile import read_po
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from jinja2.utils import htmlsafe_json_dumps

from api.caching import answer
from api.composition import Engine
from api.engine import EngineOf
from api.web.assets import asset, assets
from api.web.page import HTML, templates
from api.web.words import LANGUAGES, WRITTEN_IN, catalogs
from application.settings import Settings

router = APIRouter(include_in_schema=False)

_WORKER: Final = "kiosk/sw.js"
_SHARED: Final = ("design/tokens.css", "web/qr.js")
"""Files outside `api/static/kiosk` that the kiosk is made of too."""
_AREA: Final = "kiosk.po"
_VERSION_DIGITS: Final = 12
_SCRIPT: Final = "text/javascript; charset=utf-8"
_MANIFEST: Final = "application/manifest+json"


@router.get("/kiosk")
def without_slash() -> Response:
    return RedirectResponse("/kiosk/")


@router.get("/kiosk/")
def kiosk(request: Request, engine: EngineOf) -> Response:
    return answer(request, page(engine), HTML)


@router.get("/kiosk/manifest.webmanifest")
def manifest(request: Request) -> Response:
    facts = {
        "name": "Dauys",
        "short_name": "Dauys",
        "id": "/kiosk/",
        "start_url": "/kiosk/",
        "scope": "/kiosk/",
        "display": "fullscreen",
        "background_color": "#fcfbf8",
        "theme_color": "#0b3650",
        "icons": [
            {"src": asset("kiosk/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
        ],
    }
    return answer(request, msgspec.json.encode(facts), _MANIFEST)


@router.get("/kiosk/sw.js")
def worker(request: Request, engine: EngineOf) -> Response:
    """Fetched anew whenever the browser looks for a new version; its bytes say whether there is one."""
    known = msgspec.json.encode({"version": version(engine), "files": files()})
    return answer(request, b"const KIOSK = " + known + b";\n" + assets()[_WORKER].body, _SCRIPT)


def page(engine: Engine) -> bytes:
    body = templates(WRITTEN_IN).get_template("kiosk/kiosk.html")
    config = htmlsafe_json_dumps(_config(engine.settings, engine.sealing.public_text, version(engine)))
    return body.render(config=config).encode()


def version(engine: Engine) -> str:
    """Of the page without its version, and of every file it names, whose addresses change with any static file."""
    whole = msgspec.json.encode([_config(engine.settings, engine.sealing.public_text, ""), files()])
    return sha256(whole).hexdigest()[:_VERSION_DIGITS]


def files() -> list[str]:
    """Addresses of everything the page is made of, itself and its worker excepted."""
    own = (path for path in assets() if path.startswith("kiosk/") and path != _WORKER)
    return [asset(path) for path in sorted([*own, *_SHARED])] + ["/kiosk/manifest.webmanifest"]


def config_of_screens(settings: Settings) -> dict[str, Any]:
    """What the screens say and when they are cleared; nothing by which a device is a kiosk."""
    return {
        "languages": dict(LANGUAGES),
        "words": {language: dict(words(language)) for language in LANGUAGES if language != WRITTEN_IN},
        "idle_seconds": settings.kiosk_idle_seconds,
        "reset_seconds": settings.kiosk_reset_seconds,
        "receipt_seconds": settings.kiosk_receipt_seconds,
        "answer_seconds": settings.kiosk_answer_seconds,
    }


def _config(settings: Settings, spool_key: str, version: str) -> dict[str, Any]:
    return config_of_screens(settings) | {
        "version": version,
        "spool_key": spool_key,
        "heartbeat_seconds": settings.kiosk_heartbeat_seconds,
    }


@cache
def words(language: str) -> Mapping[str, str]:
    """All that a kiosk says, by the English message: it changes languages without asking anybody."""
    (catalog,) = (each for each in catalogs(language) if each.name == _AREA)
    with catalog.open("rb") as source:
        entries = read_po(source, locale=language)
    return MappingProxyType({str(entry.id): str(entry.string) for entry in entries if entry.id})
