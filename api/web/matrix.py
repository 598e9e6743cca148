"""The role × route matrix, read off the guards themselves: `python -m api.web.matrix > docs/access.md` writes it down.

What has no guard is found here; the tests fail on it, and when the page does not say what the routes do.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from api.main import create_app
from api.web.access import Guard
from application.accounts.roles import Role
from application.settings import Settings

BESIDE: Final = (
    ("GET", "/openapi.json", "the description of the public interface; no data"),
    ("GET", "/docs", "the same, to be read by people; only with `DAUYS_API_DOCS=1`"),
    ("GET", "/docs/oauth2-redirect", "a part of it that is not used"),
    (
        "POST",
        "/v1/deliveries",
        "ballots of kiosks, each delivery signed by its kiosk; a bare route before all others",
    ),
)
"""What is answered without a guard: method, path, and why."""

_EVERYBODY: Final = frozenset(Role)
_HEAD: Final = """# Who may go where

Written by `python -m api.web.matrix > docs/access.md` from the guards of the routes; a test fails while the two differ. A dot: the
role may. *public* is everybody, signed in or not. Pages stand under `/kk`, `/ru` and `/en`. Beyond the role, an account acts only
in the units it was given, and some acts take two people: the use cases see to both.
"""
_BESIDE_HEAD: Final = """
## Without a guard

| method | path | why |
|---|---|---|
"""


@dataclass(frozen=True, slots=True, order=True)
class Row:
    path: str
    method: str
    roles: frozenset[Role]


class Unguarded(Exception):  # noqa: N818 - a statement of fact for the author of the route
    """Routes that anybody might call because nobody said who may."""


def rows(app: FastAPI) -> list[Row]:
    """Every method of every route with the roles that come in; Unguarded when one has no guard and is not in `BESIDE`."""
    found, unguarded = [], []
    known = {(method, path) for method, path, _ in BESIDE}
    for route in iter_route_contexts(app.routes):
        path, methods = str(route.path), route.methods or {"?"}
        guards = list(_guards(getattr(route, "dependant", None)))
        for method in sorted(methods - {"HEAD"}):
            if guards:
                roles = frozenset.intersection(*(_come_in(guard) for guard in guards))
                found.append(Row(path, method, roles))
            elif (method, path) not in known:
                unguarded.append(f"{method} {path}")
    if unguarded:
        raise Unguarded(", ".join(unguarded))
    return sorted(found)


def page(app: FastAPI) -> str:
    """docs/access.md."""
    roles = list(Role)
    lines = ["| method | path | " + " | ".join(roles) + " |", "|---" * (len(roles) + 2) + "|"]
    for row in rows(app):
        marks = " | ".join("•" if role in row.roles else "" for role in roles)
        lines.append(f"| {row.method} | `{row.path}` | {marks} |")
    beside = "".join(f"| {method} | `{path}` | {why} |\n" for method, path, why in BESIDE)
    return _HEAD + "\n" + "\n".join(lines) + "\n" + _BESIDE_HEAD + beside


def the_app() -> FastAPI:
    """The framework's application, with no server behind it."""
    app: FastAPI = vars(create_app(Settings()))["app"]
    return app


def _come_in(guard: Guard) -> frozenset[Role]:
    return _EVERYBODY if Role.PUBLIC in guard.roles else guard.roles


def _guards(dependant: Any) -> Iterator[Guard]:
    if isinstance(dependant, Dependant):
        if isinstance(dependant.call, Guard):
            yield dependant.call
        for each in dependant.dependencies:
            yield from _guards(each)


if __name__ == "__main__":
    sys.stdout.write(page(the_app()))
