"""What is written in a YAML file, with the line each value stands on; nothing but text, lists and mappings comes out of it.

Built from the parser's events alone: no tag is resolved, no object constructed, no alias followed, and depth and size are bounded,
so that a hostile file costs no more than an honest one. Every scalar stays text: `no`, `10:30` and `0101` mean what they say.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from application.self_government.scenario.mistakes import KeyTwice, NotYaml, TooLarge, WrongLine
from domain.errors import Refused

MOST_BYTES = 512 * 1024
MOST_VALUES = 50_000
MOST_DEPTH = 8

_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Written:
    """A value and its line; of a member of a mapping, the line of its key."""

    line: int
    value: "str | list[Written] | dict[str, Written]"

    def plain(self) -> Any:
        if isinstance(self.value, dict):
            return {key: each.plain() for key, each in self.value.items()}
        if isinstance(self.value, list):
            return [each.plain() for each in self.value]
        return self.value

    def line_at(self, path: str) -> int:
        """The line of `$.agenda[0].kind`, or of the innermost value on the way there that is written."""
        place = self
        for step in _STEP.finditer(path):
            inside: Written | None = None
            if isinstance(place.value, dict):
                inside = place.value.get(step[1] or "")
            elif isinstance(place.value, list) and step[2]:
                inside = place.value[int(step[2])]
            if inside is None:
                break
            place = inside
        return place.line


def read_yaml(body: bytes) -> Written:
    """The one document of the file, or WrongLine."""
    if len(body) > MOST_BYTES:
        raise WrongLine(1, TooLarge(most_bytes=MOST_BYTES))
    try:
        text = body.decode()
    except UnicodeDecodeError as wrong:
        line = body.count(b"\n", 0, wrong.start) + 1
        raise WrongLine(line, NotYaml(problem="not_utf_8")) from None
    try:
        return _Builder(text).document()
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        raise WrongLine(mark.line + 1 if mark else 1, NotYaml(problem="syntax")) from None
    except yaml.YAMLError:  # a character that no YAML file holds; the reader has no line for it
        raise WrongLine(1, NotYaml(problem="syntax")) from None


class _Builder:
    def __init__(self, text: str) -> None:
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.SafeLoader)
        self._values = 0

    def document(self) -> Written:
        first = next(event for event in self._events if not isinstance(event, yaml.StreamStartEvent))
        if isinstance(first, yaml.StreamEndEvent):
            raise WrongLine(1, NotYaml(problem="empty"))
        written = self._value(next(self._events), 0)
        next(self._events)
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise _wrong(after, NotYaml(problem="two_documents"))
        return written

    def _value(self, event: yaml.Event, depth: int, line: int | None = None) -> Written:
        self._values += 1
        if self._values > MOST_VALUES:
            raise _wrong(event, TooLarge(most_values=MOST_VALUES))
        if depth >= MOST_DEPTH:
            raise _wrong(event, TooLarge(most_depth=MOST_DEPTH))
        if not isinstance(event, yaml.NodeEvent) or isinstance(event, yaml.AliasEvent) or event.anchor:
            raise _wrong(event, NotYaml(problem="alias"))
        if getattr(event, "tag", None):
            raise _wrong(event, NotYaml(problem="tag"))
        line = line or _line_of(event)
        if isinstance(event, yaml.ScalarEvent):
            return Written(line, event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            return Written(line, list(self._items(depth)))
        return Written(line, self._members(depth))

    def _items(self, depth: int) -> Iterator[Written]:
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self._value(event, depth + 1)

    def _members(self, depth: int) -> dict[str, Written]:
        members: dict[str, Written] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._value(event, depth + 1)
            if not isinstance(key.value, str):
                raise _wrong(event, NotYaml(problem="key_not_text"))
            if key.value in members:
                raise _wrong(event, KeyTwice())
            members[key.value] = self._value(next(self._events), depth + 1, key.line)
        return members


def _wrong(event: yaml.Event, mistake: Refused) -> WrongLine:
    return WrongLine(_line_of(event), mistake)


def _line_of(event: yaml.Event) -> int:
    assert event.start_mark is not None
    return event.start_mark.line + 1
