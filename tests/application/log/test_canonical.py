"""Canonical JSON: one value, one encoding; everything that has none is refused."""

import json
from collections import OrderedDict
from datetime import UTC, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from application.log.canonical import (
    MAX_DEPTH,
    MAX_INTEGER_BITS,
    NotCanonical,
    encode,
)

# Half of the keys lie where UTF-16 order and code point order part: above and below the surrogates.
text = st.text(st.characters(codec="utf-8"))
keys = text | st.text(st.sampled_from("aä€\ue000\ufb33\uffff😂𐀀"), max_size=3)
integers = st.integers(-(1 << MAX_INTEGER_BITS) + 1, (1 << MAX_INTEGER_BITS) - 1)
values = st.recursive(
    st.none() | st.booleans() | integers | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


def nested(depth: int) -> Any:
    value: Any = []
    for level in range(depth - 1):
        value = [value] if level % 2 else {"a": value}
    return value


def by_the_rules(value: Any) -> str:
    """RFC 8785 §3.2, spelt out: the standard library for scalars, keys sorted by UTF-16 code units."""
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be"))
        return "{" + ",".join(f"{by_the_rules(key)}:{by_the_rules(item)}" for key, item in members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(by_the_rules, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


@forall(values)
def test_encoding_follows_the_rules_and_is_undone_by_reading_it(value: Any) -> None:
    data = encode(value)
    assert data.decode() == by_the_rules(value)
    assert msgspec.json.decode(data) == value


@forall(st.dictionaries(keys, st.integers(), max_size=8), st.randoms())
def test_the_order_in_which_an_object_was_built_does_not_show(members: dict[str, int], random: Any) -> None:
    shuffled = list(members.items())
    random.shuffle(shuffled)
    assert encode(dict(shuffled)) == encode(members)


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (10**30, b"1000000000000000000000000000000"),
        (2**53 + 1, b"9007199254740993"),
        (-(2**64) - 1, b"-18446744073709551617"),
        ((1, (2,)), b"[1,[2]]"),
        ({"b": [], "a": {}}, b'{"a":{},"b":[]}'),
        ('\x00\x08\x1f\x7f\u2028/<"\\', b'"\\u0000\\b\\u001f\x7f\xe2\x80\xa8/<\\"\\\\"'),
        ({"\ufb33": 1, "\U0001f602": 2}, '{"😂":2,"\ufb33":1}'.encode()),
        ({"a": {"\ufb33": 1, "\U0001f602": 2}}, '{"a":{"😂":2,"\ufb33":1}}'.encode()),
    ],
)
def test_exact_bytes(value: object, data: bytes) -> None:
    assert encode(value) == data


class Colour(StrEnum):
    RED = "red"


class Digit(IntEnum):
    ONE = 1


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        float("inf"),
        Decimal(1),
        Fraction(1),
        1j,
        b"bytes",
        {1, 2},
        Colour.RED,
        Digit.ONE,
        OrderedDict(a=1),
        UUID(int=1),
        datetime(2026, 1, 1, tzinfo=UTC),
        object(),
        {"a": [1.5]},
        {"é": 1, "a": 1.5},
        {1: "a"},
        {None: "a"},
        {Colour.RED: "a"},
        "\ud800",
        {"\udfff": 1},
        ["\ud83d", "\ude02"],
        1 << MAX_INTEGER_BITS,
        -(1 << MAX_INTEGER_BITS),
        10**5000,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        encode(value)


def test_nesting_is_bounded() -> None:
    assert json.loads(encode(nested(MAX_DEPTH))) == nested(MAX_DEPTH)
    with pytest.raises(NotCanonical, match="nested deeper"):
        encode(nested(MAX_DEPTH + 1))


def test_a_refusal_does_not_quote_the_value() -> None:
    with pytest.raises(NotCanonical) as refused:
        encode({"990101100010": "990101100010", "b": 2.5})
    assert "990101100010" not in str(refused.value)
