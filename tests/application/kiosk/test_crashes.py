"""Kill -9 at every step of a delivery: what was acknowledged is counted once, nothing is lost, nothing doubled."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from secrets import token_bytes

import pytest

from application.codes import credential_key
from application.kiosk.answers import Recorded
from application.kiosk.client import Kiosk
from application.kiosk.identity import enrol
from application.kiosk.signing import Ballot, sign_ballot
from tests.deployment import UNIT, Deployment

ROOT = Path(__file__).parents[3]
VOTERS = 6
KEPT = 3
"""Ballots of the delivery that crashes."""

STEPS: dict[str, int] = {
    "before_the_file_is_on_disk": 0,
    "before_its_name_is_on_disk": 1,
    "before_sending": 1,
    "before_the_answer": 1,
    "before_the_answer_is_noted": 1,
    "before_the_note_has_its_name": 1,
    "before_removal": 0,
}
"""Step → how many deliveries wait in the spool afterwards."""


@pytest.mark.parametrize(("step", "waiting"), STEPS.items())
def test_a_killed_kiosk_goes_on_where_it_was(
    step: str,
    waiting: int,
    deployment: Deployment,
    tmp_path: Path,
) -> None:
    opened = deployment.open_round(VOTERS)
    ballots = [
        sign_ballot(credential_key(code, opened.round_id), opened.round_id, ["1"], token_bytes(16))
        for code in opened.slips[UNIT]
    ]
    enrol(tmp_path, deployment.url, deployment.invite())
    with Kiosk(tmp_path) as kiosk:
        kiosk.deliver(ballots[:1])

    _deliver_and_die(tmp_path, step, ballots[1 : 1 + KEPT])

    with Kiosk(tmp_path) as kiosk:
        assert len(kiosk.spool.waiting) == waiting
        resumed = [told for _, answer in kiosk.resume() for told in answer]
        assert len(resumed) == KEPT * waiting
        # Whoever got no receipt votes again with the same slip; a kiosk that knows its ballots sends the very same ones.
        answer = kiosk.deliver(ballots)
        assert all(isinstance(told, Recorded) for told in (*resumed, *answer))
        assert kiosk.spool.waiting == []
    counted = deployment.ballots(opened.round_id)
    assert sorted(counted) == sorted(ballot["credential"] for ballot in ballots)
    assert not list((tmp_path / "spool").iterdir())


def _deliver_and_die(folder: Path, step: str, ballots: list[Ballot]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.application.kiosk.crashing", str(folder), step],
        check=False,
        cwd=ROOT,
        input=json.dumps(ballots),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
