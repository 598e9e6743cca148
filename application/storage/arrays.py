"""PostgreSQL array literals for the hot path: psycopg adapts lists element by element in Python, which costs more than the INSERT.

Values are fixed-form (hex, decimal), so there is nothing to quote or escape; texts do not come this way.
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
