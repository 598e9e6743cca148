"""The disk runs full under load, first for data, then for PostgreSQL's own log: told, survived, and on it goes with new room.
What people send, and what they do with each other's rights, is stored as a whole or not at all.

The server's own log lines go to the same disk. They may get lost; what they tell of may not.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from random import Random

import psycopg
import pytest
from PIL import Image

from api.composition import Engine, open_engine
from application.accounts.roles import Role
from application.photos.photos import PhotoSize
from application.settings import Settings
from application.storage.embedded import EmbeddedPostgres
from application.storage.unavailable import AWAY
from tests.crash.conftest import IMPATIENT
from tests.crash.hall import Hall, check_account
from tests.crash.test_site import assert_away
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
                status = full.dauys_here("status")
                assert status.returncode == 3
                assert "the disk is full" in status.stderr
                assert "Traceback" not in status.stderr
            eventually("it answers again", lambda: hall.ask(client).is_success)
            hall.wait_for(30)
        with full.engine() as engine:
            close_round(engine, voters[0].round_id)
            check_account(engine, hall, voters[0].round_id)


def noise() -> bytes:
    """A photo that no page has room for."""
    out = BytesIO()
    Image.frombytes("RGB", (1_200, 900), Random(7).randbytes(1_200 * 900 * 3)).save(out, "JPEG", quality=95)
    return out.getvalue()


def enrol_until_the_disk_is_full(engine: Engine) -> None:
    for number in range(20_000):
        try:
            engine.accounts.enrol_verified(f"expert-{number}", "Тестова Айгерім", [Role.EXPERT], [], by=None)
        except AWAY:
            return
    raise AssertionError("there was room for all")


def test_an_upload_and_a_change_of_rights_are_stored_whole_or_not_at_all() -> None:
    """No photo without its bytes; no right without its row in the access log, and no row without the right."""
    photo = noise()
    with small_disk() as disk, home(disk=disk) as full:
        settings = Settings(home=full.folder)
        with open_engine(settings) as engine:
            resident = engine.accounts.enrol_verified("resident-07", "Тұрғын", [Role.RESIDENT], [], by=None)
            with filled(disk):
                with pytest.raises(AWAY):
                    engine.photos.add(resident, photo)
                enrol_until_the_disk_is_full(engine)
        with open_engine(settings) as engine:  # anew: PostgreSQL may have given up
            with engine.datastore.get_connection() as connection:
                accounts = {row["login"] for row in connection.execute("SELECT login FROM dauys.accounts")}
                assert connection.execute("SELECT FROM dauys.photos").fetchone() is None
            assert {row.subject for row in engine.access.page(50_000)} == accounts
            stored = engine.photos.add(resident, photo)
            body, _ = engine.photos.body(stored.digest, PhotoSize.LARGE, resident)
            assert sha256(body).hexdigest() == stored.digest
