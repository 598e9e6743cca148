"""Kill -9 of a server process just before COMMIT, just after it, and just after the answer: acknowledged = counted, once."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_bytes

import pytest

from application.kiosk.answers import Answer, Recorded
from application.kiosk.client import Kiosk
from application.kiosk.server import NotReached
from domain.ballot import Ballot
from tests.crash.hall import equip
from tests.dauys import ROOT, give_log_key
from tests.deliveries import AUDIENCE, enrol, open_round
from tests.engine import ORIGIN, Engine
from tests.server import serve

MOMENTS = {"before_commit": 0, "after_commit": 1, "after_the_answer": 1}
"""Moment → how often each ballot is in the log when the process is dead."""


@contextmanager
def dying(engine: Engine, home: Path, moment: str) -> Iterator[str]:
    """Address of a server that will be dead when the block ends."""
    give_log_key(home)
    environment = {
        "DAUYS_HOME": str(home),
        "DAUYS_DATABASE_URL": engine.url,
        "DAUYS_LOG_ORIGIN": ORIGIN,
        "DAUYS_AUDIENCE": AUDIENCE,
    }
    with subprocess.Popen(
        [sys.executable, "-m", "tests.crash.dying", moment],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
            assert process.wait(30) == -signal.SIGKILL
        finally:
            process.kill()


def cast_in(engine: Engine) -> list[object]:
    """The ballots in the log, by position, each as often as it is there."""
    entries = engine.reader.entries(0, engine.reader.size())
    return [entry.originator_id for entry in entries if entry.topic == Ballot.Created.TOPIC]


def positions(answer: Answer) -> list[int]:
    recorded = [told for told in answer if isinstance(told, Recorded)]
    assert len(recorded) == len(answer)
    return [told.position for told in recorded]


@pytest.mark.parametrize(("moment", "times"), MOMENTS.items())
def test_a_server_killed_around_commit_loses_nothing_and_counts_nothing_twice(
    moment: str, times: int, engine: Engine, tmp_path: Path
) -> None:
    voters = open_round(engine, 5)[:4]
    ballots = [voter.ballot(["101"], salt=token_bytes(16)) for voter in voters]
    folder = tmp_path / "kiosk"

    with dying(engine, tmp_path / "dying", moment) as url:
        equip(folder, enrol(engine), url, engine.signer)
        with Kiosk(folder, patience_seconds=0) as kiosk:
            try:
                first = kiosk.deliver(ballots)
            except NotReached:
                first = None
    assert (first is not None) == (moment == "after_the_answer")
    assert len(cast_in(engine)) == times * len(ballots)
    engine.check()

    with serve(engine, tmp_path / "next") as server, Kiosk(folder, str(server.client.base_url)) as kiosk:
        answers = [first] if first else [answer for _, answer in kiosk.resume()]
        again = kiosk.deliver(ballots)
    [answer] = answers
    assert positions(answer) == positions(again)
    assert len(cast_in(engine)) == len(ballots)
    engine.check()
