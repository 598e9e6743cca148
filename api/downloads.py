"""Results as files for other programs: CSV for spreadsheets, Pabulib `.pb` for researchers. Only of rounds that have closed."""

from tempfile import TemporaryFile
from threading import Lock
from typing import IO, Any, ClassVar, Final, TextIO

from psycopg import Connection

from api.csv_table import csv_table
from api.views import lines_of
from application.pabulib.writer import Heading, NotExportable, write_pb
from domain.errors import Refused
from domain.round import Round
from domain.times import KAZAKHSTAN
from projections import ballots
from projections.results import Results

RESULTS_COLUMNS: Final = (
    *("unit", "unit_name", "rank", "project", "title", "category", "cost_tiyn", "voters", "score", "reason"),
    *("balance_tiyn", "status", "as_of"),
)
_exporting: Final = Lock()


class NotInThisFormat(Refused):
    """The round is sound, but Pabulib's format cannot hold it; `problem` says what."""

    code: ClassVar[str] = "not_in_this_format"


class ExportBusy(Refused):
    """Another export is being written, which sorts all ballots of a round; ask again in a moment."""

    code: ClassVar[str] = "export_busy"


def results_csv(results: Results) -> bytes:
    """A row per project."""
    names = {unit.kato: unit.name for unit in results.paper.units}
    return csv_table(
        RESULTS_COLUMNS,
        (
            (
                *(line.unit, names[line.unit], line.rank, line.project, line.title, line.category),
                *(line.cost_tiyn, line.voters, line.score, line.reason.value, line.balance_tiyn),
                *(results.status.value, results.as_of),
            )
            for line in lines_of(results.paper, results.outcome.lines)
        ),
    )


def written_pb(connection: Connection[Any], results: Results) -> IO[str]:
    """The round as a `.pb` file of no name, rewound; whoever reads it closes it. One at a time is written in a process."""
    if not _exporting.acquire(blocking=False):
        raise ExportBusy
    file = TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115 - the reader closes it
    try:
        write_round_pb(connection, results, file)
    except BaseException:
        file.close()
        raise
    finally:
        _exporting.release()
    file.seek(0)
    return file


def write_round_pb(connection: Connection[Any], results: Results, out: TextIO) -> None:
    """Write the round to `out` (`newline=""`, UTF-8); NotInThisFormat if the format cannot hold it."""
    with ballots.of_closed_round(connection, results.round.round_id) as cast:
        try:
            write_pb(out, _heading(results), results.paper, results.outcome, cast)
        except NotExportable as why:
            raise NotInThisFormat(problem=str(why)) from None


def _heading(results: Results) -> Heading:
    opened = results.round.step(Round.VotingOpened.TOPIC)
    closed = results.round.step(Round.VotingClosed.TOPIC)
    assert opened is not None
    assert closed is not None
    begins = opened.at.astimezone(KAZAKHSTAN).date()
    return Heading(
        description=results.paper.title,
        unit=results.paper.units[0].name,
        instance=str(begins.year),
        begins=begins,
        ends=closed.at.astimezone(KAZAKHSTAN).date(),
    )
