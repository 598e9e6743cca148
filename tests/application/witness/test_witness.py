"""A witness never cosigns two histories, whatever it is asked, by however many at once, and however it dies."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from random import Random

import msgspec
import pytest

from application.clock import now
from application.log.cosignature import WitnessSigner, cosignatures_of
from application.log.fork import check_fork
from application.log.merkle import ProofInvalid
from application.log.note import LogSigner, sign_checkpoint
from application.witness.request import AddCheckpoint, RequestInvalid
from application.witness.witness import AlreadyTrusted, NotSigned, SizeConflict, UnknownLog, Witness
from tests.memory_log import LOG_SIGNER, MemoryLog

ROOT = Path(__file__).parents[3]
SIGNER = WitnessSigner("commission.example.kz/w1", bytes(32))
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def trusting(folder: Path, clock: Callable[[], datetime] = lambda: NOON) -> Witness:
    witness = Witness(folder, SIGNER, clock)
    witness.trust(LOG_SIGNER.verifier)
    return witness


def size_of(witness: Witness) -> int:
    return witness.trusted()[str(LOG_SIGNER.verifier)]


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return trusting(tmp_path)


LOG = MemoryLog().grow(40)
LONG_LOG = MemoryLog().grow(300)


def test_it_cosigns_what_grows_and_says_when(witness: Witness) -> None:
    for old, new in ((0, 7), (7, 7), (7, 8), (8, 32), (32, 40)):
        request = LOG.request(old, new)
        [given] = cosignatures_of(request.note + witness.add_checkpoint(request), [SIGNER.verifier])
        assert given.timestamp == int(NOON.timestamp())
        assert size_of(witness) == new


def test_it_remembers_after_a_restart(witness: Witness, tmp_path: Path) -> None:
    witness.add_checkpoint(LOG.request(0, 20))
    again = Witness(tmp_path, SIGNER, now)
    with pytest.raises(SizeConflict) as conflict:
        again.add_checkpoint(LOG.request(0, 20))
    assert conflict.value.size == 20
    again.add_checkpoint(LOG.request(20, 21))


def test_it_has_cosigned_nothing_whose_file_it_lost(witness: Witness, tmp_path: Path) -> None:
    witness.add_checkpoint(LOG.request(0, 20))
    for file in tmp_path.glob("*.json"):
        file.unlink()
    with pytest.raises(UnknownLog):
        witness.add_checkpoint(LOG.request(0, 10))


@pytest.mark.parametrize("old", [0, 5, 19, 21, 30])
def test_a_request_that_starts_elsewhere_is_told_where_to_start(old: int, witness: Witness) -> None:
    witness.add_checkpoint(LOG.request(0, 20))
    with pytest.raises(SizeConflict) as conflict:
        witness.add_checkpoint(LOG.request(old, 30))
    assert conflict.value.size == size_of(witness) == 20


def test_an_old_size_above_the_checkpoints_is_no_request(witness: Witness) -> None:
    with pytest.raises(RequestInvalid):
        witness.add_checkpoint(AddCheckpoint(11, (), LOG.note(10)))


def test_another_root_of_the_same_size_is_refused_and_kept_as_a_proof(
    witness: Witness, tmp_path: Path
) -> None:
    witness.add_checkpoint(LOG.request(0, 20))
    for history in ("other", "third"):
        with pytest.raises(SizeConflict) as conflict:
            witness.add_checkpoint(AddCheckpoint(20, (), MemoryLog().grow(20, history).note()))
        assert conflict.value.size == 20
    [proof] = (tmp_path / "forks").iterdir()
    assert check_fork(proof.read_bytes())[1].size == 20


@pytest.mark.parametrize("size", [21, 32, 40])
def test_another_history_is_refused_whatever_proof_comes_with_it(size: int, witness: Witness) -> None:
    witness.add_checkpoint(LOG.request(0, 20))
    other = LOG.copy()
    other.leaves[3] = other.leaves[4]
    for path in (
        other.request(20, size).path,
        LOG.request(20, size).path,
        (),
        LOG.request(20, size).path[:-1],
    ):
        with pytest.raises(ProofInvalid):
            witness.add_checkpoint(AddCheckpoint(20, tuple(path), other.note(size)))
    assert size_of(witness) == 20


@pytest.mark.parametrize("root", [bytes(32), LOG.leaves[0]])
def test_an_empty_tree_has_one_root_and_needs_no_proof(root: bytes, witness: Witness) -> None:
    with pytest.raises(ProofInvalid):
        witness.add_checkpoint(AddCheckpoint(0, (), sign_checkpoint(0, root, LOG_SIGNER)))
    with pytest.raises(ProofInvalid):
        witness.add_checkpoint(AddCheckpoint(0, (root,), LOG.note(0)))
    with pytest.raises(ProofInvalid):
        witness.add_checkpoint(AddCheckpoint(0, (root,), LOG.note(5)))
    assert witness.add_checkpoint(LOG.request(0, 0))
    assert witness.add_checkpoint(LOG.request(0, 5))


def test_a_proof_for_the_same_checkpoint_is_one_too_many(witness: Witness) -> None:
    witness.add_checkpoint(LOG.request(0, 5))
    with pytest.raises(ProofInvalid):
        witness.add_checkpoint(AddCheckpoint(5, (LOG.leaves[0],), LOG.note(5)))


def test_an_unknown_log_and_a_forger_get_nothing(witness: Witness) -> None:
    with pytest.raises(UnknownLog):
        witness.add_checkpoint(
            MemoryLog(signer=LogSigner("other.example/log", bytes(32))).grow(3).request(0, 3)
        )
    forger = MemoryLog(signer=LogSigner(LOG_SIGNER.origin, bytes(32)))
    for note in (forger.grow(3).note(), LOG.note(3).replace("\n3\n", "\n4\n")):
        with pytest.raises(NotSigned):
            witness.add_checkpoint(AddCheckpoint(0, (), note))
    assert size_of(witness) == 0


def test_a_logs_key_is_never_replaced(witness: Witness) -> None:
    with pytest.raises(AlreadyTrusted):
        witness.trust(LogSigner(LOG_SIGNER.origin, bytes(32)).verifier)
    witness.add_checkpoint(LOG.request(0, 3))


def test_an_origin_that_looks_like_a_path_is_none(witness: Witness, tmp_path: Path) -> None:
    signer = LogSigner("../../../escaped", bytes(32))
    witness.trust(signer.verifier)
    witness.add_checkpoint(MemoryLog(signer=signer).grow(3).request(0, 3))
    assert not list(tmp_path.parent.glob("*escaped*"))


def test_nothing_is_given_away_when_it_could_not_be_kept(
    witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness.add_checkpoint(LOG.request(0, 5))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            witness.add_checkpoint(LOG.request(5, 9))
    assert size_of(witness) == 5
    witness.add_checkpoint(LOG.request(5, 9))


# Races.


def ask(witness: Witness, request: AddCheckpoint) -> tuple[int, str] | None:
    """Size and line of what was cosigned."""
    try:
        line = witness.add_checkpoint(request)
    except SizeConflict:
        return None
    return int(request.note.split("\n")[1]), line


def test_of_many_requests_from_one_size_one_is_cosigned(witness: Witness) -> None:
    """The specification's race: whoever was checked first must not be stored last."""
    witness.add_checkpoint(LOG.request(0, 1))
    sizes = [*range(2, 41)]
    Random(1).shuffle(sizes)
    with ThreadPoolExecutor(16) as threads:
        given = [each for each in threads.map(lambda size: ask(witness, LOG.request(1, size)), sizes) if each]
    assert len(given) == 1
    assert size_of(witness) == given[0][0]


_OTHER_PROCESS = """
import sys
from pathlib import Path
from tests.application.witness.test_witness import race
race(Path(sys.argv[1]), int(sys.argv[2]))
"""


def say(*numbers: int) -> None:
    """A line on standard output, whole whoever else writes there."""
    os.write(1, f"{' '.join(map(str, numbers))}\n".encode())


def race(folder: Path, seed: int) -> None:
    """Ask for small random steps from several threads; say what was cosigned, as size known and size given."""
    witness, random = Witness(folder, SIGNER, now), Random(seed)

    def step(_: int) -> None:
        known = size_of(witness)
        size = min(known + random.randint(0, 3), len(LONG_LOG.leaves))
        if ask(witness, LONG_LOG.request(known, size)):
            say(known, size)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(step, range(150)))


def test_processes_and_threads_that_race_never_roll_it_back(tmp_path: Path) -> None:
    witness = trusting(tmp_path, now)
    command = [sys.executable, "-c", _OTHER_PROCESS, str(tmp_path)]
    racing = [
        subprocess.Popen([*command, str(seed)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for seed in (1, 2)
    ]
    said = [process.communicate(timeout=60)[0] for process in racing]
    assert [process.returncode for process in racing] == [0, 0]
    steps = [tuple(map(int, line.split())) for out in said for line in out.splitlines()]
    # Each size was left once at most: the steps are one chain, wherever they were taken.
    grown = sorted(step for step in steps if step[0] != step[1])
    assert grown[0][0] == 0
    assert len(grown) > 50
    assert all(step[1] == following[0] for step, following in pairwise(grown))
    assert grown[-1][1] == size_of(witness)


def test_killed_at_any_moment_it_knows_everything_it_has_cosigned(tmp_path: Path) -> None:
    trusting(tmp_path, now)
    code = f"from tests.application.witness.test_witness import climb\nclimb({str(tmp_path)!r})"
    for delay_seconds in (0.02, 0.05):
        process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay_seconds)
        os.kill(process.pid, signal.SIGKILL)
        said = process.stdout.read().split("\n")[:-1]
        process.wait()
        process.stdout.close()
        kept = size_of(Witness(tmp_path, SIGNER, now))
        assert not said or int(said[-1]) <= kept
    assert all(msgspec.json.decode(file.read_bytes()) for file in tmp_path.glob("[!.]*.json"))


def climb(folder: str) -> None:
    """Grow by one from where the witness is, for ever; print each size when its cosignature is there."""
    witness = Witness(Path(folder), SIGNER, now)
    size, log = size_of(witness), MemoryLog()
    log.grow(size)
    say(size)
    while True:
        log.grow(1)
        witness.add_checkpoint(log.request(size, size + 1))
        size += 1
        say(size)
