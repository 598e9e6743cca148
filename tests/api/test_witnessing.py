"""A live log and two witnesses on real ports: ballots come in over HTTP, checkpoints go out, and all see who has seen what."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest

from api.cli.endings import WRONG_INPUT
from api.cli.main import exit_code
from api.worker import Worker
from application.log.policy import Policy, QuorumMissed, parse_policy
from application.settings import Settings
from tests.api.reading import voting
from tests.deliveries import close_round, enrol, open_round
from tests.engine import Engine, plain_events
from tests.server import Server, serve
from tests.witnesses import Served, wait_until, witness

NAMES = ("commission.example.kz/w1", "journalist.example.kz/w2")


@dataclass
class Hall:
    """A server with its worker, and the witnesses of its policy, which asks for both."""

    server: Server
    witnesses: tuple[Served, Served]
    policy: Policy
    folder: Path
    second: ExitStack

    def witnessed(self) -> int:
        """Size of the newest checkpoint with a quorum; 0 if none."""
        answer = self.server.client.get("/log/witnessed")
        if answer.status_code == HTTPStatus.NOT_FOUND:
            assert answer.json()["code"] == "not_witnessed"
            return 0
        return self.policy.check(answer.text)[0].size

    def send_second_away(self) -> None:
        self.second.close()

    def bring_second_back(self) -> None:
        port = urlsplit(self.witnesses[1].url).port or 0
        self.second.enter_context(witness(self.folder / "second", NAMES[1], port=port))


@contextmanager
def working(server: Server) -> Iterator[None]:
    stop = Event()
    thread = Thread(target=Worker(server.settings, server.engine.url).run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def hall(engine: Engine, tmp_path: Path) -> Iterator[Hall]:
    log = engine.signer.verifier
    with ExitStack() as second, witness(tmp_path / "first", NAMES[0], log) as one:
        other = second.enter_context(witness(tmp_path / "second", NAMES[1], log))
        text = f"log {log}\n{one.line('w1')}{other.line('w2')}group both all w1 w2\nquorum both\n"
        (tmp_path / "policy.txt").write_text(text)
        paces = {"witness_pause_seconds": 0.05, "witness_longest_pause_seconds": 0.1}
        with serve(engine, tmp_path / "home", policy_file=tmp_path / "policy.txt", **paces) as server:
            policy = parse_policy(text.encode())
            with working(server):
                yield Hall(server, (one, other), policy, tmp_path, second)


def test_two_witnesses_cosign_a_log_that_grows(hall: Hall) -> None:
    assert hall.witnessed() == 0
    voters, device = open_round(hall.server.engine, 30), enrol(hall.server.engine)
    for voter in voters:
        assert hall.server.deliver(device.deliver(voter.ballot(["101"]))).status_code == HTTPStatus.OK
    newest = hall.server.engine.reader.size()
    wait_until(lambda: hall.witnessed() == newest)
    _, cosignatures = hall.policy.check(hall.server.client.get("/log/checkpoint").text)
    assert {each.witness.name for each in cosignatures} == set(NAMES)


def test_voting_goes_on_while_a_witness_is_away_and_nothing_is_missed_when_it_is_back(hall: Hall) -> None:
    engine = hall.server.engine
    voters, device = open_round(engine, 3), enrol(engine)
    before = engine.reader.size()
    wait_until(lambda: hall.witnessed() == before)
    hall.send_second_away()
    for voter in voters:
        assert hall.server.deliver(device.deliver(voter.ballot(["101"]))).status_code == HTTPStatus.OK
    close_round(engine, voters[0].round_id)
    newest = engine.reader.size()
    wait_until(lambda: hall.server.client.get("/log/checkpoint").text.count("— ") == 2)  # the log's and one
    assert hall.witnessed() == before
    with pytest.raises(QuorumMissed):
        hall.policy.check(hall.server.client.get("/log/checkpoint").text)
    hall.bring_second_back()
    wait_until(lambda: hall.witnessed() == newest)


def test_results_name_who_has_seen_the_conclusions_checkpoint(hall: Hall) -> None:
    engine = hall.server.engine
    election = voting(engine).closed()
    hall.send_second_away()
    engine.recorder.insert_events(plain_events(1))  # it may have seen all that there was until it went
    election.concluded()
    results = f"/v1/rounds/{election.id}/results"

    def seen() -> list[str]:
        answer = hall.server.client.get(results)
        if answer.status_code != HTTPStatus.OK or answer.json()["status"] != "concluded":
            return []
        shown = answer.json()
        assert all(each["size"] >= shown["conclusion"]["checkpoint_size"] for each in shown["witnesses"])
        assert all(each["at"].endswith("Z") for each in shown["witnesses"])
        return [each["witness"] for each in shown["witnesses"]]

    wait_until(lambda: seen() == [NAMES[0]])
    engine.recorder.insert_events(plain_events(3))
    hall.bring_second_back()
    wait_until(lambda: seen() == list(NAMES))  # it has seen a later log, which contains this one


def test_provisional_results_have_no_checkpoint_to_be_seen(hall: Hall) -> None:
    election = voting(hall.server.engine).closed()
    path = f"/v1/rounds/{election.id}/results"
    wait_until(lambda: hall.server.client.get(path).status_code == HTTPStatus.OK)
    assert hall.server.client.get(path).json()["witnesses"] == []


def test_a_policy_that_cannot_be_followed_keeps_the_worker_from_starting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "policy.txt"
    path.write_text("quorum somebody\n")
    settings = Settings(home=tmp_path, policy_file=path)
    assert exit_code(lambda: Worker(settings, "postgresql://")) == WRONG_INPUT
    assert capsys.readouterr().err.replace("\n", "") == (
        f"wrong input: {path}: line 1: the quorum is not defined on a line above"
    )
