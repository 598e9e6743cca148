"""Published elections held again through the engine: the city's winners, less those whom fewer than ten people wanted."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.cli.main import app, exit_code
from api.composition import open_engine
from api.election.published import plan_of, told
from api.election.run import AnotherRoundOpen, Held, hold
from api.main import create_app
from application.codes import credential_key
from application.kiosk.client import Kiosk
from application.kiosk.identity import enrol
from application.kiosk.signing import sign_ballot
from application.pabulib.analysis import Analysis, analyse
from application.pabulib.reader import read_election
from application.settings import Settings
from domain.round import Round
from tests.commands import run
from tests.commands import told as told_by
from tests.dauys import children
from tests.deployment import UNIT, Deployment, Quiet, deployed, small_plan
from tests.listening import listening
from tests.postgres import fresh_database, reachable_folder
from tests.shared import SHARED, needs_shared

ROOT = Path(__file__).parents[2]
FOLDER = SHARED / "pabulib" if SHARED else Path()
MOST_VOTERS = 5_000
KEYS = {
    *(
        "file",
        "vote_type",
        "rule",
        "projects",
        "voters",
        "votes",
        "score",
        "funded",
        "barred",
        "without_minimum",
    ),
    *("official", "matches_official", "ties", "unsupported"),
    *("identical_from_log", "ballots_per_second", "checkpoint"),
}
UNSUPPORTED = ("Budapest", "Poznan", "Swiecie", "Wieliczka")


def voters(path: Path) -> int:
    with path.open(encoding="utf-8-sig") as file:
        return next(int(line.split(";")[1]) for line in file if line.startswith("num_votes;"))


def is_computed(path: Path) -> bool:
    return not any(name in path.name for name in UNSUPPORTED)


BARS_TWO = "Poland_Czestochowa_2024_Stare_Miasto.pb"
FILES = sorted(path for path in FOLDER.glob("*.pb") if voters(path) <= MOST_VOTERS and is_computed(path))


@pytest.fixture(scope="module")
def deployment(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """One for all elections that are made up here: rounds do not disturb each other."""
    with deployed(cluster, tmp_path_factory.mktemp("replays")) as deployment:
        yield deployment


@pytest.fixture
def empty(cluster: str, template: str, tmp_path: Path) -> Iterator[Deployment]:
    """One whose log is not yet there, served by this process: every replay recomputes the whole log, and all logs together grow
    with the square of their ballots.
    """
    with fresh_database(cluster, template) as url:
        settings = Settings(home=tmp_path / "home", database_url=SecretStr(url))
        with open_engine(settings) as engine, listening(create_app(settings)) as port:
            yield Deployment(engine, f"http://127.0.0.1:{port}", tmp_path)


def replayed(deployment: Deployment, path: Path, kiosks: int = 2) -> tuple[Analysis, Held]:
    published = plan_of(read_election(path))
    held = hold(deployment.engine, deployment.url, published.plan, Quiet(), kiosks=kiosks)
    assert held.differences == ()
    assert held.cast + published.skipped == len(published.election.votes)
    return told(published, held.conclusion, path.name), held


@needs_shared
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_replay_gives_what_the_analysis_gives(path: Path, empty: Deployment) -> None:
    through_the_engine, held = replayed(empty, path, kiosks=1)
    assert through_the_engine == analyse(path)
    assert through_the_engine.matches_official in (True, None)
    if path.name == BARS_TWO:
        the_ten_voter_rule_bars_two_official_winners(through_the_engine, held)


def the_ten_voter_rule_bars_two_official_winners(answer: Analysis, held: Held) -> None:
    assert answer.official is not None
    barred = set(answer.official) - set(answer.funded)
    assert sorted(answer.votes[project] for project in barred) == [4, 5]
    reasons = {line["project"]: line["reason"] for line in held.conclusion["lines"]}
    assert list(reasons.values()).count("fewer_than_ten_voters") == len(answer.barred)


PROJECTS = "PROJECTS\nproject_id;cost;name\n№1;100;Парк\n№2;100;Сквер\nthird one;999999999;Мост\n"
META = (
    "META\nkey;value\ndescription;Test\ncountry;Qazaqstan\nunit;Aul\ninstance;1\nnum_projects;3\nbudget;100\ndate_begin;1\n"
    "date_end;2\n"
)


def write(path: Path, *, vote_type: str, rule: str, columns: str, votes: list[str]) -> Path:
    head = f"{META}num_votes;{len(votes)}\nvote_type;{vote_type}\nrule;{rule}\n"
    rows = "".join(f"{number};{vote}\n" for number, vote in enumerate(votes))
    path.write_text(f"{head}{PROJECTS}VOTES\n{columns}\n{rows}", encoding="utf-8")
    return path


def test_a_file_of_odd_ids_empty_votes_a_tie_and_a_withdrawal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    votes = ["№2,№1"] * 11 + ["third one"] * 12 + [""] * 2
    path = write(
        tmp_path / "odd.pb", vote_type="approval", rule="greedy", columns="voter_id;vote", votes=votes
    )
    monkeypatch.setenv("DAUYS_HOME", str(tmp_path / "unused"))
    answer = told_by("replay", path, "--json", "--kiosks", "1", "--temporary")
    assert answer.keys() >= KEYS
    assert answer["funded"] == ["№1"]  # ties follow the file's order
    assert answer["ties"] == [{"score": 11, "projects": ["№1", "№2"], "resolved_by": "listed_order"}]
    assert answer["votes"] == {"№1": 11, "№2": 11, "third one": 12}
    assert (answer["voters"], answer["cast"], answer["skipped"]) == (25, 23, 2)
    assert answer["identical_from_log"] is True
    assert not (tmp_path / "unused").exists()


def test_nothing_outlives_a_replay_that_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write(
        tmp_path / "a.pb", vote_type="approval", rule="greedy", columns="voter_id;vote", votes=["№1"] * 1_000
    )
    with reachable_folder() as home:
        replay = subprocess.Popen(
            [sys.executable, "-m", "api.cli.main", "replay", str(path), "--kiosks", "1", "--delivery", "1"],
            cwd=ROOT,
            env={**os.environ, "DAUYS_HOME": str(home / "home")},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert replay.stderr is not None
        while "voting is open" not in replay.stderr.readline():
            assert replay.poll() is None
        helpers = _children(replay.pid)
        replay.kill()
        replay.wait()
        assert any("multiprocessing.forkserver" in command for command in helpers.values())
        give_up = time.monotonic() + 30
        while any(_command(pid) == command for pid, command in helpers.items()):
            assert time.monotonic() < give_up
            time.sleep(0.1)
        replay.stderr.close()
        # The next one finds the database as it was left: running, with a round that nobody closed, and clears up.
        assert list((home / "home").glob("election-*"))
        path = write(
            tmp_path / "b.pb", vote_type="approval", rule="greedy", columns="voter_id;vote", votes=["№1"] * 10
        )
        monkeypatch.setenv("DAUYS_HOME", str(home / "home"))
        assert exit_code(lambda: app(["replay", str(path), "--kiosks", "1"], standalone_mode=False)) == 0
        assert "An election here was killed" in capfd.readouterr().err
        assert not list((home / "home").glob("election-*"))
        with open_engine(Settings(home=home / "home", database_url=None)) as engine:
            topics = [entry.topic for entry in engine.log.entries(0, engine.log.size())]
        assert topics.count(Round.VotingOpened.TOPIC) == 2
        assert topics.count(Round.Cancelled.TOPIC) == 1


def _children(parent: int) -> dict[int, str]:
    """Python processes that `parent` has started, and those that were forked from them, with their command lines."""
    started = {pid: _command(pid) for child in children(parent) for pid in (child, *children(child))}
    return {pid: command for pid, command in started.items() if "multiprocessing" in command}


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def test_scoring_ballots_have_no_limit_on_their_sum_and_points_may_be_halves(
    deployment: Deployment, tmp_path: Path
) -> None:
    votes = ["№1,№2;900.5,700"] * 10 + ["№2;1"] * 3
    path = write(
        tmp_path / "scoring.pb",
        vote_type="scoring",
        rule="greedy",
        columns="voter_id;vote;points",
        votes=votes,
    )
    answer, _ = replayed(deployment, path)
    assert answer.score == {"№1": 9005, "№2": 7003, "third one": 0}
    assert (answer.funded, answer.barred) == (("№1",), ("third one",))


def test_while_another_round_is_open_nothing_is_begun(deployment: Deployment, tmp_path: Path) -> None:
    opened = deployment.open_round(1)
    enrol(tmp_path / "kiosk", deployment.url, deployment.invite())
    key = credential_key(opened.slips[UNIT][0], opened.round_id)
    with Kiosk(tmp_path / "kiosk") as kiosk:
        kiosk.deliver([sign_ballot(key, opened.round_id, ["1"], bytes(16))])
    size = deployment.engine.log.size()
    with pytest.raises(AnotherRoundOpen):
        hold(deployment.engine, deployment.url, small_plan(1), Quiet(), kiosks=1)
    assert deployment.engine.log.size() == size
    deployment.close_round(opened.round_id)


def test_an_election_that_breaks_off_is_cancelled_and_leaves_no_secret(deployment: Deployment) -> None:
    class Interrupting(Quiet):
        def fact(self, text: str) -> None:
            if "voting is open" in text:
                raise KeyboardInterrupt

    before = deployment.engine.log.size()
    with pytest.raises(KeyboardInterrupt):
        hold(deployment.engine, deployment.url, small_plan(1), Interrupting(), kiosks=1)
    topics = [entry.topic for entry in deployment.engine.log.entries(before, deployment.engine.log.size())]
    assert topics[-1] == Round.Cancelled.TOPIC
    assert not list(deployment.engine.settings.home.glob("election-*"))


@pytest.mark.parametrize(
    ("vote_type", "rule", "votes", "why"),
    [
        ("approval", "equalshares", ["№1"], "the rule equalshares is not computed here"),
        ("scoring", "greedy", ["№1;-1"], "points outside 1 to"),
        ("scoring", "greedy", ["№1;0"], "points outside 1 to"),
        ("approval", "greedy", [""], "no voter chose anything"),
    ],
)
def test_what_cannot_be_replayed_exactly_is_refused_with_its_reason(
    vote_type: str, rule: str, votes: list[str], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAUYS_HOME", str(tmp_path / "home"))
    columns = "voter_id;vote;points" if vote_type == "scoring" else "voter_id;vote"
    path = write(tmp_path / "no.pb", vote_type=vote_type, rule=rule, columns=columns, votes=votes)
    done = run("replay", path, "--json")
    assert (done.exit_code, done.stdout) == (2, "")
    assert why in done.stderr
    assert not (tmp_path / "home").exists()


def test_a_broken_file_is_told_by_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "broken.pb"
    path.write_text("META\nkey;value\ndescription;x\nPROJECTS\n")
    assert exit_code(lambda: app(["replay", str(path)])) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "line " in told.err
