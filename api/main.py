"""The HTTP application of one server process: routes, the delivery route in front of them, and their lifespan."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from api import errors, health, kiosks, log
from api.composition import Engine, open_engine
from api.deliveries import PATH, DeliveryRoute
from api.limits import BodyLimit
from application.group_commit import GroupCommit
from application.settings import Settings

_log = structlog.get_logger(__name__)

PARENT_SECONDS = 1.0
"""How often a worker process looks whether its supervisor still lives."""


def create_app(settings: Settings | None = None) -> ASGIApp:
    """The application; its lifespan opens the engine. Called once in every worker process."""
    settings = settings or Settings()
    app = FastAPI(
        title="Dauys",
        summary="Participatory budgeting with a public, signed log",
        lifespan=_lifespan(settings),
        responses=errors.RESPONSES,
        docs_url="/docs" if settings.api_docs else None,
        redoc_url=None,
    )
    for module in (log, kiosks, health):
        app.include_router(module.router)
    errors.install(app)
    return _DeliveriesFirst(app, BodyLimit(app, settings.body_bytes))


class _DeliveriesFirst:
    """Sends `POST /v1/deliveries` to its bare route past every layer of the framework."""

    def __init__(self, app: FastAPI, rest: ASGIApp) -> None:
        self.app = app
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH:
            await self.app.state.deliveries(scope, receive, send)
        else:
            await self._rest(scope, receive, send)


def _lifespan(settings: Settings):  # type: ignore[no-untyped-def] # noqa: ANN202 - FastAPI's own type is an alias of an alias
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with open_engine(settings) as engine:
            group_commit = GroupCommit(engine.ballot_box, settings)
            group_commit.start()
            _attach(app, engine, group_commit)
            watching = asyncio.get_running_loop().create_task(_end_with_parent(os.getppid()))
            try:
                yield
            finally:
                watching.cancel()
                await group_commit.stop()

    return lifespan


def _attach(app: FastAPI, engine: Engine, group_commit: GroupCommit) -> None:
    app.state.engine = engine
    app.state.deliveries = DeliveryRoute(group_commit, engine.polls, engine.settings)


async def _end_with_parent(parent: int) -> None:
    """A supervisor killed with -9 can't stop its workers; without this they would hold the port against its successor."""
    while os.getppid() == parent:  # noqa: ASYNC110 - the kernel offers no event to wait for
        await asyncio.sleep(PARENT_SECONDS)
    _log.warning("supervisor_gone")
    signal.raise_signal(signal.SIGTERM)
