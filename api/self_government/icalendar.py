"""iCalendar (RFC 5545): events as text/calendar, with folded lines, escaped texts and times in UTC. Nothing but what sittings need.

By hand, because it is these four rules: a library for them would be larger than what it writes.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
_LINE_OCTETS: Final = 75  # RFC 5545, 3.1, without the line break
_ESCAPED: Final = re.compile(r"([\\;,])")


@dataclass(frozen=True, slots=True)
class Event:
    """`changed`: when what is told of it last changed; `revision` grows when it does; its UID is `id`, for ever."""

    id: UUID
    changed: datetime
    revision: int
    starts: datetime
    summary: str
    description: str
    location: str
    url: str
    cancelled: bool


def calendar(name: str, language: str, events: Iterable[Event]) -> bytes:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Dauys//Sittings//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_text(name)}",
        *(line for event in events for line in _event(event, language)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line)).encode()


def _event(event: Event, language: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.id}"
    yield f"DTSTAMP:{_utc(event.changed)}"
    yield f"SEQUENCE:{event.revision}"
    yield f"DTSTART:{_utc(event.starts)}"
    yield f"SUMMARY;LANGUAGE={language}:{_text(event.summary)}"
    yield f"DESCRIPTION:{_text(event.description)}"
    yield f"LOCATION:{_text(event.location)}"
    yield f"URL:{event.url}"
    yield f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}"
    yield "END:VEVENT"


def _utc(when: datetime) -> str:
    return when.strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    """RFC 5545, 3.3.11. A tabulator may stand in a text, other control characters are in none that an event holds."""
    return _ESCAPED.sub(r"\\\1", text).replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Pieces of 75 octets at most, the following ones with a space before them, none of which splits a character."""
    piece, octets = "", 0
    for character in line:
        width = len(character.encode())
        if octets + width > _LINE_OCTETS:
            yield piece
            piece, octets = " ", 1
        piece, octets = piece + character, octets + width
    yield piece
