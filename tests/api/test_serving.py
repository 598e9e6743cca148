"""`dauys serve`: how it starts, stops, is stopped from starting, and gets up again after a kill."""

import os
import pwd
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from api.serving import HUNG_SECONDS
from application.storage.account import Account
from tests.dauys import ROOT, Home, Serving, eventually, home


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[Home, Serving]]:
    """A home without a database, and who serves it once told to; each start takes seconds of processor time."""
    with home(empty=True) as made:
        serving = Serving(made)
        yield made, serving
        serving.stop()


@pytest.fixture
def served(world: tuple[Home, Serving]) -> tuple[Home, Serving]:
    """Served, from its first start on or again after a test that ended it."""
    _, serving = world
    if not serving.running:
        serving.start()
    return world


def assert_nothing_is_left(of: Home) -> None:
    assert of.processes() == []
    assert not (of.folder / "pg" / "postmaster.pid").exists()
    assert (of.folder / "serve.lock").read_text() == ""
    assert "Traceback" not in of.stderr.read_text()


STORM = 64


def fewest_of_a_storm(serving: Serving) -> int:
    """How many of so many connections, all opened at once, that process got that got fewer."""
    address = urlsplit(serving.url)

    def shares() -> list[int]:
        return [connections(pid, address.port) for pid in serving.server_processes()]

    with ExitStack() as closing:
        for _ in range(STORM):
            closing.enter_context(socket.create_connection((address.hostname, address.port)))
        eventually("every connection is taken", lambda: sum(shares()) == STORM)
        fewest = min(shares())
    eventually("every connection is given up", lambda: sum(shares()) == 0)
    return fewest


def connections(pid: int, port: int | None) -> int:
    """That the process holds at this port of its own."""
    _, *lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    established = {
        f"socket:[{line[9]}]" for line in lines if line[3] == "01" and line[1].endswith(f":{port:04X}")
    }
    held = set()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            held.add(str(file.readlink()))
    return len(established & held)


def test_it_answers_and_says_that_the_log_can_be_read(served: tuple[Home, Serving]) -> None:
    with served[1].client as client:
        assert client.get("/healthz").text == "ok\n"
        assert client.get("/readyz").text == "ready at position 0\n"


def test_the_office_works_beside_it(served: tuple[Home, Serving]) -> None:
    beside, _ = served
    status = beside.dauys("status", "--json")
    assert status.returncode == 0, status.stderr
    assert '"durable":true' in status.stdout
    assert beside.dauys_here("migrate", "--json").stdout == '{"migrations_run":0}\n'
    shown = beside.dauys_here("round", "show", "00000000-0000-4000-8000-000000000001")
    assert shown.returncode == 1
    assert "not_found" in shown.stderr


def test_a_second_one_on_the_same_folder_is_refused(served: tuple[Home, Serving]) -> None:
    first, serving = served
    second = first.dauys("serve", "--port", "0")
    assert second.returncode == 3
    assert second.stdout == ""
    assert f"process {serving.pid} already serves" in second.stderr
    assert "Traceback" not in second.stderr
    with serving.client as client:
        assert client.get("/readyz").is_success


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can step down to another user")
def test_an_ordinary_user_can_serve() -> None:
    entry = pwd.getpwnam("nobody")
    account = Account(entry.pw_uid, entry.pw_gid)
    packages = Path(psycopg.__file__).parents[1]
    pythons = [Path(sys.executable).resolve(), Path(f"/usr/bin/python3.{sys.version_info.minor}")]
    reachable = [each for each in pythons if each.exists() and account.may_enter(each.parent)]
    if not (reachable and account.may_enter(packages) and account.may_enter(ROOT)):
        pytest.skip("nobody cannot enter this Python, its packages or the repository")
    with home({"PYTHONPATH": f"{ROOT}:{packages}"}, empty=True) as made:
        for path in (made.folder, *made.folder.rglob("*")):
            os.chown(path, account.uid, account.gid)
        theirs = replace(made, user=account.uid, python=str(reachable[0]))
        with Serving(theirs) as serving, serving.client as client:
            assert client.get("/readyz").is_success
            assert {Path(f"/proc/{pid}").stat().st_uid for pid in theirs.processes()} == {account.uid}


def test_a_port_in_use_is_told_and_the_database_stopped_again() -> None:
    with home() as alone, socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = alone.dauys("serve", "--port", str(port))
        assert (done.returncode, done.stdout) == (3, "")
        assert f"cannot listen at 127.0.0.1, port {port}: Address already in use" in done.stderr
        assert "Traceback" not in done.stderr
        assert alone.processes() == []


def test_a_killed_server_process_is_replaced(served: tuple[Home, Serving]) -> None:
    _, serving = served
    eventually("two processes", lambda: len(serving.server_processes()) == 2)
    victim, other = serving.server_processes()
    os.kill(victim, signal.SIGKILL)
    eventually("a new one", lambda: len(set(serving.server_processes()) - {victim, other}) == 1)
    with serving.client as client:
        assert client.get("/readyz").is_success


def test_kiosks_that_all_come_back_at_once_are_shared_out_among_the_processes(
    served: tuple[Home, Serving],
) -> None:
    """In most of several storms: whose processor is taken away meanwhile takes nothing."""
    _, serving = served
    eventually("two processes", lambda: len(serving.server_processes()) == 2)
    eventually("both take some", lambda: fewest_of_a_storm(serving) > 0)
    storms = sorted(fewest_of_a_storm(serving) for _ in range(7))
    assert storms[len(storms) // 2] >= STORM // 4, storms


def test_an_answer_comes_in_one_piece(served: tuple[Home, Serving]) -> None:
    """Read each time as soon as there is anything to read: it is then all there."""
    address = urlsplit(served[1].url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        for _ in range(50):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
            assert connection.recv(65_536).endswith(b"\r\n\r\nok\n")


def test_one_that_dies_while_it_is_asked_for_a_sign_of_life_is_not_waited_for(
    served: tuple[Home, Serving],
) -> None:
    """Stopped, it gives none, and the supervisor hangs on its answer; killed then, it never will."""
    _, serving = served
    eventually("two processes", lambda: len(serving.server_processes()) == 2)
    victim, other = serving.server_processes()
    os.kill(victim, signal.SIGSTOP)
    time.sleep(3)  # both are asked several times in it
    os.kill(victim, signal.SIGKILL)
    eventually(
        "a new one",
        lambda: len(set(serving.server_processes()) - {victim, other}) == 1,
        HUNG_SECONDS * 2 / 3,
    )


def test_a_killed_fork_server_is_replaced_and_leaves_no_process_that_nobody_looks_after(
    served: tuple[Home, Serving],
) -> None:
    _, serving = served
    eventually("two processes", lambda: len(serving.server_processes()) == 2)
    [fork_server], before = serving.fork_servers(), serving.server_processes()
    os.kill(fork_server, signal.SIGKILL)
    eventually("two others", lambda: len(set(serving.server_processes()) - {*before}) == 2)
    eventually("those before are gone", lambda: not set(before) & set(served[0].processes()))
    with serving.client as client:
        assert client.get("/readyz").is_success


def test_a_killed_postgres_is_restarted(served: tuple[Home, Serving]) -> None:
    """What it had started goes on answering for a moment, so the database that answers must be another's."""
    killed, serving = served
    before = killed.postmaster()

    def there_is_another() -> bool:
        with suppress(FileNotFoundError, ValueError):  # its file is written anew
            return killed.postmaster() != before
        return False

    os.kill(before, signal.SIGKILL)
    eventually("another one is started", there_is_another)
    with serving.client as client:
        eventually("it answers", lambda: client.get("/readyz").is_success)


def test_it_stops_when_told_and_leaves_nothing_behind(served: tuple[Home, Serving]) -> None:
    told, serving = served
    assert serving.stop(signal.SIGINT) == 0
    assert_nothing_is_left(told)


def test_ctrl_c_reaches_every_process_at_once_and_none_complains(world: tuple[Home, Serving]) -> None:
    terminal, serving = world
    serving.stop()
    said = terminal.stderr.read_text() if terminal.stderr.exists() else ""
    serving.start()
    eventually("two processes that are only starting", lambda: len(serving.server_processes()) == 2)
    os.killpg(serving.pid, signal.SIGINT)
    assert serving.wait() == 0
    assert terminal.processes() == []
    assert terminal.stderr.read_text() == said


def test_a_killed_supervisor_takes_its_processes_along_and_the_next_one_its_port(
    world: tuple[Home, Serving],
) -> None:
    """The next one, told to stop by the other signal, leaves nothing behind either."""
    killed, serving = world
    serving.stop()
    serving.start()
    eventually("two processes that are only starting", lambda: len(serving.server_processes()) == 2)
    orphans = serving.server_processes()
    serving.kill()
    serving.start()
    eventually("the orphans are gone", lambda: not set(orphans) & set(killed.processes()))
    with serving.client as client:
        assert client.get("/readyz").is_success
    assert serving.stop(signal.SIGTERM) == 0
    assert_nothing_is_left(killed)
