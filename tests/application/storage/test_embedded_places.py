"""Who runs the embedded server, where its data lies, and what is said when a place will not do."""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from application.storage.account import UNPRIVILEGED, Account, account_for
from application.storage.embedded import EmbeddedPostgres
from application.storage.pgprograms import programs_for
from application.storage.unavailable import StorageUnavailable
from tests.postgres import cheapest_place, reachable_folder

REPOSITORY = Path(__file__).parents[3]
PASSES = "with EmbeddedPostgres(home) as postgres: psycopg.connect(postgres.url()).close()"

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can step down, mount and give folders away")


@pytest.fixture
def folder() -> Iterator[Path]:
    with reachable_folder(cheapest_place()) as made:
        yield made


@pytest.fixture
def nobody() -> Account:
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def run_as(account: Account, home: Path, statement: str = PASSES) -> str:
    """What a Python process of the account prints, using the home; empty if all went well."""
    packages = Path(psycopg.__file__).parents[1]
    system = Path(f"/usr/bin/python3.{sys.version_info.minor}")
    reachable = [
        python
        for python in (Path(sys.executable).resolve(), system)
        if python.exists() and account.may_enter(python.parent)
    ]
    if not (reachable and account.may_enter(packages) and account.may_enter(REPOSITORY)):
        pytest.skip(f"user number {account.uid} cannot enter this Python, its packages or the repository")
    script = f"""
import psycopg
from pathlib import Path
from application.storage.embedded import EmbeddedPostgres
from application.storage.unavailable import StorageUnavailable
home = Path({str(home)!r})
try:
    {statement}
except StorageUnavailable as unavailable:
    print(unavailable)
"""
    return subprocess.run(
        [reachable[0], "-B", "-c", script],
        env={"PYTHONPATH": f"{REPOSITORY}:{packages}", "LC_ALL": "C.UTF-8"},
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=60,
    ).stdout


@contextmanager
def mounted(point: Path, options: str) -> Iterator[None]:
    """A small file system in memory; some containers forbid even root to mount."""
    point.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", point], check=False)
    if mount.returncode:
        pytest.skip("this machine does not let root mount a file system")
    try:
        yield
    finally:
        subprocess.run(["umount", point], check=True)


def connect(postgres: EmbeddedPostgres) -> None:
    psycopg.connect(postgres.url()).close()


def owner(path: Path) -> int:
    return path.stat().st_uid


@as_root
def test_root_steps_down_to_an_existing_account_and_lets_only_it_pass(folder: Path) -> None:
    home = folder / "home"
    with EmbeddedPostgres(home) as postgres:
        connect(postgres)
        assert pwd.getpwuid(owner(home / "pg")).pw_name in UNPRIVILEGED
        assert owner(home) == 0
        assert home.stat().st_mode & 0o777 == 0o710


@as_root
def test_without_the_account_postgres_the_server_runs_as_nobody(
    folder: Path, nobody: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("application.storage.account.UNPRIVILEGED", ("no-such-account", "nobody"))
    with EmbeddedPostgres(folder / "home") as postgres:
        connect(postgres)
        assert owner(folder / "home" / "pg") == nobody.uid


@as_root
def test_without_any_unprivileged_account_root_is_told_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("application.storage.account.UNPRIVILEGED", ())
    with pytest.raises(StorageUnavailable, match="ordinary user"):
        EmbeddedPostgres(folder / "home").start()


@as_root
def test_an_ordinary_user_runs_the_server_as_itself(folder: Path, nobody: Account) -> None:
    os.chown(folder, nobody.uid, nobody.gid)
    assert run_as(nobody, folder / "home") == ""
    assert owner(folder / "home" / "pg") == nobody.uid
    assert (folder / "home").stat().st_mode & 0o777 == 0o700


@as_root
def test_root_and_the_ordinary_owner_take_turns_in_one_home(folder: Path, nobody: Account) -> None:
    os.chown(folder, nobody.uid, nobody.gid)
    home = folder / "home"
    home.mkdir()
    os.chown(home, nobody.uid, nobody.gid)
    for _ in range(2):
        with EmbeddedPostgres(home) as postgres:
            connect(postgres)
        assert run_as(nobody, home) == ""


@as_root
def test_a_home_that_the_account_cannot_enter_keeps_its_data_elsewhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """As `dauys` in a virtual environment below /root (0700): neither programs nor data are in reach there."""
    state = folder / "state"
    monkeypatch.setattr("application.storage.pgprograms.STATE", state)
    monkeypatch.setattr("application.storage.pgdata.STATE", state)
    wheel = programs_for(Account(os.geteuid(), os.getegid())).folder.parents[1]
    closed = folder / "root"
    closed.mkdir(mode=0o700)
    for name in (wheel.name, f"{wheel.name}.libs"):
        (closed / name).symlink_to(wheel.with_name(name))
    monkeypatch.syspath_prepend(closed)
    home = closed / "dauys"
    umask = os.umask(0o077)
    request.addfinalizer(lambda: os.umask(umask))

    for _ in range(2):
        with EmbeddedPostgres(home) as postgres:
            connect(postgres)
            assert programs_for(account_for(home)).folder.is_relative_to(state)
        data = (home / "pg").readlink()
        assert data.is_relative_to(state)
        assert len(list(state.glob("home-*"))) == 1
    assert closed.stat().st_mode & 0o777 == 0o700

    shutil.rmtree(data)
    with pytest.raises(StorageUnavailable, match="which is gone"):
        EmbeddedPostgres(home).start()


@as_root
def test_a_full_disk_is_said_and_leaves_nothing_behind(folder: Path) -> None:
    with mounted(folder / "small", "size=8m,mode=0711"):
        home = folder / "small" / "home"
        with pytest.raises(StorageUnavailable, match="the disk is full"):
            EmbeddedPostgres(home).start()
        assert not (home / "pg").exists()
        assert not (home / "pg.new").exists()


@as_root
def test_a_read_only_file_system_is_said(folder: Path) -> None:
    with (
        mounted(folder / "still", "size=1m,mode=0711,ro"),
        pytest.raises(StorageUnavailable, match="the file system is read-only"),
    ):
        EmbeddedPostgres(folder / "still" / "home").start()


@as_root
def test_a_folder_that_the_user_may_not_write_is_said(folder: Path, nobody: Account) -> None:
    assert "permission is missing" in run_as(nobody, folder / "home", "EmbeddedPostgres(home).start()")


@as_root
def test_data_that_belongs_to_somebody_else_is_said(folder: Path, nobody: Account) -> None:
    home = folder / "home"
    with EmbeddedPostgres(home):
        pass
    os.chown(home, nobody.uid, nobody.gid)
    for file in home.glob("*.lock"):
        os.chown(file, nobody.uid, nobody.gid)
    said = run_as(nobody, home, "EmbeddedPostgres(home).start()")
    assert "belongs to user number" in said
    assert "chown -R" in said


@as_root
def test_a_home_copied_by_root_is_not_run_as_root(folder: Path) -> None:
    home = folder / "home"
    with EmbeddedPostgres(home):
        pass
    os.chown(home / "pg", 0, 0)
    with pytest.raises(StorageUnavailable, match="chown -R"):
        EmbeddedPostgres(home).start()


def test_a_folder_named_pg_that_is_no_database_is_left_alone(folder: Path) -> None:
    (folder / "pg").mkdir()
    os.chown(folder / "pg", account_for(folder).uid, -1)
    with pytest.raises(StorageUnavailable, match="not a PostgreSQL data folder"):
        EmbeddedPostgres(folder).start()


def test_without_the_wheel_the_next_step_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(REPOSITORY)])
    with pytest.raises(StorageUnavailable, match="DAUYS_DATABASE_URL"):
        EmbeddedPostgres(folder / "home").start()


@pytest.mark.parametrize(("mode", "enters"), [(0o700, False), (0o710, False), (0o711, True), (0o755, True)])
def test_an_account_enters_a_folder_by_the_mode_of_its_own_class(
    folder: Path, mode: int, *, enters: bool
) -> None:
    (folder / "door").mkdir()
    (folder / "door").chmod(mode)
    stranger = Account(os.geteuid() + 4_000_000, os.getegid() + 4_000_000)
    assert stranger.may_enter(folder / "door") is enters
    assert Account(os.geteuid(), os.getegid()).may_enter(folder / "door")
