"""What is stored of a roll and of its credentials, committed to: people or credentials per unit, and a Merkle root over them.

The root is RFC 6962 §2.1 over the entries «<unit> <person in hex>» or «<unit> <credential in base64url>», sorted by byte. It is
read from the rows in bounded memory, inside the caller's transaction: what is committed to is what is stored, or staged to be.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, LiteralString, Protocol
from uuid import UUID

from psycopg import Cursor

from application.log.merkle import Frontier, GrowingTree, leaf_hash

_FETCH: Final[LiteralString] = "FETCH 10000 FROM entries"
_CLOSE: Final[LiteralString] = "CLOSE entries"
# A cursor of the server, in SQL: psycopg's own does not work in the pipeline that the log's transactions run in.
_PEOPLE: Final[LiteralString] = """
DECLARE entries NO SCROLL CURSOR FOR
SELECT unit, unit || ' ' || encode(person, 'hex') AS entry
FROM dauys.roll_people WHERE round_id = %s ORDER BY unit COLLATE "C", person
"""
_CREDENTIALS: Final[LiteralString] = """
DECLARE entries NO SCROLL CURSOR FOR
SELECT unit, unit || ' ' || text AS entry
FROM dauys.credentials, rtrim(translate(encode(credential, 'base64'), '+/', '-_'), '=') AS text
WHERE round_id = %s ORDER BY unit COLLATE "C", text COLLATE "C"
"""
_STAGED_CREDENTIALS: Final[LiteralString] = """
DECLARE entries NO SCROLL CURSOR FOR
SELECT unit, unit || ' ' || text AS entry
FROM staged, rtrim(translate(encode(key, 'base64'), '+/', '-_'), '=') AS text
ORDER BY unit COLLATE "C", text COLLATE "C"
"""


class Executes(Protocol):
    """An open transaction: the log's, or a connection's. Rows come as dicts."""

    def execute(self, query: LiteralString, parameters: Sequence[Any] = ..., /) -> Cursor[Any]: ...


@dataclass(frozen=True, slots=True)
class StoredList:
    """`counts`: rows per unit; `root`: 64 hex digits."""

    counts: dict[str, int]
    root: str


def stored_people(transaction: Executes, round_id: UUID) -> StoredList:
    return _commitment(transaction, _PEOPLE, [round_id])


def stored_credentials(transaction: Executes, round_id: UUID) -> StoredList:
    return _commitment(transaction, _CREDENTIALS, [round_id])


def staged_credentials(transaction: Executes) -> StoredList:
    """Of the list that this transaction has staged, before it takes the place of what is stored."""
    return _commitment(transaction, _STAGED_CREDENTIALS, [])


def _commitment(transaction: Executes, declare: LiteralString, parameters: Sequence[Any]) -> StoredList:
    transaction.execute(declare, parameters)
    counts: Counter[str] = Counter()
    frontier = Frontier(0, ())
    while rows := transaction.execute(_FETCH).fetchall():
        tree = GrowingTree(frontier)
        for row in rows:
            tree.append(leaf_hash(row["entry"].encode()))
        counts.update(row["unit"] for row in rows)
        frontier = tree.frontier()  # the leaves themselves may be forgotten
    transaction.execute(_CLOSE)
    return StoredList(dict(counts), frontier.root().hex())
