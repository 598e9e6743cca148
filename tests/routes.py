"""Everything that can be got from a server: the addresses of all GET routes, their parameters filled in, and the answers.

Pages are asked for in the state language at once: a redirect says nothing but the address that led to it.
"""

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from itertools import product

import httpx
from fastapi import APIRouter
from fastapi.routing import APIRoute

import api
from api.web.languages import STATE_LANGUAGE, address

NUMBERS = ("0", "1", "5")
NUMBERED = frozenset({"first", "number", "size"})
"""Parameters of which more than one value is somebody's: a place in the log, or one of several conclusions."""


def get_routes() -> list[str]:
    """The paths of all GET routes in `api`, whether the schema shows them or not."""
    modules = [importlib.import_module(each.name) for each in pkgutil.walk_packages(api.__path__, "api.")]
    routers = [module.router for module in modules if isinstance(getattr(module, "router", None), APIRouter)]
    return sorted(
        {
            route.path
            for router in routers
            for route in router.routes
            if isinstance(route, APIRoute) and "GET" in (route.methods or ())
        }
    )


def addresses(values: Mapping[str, Sequence[str]]) -> list[str]:
    """Every route with every combination of the values of its parameters.

    A parameter without values takes some numbers if it is one, else a word that is nobody's: another one is told the same.
    """
    found = []
    for path in get_routes():
        parts = path.split("/")
        names = [part.strip("{}").partition(":")[0] for part in parts]
        choices = [
            values.get(name, NUMBERS if name in NUMBERED else NUMBERS[:1]) if part.startswith("{") else [part]
            for part, name in zip(parts, names, strict=True)
        ]
        found += [address(STATE_LANGUAGE, "/".join(filled)) for filled in product(*choices)]
    return found


def answer(client: httpx.Client, address: str, **headers: str) -> str:
    """Status, headers and body as one text, not packed; of a stream its beginning."""
    headers = {"accept-encoding": "identity", **headers}
    with client.stream("GET", address, headers=headers, follow_redirects=True) as response:
        endless = response.headers["content-type"].startswith("text/event-stream")
        body = next(response.iter_raw()) if endless else response.read()
        shown = {
            name: value for name, value in response.headers.items() if name not in {"date", "connection"}
        }
        return f"{response.status_code} {shown} {body.decode('utf-8', 'backslashreplace')}"
