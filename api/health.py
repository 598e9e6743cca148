"""Whether this process lives (`/healthz`), can serve (`/readyz`), and what it counted (`/metrics`)."""

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from api.engine import EngineOf

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


@router.get("/metrics", response_class=PlainTextResponse, summary="Prometheus metrics of this process")
def metrics() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST, headers=_NO_STORE)
