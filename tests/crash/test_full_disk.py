"""The disk runs full under load, first for data, then for PostgreSQL's own log: told, survived, and on it goes with new room.

The server's own log lines go to the same disk. They may get lost; what they tell of may not.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from application.storage.embedded import EmbeddedPostgres
from tests.crash.conftest import IMPATIENT
from tests.crash.hall import Hall, check_account
from tests.crash.test_database_away import assert_away
from tests.dauys import Serving, eventually, home
from tests.deliveries import close_round, open_round
from tests.postgres import reachable_folder

VOTERS = 4_000
DISK = "size=120m,mode=0711"
"""A new home takes 41 MB."""

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")


@contextmanager
def small_disk() -> Iterator[Path]:
    with reachable_folder() as folder:
        disk = folder / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", disk], check=False).returncode:
            pytest.skip("this machine does not let root mount a file system")
        try:
            yield disk
        finally:
            subprocess.run(["umount", disk], check=True)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Not a byte is free."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(1 << 16))
    assert os.statvfs(disk).f_bavail == 0
    try:
        yield
    finally:
        ballast.unlink()


def use_up_the_write_ahead_log(folder: Path) -> None:
    """The next thing that PostgreSQL writes needs a new segment, and it panics; perhaps before it has answered."""
    with (
        EmbeddedPostgres(folder) as postgres,
        suppress(psycopg.OperationalError),
        psycopg.connect(postgres.url()) as connection,
    ):
        connection.execute("SELECT pg_switch_wal()")


def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    with small_disk() as disk, home(IMPATIENT, disk=disk) as full, Serving(full) as serving:
        with full.engine() as engine:
            voters = open_round(engine, VOTERS)
            hall = Hall(engine, voters[:-1], serving.url, tmp_path)
        with hall.open(), serving.client as client:
            hall.wait_for(30)
            with filled(disk):
                eventually("the last page is full", lambda: hall.ask(client).status_code == 503)
                assert_away(hall.ask(client))
                assert client.get("/readyz").is_success  # what is there can be read
                use_up_the_write_ahead_log(full.folder)
                eventually("PostgreSQL has given up", lambda: client.get("/readyz").status_code == 503)
                assert_away(hall.ask(client))
                status = full.dauys("status")
                assert status.returncode == 3
                assert "the disk is full" in status.stderr
                assert "Traceback" not in status.stderr
            eventually("it answers again", lambda: hall.ask(client).is_success)
            hall.wait_for(30)
        with full.engine() as engine:
            close_round(engine, voters[0].round_id)
            check_account(engine, hall, voters[0].round_id)
