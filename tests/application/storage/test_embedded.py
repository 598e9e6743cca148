"""The embedded server: durable, shared between processes, and found again whatever was killed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread, Timer

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from application.storage.account import account_for
from application.storage.embedded import EmbeddedPostgres
from application.storage.pgcluster import SOCKET_PATH_BYTES
from application.storage.unavailable import StorageUnavailable
from tests.postgres import cheapest_place, reachable_folder

REPOSITORY = Path(__file__).parents[3]
PATIENCE_SECONDS = 30

USER = """
import sys
from pathlib import Path
from application.storage.embedded import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1])) as postgres:
    print(postgres.url(), flush=True)
    sys.stdin.read()
"""
"""A process that uses the home until its standard input ends."""


@pytest.fixture
def folder() -> Iterator[Path]:
    with reachable_folder(cheapest_place()) as made:
        yield made


@pytest.fixture(scope="module")
def stopped_home() -> Iterator[Path]:
    """A home that was used once and stopped cleanly."""
    with reachable_folder(cheapest_place()) as made:
        with EmbeddedPostgres(made / "home"):
            pass
        yield made / "home"


@pytest.fixture
def home(folder: Path, stopped_home: Path) -> Path:
    """A copy of it for one test, cheaper than initdb with all its syncing."""
    subprocess.run(["cp", "-a", stopped_home, folder], check=True)
    return folder / "home"


@contextmanager
def another_user(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process using the home, attached before this returns."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", USER, home], cwd=REPOSITORY, stdin=pipe, stdout=pipe, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("postgresql://")
        yield process


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0


def execute(url: str, statement: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(statement.encode())


def numbers(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT n FROM kept ORDER BY n")]


def server_pid(home: Path) -> int:
    return int((home / "pg" / "postmaster.pid").read_text().partition("\n")[0])


def is_running(home: Path) -> bool:
    return (home / "pg" / "postmaster.pid").exists()


def until(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_first_start_gives_a_durable_utf8_server_on_a_private_socket(folder: Path) -> None:
    home = folder / "home"
    with EmbeddedPostgres(home) as postgres, psycopg.connect(postgres.url()) as connection:

        def shown(name: str) -> str:
            row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
            assert row is not None
            return str(row[0])

        for name in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
            assert shown(name) == "on"
        assert shown("server_encoding") == "UTF8"
        assert shown("listen_addresses") == ""
        assert (home / "pg").stat().st_mode & 0o777 == 0o700
        assert (home / "run").stat().st_mode & 0o777 == 0o700


def test_data_survives_a_restart(home: Path) -> None:
    postgres = EmbeddedPostgres(home)
    with postgres:
        execute(postgres.url(), "CREATE TABLE kept AS SELECT 1 AS n")
    assert not is_running(home)
    with postgres:
        assert numbers(postgres.url()) == [1]


def test_starting_and_stopping_twice_is_once(home: Path) -> None:
    postgres = EmbeddedPostgres(home)
    postgres.start()
    postgres.start()
    postgres.stop()
    postgres.stop()
    assert not is_running(home)


def test_there_is_no_address_before_the_start(home: Path) -> None:
    with pytest.raises(StorageUnavailable, match="not started"):
        EmbeddedPostgres(home).url()


def test_nothing_acknowledged_is_lost_when_the_server_is_killed_under_load(home: Path) -> None:
    with EmbeddedPostgres(home) as postgres:
        execute(postgres.url(), "CREATE TABLE kept (n int PRIMARY KEY)")
        acknowledged: list[int] = []
        enough = Event()

        def insert_until_killed() -> None:
            with psycopg.connect(postgres.url(), autocommit=True) as connection:
                for n in range(1_000_000):
                    try:
                        connection.execute("INSERT INTO kept VALUES (%s)", [n])
                    except psycopg.OperationalError:
                        return
                    acknowledged.append(n)
                    if n == 200:
                        enough.set()

        writer = Thread(target=insert_until_killed)
        writer.start()
        assert enough.wait(PATIENCE_SECONDS)
        os.kill(server_pid(home), signal.SIGKILL)
        assert postgres.ensure_running()
        writer.join(PATIENCE_SECONDS)
        assert set(acknowledged) <= set(numbers(postgres.url()))
        assert not postgres.ensure_running()


def test_a_killed_server_is_restarted_once_its_last_process_has_died(home: Path) -> None:
    with EmbeddedPostgres(home) as postgres, psycopg.connect(postgres.url()) as connection:
        slow = connection.info.backend_pid
        os.kill(slow, signal.SIGSTOP)
        os.kill(server_pid(home), signal.SIGKILL)
        Timer(1, os.kill, (slow, signal.SIGCONT)).start()
        assert postgres.ensure_running()
        assert "pre-existing shared memory block" in (home / "postgres.log").read_text()
        execute(postgres.url(), "SELECT 1")


def test_a_socket_folder_that_was_cleaned_away_is_made_again(home: Path) -> None:
    with EmbeddedPostgres(home) as postgres:
        os.kill(server_pid(home), signal.SIGKILL)
        shutil.rmtree(home / "run")
        assert postgres.ensure_running()
        execute(postgres.url(), "SELECT 1")


def test_a_killed_user_leaves_the_server_to_the_next_who_stops_it(home: Path) -> None:
    with another_user(home) as first:
        first.kill()
    orphan = server_pid(home)
    with EmbeddedPostgres(home) as postgres:
        assert server_pid(home) == orphan
        execute(postgres.url(), "SELECT 1")
    assert not is_running(home)


def test_a_server_killed_together_with_its_user_is_restarted_by_the_next(home: Path) -> None:
    with another_user(home) as first:
        first.kill()
        os.kill(server_pid(home), signal.SIGKILL)
    with EmbeddedPostgres(home) as postgres:
        execute(postgres.url(), "SELECT 1")


def test_the_last_of_two_processes_stops_the_server(home: Path) -> None:
    with another_user(home) as first, another_user(home) as second:
        leave(first)
        assert is_running(home)
        leave(second)
        assert not is_running(home)


def test_processes_that_start_at_the_same_moment_share_one_server(home: Path) -> None:
    def attach(users: ExitStack, pids: list[int]) -> None:
        users.enter_context(EmbeddedPostgres(home))
        pids.append(server_pid(home))

    with ExitStack() as users:
        pids: list[int] = []
        starts = [Thread(target=attach, args=(users, pids)) for _ in range(4)]
        for start in starts:
            start.start()
        for start in starts:
            start.join()
        assert len(pids) == 4
        assert len(set(pids)) == 1
    assert not is_running(home)


def test_a_second_user_can_restart_the_server_that_the_first_started(home: Path) -> None:
    with another_user(home), EmbeddedPostgres(home) as postgres:
        os.kill(server_pid(home), signal.SIGKILL)
        assert postgres.ensure_running()
        execute(postgres.url(), "SELECT 1")


def test_ctrl_c_at_the_terminal_does_not_reach_the_server(home: Path) -> None:
    with EmbeddedPostgres(home):
        assert os.getpgid(server_pid(home)) != os.getpgrp()
        assert os.getsid(server_pid(home)) != os.getsid(0)


def test_a_forked_child_that_leaves_does_not_stop_its_parents_server(home: Path) -> None:
    forks = """
import os, sys
from pathlib import Path
from application.storage.embedded import EmbeddedPostgres
postgres = EmbeddedPostgres(Path(sys.argv[1]))
postgres.start()
if not os.fork():
    postgres.stop()
    os._exit(0)
os.wait()
sys.exit(postgres.ensure_running())
"""
    assert subprocess.run([sys.executable, "-c", forks, home], cwd=REPOSITORY, check=False).returncode == 0


def test_an_initdb_killed_midway_is_begun_again(folder: Path) -> None:
    home = folder / "home"
    with subprocess.Popen(
        [sys.executable, "-c", USER, home], cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as first:
        until((home / "pg.new" / "PG_VERSION").exists)
        first.kill()
    assert not (home / "pg").exists()
    with EmbeddedPostgres(home) as postgres:
        execute(postgres.url(), "SELECT 1")
    assert not (home / "pg.new").exists()


def test_a_path_too_long_for_a_socket_gets_a_private_one_elsewhere(folder: Path) -> None:
    home = folder / ("h" * SOCKET_PATH_BYTES)
    with EmbeddedPostgres(home) as postgres:
        sockets = Path(str(conninfo_to_dict(postgres.url())["host"]))
        assert not sockets.is_relative_to(home)
        assert sockets.stat().st_mode & 0o777 == 0o700
        execute(postgres.url(), "SELECT 1")
    assert not sockets.exists()


def test_the_server_of_a_home_moved_away_is_not_taken_for_the_new_ones(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("application.storage.embedded.RETRY_SECONDS", 0.5)
    home = folder / ("h" * SOCKET_PATH_BYTES)
    with another_user(home) as first:
        old = server_pid(home)
        home.rename(folder / "away")
        with pytest.raises(StorageUnavailable, match="already exists"):
            EmbeddedPostgres(home).start()
        os.kill(old, signal.SIGQUIT)
        until(lambda: is_gone(old))
        with EmbeddedPostgres(home) as postgres:
            execute(postgres.url(), "SELECT 1")
        first.kill()


def test_a_planted_socket_folder_is_refused(home: Path) -> None:
    (home / "run").mkdir()
    (home / "run").chmod(0o777)
    with pytest.raises(StorageUnavailable, match="open to others"):
        EmbeddedPostgres(home).start()


def test_odd_characters_in_the_path_are_only_characters(folder: Path) -> None:
    with EmbeddedPostgres(folder / "үй, 100% 'a\"b' &c") as postgres:
        execute(postgres.url(), "SELECT 1")


def test_a_pid_file_whose_number_belongs_to_another_program_is_stale(home: Path) -> None:
    with EmbeddedPostgres(home):
        pid_file = (home / "pg" / "postmaster.pid").read_text()
        os.kill(server_pid(home), signal.SIGKILL)
        until(lambda: is_gone(int(pid_file.partition("\n")[0])))
    with subprocess.Popen(["sleep", "60"], user=account_for(home).uid) as stranger:
        (home / "pg" / "postmaster.pid").write_text(str(stranger.pid) + "\n" + pid_file.partition("\n")[2])
        with EmbeddedPostgres(home) as postgres:
            execute(postgres.url(), "SELECT 1")
        assert stranger.poll() is None
        stranger.kill()


def test_another_major_versions_data_is_left_alone(home: Path) -> None:
    (home / "pg" / "PG_VERSION").write_text("17\n")
    with pytest.raises(StorageUnavailable, match=r"PostgreSQL 17's.*pg_dump"):
        EmbeddedPostgres(home).start()


def test_a_damaged_configuration_is_told_at_once(home: Path) -> None:
    with (home / "pg" / "postgresql.conf").open("a") as conf:
        conf.write("no_such_setting = 1\n")
    with pytest.raises(StorageUnavailable, match="no_such_setting"):
        EmbeddedPostgres(home).start()


def test_the_servers_log_holds_no_refused_statement(home: Path) -> None:
    with EmbeddedPostgres(home) as postgres, pytest.raises(psycopg.Error):
        execute(postgres.url(), "SELECT '990101300123'::uuid")
    assert "990101300123" not in (home / "postgres.log").read_text()


def test_a_long_log_is_emptied_at_the_next_start(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("application.storage.embedded.LOG_BYTES", 100)
    for _ in range(3):
        with EmbeddedPostgres(home):
            pass
    assert (home / "postgres.log").read_text().count("starting PostgreSQL") == 1
