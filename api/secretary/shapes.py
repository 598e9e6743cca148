"""What an entry of self-government asks for, as a form sees it: read off the very types that a scenario's entries have.

So a form and a scenario file enter the same things, and a new kind of entry has a form as soon as it exists.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from msgspec import inspect

from application.self_government.scenario.book import InFile, Moment
from application.self_government.scenario.entry import Entry

_OF_FILES_ONLY: Final = frozenset({"refused", "note"})
"""Members that only a scenario file needs."""
_LONG: Final = frozenset(
    {"reason", "statement", "answer", "legal_basis", "basis", "description", "matter", "source"}
)


class Widget(StrEnum):
    LINE = "line"
    LONG = "long"
    NUMBER = "number"
    MOMENT = "moment"
    YES_NO = "yes_no"
    CHOICE = "choice"
    """One of `options`, or of those that the thing itself gives."""
    CHOICES = "choices"
    """Some of them."""
    LIST = "list"
    """Words apart by commas."""
    DOCUMENT = "document"
    """A text typed, or a file."""
    GROUP = "group"
    ROWS = "rows"
    """A list of groups."""
    PAIRS = "pairs"
    """A value for each name that the thing itself gives; its first part tells the value's shape."""
    CASES = "cases"
    """One of several groups, told apart by `kind`."""


@dataclass(frozen=True, slots=True)
class Shape:
    """`key`: the member's name, which its label is found by; `words`: of the options, the enumeration's name."""

    key: str
    widget: Widget
    required: bool
    options: tuple[str, ...] = ()
    words: str = ""
    parts: tuple["Shape", ...] = ()
    cases: Mapping[str, tuple["Shape", ...]] = field(default_factory=dict)
    default: str = ""


@cache
def shapes_of(kind: type[Entry]) -> tuple[Shape, ...]:
    """Of every member that a person fills in, the entry's own order; when it was done comes last."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    shapes = _members(each for each in info.fields if each.encode_name not in _OF_FILES_ONLY)
    return tuple(sorted(shapes, key=lambda shape: shape.key == "at"))


def _members(fields: Iterable[inspect.Field]) -> tuple[Shape, ...]:
    return tuple(_shape(each.encode_name, each.type, required=each.required, member=each) for each in fields)


def _shape(  # noqa: PLR0911 - a line per type
    key: str, type_: inspect.Type, *, required: bool, member: inspect.Field | None = None
) -> Shape:
    default = _plain_default(member)
    match type_:
        case inspect.StrType():
            return Shape(key, Widget.LONG if key in _LONG else Widget.LINE, required, default=default)
        case inspect.IntType():
            return Shape(key, Widget.NUMBER, required, default=default)
        case inspect.BoolType():
            return Shape(key, Widget.YES_NO, required, ("true", "false"), "YesNo", default=default)
        case inspect.CustomType(cls=cls) if cls is Moment:
            return Shape(key, Widget.MOMENT, required)
        case inspect.EnumType(cls=cls):
            options = tuple(str(each.value) for each in cls)
            return Shape(key, Widget.CHOICE, required, options, cls.__name__, default=default)
        case inspect.VarTupleType(item_type=item):
            return _several(key, item, required=required)
        case inspect.DictType(value_type=value):
            return Shape(key, Widget.PAIRS, required, parts=(_shape("value", value, required=required),))
        case inspect.UnionType(types=types):
            return _one_of(key, types, required=required)
        case inspect.StructType(fields=fields) | inspect.DataclassType(fields=fields):
            return Shape(key, Widget.GROUP, required, parts=_members(fields))
        case _:
            raise TypeError(f"no form for {key}: {type_}")


def _several(key: str, item: inspect.Type, *, required: bool) -> Shape:
    one = _shape(key, item, required=True)
    if one.widget is Widget.CHOICE:
        return Shape(key, Widget.CHOICES, required, one.options, one.words)
    if one.widget is Widget.GROUP:
        return Shape(key, Widget.ROWS, required, parts=one.parts)
    return Shape(key, Widget.LIST, required)


def _one_of(key: str, types: tuple[inspect.Type, ...], *, required: bool) -> Shape:
    kinds = [each for each in types if not isinstance(each, inspect.NoneType)]
    if any(isinstance(each, inspect.StructType) and each.cls is InFile for each in kinds):
        return Shape(key, Widget.DOCUMENT, required)
    if len(kinds) == 1:
        return _shape(key, kinds[0], required=required and len(kinds) == len(types))
    cases = {str(each.tag): _members(each.fields) for each in kinds if isinstance(each, inspect.StructType)}
    return Shape(key, Widget.CASES, required, tuple(cases), "DecisionKind", cases=MappingProxyType(cases))


def _plain_default(member: inspect.Field | None) -> str:
    """Of a number, a word or a truth value; anything else starts empty."""
    value: Any = member.default if member and not member.required else None
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) and value else ""
