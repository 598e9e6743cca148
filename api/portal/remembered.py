"""Pages of rounds that are over change a few times in their life and are read many thousand times: each is drawn once a change.

A page is remembered by everything it was drawn from, which one query tells: who asks after a change, or after read models were
rebuilt, gets it drawn anew. Nothing is remembered before results are there, nor a page for who is signed in. A link passed on by
a messenger often has something added to it that is the reader's own: that page is drawn, around facts that are remembered too.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from threading import Lock
from typing import Any, Final, Generic, LiteralString, TypeVar
from uuid import UUID

from fastapi import Request, Response
from psycopg import Connection
from psycopg.rows import tuple_row

from api.caching import FRESH, etag_of, has_already
from api.web.packing import Piece, packed_with
from api.web.page import HTML, language_of

Stamp = tuple[object, ...]
T = TypeVar("T")

PAGES_REMEMBERED: Final = 256
"""A process; at some 70 kB each, packed and not."""
FACTS_REMEMBERED: Final = 64
"""A process; their tables and charts are drawn, so at some 60 kB each, 2 MB where a paper has 1,500 projects."""
# All that a page of a closed round is drawn from: by the newest event of each, and by how much there is.
_STAMP: Final[LiteralString] = """
SELECT changed, (SELECT array_agg(projection || generation ORDER BY projection) FROM dauys_read.generations WHERE serving),
    (SELECT max(changed) FROM dauys_read.conclusions AS it WHERE it.round_id = rounds.round_id),
    (SELECT max(changed) FROM dauys_read.proposals AS it WHERE it.round_id = rounds.round_id),
    (SELECT max(changed) FROM dauys_read.implementations AS it WHERE it.round_id = rounds.round_id),
    (SELECT count(*) FROM dauys_read.tally AS it WHERE it.round_id = rounds.round_id),
    (SELECT max(changed) FROM dauys_read.findings), (SELECT max(changed) FROM dauys_read.decisions),
    (SELECT max(changed) FROM dauys_read.units), (SELECT max(size) FROM dauys.cosignatures)
FROM dauys_read.rounds
WHERE round_id = %s AND phase NOT IN ('drafted', 'intake', 'review', 'voting', 'cancelled')
"""


def stamp_of(connection: Connection[Any], round_id: UUID) -> Stamp | None:
    """What tells whether the round's page is still the same; None where it is not to be remembered."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(_STAMP, [round_id], prepare=True).fetchone()
    if row is None:
        return None
    changed, generations, *newest = row
    return (round_id, changed, tuple(generations), *newest)


def remembered(
    request: Request, stamp: Stamp | None, draw: Callable[[], tuple[Response, Piece | None]]
) -> Response:
    """The page as it was drawn for this stamp and language, or as `draw` draws it, which also gives the piece of it that lasts."""
    if getattr(request.state, "visit", None) is not None or request.method != "GET":
        return draw()[0]
    if stamp is None or request.url.query:
        drawn, piece = draw()
        return packed_with(request, drawn, piece.gzipped_in) if piece else drawn
    memory: Memory[Kept] = memory_of(request, "pages_remembered", PAGES_REMEMBERED)
    language = language_of(request)
    key = (language, *stamp)
    kept = memory.get(key)
    if kept is None:
        drawn, piece = draw()
        if piece is None or drawn.status_code != HTTPStatus.OK:
            return drawn
        body = bytes(drawn.body)
        kept = Kept(body, piece.gzipped_in(body), etag_of(body))
        memory.keep(key, kept)
    headers = {"content-language": language, "etag": kept.etag, "cache-control": FRESH}
    if has_already(request, kept.etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    answer, packed = Response(kept.body, media_type=HTML, headers=headers), kept.packed
    return packed_with(request, answer, lambda _: packed)


def facts_of(
    request: Request, stamp: Stamp | None, gather: Callable[[], Mapping[str, Any]]
) -> Mapping[str, Any]:
    """What the page says in the request's language, gathered once for a stamp. What `gather` raises is remembered for nobody."""
    if stamp is None:
        return gather()
    memory: Memory[Mapping[str, Any]] = memory_of(request, "facts_remembered", FACTS_REMEMBERED)
    key = (language_of(request), *stamp)
    facts = memory.get(key)
    if facts is None:
        facts = gather()
        memory.keep(key, facts)
    return facts


@dataclass(frozen=True, slots=True)
class Kept:
    body: bytes
    packed: bytes
    etag: str


class Memory(Generic[T]):
    """What was made, by what it was made from, the longest unread forgotten first. Of one process, for its threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Stamp, T] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Stamp) -> T | None:
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
            return kept

    def keep(self, key: Stamp, made: T) -> None:
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


def memory_of(request: Request, name: str, most: int) -> Memory[Any]:
    """The process's own of this name, made for its first reader."""
    state = request.app.state
    if not hasattr(state, name):
        setattr(state, name, Memory(most))
    memory: Memory[Any] = getattr(state, name)
    return memory
