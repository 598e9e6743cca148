"""People and credentials on their way from a list into the database, where they replace what the round had before.

Of an IIN only its keyed hash leaves this module. All lines of a list are stored, or none; on request the good ones.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import ClassVar, Final, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import DictRow

from application import base64url
from application.keys import Keys
from application.lists import Fault, ListReader, Parse, Progress
from domain.errors import Refused
from domain.iin import Iin
from domain.kato import check_kato
from domain.proposal import UnknownUnit

_CREDENTIAL_BYTES: Final = 32

# Of this transaction alone and without an index: four times as fast as rows put into the real table one batch at a time.
_STAGE: Final[LiteralString] = """
CREATE TEMPORARY TABLE staged (line bigint, key bytea, unit text) ON COMMIT DROP
"""
_COPY: Final[LiteralString] = "COPY staged (line, key, unit) FROM STDIN (FORMAT BINARY)"
_DROP_REPEATED: Final[LiteralString] = """
DELETE FROM staged USING (
    SELECT line, row_number() OVER (PARTITION BY key ORDER BY line) AS nth FROM staged
) AS numbered
WHERE staged.line = numbered.line AND nth > 1 RETURNING staged.line
"""
_CLEAR: Final = sql.SQL("DELETE FROM dauys.{table} WHERE round_id = %s")
_FILL: Final = sql.SQL(
    "INSERT INTO dauys.{table} (round_id, {key}, unit) SELECT %s, key, unit FROM staged ORDER BY key"
)
_COUNT: Final[LiteralString] = """
SELECT unit, count(*) AS rows FROM staged GROUP BY unit ORDER BY unit COLLATE "C"
"""


class UnderAge(Refused):
    """Younger than the roll's minimum age on the day voting opens."""

    code: ClassVar[str] = "under_age"


class CredentialInvalid(Refused):
    """Not 32 bytes in canonical unpadded base64url, or all of them zero."""

    code: ClassVar[str] = "credential_invalid"


class Duplicate(Refused):
    """The same person or credential stands on an earlier line."""

    code: ClassVar[str] = "duplicate"


class Table(NamedTuple):
    """Where a kind of list is stored; `key` is the column of its 32 bytes."""

    name: str
    key: str


PEOPLE: Final = Table("roll_people", "person")
CREDENTIALS: Final = Table("credentials", "credential")


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list: lines read, rows `stored` per unit (none where it was refused), bad lines in all and the first."""

    lines: int
    stored: dict[str, int]
    bad_lines: int
    told: tuple[Fault, ...]


def person_parser(keys: Keys, units: Collection[str], minimum_age: int, day: date) -> Parse:
    """For lines «iin,unit»: people of these units who are `minimum_age` years old on `day`."""

    def parse(digits: str, unit: str) -> tuple[bytes, str]:
        iin = Iin.parse(digits)
        _check_unit(unit, units)
        if iin.age_on(day) < minimum_age:
            raise UnderAge
        return keys.person(iin), unit

    return parse


def credential_parser(units: Collection[str]) -> Parse:
    """For lines «unit,credential»."""

    def parse(unit: str, text: str) -> tuple[bytes, str]:
        _check_unit(unit, units)
        credential = base64url.to_bytes(text, _CREDENTIAL_BYTES)
        if credential is None or not any(credential):
            raise CredentialInvalid
        return credential, unit

    return parse


def stage_list(
    connection: Connection[DictRow], reader: ListReader, progress: Progress, chunk: int
) -> dict[str, int]:
    """Copy the good lines beside the tables, `chunk` at a time; rows per unit. Of repeated keys only the first line is good."""
    connection.execute(_STAGE)
    rows = reader.rows(progress)
    while batch := list(islice(rows, chunk)):  # a statement each, so that a slow source meets no time limit
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            copy.set_types(["int8", "bytea", "text"])
            for row in batch:
                copy.write_row(row)
    for repeated in connection.execute(_DROP_REPEATED):
        reader.add_fault(repeated["line"], Duplicate())
    return {row["unit"]: row["rows"] for row in connection.execute(_COUNT)}


def replace_rows(connection: Connection[DictRow], table: Table, round_id: UUID) -> None:
    """Put what this transaction has staged in the place of the round's rows."""
    names = {"table": sql.Identifier(table.name), "key": sql.Identifier(table.key)}
    connection.execute(_CLEAR.format(**names), [round_id])
    connection.execute(_FILL.format(**names), [round_id])


def _check_unit(unit: str, units: Collection[str]) -> None:
    if unit not in units:
        check_kato(unit)
        raise UnknownUnit
