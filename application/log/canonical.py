"""Canonical JSON: RFC 8785 with integers as the only numbers, written exactly whatever their size.

One value has one encoding: keys in the order of their UTF-16 code units, no spaces, UTF-8. A value is None, bool, int, str,
list, tuple or dict with str keys, of exactly these types; anything else, floats first, has no canonical form and is refused.
"""

from typing import Any

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
