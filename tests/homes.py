"""The database of a home as `dauys migrate` leaves it: made once a process, stopped cleanly, and copied for whoever needs one.

What a first start does is not tested with it: initdb and the migrations were somebody else's.
"""

import subprocess
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from api.composition import migrate_database
from application.settings import Settings
from tests.postgres import cheapest_place, reachable_folder

_KEPT = ExitStack()


def copy_database(home: Path) -> None:
    """Give the home, which has none, a database with its schema; it belongs to the account that would have made it."""
    home.mkdir(exist_ok=True)
    subprocess.run(["cp", "-a", _made() / "pg", home], check=True)


def forget() -> None:
    """Remove what is copied; at the end of the session."""
    _KEPT.close()
    _made.cache_clear()


@cache
def _made() -> Path:
    home = _KEPT.enter_context(reachable_folder(cheapest_place())) / "home"
    migrate_database(Settings(home=home, database_url=None))
    return home
