"""Every event of the domain is a stored format for ever; every rule has one code of its own.

`tests/golden/event_formats.json` holds the shape of each event by topic. A new event is a new line; of an old line only
an enumeration may grow: what was stored must stay readable.
"""

import json
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from importlib import import_module
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from eventsourcing.domain import Aggregate, AggregateEvent

import domain
from domain.errors import Refused

GOLDEN = Path(__file__).parents[1] / "golden"
MODULES = [import_module(found.name) for found in pkgutil.walk_packages(domain.__path__, "domain.")]
_COMMON = set(get_type_hints(Aggregate.Created))


def classes(base: type) -> Iterator[Any]:
    for module in MODULES:
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, base) and value.__module__ == module.__name__:
                yield value


AGGREGATES: list[Any] = list(classes(Aggregate))
EVENTS: list[tuple[Any, Any]] = [
    (aggregate, event)
    for aggregate in AGGREGATES
    for name, event in vars(aggregate).items()
    if name != "Event" and isinstance(event, type) and issubclass(event, AggregateEvent)
]
REFUSALS: list[type[Refused]] = list(classes(Refused))


def shape(annotation: Any) -> Any:
    """A type as JSON: data classes by field, enumerations as texts with their values, containers by what they hold."""
    if is_dataclass(annotation):
        hints = get_type_hints(annotation)
        return {field.name: shape(hints[field.name]) for field in fields(annotation)}
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "str " + "|".join(sorted(member.value for member in annotation))
    origin, args = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return {"one of": [shape(arg) for arg in args]}
    if origin is not None:
        return {origin.__name__: [shape(arg) for arg in args if arg is not ...]}
    return "null" if annotation is NoneType else annotation.__name__


def formats() -> dict[str, Any]:
    return {
        event.TOPIC: {
            name: shape(hint) for name, hint in get_type_hints(event).items() if name not in _COMMON
        }
        for _, event in EVENTS
    }


def parts(told: Any) -> Iterator[tuple[str, Any]]:
    """(field, shape) at every depth; what a container holds has no field name."""
    inner = told.items() if isinstance(told, dict) else [("", part) for part in told]
    for name, part in inner:
        yield name, part
        if not isinstance(part, str):
            yield from parts(part)


def test_the_walk_finds_the_aggregates() -> None:
    assert {"round", "proposal", "roll", "kiosk", "ballot", "conclusion", "implementation"} <= {
        aggregate.TOPIC for aggregate in AGGREGATES
    }


@pytest.mark.parametrize(("aggregate", "event"), EVENTS, ids=[event.TOPIC for _, event in EVENTS])
def test_an_event_has_a_versioned_topic_of_its_own(aggregate: Any, event: Any) -> None:
    assert re.fullmatch(rf"{aggregate.TOPIC}\.[a-z_]+\.v[1-9][0-9]*", event.TOPIC)
    assert any("TOPIC" in vars(base) for base in event.__mro__ if base.__name__ == event.__name__)


def test_no_two_aggregates_and_no_two_events_share_a_topic() -> None:
    topics = [aggregate.TOPIC for aggregate in AGGREGATES] + [event.TOPIC for _, event in EVENTS]
    assert len(topics) == len(set(topics))


def test_one_module_holds_one_aggregate() -> None:
    assert len({aggregate.__module__ for aggregate in AGGREGATES}) == len(AGGREGATES)


@pytest.mark.parametrize(("topic", "told"), formats().items())
def test_an_event_holds_whole_numbers_and_nothing_untyped(topic: str, told: dict[str, Any]) -> None:
    kinds = {part.split()[0] for _, part in parts(told) if isinstance(part, str)}
    assert kinds <= {"str", "int", "bool", "datetime", "UUID", "null"}, topic


@pytest.mark.parametrize(("topic", "told"), formats().items())
def test_money_says_its_unit_and_nobody_is_named(topic: str, told: dict[str, Any]) -> None:
    for name, part in parts(told):
        assert not re.search(r"iin|person|voter_|phone|address|birth", name), topic
        assert part == "int" or not name.endswith("_tiyn"), topic


def test_stored_events_stay_readable() -> None:
    golden = json.loads((GOLDEN / "event_formats.json").read_text(encoding="utf-8"))
    assert formats() == golden


def test_every_rule_has_one_code_of_its_own() -> None:
    codes = [refusal.code for refusal in REFUSALS]
    assert len(codes) == len(set(codes))
    assert all(
        "code" in vars(refusal) and re.fullmatch(r"[a-z]+(_[a-z]+)*", refusal.code) for refusal in REFUSALS
    )
