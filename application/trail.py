"""The trail of one thing: every event of it in the order of the log, as far as it is public.

A ballot of an open round and a thing that never was are refused alike: whether somebody has voted is nobody's business.
"""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from application.log.reader import Entry, LogReader
from domain.errors import Refused


class NoTrail(Refused):
    """Nothing of this id is public: it is no thing of this log, or a ballot of a round that is still open."""

    code: ClassVar[str] = "no_trail"


@dataclass(frozen=True, slots=True)
class Trail:
    """What the thing is, and what happened to it."""

    kind: str
    entries: list[Entry]


def beginning(log: LogReader, thing_id: UUID) -> Entry:
    """The first event of a thing."""
    entries = log.entries_of(thing_id, after=0, most=1)
    if not entries or log.is_withheld(entries[0].position - 1, entries[0].position):
        raise NoTrail
    return entries[0]


def trail(log: LogReader, thing_id: UUID, after: int, most: int) -> Trail:
    """At most `most` of its events behind position `after`."""
    return Trail(kind_of(beginning(log, thing_id)), log.entries_of(thing_id, after, most))


def kind_of(entry: Entry) -> str:
    """What the thing is that this happened to."""
    return entry.topic.partition(".")[0]
