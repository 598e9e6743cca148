"""What people subscribe to: the rounds of a unit, as each enters a phase that concerns them, in their language (Atom, RFC 4287)."""

from typing import Annotated, Final
from uuid import UUID, uuid5

from fastapi import APIRouter, Query, Request, Response

from api.caching import answer
from api.engine import EngineOf
from api.portal.origin import origin_of
from api.portal.timeline import of_round
from api.self_government import atom
from api.self_government.territory import UnitCode
from api.web.languages import LANGUAGES, address, reader_s_language
from api.web.words import gettext_for
from application.store import NotFound
from projections import rounds
from projections.rounds import RegisteredRound

router = APIRouter(prefix="/v1", tags=["rounds"])

MOST_ROUNDS: Final = 20
_FEEDS: Final = UUID("5c0d1b5e-3a0f-5e0e-8a55-1d7b7f2a9c01")
"""Namespace of the feeds' own ids."""


@router.get(
    "/units/{unit}/rounds.atom",
    response_class=Response,
    summary="The unit's rounds as a feed: an entry for each step a round took (RFC 4287)",
)
def rounds_feed(
    unit: UnitCode, request: Request, engine: EngineOf, lang: Annotated[str, Query(max_length=10)] = ""
) -> Response:
    with engine.datastore.get_connection() as connection:
        found = rounds.page(connection, None, MOST_ROUNDS, unit)
    if not found:
        raise NotFound(kind="unit", id=unit)
    language = lang if lang in LANGUAGES else reader_s_language(request.scope)
    on_terms = found[0].terms.unit(unit)
    assert on_terms is not None  # the round was found by it
    origin = origin_of(request, engine)
    feed = atom.Feed(
        id=uuid5(_FEEDS, unit),
        title=f"{on_terms.name}: {gettext_for(language).gettext('Rounds')}",
        author=on_terms.name,
        language=language,
        url=str(request.url),
        page=f"{origin}{address(language, f'/units/{unit}/rounds')}",
        since=found[-1].steps[0].at,
    )
    body = atom.document(feed, [entry for each in found for entry in _entries(each, language, origin)])
    return answer(request, body, atom.MEDIA_TYPE, content_language=language, vary="Accept-Language")


def _entries(round_: RegisteredRound, language: str, origin: str) -> list[atom.Entry]:
    """The newest first."""
    return [
        atom.Entry(
            id=uuid5(round_.round_id, f"step/{moment.position}"),
            title=f"{round_.terms.title}: {moment.what}",
            kind=round_.phase.value,
            summary=moment.detail or moment.what,
            url=f"{origin}{address(language, f'/rounds/{round_.round_id}')}",
            published=moment.at,
            updated=moment.at,
        )
        for moment in reversed(of_round(round_, language))
    ]
