"""What somebody filled in: from a form's flat fields to an entry of self-government, or to what is wrong at which field.

A field's name is the path of its member: `agenda.0.title`. What is empty is left out, so that the entry's own types say whether it
is missing. Rows without a single value are dropped, and those behind them move up.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from api.secretary.shapes import Shape, Widget
from application.self_government.scenario.book import Moment
from application.self_government.scenario.entry import Entry
from application.self_government.scenario.reading import mistake_in, moment
from domain.errors import Refused

MOST_ROWS: Final = 200
FILE: Final = ".file"
"""Ends the name of the field that carries the SHA-256 of a file sent before."""

Names = Mapping[str, Sequence[tuple[str, str]]]
"""By a member's key: what the thing itself offers, as pairs (value, words)."""
Form = Mapping[str, Sequence[str]]
"""Every value sent under a name."""

_INDEX: Final = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Mistake(Exception):  # noqa: N818 - what a form says
    """`field`: its name in the form."""

    field: str
    refusal: Refused


def plain_of(shapes: Iterable[Shape], form: Form, names: Names, prefix: str = "") -> dict[str, Any]:
    """The members that were filled in, as text, lists and mappings."""
    plain: dict[str, Any] = {}
    for shape in shapes:
        value = _value(shape, form, names, f"{prefix}{shape.key}")
        if value not in ("", None, [], {}):
            plain[shape.key] = value
    return plain


def entry_of(kind: type[Entry], plain: Mapping[str, Any]) -> Entry:
    """The entry, or a Mistake."""
    try:
        return msgspec.convert(
            {**plain, "entry": kind.__struct_config__.tag}, kind, strict=False, dec_hook=moment
        )
    except msgspec.ValidationError as wrong:
        place, refusal = mistake_in(str(wrong))
        raise Mistake(_INDEX.sub(r".\1", place).removeprefix("$").removeprefix("."), refusal) from None


def _value(shape: Shape, form: Form, names: Names, name: str) -> Any:  # noqa: PLR0911 - a line per widget
    match shape.widget:
        case Widget.CHOICES:
            return [each for each in form.get(name, ()) if each]
        case Widget.LIST:  # ticked, where the thing offers them; typed, where it does not
            sent = form.get(name, ()) if shape.key in names else _first(form, name).split(",")
            return [word.strip() for word in sent if word.strip()]
        case Widget.DOCUMENT:
            digest = _first(form, name + FILE)
            return {"file": digest} if digest else _first(form, name)
        case Widget.GROUP:
            return plain_of(shape.parts, form, names, f"{name}.")
        case Widget.PAIRS:
            return {
                key: sent for key, _ in names.get(shape.key, ()) if (sent := _first(form, f"{name}.{key}"))
            }
        case Widget.ROWS:
            rows = (plain_of(shape.parts, form, names, f"{name}.{row}.") for row in _rows(form, name))
            return [row for row in rows if row]
        case Widget.CASES:
            kind = _first(form, f"{name}.kind")
            inside = plain_of(shape.cases.get(kind, ()), form, names, f"{name}.")
            return {"kind": kind, **inside} if kind else {}
        case Widget.MOMENT:
            return _first(form, name).replace("T", " ")
        case _:
            return _first(form, name)


def _rows(form: Form, name: str) -> list[int]:
    """Numbers of the rows that were sent, in order."""
    begins = f"{name}."
    sent = {each[len(begins) :].partition(".")[0] for each in form if each.startswith(begins)}
    return sorted(int(row) for row in sent if row.isdecimal() and len(row) <= len(str(MOST_ROWS)))[:MOST_ROWS]


def _first(form: Form, name: str) -> str:
    return next(iter(form.get(name, ())), "").strip()


__all__ = ["FILE", "Form", "Mistake", "Moment", "Names", "entry_of", "plain_of"]
