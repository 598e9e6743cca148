"""The frozen bytes of an entry, and its leaf."""

import json
from hashlib import sha256
from uuid import UUID

import pytest

from application.log.canonical import encode
from application.log.entry import entry_bytes
from application.log.merkle import leaf_hash
from application.log.tiles import MAX_ENTRY_BYTES, EntryTooLarge, decode_bundle, encode_bundle

ID = UUID("0191e5a0-7c1e-7b43-9f2a-3d5c8e6f1a20")
STATE = b'{"by":"clerk-1","timestamp":"2026-09-01T04:00:00Z"}'
ENTRY = (
    b'{"id":"0191e5a0-7c1e-7b43-9f2a-3d5c8e6f1a20","position":12,'
    b'"state":{"by":"clerk-1","timestamp":"2026-09-01T04:00:00Z"},"topic":"round.intake_opened.v1","version":2}'
)
LEAF = "1b3a8d801ea429032c090f0f4b0635f76e05e53bd437970e6574b633a74acfbc"
"""Of (printf '\\0'; printf %s "$ENTRY") | sha256sum."""


def test_the_bytes_and_the_leaf_of_an_entry_never_change() -> None:
    entry = entry_bytes(12, ID, 2, "round.intake_opened.v1", STATE)
    assert entry == ENTRY
    assert leaf_hash(entry).hex() == LEAF == sha256(b"\x00" + ENTRY).hexdigest()


def test_an_entry_is_canonical_json_whatever_its_topic_holds() -> None:
    for topic in ("round.drafted.v1", 'қала "1"\\', "\n\x01/", "😀"):
        entry = entry_bytes(2**63 - 1, UUID(int=2**128 - 1), 2**63 - 1, topic, b'{"a":[]}')
        assert encode(json.loads(entry)) == entry


def test_the_state_is_taken_as_stored() -> None:
    assert b'"state":{ "not" :"canonical"},' in entry_bytes(1, ID, 1, "t", b'{ "not" :"canonical"}')


def test_the_largest_entry_fits_a_bundle_and_the_next_one_is_refused() -> None:
    around = len(entry_bytes(1, ID, 1, "t", b'""'))
    largest = entry_bytes(1, ID, 1, "t", b'"%s"' % (b"x" * (MAX_ENTRY_BYTES - around)))
    assert len(largest) == MAX_ENTRY_BYTES
    assert decode_bundle(encode_bundle([largest])) == [largest]
    with pytest.raises(EntryTooLarge) as caught:
        entry_bytes(1, ID, 1, "t", b'"%s"' % (b"x" * (MAX_ENTRY_BYTES - around + 1)))
    assert caught.value.facts == {"size_bytes": MAX_ENTRY_BYTES + 1, "limit_bytes": MAX_ENTRY_BYTES}
