"""How every command ends: an exit code that scripts can use, a plain message on standard error, and never a traceback."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import structlog

from api.cli.main import main
from application.storage.schema import MIGRATIONS
from tests.dauys import ROOT, eventually

NOBODY_THERE = "postgresql://nobody@127.0.0.1:1/nothing"
SOME_ID = "00000000-0000-4000-8000-000000000001"


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


class Terminal:
    """Runs `dauys` as the console script does, in this process."""

    def __init__(self, patch: pytest.MonkeyPatch, captured: pytest.CaptureFixture[str]) -> None:
        self._patch = patch
        self._captured = captured

    def __call__(self, *arguments: str) -> Ended:
        self._patch.setattr(sys, "argv", ["dauys", *arguments])
        with pytest.raises(SystemExit) as exit_:
            main()
        said = self._captured.readouterr()
        assert "Traceback" not in said.err
        assert isinstance(exit_.value.code, int)
        return Ended(exit_.value.code, said.out, said.err)


@pytest.fixture
def dauys(
    migrated_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Terminal]:
    monkeypatch.setenv("DAUYS_DATABASE_URL", migrated_url)
    monkeypatch.setenv("DAUYS_HOME", str(tmp_path / "home"))
    yield Terminal(monkeypatch, capsys)
    structlog.reset_defaults()


def test_what_a_rule_forbids_ends_with_1_and_the_refusals_code(dauys: Terminal) -> None:
    ended = dauys("round", "show", SOME_ID)
    assert (ended.code, ended.out) == (1, "")
    assert "not_found" in ended.err
    assert f"id {SOME_ID}" in ended.err  # not broken over two lines


def test_a_result_is_all_there_is_on_standard_output(dauys: Terminal) -> None:
    ended = dauys("migrate", "--json")
    assert (ended.code, ended.out, ended.err) == (0, '{"migrations_run":0}\n', "")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "terms.json: No such file or directory"),
        (b"{", "terms.json: Input data was truncated"),
        (b'{"kind": "city"}', "terms.json: Object missing required field"),
        ("folder", "terms.json: Is a directory"),
    ],
)
def test_a_wrong_file_ends_with_2_and_says_which_and_why(
    content: bytes | str | None, says: str, dauys: Terminal, tmp_path: Path
) -> None:
    path = tmp_path / "terms.json"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content == "folder":
        path.mkdir()
    ended = dauys("round", "draft", str(path))
    assert (ended.code, ended.out) == (2, "")
    # A usage error stands in a box of 80 columns, which breaks a long path wherever it ends.
    assert "".join(says.split()) in "".join(ended.err.replace("│", " ").split())


@pytest.mark.parametrize("arguments", [["vote"], ["serve", "--port", "70000"], ["round", "show", "seven"]])
def test_wrong_usage_ends_with_2(arguments: list[str], dauys: Terminal) -> None:
    assert dauys(*arguments).code == 2


def test_a_wrong_setting_is_named_and_what_it_was_set_to_is_not(
    dauys: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAUYS_POOL_CONNECTIONS", "hunter2")
    ended = dauys("status")
    assert ended.code == 2
    assert "DAUYS_POOL_CONNECTIONS: Input should be a valid integer" in ended.err
    assert "hunter2" not in ended.err


@pytest.mark.parametrize(
    "command", [["status"], ["migrate"], ["worker"], ["serve"], ["round", "show", SOME_ID]]
)
def test_no_database_ends_with_3(
    command: list[str], dauys: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAUYS_DATABASE_URL", NOBODY_THERE)
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    ended = dauys(*command)
    assert (ended.code, ended.out) == (3, "")
    assert "the database does not answer" in ended.err
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers


def test_a_statement_that_the_database_refuses_is_a_defect_and_ends_with_70(
    dauys: Terminal, migrated_url: str
) -> None:
    with psycopg.connect(migrated_url) as owner:
        owner.execute("REVOKE SELECT ON dauys.events FROM dauys_app")
    ended = dauys("round", "show", SOME_ID)
    assert (ended.code, ended.out) == (70, "")
    assert "a defect: the database refuses a statement (ProgrammingError, SQLSTATE 42501)" in ended.err
    assert "does not answer" not in ended.err


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        (len(MIGRATIONS) - 1, "Run: dauys migrate"),
        (len(MIGRATIONS) + 1, "this Dauys knows"),
    ],
)
def test_another_version_of_the_schema_ends_with_3(
    schema: int, says: str, dauys: Terminal, migrated_url: str
) -> None:
    with psycopg.connect(migrated_url) as connection:
        connection.execute("DELETE FROM dauys.migrations")
        if schema:
            connection.execute("INSERT INTO dauys.migrations VALUES (%s)", [schema])
    ended = dauys("status")
    assert (ended.code, ended.out) == (3, "")
    assert says in ended.err


def test_a_key_that_others_may_read_ends_with_3(dauys: Terminal, tmp_path: Path) -> None:
    assert dauys("status").code == 0
    (tmp_path / "home" / "keys" / "log.key").chmod(0o644)
    ended = dauys("status")
    assert (ended.code, ended.out) == (3, "")
    assert "log.key" in ended.err


def test_an_address_that_is_not_ours_ends_with_3(dauys: Terminal) -> None:
    ended = dauys("serve", "--host", "192.0.2.1", "--port", "0")
    assert (ended.code, ended.out) == (3, "")
    assert "cannot listen at 192.0.2.1, port 0: Cannot assign requested address" in ended.err


def test_ctrl_c_ends_with_130(dauys: Terminal) -> None:
    del dauys  # its environment is what counts
    with subprocess.Popen(
        [sys.executable, "-m", "api.cli.main", "round", "draft", "-"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as waiting:
        eventually("it waits for its input", lambda: is_reading(waiting.pid))
        waiting.send_signal(signal.SIGINT)
        assert waiting.wait(30) == 130
        assert waiting.stderr is not None
        assert "Traceback" not in waiting.stderr.read()


def is_reading(pid: int) -> bool:
    """Whether the process sleeps in a read of its standard input."""
    return Path(f"/proc/{pid}/syscall").read_text().startswith("0 0x0 ")
