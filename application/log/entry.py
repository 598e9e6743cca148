"""The bytes of one log entry: what is hashed, signed, served and audited. A stored format for ever (tests/golden/).

    {"id":"<uuid>","position":<n>,"state":{…},"topic":"<topic>","version":<n>}
Canonical JSON; `state` is the stored bytes of the event as they are, never re-serialised.
"""

from uuid import UUID

from application.log.canonical import encode
from application.log.tiles import MAX_ENTRY_BYTES, EntryTooLarge


def entry_bytes(position: int, originator_id: UUID, version: int, topic: str, state: bytes) -> bytes:
    """The entry at `position` (from 1); `state` must be canonical JSON already."""
    entry = b'{"id":"%s","position":%d,"state":%s,"topic":%s,"version":%d}' % (
        str(originator_id).encode(),
        position,
        state,
        encode(topic),
        version,
    )
    if len(entry) > MAX_ENTRY_BYTES:
        raise EntryTooLarge(size_bytes=len(entry), limit_bytes=MAX_ENTRY_BYTES)
    return entry
