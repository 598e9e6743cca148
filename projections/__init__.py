"""Read models over the log: turnout, tally, registers, results. Dropped and rebuilt at any time; the log alone is the truth."""

from typing import Any, Final

from psycopg import Connection

from projections import following
from projections.checks import CHECKS
from projections.conclusions import CONCLUSIONS
from projections.findings import FINDINGS
from projections.implementations import IMPLEMENTATIONS
from projections.kiosks import KIOSKS
from projections.projection import Projection
from projections.proposals import PROPOSALS
from projections.rounds import ROUNDS
from projections.self_government import SELF_GOVERNMENT
from projections.tally import TALLY
from projections.turnout import TURNOUT

ALL: Final[tuple[Projection, ...]] = (
    ROUNDS,
    PROPOSALS,
    TURNOUT,
    TALLY,
    CONCLUSIONS,
    FINDINGS,
    IMPLEMENTATIONS,
    KIOSKS,
    *SELF_GOVERNMENT,
)


def prepare(connection: Connection[Any]) -> None:
    """Make the reading side's tables where they are missing; safe from many processes at once."""
    following.prepare(connection, ALL, CHECKS)
