"""The trail of one thing for people and programs: each event in plain words, and what proves that it is in the log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import msgspec
from fastapi import APIRouter, Request, Response

from api.caching import json_answer
from api.composition import Engine
from api.engine import EngineOf
from api.rounds import MOST_BY_DEFAULT, Cursor, Most
from api.trail_words import Words, name_of, words_of
from application.log.reader import Entry
from application.trail import trail

router = APIRouter(prefix="/v1", tags=["trail"])


@dataclass(frozen=True, slots=True)
class Step:
    """One event. `by`: the staff account that acted, null where none did; `proof`: the address of the receipt of `entry`, whose
    bytes in UTF-8 are what the log hashed.
    """

    position: int
    topic: str
    at: datetime
    by: str | None
    words: Words
    proof: str
    entry: str

    @classmethod
    def of(cls, entry: Entry) -> Self:
        state: dict[str, Any] = msgspec.json.decode(entry.state)
        return cls(
            position=entry.position,
            topic=entry.topic,
            at=datetime.fromisoformat(state["timestamp"]),
            by=state.get("by"),
            words=words_of(entry.topic, state),
            proof=f"/log/proof/{entry.position - 1}",
            entry=entry.bytes_.decode(),
        )


@dataclass(frozen=True, slots=True)
class TrailView:
    """In the order of the log. `name`: what the thing is called; `next`: the `after` of the following page, null on the last."""

    id: UUID
    kind: str
    name: Words
    items: list[Step]
    next: int | None


@router.get(
    "/trail/{thing_id}",
    response_model=TrailView,
    summary="Every event of one thing, in plain words, with proofs",
)
def one_trail(
    thing_id: UUID, request: Request, engine: EngineOf, after: Cursor = None, limit: Most = MOST_BY_DEFAULT
) -> Response:
    most = min(limit, engine.settings.page_items)
    return json_answer(request, trail_of(engine, thing_id, after or 0, most))


def trail_of(engine: Engine, thing_id: UUID, after: int, most: int) -> TrailView:
    """A page of the trail; NoTrail where nothing of it is public."""
    found = trail(engine.log, thing_id, after, most + 1)
    shown, more = found.entries[:most], len(found.entries) > most
    steps = [Step.of(entry) for entry in shown]
    return TrailView(
        thing_id, found.kind, name_of(found.kind, thing_id), steps, shown[-1].position if more else None
    )
