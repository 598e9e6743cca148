"""PostgreSQL array literals for the hot path: psycopg adapts lists element by element in Python, which costs more than the INSERT.

Texts are quoted; other values are of a fixed form (hex, decimal) in which there is nothing to quote.
"""

from collections.abc import Iterable
from uuid import UUID


def uuid_array(values: Iterable[UUID]) -> str:
    """For a `%s::uuid[]` parameter."""
    return "{" + ",".join([value.hex for value in values]) + "}"


def bytea_array(values: Iterable[bytes]) -> str:
    """For a `%s::bytea[]` parameter."""
    return "{" + ",".join([f'"\\\\x{value.hex()}"' for value in values]) + "}"


def bigint_array(values: Iterable[int]) -> str:
    """For a `%s::bigint[]` parameter."""
    return "{" + ",".join(map(str, values)) + "}"


def text_array(values: Iterable[str]) -> str:
    """For a `%s::text[]` parameter."""
    quoted = [value.replace("\\", r"\\").replace('"', r"\"") for value in values]
    return "{" + ",".join([f'"{value}"' for value in quoted]) + "}"
