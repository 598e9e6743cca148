"""The open data of a round: a page for people with sizes and checksums, and the addresses of what only this page needs."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from psycopg import Connection

from api.caching import answer
from api.csv_table import MEDIA_TYPE as CSV
from api.engine import EngineOf
from api.portal.open_files import OpenFile, archive, data_package, dataset, files_of, turnout_csv
from api.portal.origin import origin_of
from api.rounds import registered
from api.web.languages import address
from api.web.page import language_of, page
from application.store import NotFound
from projections import turnout
from projections.documents import public_document
from projections.results import ResultsBeingCounted, ResultsNotPublicYet, RoundCancelled, results_of
from projections.rounds import RegisteredRound

router = APIRouter(tags=["rounds"])


@router.get("/rounds/{round_id}/data", include_in_schema=False)
def data_page(round_id: str, request: Request, engine: EngineOf) -> Response:
    with engine.datastore.get_connection() as connection:
        try:
            round_ = registered(connection, UUID(round_id))
        except (NotFound, ValueError):
            return page(request, "missing.html", status=404, missing="not_found")
        files = _files(connection, round_)
    origin = origin_of(request, engine)
    own = f"{origin}{address(language_of(request), f'/rounds/{round_id}/data')}"
    block = dataset(round_, files, own, f"{origin}/v1/rounds/{round_id}")
    return page(request, "portal/data.html", round=round_, files=files, dataset=block)


@router.get(
    "/v1/rounds/{round_id}/datapackage.json",
    response_class=Response,
    summary="The round's files and their checksums (Frictionless Data Package)",
)
def described(round_id: UUID, request: Request, engine: EngineOf) -> Response:
    with engine.datastore.get_connection() as connection:
        round_ = registered(connection, round_id)
        return answer(request, data_package(round_, _files(connection, round_)))


@router.get(
    "/v1/rounds/{round_id}/open-data.zip",
    response_class=Response,
    summary="The same files in one archive, with their description",
)
def archived(round_id: UUID, request: Request, engine: EngineOf) -> Response:
    with engine.datastore.get_connection() as connection:
        round_ = registered(connection, round_id)
        body = archive(round_, _files(connection, round_))
    named = f'attachment; filename="round-{round_id}.zip"'
    return answer(request, body, "application/zip", content_disposition=named)


@router.get(
    "/v1/rounds/{round_id}/turnout.csv",
    response_class=Response,
    summary="Ballots per unit and hour, as CSV",
)
def turnout_table(round_id: UUID, request: Request, engine: EngineOf) -> Response:
    with engine.datastore.get_connection() as connection:
        round_ = registered(connection, round_id)
        body = turnout_csv(round_, turnout.by_hour(connection, round_id))
    named = f'attachment; filename="turnout-{round_id}.csv"'
    return answer(request, body, CSV, content_disposition=named)


def _files(connection: Connection[Any], round_: RegisteredRound) -> Sequence[OpenFile]:
    digest = round_.paper_digest
    try:
        results = results_of(connection, round_)
    except (ResultsNotPublicYet, ResultsBeingCounted, RoundCancelled):
        results = None
    paper = public_document(connection, digest) if digest else None
    return files_of(round_, turnout.by_hour(connection, round_.round_id), paper, results)
