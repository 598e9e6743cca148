"""Documents that events name by SHA-256, as the reading side needs them: papers and conclusions."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final, LiteralString

import msgspec
from psycopg import Connection
from psycopg.rows import tuple_row

from domain.allocation import Line, Outcome, Tie, UnitMoney
from domain.errors import Refused
from domain.paper import Paper

_BODY: Final[LiteralString] = "SELECT body FROM dauys.documents WHERE digest = %s"
_IS_PUBLIC: Final[LiteralString] = """
SELECT EXISTS (SELECT FROM dauys_read.rounds WHERE paper_digest = %(digest)s)
    OR EXISTS (SELECT FROM dauys_read.conclusions WHERE document_digest = %(digest)s AND state IN ('approved', 'published'))
"""


class NoSuchDocument(Refused):
    """No paper and no approved conclusion has this SHA-256."""

    code: ClassVar[str] = "no_such_document"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log a conclusion was computed from: its name, and its size and root (hex) then."""

    origin: str
    size: int
    root: str


@dataclass(frozen=True, slots=True)
class UnitTurnout:
    """`people` on a unit's roll, `cast` ballots."""

    unit: str
    people: int
    cast: int


@dataclass(frozen=True, slots=True)
class ConclusionDocument:
    """What readers need of a conclusion's document (`dauys.conclusion.v1`); the bytes hold more."""

    number: int
    replaces: str
    reason: str
    checkpoint: Checkpoint
    turnout: tuple[UnitTurnout, ...]
    lines: tuple[Line, ...]
    units: tuple[UnitMoney, ...]
    ties: tuple[Tie, ...]

    @property
    def outcome(self) -> Outcome:
        return Outcome(self.lines, self.units, self.ties)


_paper = msgspec.json.Decoder(Paper).decode
_conclusion = msgspec.json.Decoder(ConclusionDocument).decode


def public_document(connection: Connection[Any], digest: str) -> bytes:
    """The bytes as stored, if this is a paper that was frozen or a conclusion that was approved."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        if cursor.execute(_IS_PUBLIC, {"digest": digest}).fetchone() != (True,):
            raise NoSuchDocument(digest=digest)
    return body(connection, digest)


def paper(connection: Connection[Any], digest: str) -> Paper:
    return _paper(body(connection, digest))


def conclusion(connection: Connection[Any], digest: str) -> ConclusionDocument:
    return _conclusion(body(connection, digest))


def body(connection: Connection[Any], digest: str) -> bytes:
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(_BODY, [digest]).fetchone()
    if row is None:
        raise NoSuchDocument(digest=digest)
    return bytes(row[0])
