"""`dauys audit export` on a real database: the documented bundle, all of one moment, complete or not there at all."""

import base64
import resource
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread
from uuid import uuid4

import psycopg
import pytest
from typer.testing import CliRunner, Result

import projections
from api.bundle import LogKeyDiffers
from api.cli import audit
from application.bundle.archive import BundleTooLarge
from application.log.cosignature import Cosignature, WitnessSigner
from application.log.cosigned import CosignedCheckpoints
from application.log.note import open_checkpoint
from application.log.policy import PolicyInvalid, parse_policy
from application.log.reader import LogEmpty
from application.new_files import FileExists
from application.store import NotFound
from projections.results import PaperNotFrozen
from tests.api.reading import site_of, voting
from tests.application.bundle.opened import Opened, documented, opened
from tests.dauys import COMMAND, ROOT, eventually, give_log_key
from tests.elections import Election, times
from tests.engine import ORIGIN, Engine, plain_events
from tests.examples import CITY
from tests.server import Server

SALT, SIGNATURE = b"s" * 22, b"g" * 86
"""Of every ballot that `Election` casts."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAUYS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAUYS_LOG_ORIGIN", ORIGIN)
    give_log_key(tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def log(engine: Engine, home: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The engine whose database the command is configured with."""
    assert home.is_dir()
    monkeypatch.setenv("DAUYS_DATABASE_URL", engine.url)
    with engine.datastore.get_connection() as connection:
        projections.prepare(connection)
    return engine


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "taken").mkdir()
    return tmp_path / "taken" / "b.zip"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(audit.app, [str(argument) for argument in arguments])


def exported(out: Path, scope: object = "ALL") -> Opened:
    result = run("export", scope, out, "--json")
    assert result.exit_code == 0, result
    return opened(out)


def holds_only(out: Path, *names: str) -> None:
    assert sorted(path.name for path in out.parent.iterdir()) == sorted(names)


def whole_life(engine: Engine) -> Election:
    """A round with ballots, credentials, a person on its roll, a conclusion and its correction."""
    round_id = uuid4()
    with engine.datastore.get_connection() as connection:
        connection.execute(
            "INSERT INTO dauys.credentials VALUES (%s, sha256('credential'), %s)", [round_id, CITY]
        )
        connection.execute(
            "INSERT INTO dauys.roll_people VALUES (%s, sha256('person'), %s)", [round_id, CITY]
        )
    return voting(engine, round_id).closed().concluded().published().corrected("3", voters=8)


def test_the_bundle_is_laid_out_as_documented(log: Engine, out: Path) -> None:
    whole_life(log)
    patterns = documented()
    places = []
    for name in exported(out).files:
        [place] = [place for place, pattern in enumerate(patterns) if pattern.fullmatch(name)]
        places.append(place)
    assert places == sorted(places)
    assert set(places) == set(range(len(patterns)))


def test_the_manifest_tells_the_truth_about_every_other_file(log: Engine, out: Path) -> None:
    whole_life(log)
    bundle = exported(out)
    others = {name: body for name, body in bundle.files.items() if name != "manifest.json"}
    assert bundle.manifest["files"] == {
        name: {"bytes": len(body), "sha256": sha256(body).hexdigest()} for name, body in others.items()
    }
    checkpoint = log.reader.checkpoint()
    assert {key: value for key, value in bundle.manifest.items() if key != "files"} == {
        "counts": {
            "checkpoints": len(bundle.lines("log/checkpoints.jsonl")),
            "entries": checkpoint.size,
            "rounds": 1,
            "withheld": 0,
        },
        "format": "dauys.bundle.v1",
        "origin": ORIGIN,
        "root": checkpoint.root.hex(),
        "scope": "ALL",
        "size": checkpoint.size,
    }


def test_entries_give_the_root_of_the_signed_checkpoint(log: Engine, out: Path) -> None:
    whole_life(log)
    voting(log)
    bundle = exported(out)
    signed = open_checkpoint(bundle.files["log/checkpoint.txt"].decode(), log.signer.verifier)
    assert bundle.files["log/key.txt"].decode() == f"{log.signer.verifier}\n"
    assert bundle.root == bundle.manifest["root"] == signed.root.hex()
    assert bundle.manifest["counts"]["withheld"] == 30
    notes = {line["size"]: line["note"] for line in bundle.lines("log/checkpoints.jsonl")}
    assert notes[signed.size] == log.reader.checkpoint().note
    assert list(notes) == sorted(notes)


def test_documents_are_the_bytes_that_events_name(log: Engine, out: Path) -> None:
    election = whole_life(log)
    bundle, folder = exported(out), f"rounds/{election.id}"
    told = b"".join(bundle.entries)
    for name in ("paper.json", "conclusions/1.json", "conclusions/2.json"):
        assert sha256(bundle.files[f"{folder}/{name}"]).hexdigest().encode() in told
    credential = base64.urlsafe_b64encode(sha256(b"credential").digest()).decode().rstrip("=")
    assert bundle.files[f"{folder}/credentials.csv"].decode() == f"unit,credential\n{CITY},{credential}\n"


def test_results_are_what_the_server_serves(
    server: Server, home: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert home.is_dir()
    monkeypatch.setenv("DAUYS_DATABASE_URL", server.engine.url)
    site = site_of(server)
    election, other = whole_life(server.engine), voting(server.engine).closed()
    bundle = exported(out, election.id)
    for served in ("results", "results.csv", "results.pb"):
        name = f"rounds/{election.id}/{served if '.' in served else 'results.json'}"
        assert bundle.files[name] == site.get(f"/v1/rounds/{election.id}/{served}").content
    assert not [name for name in bundle.files if str(other.id) in name]
    assert bundle.manifest["scope"] == str(election.id)
    assert len(bundle.entries) == bundle.manifest["size"] == server.engine.reader.size()


def test_of_an_open_round_no_ballot_is_anywhere_in_the_file(log: Engine, out: Path) -> None:
    election = voting(log)
    secrets = (SALT, SIGNATURE, b'"choices"', b'"credential"')
    files = exported(out).files
    assert not [(name, secret) for name, body in files.items() for secret in secrets if secret in body]
    names = {name.rpartition("/")[2] for name in files if str(election.id) in name}
    assert names == {"paper.json", "credentials.csv"}
    election.closed()
    afterwards = b"".join(exported(out.with_name("later.zip")).entries)
    assert all(secret in afterwards for secret in secrets)


def test_no_person_is_in_the_file_in_any_spelling(log: Engine, out: Path) -> None:
    whole_life(log)
    person = sha256(b"person").digest()
    spelt = (
        person,
        person.hex().encode(),
        base64.b64encode(person).rstrip(b"="),
        base64.urlsafe_b64encode(person).rstrip(b"="),
    )
    files = exported(out).files
    assert not [name for name, body in files.items() for text in spelt if text in body]


def test_a_cancelled_round_has_its_ballots_and_no_results(log: Engine, out: Path) -> None:
    election = voting(log).cancelled()
    bundle = exported(out)
    assert bundle.manifest["counts"]["withheld"] == 0
    assert SALT in b"".join(bundle.entries)
    assert [name for name in bundle.files if str(election.id) in name] == [
        f"rounds/{election.id}/paper.json",
        f"rounds/{election.id}/credentials.csv",
    ]


def test_a_round_that_pabulib_cannot_hold_has_no_pb(log: Engine, out: Path) -> None:
    election = Election(log).drafted().reviewed({"1": 500}).opened().closed()
    names = {name.rpartition("/")[2] for name in exported(out).files if str(election.id) in name}
    assert names == {"paper.json", "credentials.csv", "results.json", "results.csv"}


def test_the_same_log_gives_the_same_bytes(log: Engine, out: Path) -> None:
    whole_life(log)
    voting(log)
    exported(out)
    exported(again := out.with_name("again.zip"))
    assert out.read_bytes() == again.read_bytes()


def test_with_a_policy_the_bundle_tells_it_and_the_cosignatures_there_are(
    log: Engine, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    voting(log)
    witness = WitnessSigner("commission.test/w", bytes(32))
    policy = tmp_path / "policy"
    policy.write_text(f"log {log.signer.verifier}\nwitness W {witness.verifier}\nquorum W\n")
    monkeypatch.setenv("DAUYS_POLICY_FILE", str(policy))
    early = run("export", "ALL", out.with_name("early.zip"))
    assert "quorum met: False" in early.stdout.splitlines()
    assert "witnesses" in early.stderr
    checkpoint = log.reader.checkpoint()
    line = witness.signature_line(checkpoint.note.partition("\n\n")[0] + "\n", 1_800_000_000)
    given = Cosignature(witness.verifier, 1_800_000_000, line)
    CosignedCheckpoints(log.datastore).keep(checkpoint.size, [given])
    bundle = exported(out)
    cosigned = bundle.files["log/checkpoint.txt"].decode()
    assert cosigned == checkpoint.note + line
    assert bundle.lines("log/checkpoints.jsonl")[-1] == {"note": cosigned, "size": checkpoint.size}
    assert bundle.files["log/policy.txt"] == policy.read_bytes()
    assert parse_policy(bundle.files["log/policy.txt"]).check(cosigned)[1] == [given]


def test_a_policy_for_another_log_writes_no_bundle(
    log: Engine, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    voting(log)
    (tmp_path / "policy").write_text("quorum none\n")
    monkeypatch.setenv("DAUYS_POLICY_FILE", str(tmp_path / "policy"))
    assert isinstance(run("export", "ALL", out).exception, PolicyInvalid)
    holds_only(out)


def test_a_bundle_is_of_one_moment_while_the_log_goes_on(log: Engine, out: Path) -> None:
    election, still_open = whole_life(log), voting(log)
    with _log_going_on(log, still_open):
        for nth in range(3):
            bundle = exported(out.with_name(f"{nth}.zip"))
            assert bundle.root == bundle.manifest["root"]
            assert len(bundle.entries) == bundle.manifest["size"]
            assert f"rounds/{election.id}/results.json" in bundle.files


@contextmanager
def _log_going_on(engine: Engine, election: Election) -> Iterator[None]:
    stop = Event()

    def go_on() -> None:
        while not stop.wait(0.1):
            election.cast(times(**{"1": 3}))
            engine.recorder.insert_events(plain_events(1))

    thread = Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize("scope", ["all", "", "1"])
def test_a_scope_that_is_neither_a_round_nor_all_is_a_usage_error(scope: str, out: Path) -> None:
    assert run("export", scope, out).exit_code == 2
    holds_only(out)


def test_rounds_that_do_not_exist_or_have_not_opened_are_refused(log: Engine, out: Path) -> None:
    assert isinstance(run("export", "ALL", out).exception, LogEmpty)
    drafted = Election(log).drafted()
    assert isinstance(run("export", uuid4(), out).exception, NotFound)
    assert isinstance(run("export", drafted.id, out).exception, PaperNotFrozen)
    holds_only(out)


def test_a_home_with_another_key_writes_no_bundle(log: Engine, home: Path, out: Path) -> None:
    voting(log)
    (home / "keys" / "log.key").write_text(bytes(32).hex())
    assert isinstance(run("export", "ALL", out).exception, LogKeyDiffers)
    holds_only(out)


def test_a_file_that_is_there_already_is_kept(log: Engine, out: Path) -> None:
    voting(log)
    out.write_text("mine")
    assert isinstance(run("export", "ALL", out).exception, FileExists)
    assert out.read_text() == "mine"
    holds_only(out, "b.zip")


def test_a_log_that_has_outgrown_a_bundle_leaves_no_file(
    log: Engine, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    voting(log)
    monkeypatch.setattr("application.bundle.archive.MOST_BYTES", 9_000)
    assert isinstance(run("export", "ALL", out).exception, BundleTooLarge)
    holds_only(out)


def test_a_full_disk_is_told_by_the_files_name_and_given_back(log: Engine, out: Path) -> None:
    """A limit on the size of files is as good as a full disk: the write fails in the same place."""
    voting(log)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, before[1]))
    try:
        failed = run("export", "ALL", out).exception
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert isinstance(failed, OSError)
    assert (failed.filename, failed.strerror) == (str(out), "File too large")
    holds_only(out)


def test_killed_midway_it_leaves_nothing_under_the_name(log: Engine, out: Path) -> None:
    voting(log).closed()
    part = out.with_name(".b.zip.part")
    with psycopg.connect(log.url) as holding:
        holding.execute("LOCK TABLE dauys.credentials IN ACCESS EXCLUSIVE MODE")  # which it needs midway
        process = subprocess.Popen(
            [*COMMAND, "audit", "export", "ALL", str(out)], cwd=ROOT, stderr=subprocess.DEVNULL
        )
        try:
            eventually("a query waits for the lock", lambda: _waiting(log.url))
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
    holds_only(out, part.name)
    assert isinstance(run("export", "ALL", out).exception, FileExists)  # until somebody has looked
    part.unlink()
    assert exported(out).manifest["counts"]["rounds"] == 1


def _waiting(url: str) -> bool:
    with psycopg.connect(url) as connection:
        waiting = connection.execute(
            "SELECT FROM pg_locks WHERE NOT granted AND relation = 'dauys.credentials'::regclass"
        )
        return waiting.rowcount > 0


def test_it_tells_what_it_wrote(log: Engine, out: Path) -> None:
    voting(log)
    told = run("export", "ALL", out).stdout
    for line in (
        f"size: {log.reader.size()}",
        "rounds: 1",
        "withheld: 30",
        f"root: {log.reader.checkpoint().root.hex()}",
    ):
        assert line in told.splitlines()
