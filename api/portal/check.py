"""Check my ballot: `/check`, and where a ballot stands by its short code. The proof is the browser's own work (portal/checking.js);
what the server says to who has no scripts is its word, and the page says so. Never are choices shown.
"""

from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final
from uuid import UUID

import msgspec
from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.composition import Engine
from api.engine import EngineOf
from api.web.page import page
from application.log.receipt import MAX_RECEIPT_CHARACTERS, ReceiptInvalid, parse_receipt
from application.short_codes import parse_ballot_code, parse_position_code
from domain.ballot import Ballot
from domain.errors import Refused
from domain.round import Phase, Round
from projections import rounds

router = APIRouter()

_CODE_CHARS: Final = 64


class BallotNotFound(Refused):
    """No ballot has this short code, or it is not a code at all."""

    code: ClassVar[str] = "ballot_not_found"


class CodeAsked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(max_length=_CODE_CHARS)]


class Brought(BaseModel):
    model_config = ConfigDict(extra="ignore")  # the form's token stands beside it

    brought: Annotated[str, Field(max_length=MAX_RECEIPT_CHARACTERS)] = ""


@dataclass(frozen=True, slots=True)
class BallotPosition:
    """Where the ballot stands, from 1."""

    position: int


@dataclass(frozen=True, slots=True)
class Found:
    """What the server says of an entry: `title` of its round once its contents are public, and whether the tally has it."""

    position: int
    size: int
    title: str
    counted: bool


@router.post(
    "/v1/ballots/position",
    response_model=BallotPosition,
    summary="Where a ballot stands in the log, by the short code of its receipt",
    tags=["log"],
)
def position_of_ballot(asked: CodeAsked, engine: EngineOf) -> Response:
    position = _by_code(engine, asked.code)
    if position is None:
        raise BallotNotFound
    body = msgspec.json.encode(BallotPosition(position))
    return Response(body, media_type="application/json", headers={"cache-control": "no-store"})


@router.get("/check", include_in_schema=False)
def check(request: Request) -> Response:
    return _page(request, "", "", None)


@router.post("/check", include_in_schema=False)
def check_without_scripts(request: Request, engine: EngineOf, form: Annotated[Brought, Form()]) -> Response:
    text = _said(form.brought.replace("\r\n", "\n").strip())
    position = _position(engine, text)
    if position is None:
        readable = parse_ballot_code(text) is not None
        return _page(request, text, "missing" if readable else "unreadable", None)
    if not 0 < position <= engine.log.size():
        return _page(request, text, "missing", None)
    return _page(request, text, "found", _found(engine, position))


def _page(request: Request, brought: str, answer: str, found: Found | None) -> Response:
    return page(
        request,
        "portal/check.html",
        brought=brought,
        answer=answer,
        found=found,
        most_characters=MAX_RECEIPT_CHARACTERS,
    )


def _said(brought: str) -> str:
    """What the address in a QR holds behind `#`: a receipt in base64url, or a slip's code with more behind a dot. Else itself."""
    _, mark, fragment = brought.rpartition("#")
    if not mark:
        return brought
    try:
        receipt = urlsafe_b64decode(fragment + "=" * (-len(fragment) % 4)).decode()
    except ValueError:
        receipt = ""
    return receipt.strip() if receipt.startswith("c2sp.org/") else fragment.partition(".")[0]


def _position(engine: Engine, text: str) -> int | None:
    """Of a receipt, a position code or a ballot code."""
    try:
        return parse_receipt(f"{text}\n").index + 1
    except ReceiptInvalid:
        return parse_position_code(text) or _by_code(engine, text)


def _by_code(engine: Engine, code: str) -> int | None:
    ends = parse_ballot_code(code)
    return None if ends is None else engine.log.position_between(*ends, Ballot.Created.TOPIC)


def _found(engine: Engine, position: int) -> Found:
    size = engine.log.checkpoint_of(position).size
    hidden = Found(position, size, "", counted=False)
    if engine.log.is_withheld(position - 1, position):
        return hidden
    (entry,) = engine.log.entries(position - 1, position)
    if entry.topic != Ballot.Created.TOPIC:
        return hidden
    with engine.datastore.get_connection() as connection:
        round_ = rounds.find(connection, UUID(msgspec.json.decode(entry.state)["round_id"]))
    if round_ is None:
        return hidden
    closed = round_.step(Round.VotingClosed.TOPIC)
    counted = closed is not None and position < closed.position and round_.phase is not Phase.CANCELLED
    return Found(position, size, round_.terms.title, counted)
