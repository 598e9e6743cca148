"""Canonical JSON: RFC 8785 with integers as the only numbers, written exactly whatever their size.

One value has one encoding: keys in the order of their UTF-16 code units, no spaces, UTF-8. A value is None, bool, int, str,
list, tuple or dict with str keys, of exactly these types; anything else, floats first, has no canonical form and is refused.
"""

import json
from typing import Any, NoReturn

import msgspec

MAX_DEPTH = 32
"""Arrays and objects inside each other."""
MAX_INTEGER_BITS = 4096

_encode_sorted = msgspec.json.Encoder(order="sorted").encode
_encode_as_given = msgspec.json.Encoder().encode


class NotCanonical(ValueError):  # noqa: N818 - reads as the answer it is
    """The value has no canonical form, or the bytes are not one; the message says why and quotes nothing."""


def encode(value: Any) -> bytes:
    """The canonical bytes of `value`."""
    try:
        return _encode_sorted(value) if _check(value, MAX_DEPTH) else _encode_as_given(_in_utf16_order(value))
    except UnicodeEncodeError:
        raise NotCanonical("a string has a lone surrogate") from None


def decode(data: bytes) -> Any:
    """The value of strict JSON in any layout: UTF-8, no byte order mark, no duplicate keys, integers only."""
    try:
        value = _DECODER.decode(data.decode())
    except NotCanonical:
        raise
    except (ValueError, RecursionError):
        raise NotCanonical("not JSON in UTF-8") from None
    encode(value)  # refuses what the decoder lets pass: depth, size of integers, escaped lone surrogates
    return value


def decode_canonical(data: bytes) -> Any:
    """The value whose canonical form is exactly `data`."""
    try:
        value = msgspec.json.decode(data)
    except (ValueError, RecursionError):
        raise NotCanonical("not JSON in UTF-8") from None
    # Whatever the decoder forgave (duplicate keys, spaces, -0) does not come out of the encoder again.
    if encode(value) != data:
        raise NotCanonical("not in canonical form")
    return value


def _check(value: Any, depth: int) -> bool:
    """Refuse what has no canonical form; otherwise whether all keys are ASCII, where UTF-16 and byte order agree."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        if value.bit_length() > MAX_INTEGER_BITS:
            raise NotCanonical(f"an integer has more than {MAX_INTEGER_BITS} bits")
        return True
    if kind is not dict and kind is not list and kind is not tuple:
        raise NotCanonical(f"{kind.__name__} has no canonical form")
    if not depth:
        raise NotCanonical(f"nested deeper than {MAX_DEPTH}")
    ascii_keys, items = True, value
    if kind is dict:
        for key in value:
            if type(key) is not str:
                raise NotCanonical("an object key is not a string")
            ascii_keys &= key.isascii()
        items = value.values()
    for item in items:
        ascii_keys &= _check(item, depth - 1)
    return ascii_keys


def _in_utf16_order(value: Any) -> Any:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return {key: _in_utf16_order(value[key]) for key in keys}
    if isinstance(value, list | tuple):
        return [_in_utf16_order(item) for item in value]
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotCanonical("an object has a key twice")
    return members


def _refuse_number(_: str) -> NoReturn:
    raise NotCanonical("a number is not an integer")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_refuse_number, parse_constant=_refuse_number
)
