"""`dauys roll …`: import the list of residents, seal it, mark people served at the desk, reconcile the slips."""

import sys
from getpass import getpass
from pathlib import Path
from typing import Annotated

import typer

from api.cli.lists import import_list
from api.cli.options import AsJson, By, OfRound
from api.cli.output import emit
from api.composition import open_engine
from application.registrar import VOTING_AGE

app = typer.Typer(no_args_is_help=True)


_TYPED_CHARS = 64
_MOST_AGE = 120


class PileInvalid(typer.BadParameter):
    """A pile of slips is given as UNIT=N, once per unit."""


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV with the header iin,unit; '-' reads standard input.")],
    round_id: OfRound,
    minimum_age: Annotated[
        int, typer.Option(min=0, max=_MOST_AGE, help="Years on the day voting opens.")
    ] = VOTING_AGE,
    *,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Take the good lines of a faulty list.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put a list in the place of the round's roll; with a bad line in it nothing is imported."""
    with open_engine() as engine:
        import_list(
            [file],
            engine.settings,
            lambda lines, advance: engine.registrar.import_roll(
                round_id, lines, advance, minimum_age=minimum_age, skip_bad=skip_bad
            ),
            as_json=as_json,
        )


@app.command()
def seal(round_id: OfRound, by: By = "office", *, as_json: AsJson = False) -> None:
    """Freeze the roll: record its counts and its Merkle root."""
    with open_engine() as engine:
        roll = engine.registrar.seal_roll(round_id, by=by)
        emit({"people": roll.people, "root": roll.root}, as_json=as_json)


@app.command()
def serve(round_id: OfRound, by: By = "desk", *, as_json: AsJson = False) -> None:
    """Mark one person as handed a slip. The IIN is asked for, or read from standard input; it is never an argument."""
    iin = _read_iin()
    with open_engine() as engine:
        emit(engine.serving.serve(round_id, iin, by=by), as_json=as_json)


@app.command()
def status(round_id: OfRound, *, as_json: AsJson = False) -> None:
    """Counts per unit: on the roll, credentials, slips handed out; and what is recorded of them."""
    with open_engine() as engine:
        emit(engine.registrar.status(round_id), as_json=as_json)


@app.command()
def reconcile(
    round_id: OfRound,
    unused: Annotated[list[str] | None, typer.Option(metavar="UNIT=N", help="Slips left over.")] = None,
    spoiled: Annotated[list[str] | None, typer.Option(metavar="UNIT=N", help="Slips spoiled.")] = None,
    handed_out: Annotated[
        list[str] | None, typer.Option(metavar="UNIT=N", help="Where it differs from the people served.")
    ] = None,
    explanation: Annotated[str, typer.Option(help="Needed where the piles do not add up.")] = "",
    by: By = "office",
    *,
    as_json: AsJson = False,
) -> None:
    """Account for every printed slip after closing."""
    piles = _piles(unused), _piles(spoiled)
    stated = _piles(handed_out)
    with open_engine() as engine:
        slips = engine.registrar.reconcile(
            round_id, *piles, by=by, explanation=explanation, handed_out=stated
        )
        emit(list(slips), as_json=as_json)


def _read_iin() -> str:
    if sys.stdin.isatty():
        return getpass("IIN: ")
    return sys.stdin.readline(_TYPED_CHARS)


def _piles(stated: list[str] | None) -> dict[str, int]:
    piles: dict[str, int] = {}
    for pile in stated or ():
        unit, _, count = pile.partition("=")
        if unit in piles or not (count.isascii() and count.isdigit()):
            raise PileInvalid("give each unit once, as UNIT=N")
        piles[unit] = int(count)
    return piles
