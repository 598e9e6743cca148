"""Whether this process lives (`/healthz`), can serve (`/readyz`), and what it counted (`/metrics`)."""

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from api.engine import EngineOf
from projections import checks

router = APIRouter(tags=["health"])

_NO_STORE = {"Cache-Control": "no-store"}


@router.get("/healthz", response_class=PlainTextResponse, summary="The process answers")
def healthz() -> Response:
    return Response("ok\n", media_type="text/plain", headers=_NO_STORE)


@router.get(
    "/readyz", response_class=PlainTextResponse, summary="The database answers, and the log can be read"
)
def readyz(engine: EngineOf) -> Response:
    return Response(f"ready at position {engine.log.size()}\n", media_type="text/plain", headers=_NO_STORE)


@router.get("/metrics", response_class=PlainTextResponse, summary="Prometheus metrics")
def metrics(engine: EngineOf) -> Response:
    """This process's own numbers, and two of the whole deployment, read anew: any server process may be asked."""
    deployment = CollectorRegistry()
    with engine.datastore.get_connection() as connection:
        differs = checks.differing(connection)
    Gauge("dauys_log_size", "Events in the log", registry=deployment).set(engine.log.size())
    Gauge(
        "dauys_tally_differs",
        "Projects whose tally is not what a recount of the log gives; must stay 0",
        registry=deployment,
    ).set(differs)
    body = generate_latest() + generate_latest(deployment)
    return Response(body, media_type=CONTENT_TYPE_LATEST, headers=_NO_STORE)
