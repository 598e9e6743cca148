"""The HTTP application of one server process: routes, the delivery route in front of them, and their lifespan."""

import asyncio
import multiprocessing
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from functools import cache
from typing import Final

import structlog
from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from api import (
    accounts,
    anomalies,
    design,
    desk,
    errors,
    expert,
    findings,
    health,
    kiosks,
    log,
    office,
    photos,
    rounds,
    stream,
    trail,
)
from api.composition import Engine, attach_engine, open_engine
from api.deliveries import DeliveryRoute
from api.kiosk import deliveries as kiosk_deliveries
from api.kiosk import page as kiosk_page
from api.kiosk import photos as kiosk_photos
from api.limits import BodyLimit
from api.office.uploads import PATHS as MINUTES
from api.portal import check, embed, feed, open_data, pages, trail_page
from api.rate_limits import AccountLimit, RateLimits
from api.residents import routes as residents
from api.residents.drafting import DRAFTS
from api.secretary import pages as secretary_pages
from api.self_government import accountability, councils, feeds, territory
from api.self_government import pages as self_government_pages
from api.web import access, assets
from api.web.access import PUBLIC
from api.web.headers import SecurityHeaders
from api.web.languages import LanguagePrefix
from api.web.packing import Packing
from api.web.same_origin import SameOrigin
from api.whole_deliveries import PATH
from application.cosigning import read_policy
from application.group_commit import GroupCommit
from application.settings import Settings

_log = structlog.get_logger(__name__)
_NO_TELEMETRY: Final = TelemetryConfig(tracing=False, metrics=False, logs=False, auto_configure=False)
"""Whatever the environment asks for: the framework would send off requests, and what failed in them, unread for persons."""


def create_app(settings: Settings | None = None) -> ASGIApp:
    """The application; its lifespan opens the engine. Called once in every worker process."""
    settings = settings or Settings()
    app = FastAPI(
        title="Dauys",
        summary="Participatory budgeting with a public, signed log",
        lifespan=_lifespan(settings),
        docs_url="/docs" if settings.api_docs else None,
        redoc_url=None,
        redirect_slashes=False,  # an address has one spelling, and the redirect would lose the language before it
        routes=_routes(),
        telemetry=_NO_TELEMETRY,
    )
    app.state.account_limit = AccountLimit(settings)
    errors.install(app)
    access.install(app)
    larger = dict.fromkeys((DRAFTS, *MINUTES, secretary_pages.ACTS_AT), settings.photo_body_bytes)
    rest = SecurityHeaders(
        RateLimits(BodyLimit(Packing(LanguagePrefix(SameOrigin(app))), settings.body_bytes, larger), settings)
    )
    return _DeliveriesFirst(app, rest)


@cache
def _routes() -> list[BaseRoute]:
    """Every route. The framework works each out when it is first asked for, at a price: a process's applications share them."""
    routes = APIRouter(responses=errors.RESPONSES)
    for module in (
        log,
        kiosks,
        rounds,
        anomalies,
        findings,
        trail,
        stream,
        photos,
        pages,
        trail_page,
        check,
        open_data,
        feed,
        embed,
        health,
        assets,
        design,
    ):
        routes.include_router(module.router, dependencies=[PUBLIC])
    for module in (kiosk_page, kiosk_photos, kiosk_deliveries):
        routes.include_router(module.router, dependencies=[PUBLIC])
    for module in (territory, councils, accountability, feeds, self_government_pages):
        routes.include_router(module.router, dependencies=[PUBLIC])
    for router in (*accounts.ROUTERS, *residents.ROUTERS, *expert.ROUTERS, *office.ROUTERS):
        routes.include_router(router)
    routes.include_router(secretary_pages.router)
    for router in desk.ROUTERS:
        routes.include_router(router)
    return routes.routes


class _DeliveriesFirst:
    """Sends `POST /v1/deliveries` to its bare route past every layer of the framework."""

    def __init__(self, app: FastAPI, rest: ASGIApp) -> None:
        self.app = app
        self._rest = rest

    @property
    def deliveries(self) -> DeliveryRoute:
        """For a connection that has a whole delivery in its hand."""
        route: DeliveryRoute = self.app.state.deliveries
        return route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH:
            await self.deliveries(scope, receive, send)
        else:
            await self._rest(scope, receive, send)


def _lifespan(settings: Settings):  # type: ignore[no-untyped-def] # noqa: ANN202 - FastAPI's own type is an alias of an alias
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with _engine(settings) as engine, _ending_with_parent():
            group_commit = GroupCommit(engine.ballot_box, settings)
            group_commit.start()
            _attach(app, engine, group_commit)
            try:
                yield
            finally:
                await group_commit.stop()

    return lifespan


def _engine(settings: Settings) -> AbstractContextManager[Engine]:
    """On a server's database even while that is away: a process that could not start would be one that answers nobody."""
    settings = settings.model_copy(update={"statement_seconds": settings.request_statement_seconds})
    if settings.database_url is None:
        return open_engine(settings)
    return attach_engine(settings, settings.database_url.get_secret_value())


def _attach(app: FastAPI, engine: Engine, group_commit: GroupCommit) -> None:
    app.state.engine = engine
    path = engine.settings.policy_file
    app.state.policy = read_policy(path, engine.settings.log_origin) if path else None
    app.state.deliveries = DeliveryRoute(
        group_commit, engine.polls, engine.refused_deliveries, engine.settings
    )


@contextmanager
def _ending_with_parent() -> Iterator[None]:
    """A supervisor killed with -9 can't stop its processes; without this they would hold the port against its successor."""
    parent = multiprocessing.parent_process()
    if parent is None:
        yield
        return
    loop, parent_ended = asyncio.get_running_loop(), parent.sentinel

    def end() -> None:
        loop.remove_reader(parent_ended)
        _log.warning("supervisor_gone")
        signal.raise_signal(signal.SIGTERM)

    loop.add_reader(parent_ended, end)
    yield
    loop.remove_reader(parent_ended)
