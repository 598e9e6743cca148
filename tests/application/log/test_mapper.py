"""Stored events are read for ever and in one spelling only: golden bytes for every event, refusals for everything else.

`tests/golden/entries/<topic>.json` is one whole log entry; `SHA256SUMS` there pins its bytes.
"""

import json
import pkgutil
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from eventsourcing.domain import Aggregate, AggregateEvent
from eventsourcing.persistence import MapperDeserialisationError, StoredEvent
from eventsourcing.utils import TopicError

import domain
from application.log.canonical import NotCanonical, encode
from application.log.entry import entry_bytes
from application.log.mapper import CanonicalMapper
from domain.round import Round

ENTRIES = Path(__file__).parents[2] / "golden/entries"
HOW_TO_ADD = (
    "{topic} has no golden entry. If the event is new, write the bytes of one entry, as they are, to {path} and add its line to"
    " SHA256SUMS beside it (sha256sum); from then on neither ever changes. If the event is old, its format must not change."
)


def event_classes() -> Iterator[Any]:
    modules = [import_module(found.name) for found in pkgutil.walk_packages(domain.__path__, "domain.")]
    for aggregate in (value for module in modules for value in vars(module).values()):
        if isinstance(aggregate, type) and issubclass(aggregate, Aggregate) and aggregate is not Aggregate:
            for name, value in vars(aggregate).items():
                if name != "Event" and isinstance(value, type) and issubclass(value, AggregateEvent):
                    yield value


CLASS_BY_TOPIC: dict[str, Any] = {event_class.TOPIC: event_class for event_class in event_classes()}
TOPICS = sorted(CLASS_BY_TOPIC)

every_event = pytest.mark.parametrize("topic", TOPICS)


@cache
def golden(topic: str) -> bytes:
    path = ENTRIES / f"{topic}.json"
    if not path.exists():
        pytest.fail(HOW_TO_ADD.format(topic=topic, path=path))
    return path.read_bytes()


def stored(topic: str, state: Any = None) -> StoredEvent:
    """The event of the golden entry, or one with another state in its place."""
    entry = json.loads(golden(topic))
    data = state if isinstance(state, bytes) else encode(entry["state"] if state is None else state)
    return StoredEvent(UUID(entry["id"]), entry["version"], entry["topic"], data)


def state_of(topic: str) -> dict[str, Any]:
    state: dict[str, Any] = json.loads(golden(topic))["state"]
    return state


def read(topic: str, state: Any = None) -> Any:
    return CanonicalMapper().to_domain_event(stored(topic, state))


def is_refused(topic: str, state: Any) -> None:
    with pytest.raises(MapperDeserialisationError, match=f"^{topic} "):
        read(topic, state)


@every_event
def test_golden_bytes_are_read_and_written_again(topic: str) -> None:
    event = read(topic)
    assert type(event) is CLASS_BY_TOPIC[topic]
    again = CanonicalMapper().to_stored_event(event)
    assert again == stored(topic)
    position = json.loads(golden(topic))["position"]
    entry = entry_bytes(
        position, UUID(str(again.originator_id)), again.originator_version, again.topic, again.state
    )
    assert entry == golden(topic)


def test_golden_entries_are_only_ever_added_to() -> None:
    lines = (ENTRIES / "SHA256SUMS").read_text().splitlines()
    pinned = {name: digest for digest, name in (line.split() for line in lines)}
    assert pinned == {path.name: sha256(path.read_bytes()).hexdigest() for path in ENTRIES.glob("*.json")}
    assert sorted(pinned) == [f"{topic}.json" for topic in TOPICS]


@every_event
def test_a_missing_or_unknown_member_is_refused(topic: str) -> None:
    state = state_of(topic)
    for name in state:
        is_refused(topic, {key: value for key, value in state.items() if key != name})
    is_refused(topic, {**state, "extra": 1})
    is_refused(topic, {**state, "originator_id": str(UUID(int=1))})
    for name, value in state.items():
        if isinstance(value, dict) and name not in ("people", "credentials"):
            is_refused(topic, {**state, name: {**value, "extra": 1}})


@every_event
def test_a_wrong_type_is_refused(topic: str) -> None:
    state = state_of(topic)
    for name, value in state.items():
        for wrong in (None, True, 7, "7", "", [], {}, [7], {"": ""}):
            if not could_be(value, wrong):
                is_refused(topic, {**state, name: wrong})


def could_be(value: Any, other: Any) -> bool:
    """Whether `other` is of the same JSON type as the golden `value`, where that alone decides; dates and UUIDs are texts."""
    if isinstance(value, str):
        return isinstance(other, str) and not is_time_or_uuid(value)
    if isinstance(value, int):
        return type(other) is type(value)  # a truth value is no number
    return other in ([], {})  # an empty list or object of anything; a ballot's choices may be either


def is_time_or_uuid(text: str) -> bool:
    for parse in (datetime.fromisoformat, UUID):
        try:
            parse(text)
        except ValueError:
            continue
        return True
    return False


@every_event
def test_bytes_that_are_not_canonical_are_refused(topic: str) -> None:
    state = state_of(topic)
    canonical = stored(topic).state
    first = next(iter(state))
    for data in (
        canonical + b"\n",
        b" " + canonical,
        b"\xef\xbb\xbf" + canonical,
        canonical.replace(b":", b": ", 1),
        canonical[:-1],
        canonical + canonical,
        json.dumps(dict(reversed(state.items())), separators=(",", ":"), ensure_ascii=False).encode(),
        b'{"%s":%s,%s' % (first.encode(), encode(state[first]), canonical[1:]),
        canonical.replace(b'"timestamp"', b'"\\u0074imestamp"'),
        b"",
        b"null",
        b"[]",
        b"\xff",
        b"[" * 100_000,
    ):
        is_refused(topic, data)


@pytest.mark.parametrize(
    ("topic", "whole", "floats"),
    [
        ("round.voting_opened.v1", b'"projects":40', [b"40.0", b"4e1", b"40.5", b"-0", b"NaN"]),
        ("implementation.started.v1", b'"cost_tiyn":1180000000', [b"1180000000.0", b"118e7"]),
    ],
)
def test_a_float_is_refused(topic: str, whole: bytes, floats: list[bytes]) -> None:
    state = stored(topic).state
    name = whole.partition(b":")[0]
    assert whole in state
    for number in floats:
        is_refused(topic, state.replace(whole, name + b":" + number))


@pytest.mark.parametrize(
    "time",
    [
        "2026-09-01T09:00:00+05:00",
        "2026-09-01T04:00:00+00:00",
        "2026-09-01T04:00:00",
        "2026-09-01T04:00:00.000000Z",
        "2026-09-01t04:00:00z",
        "2026-09-01 04:00:00Z",
        "2026-09-01",
        "2026-13-01T04:00:00Z",
        "1788235200",
    ],
)
def test_a_time_that_is_not_written_in_utc_with_a_z_is_refused(time: str) -> None:
    is_refused("kiosk.invited.v1", {**state_of("kiosk.invited.v1"), "expires": time})
    is_refused("round.published.v1", {**state_of("round.published.v1"), "timestamp": time})


def test_a_uuid_in_another_spelling_is_refused() -> None:
    state = state_of("ballot.cast.v1")
    for spelling in (state["round_id"].upper(), state["round_id"].replace("-", "")):
        is_refused("ballot.cast.v1", {**state, "round_id": spelling})


def test_a_refused_ballot_does_not_tell_its_choices() -> None:
    state = state_of("ballot.cast.v1")
    for choices in ("A-17", ["A-17", 7], {"A-17": "x"}, {"A-17": None}):
        with pytest.raises(MapperDeserialisationError) as caught:
            read("ballot.cast.v1", {**state, "choices": choices})
        assert "A-17" not in str(caught.value)


def test_all_kinds_of_choices_are_read_as_they_were_cast() -> None:
    state = state_of("ballot.cast.v1")
    choices: Any
    for choices in ([], ["B-02"], ["B-02", "A-17"], {"A-17": 3, "B-02": 1}):
        ballot = read("ballot.cast.v1", {**state, "choices": deepcopy(choices)})
        assert ballot.choices == choices
        assert CanonicalMapper().to_stored_event(ballot).state == encode({**state, "choices": choices})


def test_a_topic_nobody_knows_is_refused() -> None:
    for topic in ("round.drafted.v9", "ballot.cast", "domain.round:Round.Drafted"):
        with pytest.raises(TopicError):
            CanonicalMapper().to_domain_event(StoredEvent(UUID(int=1), 1, topic, b"{}"))


def published(**facts: Any) -> Any:
    known = {"timestamp": datetime(2026, 9, 1, tzinfo=UTC), "conclusion_digest": "0" * 64}
    return Round.Published(originator_id=UUID(int=1), originator_version=9, **{**known, **facts})


@pytest.mark.parametrize(
    "facts",
    [
        {"conclusion_digest": 7},
        {"conclusion_digest": None},
        {"conclusion_digest": 1.5},
        {"conclusion_digest": "\ud800"},
        {"conclusion_digest": ["0"]},
        {"timestamp": datetime(2026, 9, 1)},  # noqa: DTZ001 - what is refused
        {"timestamp": datetime(2026, 9, 1, tzinfo=timezone(timedelta(hours=5)))},
        {"timestamp": "2026-09-01T00:00:00Z5"},
    ],
)
def test_an_event_that_could_not_be_read_back_is_never_written(facts: dict[str, Any]) -> None:
    assert CanonicalMapper().to_stored_event(published()).topic == "round.published.v1"
    with pytest.raises((msgspec.DecodeError, NotCanonical, UnicodeEncodeError)):
        CanonicalMapper().to_stored_event(published(**facts))
