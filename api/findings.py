"""The public reading of findings: what a revision commission found, what the akim's office answered, and how it ended."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from psycopg import Connection

from api.caching import json_answer
from api.engine import EngineOf
from api.rounds import MOST_BY_DEFAULT, Cursor, Most
from application.store import NotFound
from domain.finding import FindingState
from projections import findings
from projections.findings import RegisteredFinding

router = APIRouter(prefix="/v1", tags=["findings"])

State = Annotated[FindingState | None, Query(description="Only findings that are in this state now.")]


@dataclass(frozen=True, slots=True)
class FindingPage:
    """The newest first. `next`: the `before` of the following page; null on the last one."""

    items: list[RegisteredFinding]
    next: int | None


@router.get("/findings", response_model=FindingPage, summary="All findings, the newest first")
def list_findings(
    request: Request,
    engine: EngineOf,
    state: State = None,
    before: Cursor = None,
    limit: Most = MOST_BY_DEFAULT,
) -> Response:
    most = min(limit, engine.settings.page_items)
    with engine.datastore.get_connection() as connection:
        return json_answer(request, page(connection, state, before, most))


@router.get(
    "/findings/{finding_id}",
    response_model=RegisteredFinding,
    summary="A finding: its subject, every answer, how it was closed and presented",
)
def one_finding(finding_id: UUID, request: Request, engine: EngineOf) -> Response:
    with engine.datastore.get_connection() as connection:
        return json_answer(request, registered(connection, finding_id))


def page(
    connection: Connection[Any], state: FindingState | None, before: int | None, most: int
) -> FindingPage:
    found = findings.page(connection, state, before, most + 1)
    shown, more = found[:most], len(found) > most
    return FindingPage(shown, shown[-1].opened if more else None)


def registered(connection: Connection[Any], finding_id: UUID) -> RegisteredFinding:
    """The finding as far as the register has followed the log."""
    finding = findings.find(connection, finding_id)
    if finding is None:
        raise NotFound(kind="finding", id=finding_id)
    return finding
