"""Pages of rounds that are over change a few times in their life and are read many thousand times: each is drawn once a change.

A page is remembered by everything it was drawn from, which one small query tells: who asks after a change, or after read models
were rebuilt, gets it drawn anew. Nothing is remembered before results are there, nor of who is signed in.
"""

from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus
from threading import Lock
from typing import Any, Final, LiteralString

from fastapi import Request, Response
from psycopg import Connection
from psycopg.rows import tuple_row

from api.caching import answer
from api.web.assets import version
from api.web.page import HTML, language_of
from domain.round import Phase
from projections.rounds import RegisteredRound

Stamp = tuple[object, ...]

PAGES_REMEMBERED: Final = 256
"""A process; at some 60 kB each."""
_BEFORE_CLOSING: Final = (Phase.DRAFTED, Phase.INTAKE, Phase.REVIEW, Phase.VOTING)
# All that a page of a closed round is drawn from, besides its row: by the newest event of each, and by how much there is.
_STAMP: Final[LiteralString] = """
SELECT (SELECT array_agg(projection || generation ORDER BY projection) FROM dauys_read.generations WHERE serving),
    (SELECT max(changed) FROM dauys_read.conclusions WHERE round_id = %(round_id)s),
    (SELECT max(changed) FROM dauys_read.proposals WHERE round_id = %(round_id)s),
    (SELECT max(changed) FROM dauys_read.implementations WHERE round_id = %(round_id)s),
    (SELECT count(*) FROM dauys_read.tally WHERE round_id = %(round_id)s),
    (SELECT max(changed) FROM dauys_read.findings),
    (SELECT max(changed) FROM dauys_read.decisions),
    (SELECT max(changed) FROM dauys_read.units),
    (SELECT max(size) FROM dauys.cosignatures)
"""


def stamp_of(connection: Connection[Any], round_: RegisteredRound) -> Stamp | None:
    """What tells whether the round's page is still the same; None where it is not to be remembered."""
    if round_.phase in _BEFORE_CLOSING:
        return None
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(_STAMP, {"round_id": round_.round_id}, prepare=True).fetchone()
    assert row is not None  # a row of aggregates
    generations, *newest = row
    return (round_.round_id, round_.changed, tuple(generations), *newest)


def remembered(request: Request, stamp: Stamp | None, draw: Callable[[], tuple[Response, bool]]) -> Response:
    """The page as it was drawn for this stamp and language, or as `draw` draws it, which also says whether it lasts."""
    memory: Pages = _memory(request)
    signed_in = getattr(request.state, "visit", None) is not None
    if stamp is None or signed_in or request.url.query or request.method != "GET":
        return draw()[0]
    language = language_of(request)
    key = (version(), language, *stamp)
    body = memory.get(key)
    if body is None:
        drawn, lasts = draw()
        if lasts and drawn.status_code == HTTPStatus.OK:
            memory.keep(key, bytes(drawn.body))
        return drawn
    return answer(request, body, HTML, content_language=language)


class Pages:
    """Bodies by stamp, the longest unread forgotten first. Of one process, for its threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._bodies: OrderedDict[Stamp, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, stamp: Stamp) -> bytes | None:
        with self._lock:
            body = self._bodies.get(stamp)
            if body is not None:
                self._bodies.move_to_end(stamp)
            return body

    def keep(self, stamp: Stamp, body: bytes) -> None:
        with self._lock:
            self._bodies[stamp] = body
            while len(self._bodies) > self._most:
                self._bodies.popitem(last=False)


def _memory(request: Request) -> Pages:
    """The process's own, made for its first reader."""
    state = request.app.state
    if not hasattr(state, "pages_remembered"):
        state.pages_remembered = Pages(PAGES_REMEMBERED)
    pages: Pages = state.pages_remembered
    return pages
