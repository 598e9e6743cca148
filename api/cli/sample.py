"""`dauys sample`: a made-up city to look round in, with a round in every phase; on a home of real rounds it makes nothing."""

import typer

from api.cli.options import AsJson
from api.cli.output import emit, progress, say
from api.composition import open_engine
from api.election.hall import HallFailed, serving
from api.election.sample_rounds import ROUNDS, TO_TRY, RealUnits, make_rounds
from application.settings import Settings

_EXIT_FAILED = 1


def register(app: typer.Typer) -> None:
    app.command()(sample)


def sample(*, as_json: AsJson = False) -> None:
    """Make a made-up city with a round in every phase; where it is already, nothing."""
    settings = Settings()
    try:
        with (
            open_engine(settings) as engine,
            serving(settings) as url,
            progress("a made-up city's rounds", len(ROUNDS)) as advance,
        ):
            made = make_rounds(engine, url, advance)
    except HallFailed as why:
        say(str(why))
        raise typer.Exit(_EXIT_FAILED) from None
    except RealUnits as why:
        if as_json:
            emit({"made": False}, as_json=True)
        else:
            say(str(why))
        return
    to_try = settings.home.resolve() / TO_TRY
    if as_json:
        emit({"made": made, "to_try": str(to_try)}, as_json=True)
    else:
        say(f"The sample city {'is made' if made else 'is there'}; codes to vote with, and people: {to_try}")
