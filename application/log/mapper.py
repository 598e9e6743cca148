"""Between domain events and their stored bytes: canonical JSON, checked against the event's own fields in both directions.

Members are the event's fields without `originator_id` and `originator_version`, which are the row's key. Times are RFC 3339
in UTC («…Z»), numbers integers only. Unknown or missing members and wrong types are refused.
"""

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any, get_type_hints
from uuid import UUID

import msgspec
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import JSONTranscoder, Mapper, MapperDeserialisationError, StoredEvent
from eventsourcing.utils import get_topic, resolve_topic

from application.log.canonical import NotCanonical, encode

_KEY = ("originator_id", "originator_version")
_NO_OFFSET = timedelta()


class CanonicalMapper(Mapper[UUID]):
    """A `Mapper` whose stored state is canonical JSON; no compressor and no cipher, so that what is hashed is what is read."""

    def __init__(self) -> None:
        super().__init__(transcoder=JSONTranscoder())

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        stored = self.encoded(domain_event)
        _shape(type(domain_event))(stored.state)  # an event that could not be read back is never stored
        return stored

    def encoded(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """`to_stored_event` for facts whose types have been checked already, as a ballot's are when its delivery is read."""
        event_class = type(domain_event)
        members = {name: getattr(domain_event, name) for name in _members(event_class)}
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=get_topic(event_class),
            state=encode(msgspec.to_builtins(members)),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        event_class: type[DomainEventProtocol[UUID]] = resolve_topic(stored_event.topic)
        try:
            members = _shape(event_class)(stored_event.state)
        except (msgspec.DecodeError, ValueError) as fault:
            raise MapperDeserialisationError(
                f"{stored_event.topic} {stored_event.originator_id} v{stored_event.originator_version}: {fault}"
            ) from fault
        event = object.__new__(event_class)
        # Frozen dataclasses take no assignment; this is how the library itself rebuilds an event.
        event.__dict__.update(
            members,
            originator_id=stored_event.originator_id,
            originator_version=stored_event.originator_version,
        )
        return event


@cache
def _members(event_class: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(event_class) if field.name not in _KEY)


@cache
def _shape(event_class: type) -> Callable[[bytes], dict[str, Any]]:
    """A checker of stored bytes against the class's annotated fields."""
    hints = get_type_hints(event_class)
    times = [name for name in _members(event_class) if hints[name] is datetime]
    shape = msgspec.defstruct(
        event_class.__qualname__,
        [(name, hints[name]) for name in _members(event_class)],
        forbid_unknown_fields=True,
    )

    read_members = msgspec.json.Decoder(shape).decode

    def read(state: bytes) -> dict[str, Any]:
        members = msgspec.structs.asdict(read_members(state))
        # Whatever was forgiven (spaces, a key twice, a UUID in capitals, a time with needless zeros) is not written again.
        if encode(msgspec.to_builtins(members)) != state:
            raise NotCanonical("not as it would be written")
        if any(members[name].utcoffset() != _NO_OFFSET for name in times):
            raise NotCanonical("a time is not in UTC")
        return members

    return read
