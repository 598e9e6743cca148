"""An election's folder lives as long as its process, however that ends; nobody else's is touched."""

import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID

from api.election.workspace import clear_left, workspace
from tests.dauys import ROOT

ROUND, OTHER_ROUND = UUID(int=1), UUID(int=2)
HOLDS = """
import sys, time
from pathlib import Path
from uuid import UUID
from api.election.workspace import workspace
with workspace(Path(sys.argv[1]), UUID(int=2)) as folder:
    (folder / "codes").write_text("secret")
    print(folder, flush=True)
    sys.stdin.read()
"""


def test_it_is_private_and_gone_in_the_end(tmp_path: Path) -> None:
    with workspace(tmp_path, ROUND) as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "codes").write_text("secret")
    assert not folder.exists()


def test_what_a_killed_election_left_is_cleared_and_its_round_given_up_first(tmp_path: Path) -> None:
    given_up: list[UUID] = []

    def give_up(round_id: UUID) -> None:
        assert folder.exists()  # killed here, the next one finds it again
        given_up.append(round_id)

    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        folder = Path(other.stdout.readline().strip())
        with workspace(tmp_path, ROUND) as ours:
            assert clear_left(tmp_path, give_up) == []  # both are alive
            other.send_signal(signal.SIGKILL)
            other.wait()
            assert clear_left(tmp_path, give_up) == given_up == [OTHER_ROUND]
            assert not folder.exists()
            assert ours.exists()
            assert clear_left(tmp_path, give_up) == []


def test_a_folder_that_is_not_an_elections_stays(tmp_path: Path) -> None:
    notes = tmp_path / "election-notes"
    notes.mkdir()
    assert clear_left(tmp_path, lambda _: None) == []
    assert list(notes.iterdir()) == []
