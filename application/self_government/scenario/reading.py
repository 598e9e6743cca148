"""From a scenario's text to its entries, each with its line: unknown keys and words, wrong types and wrong order are refused there.

Nothing is recorded here, and no rule of self-government is checked: the use cases do that.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

import msgspec
from msgspec import Struct

from application.self_government.scenario import (
    contests,
    councils,
    decisions,
    dismissals,
    gatherings,
    registers,
    reports,
)
from application.self_government.scenario.book import NOT_A_MOMENT, Moment
from application.self_government.scenario.entry import Entry
from application.self_government.scenario.mistakes import (
    EarlierThanBefore,
    KeyMissing,
    KeyUnknown,
    TimeWrong,
    TooLarge,
    ValueWrong,
    WordUnknown,
    WrongLine,
)
from application.self_government.scenario.written import Written, read_yaml
from domain.errors import Refused

MOST_ENTRIES = 1_000

KINDS: dict[object, type[Entry]] = {
    kind.__struct_config__.tag: kind
    for kind in chain.from_iterable(
        module.KINDS for module in (registers, gatherings, councils, decisions, dismissals, reports, contests)
    )
}
"""Every kind of entry by its word in the file."""

_PLACE = re.compile(r" - at `(.+)`$")
_MISSING = re.compile(r"Object missing required field `(\w+)`")
_UNKNOWN = re.compile(r"Object contains unknown field `(.+?)`")
_NO_SUCH_WORD = re.compile(r"Invalid (enum )?value")
"""What the decoder says; its messages quote what they were given, so they are never told."""


class _Head(Struct, frozen=True, forbid_unknown_fields=True):
    """`unit`: KATO of the unit whose year it is; `by`: the staff account that enters it."""

    scenario: str
    unit: str
    by: str
    entries: list[Any]


@dataclass(frozen=True, slots=True)
class Line:
    """An entry, the line it begins on, and when it was done."""

    number: int
    at: datetime
    entry: Entry


@dataclass(frozen=True, slots=True)
class Scenario:
    title: str
    unit: str
    by: str
    lines: tuple[Line, ...]


def read_scenario(body: bytes) -> Scenario:
    """The scenario, or WrongLine with its first mistake."""
    written = read_yaml(body)
    head: _Head = _converted(written, _Head)
    assert isinstance(written.value, dict)
    entries = written.value["entries"].value
    assert isinstance(entries, list)
    if len(entries) > MOST_ENTRIES:
        raise WrongLine(entries[MOST_ENTRIES].line, TooLarge(most_entries=MOST_ENTRIES))
    lines: list[Line] = []
    for each in entries:
        lines.append(_line(each, lines[-1].at if lines else None))
    return Scenario(head.scenario, head.unit, head.by, tuple(lines))


def _line(written: Written, before: datetime | None) -> Line:
    kind = _kind(written)
    entry: Entry = _converted(written, kind)
    at = entry.at.when if entry.at else before
    if at is None:
        raise WrongLine(written.line, KeyMissing(key="at"))
    if before is not None and at < before:
        raise WrongLine(written.line_at("$.at"), EarlierThanBefore())
    return Line(written.line, at, entry)


def _kind(written: Written) -> type[Entry]:
    if not isinstance(written.value, dict):
        raise WrongLine(written.line, ValueWrong())
    word = written.value.get("entry")
    if word is None:
        raise WrongLine(written.line, KeyMissing(key="entry"))
    kind = KINDS.get(word.plain()) if isinstance(word.value, str) else None
    if kind is None:
        raise WrongLine(word.line, WordUnknown())
    return kind


def _converted(written: Written, kind: type[Any]) -> Any:
    plain = written.plain()
    try:
        value = msgspec.convert(plain, kind, strict=False, dec_hook=moment)
    except msgspec.ValidationError as wrong:
        place, mistake = mistake_in(str(wrong))
        raise WrongLine(written.line_at(place), mistake) from None
    unknown = _unknown(written, msgspec.to_builtins(value, enc_hook=str))
    if unknown is not None:
        raise WrongLine(unknown.line, KeyUnknown())
    return value


def moment(kind: type[Any], given: object) -> Moment:
    """The decoder's hook for the one type that it does not know."""
    assert kind is Moment
    return Moment.parse(given)


def mistake_in(message: str) -> tuple[str, Refused]:
    """What the decoder's `message` finds wrong, and where: `$.agenda[0].kind`; of a member that is missing, where it should be."""
    found = _PLACE.search(message)
    place = found[1] if found else "$"
    mistake: Refused = ValueWrong()
    if missing := _MISSING.match(message):
        place, mistake = f"{place}.{missing[1]}", KeyMissing(key=missing[1])
    elif unknown := _UNKNOWN.match(message):
        place, mistake = f"{place}.{unknown[1]}", KeyUnknown()
    elif _NO_SUCH_WORD.match(message):
        mistake = WordUnknown()
    elif message.startswith(NOT_A_MOMENT):
        mistake = TimeWrong()
    return place, mistake


def _unknown(written: Written, taken: Any) -> Written | None:
    """The first member that was not taken: of the domain's own dataclasses the decoder drops those it does not know."""
    inside: list[tuple[Written, Any]] = []
    if isinstance(written.value, dict) and isinstance(taken, dict):
        for key, member in written.value.items():
            if key not in taken:
                return member
            inside.append((member, taken[key]))
    elif isinstance(written.value, list) and isinstance(taken, list | tuple):
        inside = list(zip(written.value, taken, strict=True))
    return next((found for each in inside if (found := _unknown(*each)) is not None), None)
