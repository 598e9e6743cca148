"""Kill -9 of a server process just before COMMIT, just after it, and just after the answer: acknowledged = counted, once."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import Pipe
from multiprocessing.context import ForkServerContext
from pathlib import Path
from secrets import token_bytes

import pytest
from pydantic import SecretStr

from api.forking import end_fork_server, fork_server
from application.kiosk.answers import Answer, Recorded
from application.kiosk.client import Kiosk
from application.kiosk.server import NotReached
from application.settings import Settings
from domain.ballot import Ballot
from tests.crash.dying import serve_once
from tests.crash.hall import equip
from tests.dauys import START_SECONDS, give_log_key
from tests.deliveries import AUDIENCE, enrol, open_round
from tests.engine import ORIGIN, Engine
from tests.server import serve

MOMENTS = {"before_commit": 0, "after_commit": 1, "after_the_answer": 1}
"""Moment → how often each ballot is in the log when the process is dead."""


@pytest.fixture(scope="module")
def forking() -> Iterator[ForkServerContext]:
    """Starts each server process as `dauys serve` does: from one that has imported everything."""
    yield fork_server("tests.crash.dying")
    end_fork_server()


@contextmanager
def dying(forking: ForkServerContext, engine: Engine, home: Path, moment: str) -> Iterator[str]:
    """Address of a server that will be dead when the block ends."""
    give_log_key(home)
    settings = Settings(home=home, database_url=SecretStr(engine.url), log_origin=ORIGIN, audience=AUDIENCE)
    heard, told = Pipe()
    with heard, told:
        process = forking.Process(target=serve_once, args=(moment, settings, told), daemon=True)
        process.start()
        try:
            assert heard.poll(START_SECONDS)
            yield heard.recv()
            process.join(30)
            assert process.exitcode == -signal.SIGKILL
        finally:
            process.kill()
            process.join()


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
    moment: str, times: int, forking: ForkServerContext, engine: Engine, tmp_path: Path
) -> None:
    voters = open_round(engine, 5)[:4]
    ballots = [voter.ballot(["101"], salt=token_bytes(16)) for voter in voters]
    folder = tmp_path / "kiosk"

    with dying(forking, engine, tmp_path / "dying", moment) as url:
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
