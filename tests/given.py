"""Given-when-then for aggregates, without a framework: past events in, recorded facts out, refusals that leave no trace."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.errors import Refused

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
_COMMON = {"originator_id", "originator_version", "timestamp", "originator_topic"}

Facts = dict[str, Any]


@dataclass(frozen=True)
class Past:
    """An event that was recorded some day; it gets its aggregate and version from `given`."""

    event_class: Any
    facts: Facts


def past(event_class: Any, **facts: Any) -> Past:
    return Past(event_class, facts)


def given(aggregate_id: UUID, *history: Past) -> Any:
    """The aggregate that this history leaves behind, read as the store reads it: no command runs, no rule is asked."""
    aggregate = None
    for version, event in enumerate(history, start=1):
        created = {"originator_topic": event.event_class.TOPIC.split(".")[0]} if version == 1 else {}
        aggregate = event.event_class(
            originator_id=aggregate_id,
            originator_version=version,
            timestamp=LONG_AGO,
            **created,
            **event.facts,
        ).mutate(aggregate)
    return aggregate


def outcome(event: Any) -> tuple[str, Facts]:
    """(topic, facts) of one event, without what the library adds to all of them."""
    return event.TOPIC, {f.name: getattr(event, f.name) for f in fields(event) if f.name not in _COMMON}


def recorded(aggregate: Any) -> list[tuple[str, Facts]]:
    """The outcomes that commands have recorded since."""
    return [outcome(event) for event in aggregate.pending_events]


@contextmanager
def refused(
    refusal: type[Refused], *aggregates: Any, **facts: object
) -> Iterator[pytest.ExceptionInfo[Refused]]:
    """The command inside is refused by exactly this rule, telling at least these facts, and leaves the aggregates as they were."""
    before = deepcopy(aggregates)
    with pytest.raises(refusal) as caught:
        yield caught
    assert type(caught.value) is refusal
    assert facts.items() <= caught.value.facts.items()
    assert aggregates == before
