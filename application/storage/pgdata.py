"""The data folder of the embedded PostgreSQL: where it lies, how it is made, whether it may be used.

It is complete or absent: initdb works beside it and the result is renamed.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from application.storage.account import Account, make_private_folder
from application.storage.pgprograms import STATE, Programs, major_version, make_state_folder
from application.storage.unavailable import StorageUnavailable

SUPERUSER = "postgres"
INITDB_SECONDS = 120
PASSABLE = 0o711

INITDB = (
    f"--username={SUPERUSER}",
    "--auth-local=trust",
    "--auth-host=reject",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--data-checksums",
    "--no-instructions",
)
FIRST_SETTINGS = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "wal_compression": "off",
    "shared_buffers": "256MB",
    "max_connections": "100",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
}
"""Written into postgresql.conf once; from then on the operator's (ALTER SYSTEM), watched by the durability gate."""


def data_folder(home: Path, programs: Programs, lock: int) -> Path:
    """The home's data folder, made if there is none. The caller holds the home's start lock, `lock`.

    `home/pg` is the folder, or a link to it where root's home is closed to the server's account: then the data lies
    in STATE. A link that leads nowhere is a lost disk, never a reason to begin with an empty database.
    """
    data = home / "pg"
    if data.is_symlink() and not data.exists():
        raise StorageUnavailable(
            f"The database of {home} was kept in {data.readlink()}, which is gone.",
            f"Bring that folder back (in a container keep it on a volume), or remove {data} to begin empty.",
        )
    if not data.exists():
        _make(data, programs, lock)
    data = data.resolve()
    _check(data, programs.account)
    return data


def _make(data: Path, programs: Programs, lock: int) -> None:
    if not programs.account.is_other or programs.account.may_enter(data.parent):
        _initdb(data, programs, lock)
        return
    make_state_folder()
    with _elsewhere() as folder:
        _initdb(folder / data.name, programs, lock)
        data.symlink_to(folder / data.name)
        _sync(data.parent)


@contextmanager
def _elsewhere() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="home-", dir=STATE))
    folder.chmod(PASSABLE)
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder)
        raise


def _initdb(data: Path, programs: Programs, lock: int) -> None:
    """Make a cluster beside and rename it; initdb itself syncs every file it wrote.

    The lock is passed on: an initdb whose starter was killed keeps everybody else out until it has ended.
    """
    unfinished = data.with_name("pg.new")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    make_private_folder(unfinished, programs.account)
    settings = [f"--set={name}={value}" for name, value in FIRST_SETTINGS.items()]
    try:
        programs.run(
            "initdb", "-D", str(unfinished), *INITDB, *settings, seconds=INITDB_SECONDS, keep_open=[lock]
        )
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    unfinished.rename(data)
    _sync(data.parent)


def _check(data: Path, account: Account) -> None:
    owner = data.stat().st_uid
    if owner != account.uid:
        raise StorageUnavailable(
            f"The database folder {data} belongs to user number {owner}, the server runs as {account.uid}.",
            f"Start as its owner, or give it back: chown -R {account.uid}:{account.gid} {data}",
        )
    version_file = data / "PG_VERSION"
    if not version_file.exists():
        raise StorageUnavailable(f"{data} is not a PostgreSQL data folder.", "Move it away and start again.")
    if (found := version_file.read_text().strip()) != major_version():
        raise StorageUnavailable(
            f"The data in {data} is PostgreSQL {found}'s; this Dauys brings PostgreSQL {major_version()}.",
            "Start the Dauys that made it, pg_dump it there, and restore the dump into a new home.",
        )


def _sync(folder: Path) -> None:
    """Make a rename within the folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
