"""What is written as an array is the array that the server reads, whatever stands in it."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.sql import SQL

from application.storage.arrays import bigint_array, bytea_array, text_array, uuid_array

AWKWARD = [
    "",
    "NULL",
    "null",
    "a,b",
    "{}",
    '["already_voted", null]',
    '"',
    "\\",
    '\\"',
    " ",
    "\n",
    "'; --",
    "ауыл 😀",
]


@pytest.mark.parametrize(
    ("written", "values", "of"),
    [
        (text_array, AWKWARD, "text"),
        (text_array, [], "text"),
        (bytea_array, [b"", b'\0\\"{,}', bytes(range(256))], "bytea"),
        (bytea_array, [], "bytea"),
        (bigint_array, [0, -1, 2**63 - 1], "bigint"),
        (uuid_array, [UUID(int=0), UUID(int=2**128 - 1)], "uuid"),
    ],
)
def test_an_array_is_read_as_it_was_meant(
    cluster: str, written: Callable[[Iterable[Any]], str], values: list[Any], of: str
) -> None:
    with psycopg.connect(cluster) as connection:
        query = SQL("SELECT %s::{}").format(SQL(f"{of}[]"))
        assert connection.execute(query, [written(values)]).fetchone() == (values,)
