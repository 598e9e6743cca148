"""What people subscribe to: a unit's sittings in their calendar, its publications in their feed reader, in their language."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from api.caching import answer
from api.engine import EngineOf
from api.self_government import atom, icalendar
from api.self_government.territory import UnitCode, registered_unit
from api.self_government.words import saying_self_government
from api.web.languages import LANGUAGES, address, reader_s_language
from api.wording import Say, local_time
from domain.self_government.sitting import SittingState
from projections.self_government import publications, sittings
from projections.self_government.publications import Published
from projections.self_government.sittings import RegisteredSitting

router = APIRouter(prefix="/v1", tags=["self-government"])

MOST_SITTINGS: Final = 500
MOST_PUBLICATIONS: Final = 100

Lang = Annotated[str, Query(max_length=10)]


@router.get(
    "/units/{unit}/sittings.ics",
    response_class=Response,
    summary="The newest sittings of the unit's Councils as a calendar (RFC 5545)",
)
def sittings_calendar(unit: UnitCode, request: Request, engine: EngineOf, lang: Lang = "") -> Response:
    with engine.datastore.get_connection() as connection:
        of_unit = registered_unit(connection, unit)
        found = sittings.page(connection, unit=unit, most=MOST_SITTINGS)
    language = lang if lang in LANGUAGES else reader_s_language(request.scope)
    say = saying_self_government(language)
    name = say("calendar_of", unit=getattr(of_unit.names, language))
    body = icalendar.calendar(name, language, [_event(request, language, say, each) for each in found])
    return answer(request, body, icalendar.MEDIA_TYPE, content_language=language, vary="Accept-Language")


@router.get(
    "/units/{unit}/publications.atom",
    response_class=Response,
    summary="What the unit published last as a feed (RFC 4287)",
)
def publications_feed(unit: UnitCode, request: Request, engine: EngineOf, lang: Lang = "") -> Response:
    with engine.datastore.get_connection() as connection:
        of_unit = registered_unit(connection, unit)
        found = publications.newest(connection, unit, MOST_PUBLICATIONS)
    language = lang if lang in LANGUAGES else reader_s_language(request.scope)
    say = saying_self_government(language)
    name = getattr(of_unit.names, language)
    feed = atom.Feed(
        id=of_unit.id,
        title=say("publications_of", unit=name),
        author=name,
        language=language,
        url=str(request.url),
        page=_address(request, language, "units", unit),
        since=of_unit.registered_at,
    )
    body = atom.document(feed, [_entry(request, language, say, each) for each in found])
    return answer(request, body, atom.MEDIA_TYPE, content_language=language, vary="Accept-Language")


def _event(request: Request, language: str, say: Say, sitting: RegisteredSitting) -> icalendar.Event:
    cancelled = sitting.state is SittingState.CALLED_OFF
    return icalendar.Event(
        id=sitting.id,
        changed=sitting.changed_at,
        revision=int(cancelled),
        starts=sitting.held_at,
        summary=say("sitting_title", number=sitting.number),
        description="\n".join(f"{point.key}. {point.title}" for point in sitting.summons.agenda),
        location=sitting.summons.place,
        url=_address(request, language, "sittings", sitting.id),
        cancelled=cancelled,
    )


def _entry(request: Request, language: str, say: Say, published: Published) -> atom.Entry:
    channels = published.publication.channels
    return atom.Entry(
        id=published.id,
        title=say(
            f"published_{published.kind}",
            number=published.number,
            title=published.title,
            day=local_time(published.of_day),
        ),
        kind=published.kind.value,
        summary=say("published_at", where="; ".join(channel.where for channel in channels)),
        url=_address(request, language, f"{published.kind}s", published.id),
        published=min(channel.when for channel in channels),
        updated=published.publication.at,
    )


def _address(request: Request, language: str, kind: str, of: UUID | str) -> str:
    return f"{str(request.base_url).rstrip('/')}{address(language, f'/{kind}/{of}')}"
