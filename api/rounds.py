"""The public reading of rounds: JSON, CSV and `.pb`. While voting is open it gives turnout; results only when it has closed."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import IO, Annotated, Any, Final
from uuid import UUID

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from psycopg import Connection

from api.caching import FRESH, IMMUTABLE, answer, etag_of, has_already, json_answer
from api.csv_table import MEDIA_TYPE as CSV
from api.downloads import results_csv, written_pb
from api.engine import EngineOf
from api.views import ProposalPage, ResultsView, RoundPage, RoundSummary, RoundView, TurnoutView
from application.store import NotFound
from domain.paper import Paper
from projections import checks, proposals, rounds, turnout
from projections.conclusions import approved_versions
from projections.documents import body, public_document
from projections.results import PaperNotFrozen, results_of, turnout_of
from projections.rounds import RegisteredRound
from projections.self_government import attachments

router = APIRouter(prefix="/v1", tags=["rounds"])

_PB = "text/plain; charset=utf-8"
_ATTACHED: Final = {"content_disposition": "attachment"}
"""Whatever a clerk has stored is downloaded, never shown as a page of ours."""
_CHUNK_CHARACTERS = 64 * 1024

Cursor = Annotated[int | None, Query(ge=0, lt=2**63, description="`next` of the page before.")]
Most = Annotated[int, Query(ge=1, le=1_000, description="Items at most; the server has a limit of its own.")]
MOST_BY_DEFAULT = 50


@router.get("/rounds", response_model=RoundPage, summary="All rounds, the newest first")
def list_rounds(
    request: Request, engine: EngineOf, before: Cursor = None, limit: Most = MOST_BY_DEFAULT
) -> Response:
    most = min(limit, engine.settings.page_items)
    with engine.datastore.get_connection() as connection:
        found = rounds.page(connection, before, most + 1)
    shown, more = found[:most], len(found) > most
    page = RoundPage([RoundSummary.of(each) for each in shown], shown[-1].drafted if more else None)
    return json_answer(request, page)


@router.get("/rounds/{round_id}", response_model=RoundView, summary="A round: terms, steps, turnout")
def one_round(round_id: UUID, request: Request, engine: EngineOf) -> Response:
    with engine.datastore.get_connection() as connection:
        round_ = registered(connection, round_id)
        view = RoundView.of(round_, turnout_of(connection, round_), checks.of_round(connection, round_id))
    return json_answer(request, view)


@router.get("/rounds/{round_id}/paper", response_model=Paper, summary="The frozen paper, byte for byte")
def paper(round_id: UUID, request: Request, engine: EngineOf) -> Response:
    with engine.datastore.get_connection() as connection:
        round_ = registered(connection, round_id)
        if round_.paper_digest is None:
            raise PaperNotFrozen
        return answer(request, public_document(connection, round_.paper_digest), cache=IMMUTABLE)


@router.get("/rounds/{round_id}/proposals", response_model=ProposalPage, summary="A round's proposals")
def list_proposals(
    round_id: UUID,
    request: Request,
    engine: EngineOf,
    after: Cursor = None,
    limit: Most = MOST_BY_DEFAULT,
) -> Response:
    most = min(limit, engine.settings.page_items)
    with engine.datastore.get_connection() as connection:
        registered(connection, round_id)
        found = proposals.page(connection, round_id, after or 0, most + 1)
    shown, more = found[:most], len(found) > most
    return json_answer(request, ProposalPage(shown, shown[-1].submitted if more else None))


@router.get("/rounds/{round_id}/turnout", response_model=TurnoutView, summary="Ballots per unit and hour")
def turnout_by_hour(round_id: UUID, request: Request, engine: EngineOf) -> Response:
    with engine.datastore.get_connection() as connection:
        round_ = registered(connection, round_id)
        view = TurnoutView(round_id, turnout_of(connection, round_), turnout.by_hour(connection, round_id))
    return json_answer(request, view)


@router.get(
    "/rounds/{round_id}/results", response_model=ResultsView, summary="Results, once voting has closed"
)
def results(round_id: UUID, request: Request, engine: EngineOf) -> Response:
    with engine.datastore.get_connection() as connection:
        found = results_of(connection, registered(connection, round_id))
    return json_answer(request, ResultsView.of(found))


@router.get("/rounds/{round_id}/results.csv", response_class=Response, summary="Results as CSV")
def results_as_csv(round_id: UUID, request: Request, engine: EngineOf) -> Response:
    with engine.datastore.get_connection() as connection:
        found = results_of(connection, registered(connection, round_id))
    return answer(request, results_csv(found), CSV, content_disposition=_named(round_id, "csv"))


@router.get("/rounds/{round_id}/results.pb", response_class=Response, summary="The round as a Pabulib file")
def results_as_pb(round_id: UUID, request: Request, engine: EngineOf) -> Response:
    with engine.datastore.get_connection() as connection:
        found = results_of(connection, registered(connection, round_id))
        # Closed, its ballots are for ever the same: what the file says changes with the results only.
        etag = etag_of(b"pb" + msgspec.json.encode(ResultsView.of(found)))
        headers = {"etag": etag, "cache-control": FRESH, "content-disposition": _named(round_id, "pb")}
        if has_already(request, etag):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        file = written_pb(connection, found)
    return StreamingResponse(_chunks(file), media_type=_PB, headers=headers)


@router.get(
    "/rounds/{round_id}/conclusions/{number}",
    response_class=Response,
    summary="An approved version of the conclusion, byte for byte",
)
def conclusion(
    round_id: UUID, number: Annotated[int, Path(ge=1, lt=2**31)], request: Request, engine: EngineOf
) -> Response:
    with engine.datastore.get_connection() as connection:
        registered(connection, round_id)
        for version in approved_versions(connection, round_id):
            if version.number == number:
                body = public_document(connection, version.document_digest)
                return answer(request, body, cache=IMMUTABLE)
    raise NotFound(kind="conclusion", id=number)


@router.get(
    "/documents/{digest}",
    response_class=Response,
    summary="A frozen paper, an approved conclusion, or a file that an act of self-government names, by its SHA-256",
)
def document(
    digest: Annotated[str, Path(pattern="^[0-9a-f]{64}$")], request: Request, engine: EngineOf
) -> Response:
    with engine.datastore.get_connection() as connection:
        of_act = attachments.media_type(connection, digest)
        if of_act is None:
            return answer(request, public_document(connection, digest), cache=IMMUTABLE)
        return answer(request, body(connection, digest), of_act, IMMUTABLE, **_ATTACHED)


def registered(connection: Connection[Any], round_id: UUID) -> RegisteredRound:
    """The round as far as the register has followed the log."""
    round_ = rounds.find(connection, round_id)
    if round_ is None:
        raise NotFound(kind="round", id=round_id)
    return round_


def _named(round_id: UUID, extension: str) -> str:
    return f'attachment; filename="results-{round_id}.{extension}"'


def _chunks(file: IO[str]) -> Iterator[str]:
    with file:
        while chunk := file.read(_CHUNK_CHARACTERS):
            yield chunk
