"""`dauys audit show`: what was true under a checkpoint, from the entries alone, and never more than the world might know then."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.domain import Aggregate
from typer.testing import CliRunner, Result

import projections
from api.as_of import KINDS, NoSuchKind
from api.as_of_words import LABELS, labelling
from api.cli.main import app
from api.web.languages import LANGUAGES
from application.as_of import CheckpointContradicts, CheckpointNotSigned
from application.log.note import LogSigner, sign_checkpoint
from application.log.reader import NoSuchCheckpoint
from application.recount import LogContradicts
from application.store import NotFound
from domain.conclusion import Conclusion
from domain.implementation import Implementation
from domain.kiosk import Kiosk
from domain.roll import Roll, SlipFate
from domain.round import Round
from tests.api.reading import voting
from tests.council_desk import CouncilDesk
from tests.dauys import give_log_key
from tests.dismissal_desk import DismissalDesk
from tests.elections import Election, times
from tests.engine import LOG_SEED, ORIGIN, Engine
from tests.examples import AFTER, CITY, CLERK, DISTRICT, DURING, EARLY, digest
from tests.self_government import UNIT


@pytest.fixture
def log(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The engine whose database the command is configured with."""
    monkeypatch.setenv("DAUYS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAUYS_LOG_ORIGIN", ORIGIN)
    monkeypatch.setenv("DAUYS_DATABASE_URL", engine.url)
    give_log_key(tmp_path / "home")
    with engine.datastore.get_connection() as connection:
        projections.prepare(connection)
    return engine


def run(at: object, *arguments: object, stdin: str | None = None) -> Result:
    told = ["audit", "show", "--at", str(at), *map(str, arguments)]
    return CliRunner().invoke(app, told, input=stdin)


def shown(at: object, *arguments: object, stdin: str | None = None) -> Any:
    result = run(at, *arguments, "--json", stdin=stdin)
    assert result.exit_code == 0, result
    return json.loads(result.stdout)


def refused(at: object, *arguments: object, stdin: str | None = None) -> BaseException | None:
    return run(at, *arguments, stdin=stdin).exception


def reasons(view: Any) -> dict[str, tuple[int, str]]:
    return {line["project"]: (line["voters"], line["reason"]) for line in view["results"]["lines"]}


def test_while_voting_is_open_there_is_turnout_and_nothing_else(log: Engine) -> None:
    election = voting(log)
    result = run(log.reader.size(), f"round/{election.id}", "--json")
    view = json.loads(result.stdout)
    assert view["state"]["phase"] == "voting"
    assert view["turnout"] == [
        {"unit": CITY, "people": 500, "credentials": 500, "cast": 30},
        {"unit": DISTRICT, "people": 500, "credentials": 500, "cast": 0},
    ]
    assert view["results"] is None
    for secret in ("choices", "salt", "signature", "voters", "score"):
        assert f'"{secret}"' not in result.stdout


def test_of_a_moment_before_the_closing_no_result_is_told_even_later(log: Engine) -> None:
    election = voting(log)
    midway = log.reader.size()
    election.cast(times(**{"3": 5})).closed().concluded().published()
    view = shown(midway, f"round/{election.id}")
    assert (view["state"]["phase"], view["results"]) == ("voting", None)
    assert [unit["cast"] for unit in view["turnout"]] == [30, 0]


def test_results_are_those_in_force_at_that_moment(log: Engine) -> None:
    election = voting(log).closed()
    at = {"provisional": log.reader.size()}
    election.conclusions.draft(election.id, by=CLERK)
    drafted = log.reader.size()
    election.conclusions.approve(election.id, by="head-1")
    at["concluded"] = log.reader.size()
    at["published"] = (election.published(), log.reader.size())[1]
    for status, size in at.items():
        view = shown(size, f"round/{election.id}")
        assert view["results"]["status"] == status
        assert view["results"]["identical"] is True
        assert reasons(view) == {
            "1": (21, "funded"),
            "2": (10, "funded"),
            "3": (9, "fewer_than_ten_voters"),
            "4": (11, "did_not_fit"),
        }
    assert shown(drafted, f"round/{election.id}")["results"]["status"] == "provisional"
    assert shown(at["provisional"], f"round/{election.id}")["results"]["conclusion"] is None


def test_a_withdrawal_is_in_provisional_results_and_not_in_published_ones(log: Engine) -> None:
    election = voting(log).closed()
    election.decide("1", "withdraw", "built already", at=AFTER)
    assert reasons(shown(log.reader.size(), f"round/{election.id}"))["1"] == (21, "withdrawn")
    election.concluded().published()
    election.decide("4", "withdraw", "built too", at=AFTER)
    view = shown(log.reader.size(), f"round/{election.id}")
    assert reasons(view)["4"] == (11, "funded")
    assert view["results"]["recounted_to"] < view["as_of"]["size"]


def test_a_published_version_that_the_log_does_not_give_is_told_and_fails(log: Engine) -> None:
    election = voting(log).closed().concluded().published().corrected("3", voters=12)
    result = run(log.reader.size(), f"round/{election.id}", "--json")
    assert result.exit_code == 1
    view = json.loads(result.stdout)
    assert (view["results"]["status"], view["results"]["identical"]) == ("corrected", False)
    assert reasons(view)["3"] == (9, "fewer_than_ten_voters")
    assert LABELS["differs"] in run(log.reader.size(), f"round/{election.id}").stdout


def test_a_cancelled_round_has_turnout_and_no_results(log: Engine) -> None:
    election = voting(log).cancelled()
    view = shown(log.reader.size(), f"round/{election.id}")
    assert (view["state"]["phase"], view["results"]) == ("cancelled", None)


def test_a_proposal_is_in_the_state_it_was_in(log: Engine) -> None:
    election = Election(log).drafted()
    proposal_id = election.propose("A fountain")
    submitted = log.reader.size()
    election.proposals["9"] = proposal_id
    election.decide("9", "withdraw", "moved away", at=EARLY)
    before, after = (shown(size, f"proposal/{proposal_id}") for size in (submitted, log.reader.size()))
    assert (before["state"]["state"], before["position"]) == ("submitted", submitted)
    assert (after["state"]["state"], after["state"]["reason"]) == ("withdrawn", "moved away")
    assert isinstance(refused(submitted - 1, f"proposal/{proposal_id}"), NotFound)


def test_what_a_round_has_one_of_is_found_by_the_round(log: Engine) -> None:
    election, implementation = _implementing(log)
    size = log.reader.size()
    assert shown(size, f"roll/{election.id}")["id"] == str(Roll.create_id(election.id))
    conclusion_id = Conclusion.create_id(election.id)
    assert shown(size, f"conclusion/{conclusion_id}")["id"] == str(conclusion_id)
    assert shown(size, f"implementation/{election.id}/1")["state"]["cost_tiyn"] == implementation.cost_tiyn
    for nothing in (f"implementation/{election.id}", f"roll/{uuid4()}", f"round/{election.id}/1", "kiosk/x"):
        assert isinstance(refused(size, nothing), NotFound), nothing
    assert isinstance(refused(size, f"ballot/{election.id}"), NoSuchKind)


def test_without_an_id_everything_there_was_is_listed(log: Engine) -> None:
    election = voting(log)
    midway = log.reader.size()
    election.closed()
    listed = shown(midway)
    assert [(each["kind"], each["name"], each["state"]) for each in listed["things"]] == [
        ("round", election.terms.title, "voting"),
        *(("proposal", f"Project {number}", "admitted") for number in "1234"),
        ("roll", "", ""),
    ]
    assert [each["state"] for each in shown(log.reader.size(), "round")["things"]] == ["closed"]
    assert listed["as_of"] == {
        "origin": ORIGIN,
        "size": midway,
        "root": log.reader.checkpoint_at(midway).root.hex(),
    }


def test_a_note_serves_as_well_as_a_size(log: Engine, tmp_path: Path) -> None:
    election = voting(log)
    note = log.reader.checkpoint().note
    file = tmp_path / "checkpoint.txt"
    file.write_text(note)
    election.closed()
    size = log.reader.size() - 1
    assert shown(file) == shown("-", stdin=note) == shown(size)


def test_only_what_the_log_has_signed_is_a_checkpoint(log: Engine, tmp_path: Path) -> None:
    voting(log)
    size, root = log.reader.size(), log.reader.checkpoint().root
    stranger = sign_checkpoint(size, root, LogSigner(ORIGIN, bytes(32)))
    for note in (stranger, "", "x" * 200_000, "\x00", log.reader.checkpoint().note.replace(str(size), "1")):
        assert isinstance(refused("-", stdin=note), CheckpointNotSigned)
    for other in (sign_checkpoint(size, bytes(32), signer()), sign_checkpoint(size + 1, root, signer())):
        assert isinstance(refused("-", stdin=other), CheckpointContradicts)
    # Thirty ballots were stored in one transaction: nothing was signed between them.
    assert isinstance(refused(size - 1), NoSuchCheckpoint)
    assert isinstance(refused(tmp_path / "none"), FileNotFoundError)


def signer() -> LogSigner:
    return LogSigner(ORIGIN, LOG_SEED)


def test_entries_that_do_not_give_the_signed_root_show_nothing(log: Engine) -> None:
    election = voting(log).closed()
    with psycopg.connect(log.url) as connection:
        connection.execute("ALTER TABLE dauys.events DISABLE TRIGGER append_only")
        connection.execute(
            "UPDATE dauys.events SET state = convert_to(replace(convert_from(state, 'UTF8'), %s, %s), 'UTF8')"
            " WHERE topic = 'proposal.submitted.v1'",
            ["Project 1", "Project X"],
        )
    exception = refused(log.reader.size(), f"round/{election.id}")
    assert isinstance(exception, LogContradicts)
    assert exception.facts["problem"] == "root_differs"
    with psycopg.connect(log.url) as connection:
        connection.execute(
            "UPDATE dauys.events SET state = convert_to(replace(convert_from(state, 'UTF8'), %s, %s), 'UTF8')"
            " WHERE topic = 'proposal.submitted.v1'",
            ["Project X", "Project 1"],
        )
        connection.execute("ALTER TABLE dauys.events ENABLE TRIGGER append_only")


def test_a_checkpoint_row_that_says_another_root_than_its_note_is_not_believed(log: Engine) -> None:
    voting(log)
    with psycopg.connect(log.url) as connection:
        connection.execute("ALTER TABLE dauys.checkpoints DISABLE TRIGGER append_only")
        connection.execute(
            "UPDATE dauys.checkpoints SET root = %s WHERE size = %s", [bytes(32), log.reader.size()]
        )
    assert isinstance(refused(log.reader.size()), LogContradicts)


def test_looking_records_nothing(log: Engine) -> None:
    election = voting(log).closed()
    size = log.reader.size()
    shown(size, f"round/{election.id}")
    assert log.reader.size() == size
    assert log.check() == size


@pytest.mark.parametrize("lang", LANGUAGES)
def test_people_read_it_in_three_languages(log: Engine, lang: str) -> None:
    election, _ = _implementing(log)
    size = log.reader.size()
    label = labelling(lang)
    words = run(size, f"round/{election.id}", "--lang", lang).stdout
    for key in ("round", "value", "=implementing", "identical", "credentials", "voting_opens"):
        assert label(key).split()[0] in words, key
    assert label("=contracted") in run(size, "--lang", lang).stdout


def test_every_field_and_state_of_these_kinds_has_a_name_in_each_language(log: Engine) -> None:
    election, _ = _implementing(log)
    size = log.reader.size()
    kiosk_id = next(each["id"] for each in shown(size, "kiosk")["things"])
    project = next(iter(election.proposals.values()))
    for thing in (
        *(f"{kind}/{election.id}" for kind in ("round", "roll", "conclusion")),
        *(f"implementation/{election.id}/1", f"kiosk/{kiosk_id}", f"proposal/{project}"),
    ):
        assert thing.partition("/")[0] in KINDS
        unnamed = set(_names(shown(size, thing)["state"])) - LABELS.keys() - {CITY, DISTRICT}
        assert not unnamed, thing


def test_slips_replaced_are_shown_by_unit_and_reason(log: Engine) -> None:
    election = voting(log)
    with log.store.deciding() as decision:
        round_, roll = decision.get(Round, election.id), decision.get(Roll, Roll.create_id(election.id))
        roll.replace_slip(
            round_, DISTRICT, SlipFate.NOT_HANDED_OVER, by=CLERK, approved_by="head-1", at=DURING
        )
        decision.save(roll)
    state = shown(log.reader.size(), f"roll/{election.id}")["state"]
    assert state["replaced"] == {DISTRICT: {"not_handed_over": 1}}
    assert set(_names(state)) <= LABELS.keys() | {CITY, DISTRICT}


def test_self_government_is_shown_like_everything_else(log: Engine) -> None:
    desk = CouncilDesk(log.store, log.documents)
    council_id = desk.settle_in()
    before = log.reader.size()
    sitting_id = desk.sit(council_id, "second")
    size = log.reader.size()
    assert shown(size, f"unit/{UNIT}")["state"]["kato"] == UNIT
    assert shown(size, f"council/{UNIT}/1") == shown(size, f"council/{council_id}")
    assert shown(size, f"sitting/{sitting_id}")["state"]["number"] == "second"
    assert isinstance(refused(before, f"sitting/{sitting_id}"), NotFound)
    for kind in ("unit", "gathering", "council", "sitting"):
        for each in shown(size, kind)["things"]:
            assert run(size, f"{kind}/{each['id']}", "--lang", "kk").exit_code == 0


def test_a_dismissal_initiative_and_its_akim_are_shown(log: Engine) -> None:
    desk = DismissalDesk(log.store)
    desk.settle_in()
    act = desk.act()
    before = log.reader.size()
    initiative_id = desk.raise_one(act)
    size = log.reader.size()
    assert shown(size, f"dismissal/{initiative_id}")["state"]["state"] == "raised"
    assert isinstance(refused(before, f"dismissal/{initiative_id}"), NotFound)
    [office] = shown(size, "office")["things"]
    assert run(size, f"office/{office['id']}").exit_code == 0


def test_every_aggregate_but_ballots_is_a_kind() -> None:
    told = {
        str(vars(kind)["TOPIC"])
        for kind in Aggregate.__subclasses__()
        if kind.__module__.startswith("domain.")
    }
    assert {str(vars(kind)["TOPIC"]) for kind in KINDS.values()} == told - {"ballot"}


def _names(state: Any) -> list[str]:
    if isinstance(state, dict):
        return [name for key, inner in state.items() for name in (key, *_names(inner))]
    return [name for each in state for name in _names(each)] if isinstance(state, list) else []


def _implementing(log: Engine) -> tuple[Election, Implementation]:
    """A round whose first project is contracted, and a kiosk that nobody has enrolled."""
    election = voting(log).closed().concluded().published()
    at = AFTER + timedelta(days=1)
    with log.store.deciding() as decision:
        round_ = decision.get(Round, election.id)
        conclusion = decision.get(Conclusion, Conclusion.create_id(election.id))
        round_.start_implementation(by=CLERK, at=at)
        work = Implementation.begin(round_, conclusion, "1", ("1", "2"), 1_200_000_000, by=CLERK, at=at)
        work.contract("Zhol Qurylys", 1_100_000_000, at + timedelta(days=90), by=CLERK, at=at)
        kiosk = Kiosk.invite(
            UUID(int=7),
            label="Hall 1",
            place="School 5",
            code_digest=digest("code"),
            expires=at,
            by=CLERK,
            at=at,
        )
        decision.save(round_, work, kiosk)
    return replace(election), work
