"""The public log over HTTP: C2SP tlog-tiles, receipts, consistency proofs. Hashes at once, contents when a round has closed."""

from base64 import b64encode
from typing import Annotated, ClassVar

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import PlainTextResponse

from api.caching import answer
from api.engine import EngineOf
from application.log import canonical
from application.log.policy import Policy
from application.log.tiles import TILE_WIDTH, TilePath, encode_bundle
from domain.errors import Refused

router = APIRouter(prefix="/log", tags=["log"])

IMMUTABLE = {"Cache-Control": "public, max-age=31536000, immutable"}
FRESH = {"Cache-Control": "no-cache"}
_TEXT = "text/plain; charset=utf-8"
_BYTES = "application/octet-stream"
_LINES = "application/jsonl"

Position = Annotated[int, Path(ge=0, lt=2**63)]


After = Annotated[int, Query(ge=0, lt=2**63, description="The `size` of the last line of the page before.")]
MOST_CHECKPOINTS = 1_000
Most = Annotated[int, Query(ge=1, le=MOST_CHECKPOINTS, description="Lines at most; fewer are the last page.")]


class NotWitnessed(Refused):
    """No policy is configured, or none of the last cosigned checkpoints has its quorum."""

    code: ClassVar[str] = "not_witnessed"


class RoundStillOpen(Refused):
    """These entries hold ballots of a round that is still open; their hashes are public, their contents not yet."""

    code: ClassVar[str] = "round_still_open"


@router.get(
    "/checkpoint",
    response_class=PlainTextResponse,
    summary="The newest signed checkpoint (C2SP tlog-checkpoint), with the cosignatures it has",
)
def checkpoint(engine: EngineOf) -> Response:
    return Response(engine.cosigned.newest().note, media_type=_TEXT, headers=FRESH)


@router.get(
    "/witnessed",
    response_class=PlainTextResponse,
    summary="The newest checkpoint that the policy's quorum of witnesses has cosigned",
)
def witnessed(request: Request, engine: EngineOf) -> Response:
    policy: Policy | None = request.app.state.policy
    found = engine.cosigned.newest_witnessed(policy) if policy else None
    if found is None:
        raise NotWitnessed
    return Response(found.note, media_type=_TEXT, headers=FRESH)


@router.get(
    "/checkpoints",
    response_class=Response,
    summary="Every checkpoint ever signed, by size, with the cosignatures it has: JSON Lines",
)
def checkpoints(
    request: Request, engine: EngineOf, after: After = 0, limit: Most = MOST_CHECKPOINTS
) -> Response:
    found = engine.cosigned.page(after, limit)
    lines = [canonical.encode({"note": each.note, "size": each.size}) for each in found]
    return answer(request, b"".join(line + b"\n" for line in lines), _LINES)


@router.get("/key", response_class=PlainTextResponse, summary="The log's verifier key (C2SP signed-note)")
def key(engine: EngineOf) -> Response:
    return Response(f"{engine.signer.verifier}\n", media_type=_TEXT, headers=FRESH)


@router.get(
    "/tile/{path:path}",
    response_class=Response,
    summary="A tile of hashes, or a bundle of entries (C2SP tlog-tiles)",
)
def tile(path: str, engine: EngineOf) -> Response:
    asked = TilePath.parse(f"tile/{path}")
    if asked.level is not None:
        return Response(
            engine.log.tile(asked.level, asked.index, asked.width), media_type=_BYTES, headers=IMMUTABLE
        )
    after = asked.index * TILE_WIDTH
    entries = engine.log.bundle(after, asked.width)
    # Asked after reading: between the two a round may close, and never is a ballot read that was not asked about.
    if engine.log.is_withheld(after, after + asked.width):
        raise RoundStillOpen
    return Response(encode_bundle(entries), media_type=_BYTES, headers=IMMUTABLE)


@router.get(
    "/proof/{index}",
    response_class=PlainTextResponse,
    summary="The receipt (C2SP tlog-proof) of the entry at `index`, counted from 0",
)
def proof(index: Position, engine: EngineOf) -> Response:
    return Response(engine.log.receipt(index + 1), media_type=_TEXT, headers=IMMUTABLE)


@router.get(
    "/consistency/{first}/{size}",
    response_class=PlainTextResponse,
    summary="RFC 6962 consistency proof: a base64 hash a line",
)
def consistency(first: Position, size: Position, engine: EngineOf) -> Response:
    lines = [b64encode(node).decode() for node in engine.log.consistency_path(first, size)]
    return Response("".join(f"{line}\n" for line in lines), media_type=_TEXT, headers=IMMUTABLE)


@router.get(
    "/checkpoint/{size}",
    response_class=PlainTextResponse,
    summary="The checkpoint that was signed at exactly this size, without cosignatures",
)
def checkpoint_at(size: Position, engine: EngineOf) -> Response:
    return Response(engine.log.checkpoint_at(size).note, media_type=_TEXT, headers=IMMUTABLE)
