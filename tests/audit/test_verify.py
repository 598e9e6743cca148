"""The auditors' verifier on good bundles: alone on a machine with Python, in three languages, in samples, beside witnesses."""

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.audit.conftest import VERIFIER, Verify
from tests.audit.election import CITY, Good
from tests.audit.forgery import CAST, Forgery
from tests.audit.lies import cosigned, found, of, slips_of, witnessed
from tests.audit.lies_of_approvals import asked
from tests.audit.lies_of_mergings import merged

STEPS = range(1, 13)


def test_a_good_bundle_passes_every_step(good: Good, verify: Verify) -> None:
    record = verify(good.bundle, since=good.older)
    assert (record.failures, record.code) == ({}, 0), record.screen
    assert [step["status"] for step in record.report["steps"]] == ["passed"] * 12
    assert all(step["items"] for step in record.report["steps"])


def test_a_forger_who_changes_nothing_writes_a_bundle_that_passes(good: Good, verify: Verify) -> None:
    assert verify(Forgery(good).written(), since=good.older_note).code == 0


def test_it_imports_the_standard_library_and_nothing_else() -> None:
    imported = set()
    for node in ast.walk(ast.parse(VERIFIER.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(node.module or "")
    assert imported
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_it_runs_isolated_from_everything_installed(good: Good, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(good.bundle)
    (tmp_path / "verify.py").write_bytes(VERIFIER.read_bytes())
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-W",
            "error",
            "verify.py",
            "b.zip",
            "--jobs",
            "2",
            "--json",
            "report.json",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert json.loads((tmp_path / "report.json").read_bytes())["passed"] is True
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "report.json", "verify.py"]


def test_without_an_older_copy_the_fourth_step_is_not_checked(good: Good, verify: Verify) -> None:
    record = verify(good.bundle)
    assert record.code == 0
    assert record.report["steps"][3]["status"] == "unchecked"
    assert "remark_since" in record.remarks(4)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("kk", ["Толықтық", "ДҰРЫС", "ҚАТЕ"]),
        ("ru", ["Полнота", "ВЕРНО", "НЕВЕРНО"]),
        ("en", ["PASSED", "FAILED"]),
    ],
)
def test_the_record_is_in_the_auditors_language(
    language: str, words: list[str], good: Good, verify: Verify
) -> None:
    forgery = Forgery(good)
    forgery.file_lies["kiosks.json"] = lambda _: b"[1]"
    screen = verify(forgery.written(), "--lang", language).screen
    assert not [word for word in words if word not in screen]
    for number in STEPS:
        assert f"\n{number:2}. {verify.module.TEXTS[f'step {number}'][language]}" in screen


def test_every_message_is_said_in_three_languages_that_differ(verifier: Any) -> None:
    for key, said in verifier.TEXTS.items():
        assert set(said) == {"kk", "ru", "en"}, key
        assert len(set(said.values())) >= 2, key
        assert all(text and text == text.strip() for text in said.values()), key


def test_every_message_is_used(verifier: Any) -> None:
    code = VERIFIER.read_text(encoding="utf-8").partition("# ---- Words.")[0]
    used = code.replace("'", '"')
    assert not [key for key in verifier.TEXTS if f'"{key}"' not in used and not key.startswith("step ")]


def test_a_sample_says_that_it_is_one_and_can_be_drawn_again(good: Good, verify: Verify) -> None:
    first, again = (verify(good.bundle, "--sample", "7", "--seed", "a") for _ in range(2))
    assert first.remarks(6)["remark_sample"] == "7 / 71 (--seed a)"
    assert first.remarks(6)["remark_miss"] == "0.932"
    assert first.remarks(2)["remark_notes"].startswith("7 / ")
    assert first.remarks(6)["remark_sample"] == again.remarks(6)["remark_sample"]


def test_a_sample_finds_a_forgery_only_if_it_draws_it(good: Good, verify: Verify) -> None:
    forgery = Forgery(good)
    forgery.ballot(good.published).state["choices"] = ["7"]
    bundle = forgery.written()
    assert verify(bundle, "--sample", "71").failures == {6: {"signature_wrong"}}
    assert {verify(bundle, "--sample", "1", "--seed", str(seed)).code for seed in range(8)} >= {0}


def test_processes_find_what_one_finds(good: Good, tmp_path: Path) -> None:
    forgery = Forgery(good)
    forgery.ballot(good.published).state["choices"] = ["7"]
    (tmp_path / "b.zip").write_bytes(forgery.written())
    done = subprocess.run(
        [sys.executable, "-I", str(VERIFIER), str(tmp_path / "b.zip"), "--jobs", "2"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert done.stdout.count("✗") == done.stdout.count("✗ signature_wrong") == 1


def test_a_cosigned_checkpoint_names_its_witness_and_so_may_the_results(good: Good, verify: Verify) -> None:
    forgery = Forgery(good)
    witnessed(forgery)
    forgery.note_lie = lambda size, note: cosigned(note) if size == forgery.sizes[-1] else note
    record = verify(forgery.written())
    assert record.code == 0, record.screen
    assert record.remarks(2)["remark_witnesses"] == "w"


def test_a_difference_of_slips_that_is_explained_is_told_and_passes(good: Good, verify: Verify) -> None:
    forgery = Forgery(good)
    forgery.one("roll.slips_reconciled.v1").alter = lambda event: (
        event["state"].update(explanation="one slip was burnt"),
        event["state"]["slips"][0].update(unused=slips_of(forgery)["unused"] - 1),
    )
    record = verify(forgery.written())
    assert record.code == 0, record.screen
    assert record.remarks(8)["remark_explained"] == "one slip was burnt"


def test_more_recorded_than_stored_is_told_because_it_can_be_honest(good: Good, verify: Verify) -> None:
    """A ballot that came again in another delivery was recorded twice and stored once."""
    forgery = Forgery(good)
    recorded = len(forgery.of(CAST)) + 1
    forgery.file_lies["kiosks.json"] = lambda body: body.replace(
        b'"delivered":%d' % (recorded - 1), b'"delivered":%d' % recorded
    ).replace(b'"recorded":%d' % (recorded - 1), b'"recorded":%d' % recorded)
    record = verify(forgery.written())
    assert record.code == 0, record.screen
    assert record.remarks(8)["remark_twice"] == f"{recorded} > {recorded - 1}"


def test_one_rounds_bundle_says_what_it_cannot_check(good: Good, verify: Verify) -> None:
    forgery = Forgery(good)
    forgery.manifest_lie = lambda manifest: manifest.update(scope=str(good.published))
    folders = [good.provisional, good.cancelled, good.open]
    names = ("paper.json", "credentials.csv", "results.json", "results.csv", "results.pb")
    forgery.file_lies = {of(round_id, name): lambda _: None for round_id in folders for name in names}
    record = verify(forgery.written())
    assert record.code == 0, record.screen
    assert record.remarks(6)["remark_scope"] == "13"


def test_a_finding_of_auditors_passes_the_last_step(good: Good, verify: Verify) -> None:
    forgery = Forgery(good)
    acts = [each for each in forgery.told if each.topic in verify.module.COURSE]
    found(forgery)
    record = verify(forgery.written())
    assert record.code == 0, record.screen
    step = record.report["steps"][11]
    assert (step["status"], step["items"]) == ("passed", len(acts) + 3)


def test_what_two_people_did_passes_the_last_step_and_what_one_did_is_counted(
    good: Good, verify: Verify
) -> None:
    alone = verify(Forgery(good).written()).remarks(12)["remark_alone"]
    assert "'kiosk.invited.v1': 2" in alone
    assert "round.voting_opened.v1" not in alone
    forgery = Forgery(good)
    for each in asked(forgery):
        forgery.remove(each)
    record = verify(forgery.written())
    assert record.code == 0, record.screen
    assert "'round.voting_opened.v1': 1" in record.remarks(12)["remark_alone"]


def test_twins_that_both_authors_let_become_one_pass_every_step(good: Good, verify: Verify) -> None:
    forgery = Forgery(good)
    merged(forgery)
    record = verify(forgery.written())
    assert record.code == 0, record.screen


def test_a_log_without_acts_of_self_government_says_so(good: Good, verify: Verify) -> None:
    forgery = Forgery(good)
    for each in [each for each in forgery.told if each.topic in verify.module.COURSE]:
        forgery.remove(each)
    forgery.sizes = [size for size in forgery.sizes if size]
    record = verify(forgery.written())
    assert record.code == 0, record.screen
    assert record.report["steps"][11]["status"] == "absent"


def test_kinds_of_events_that_it_does_not_know_are_named(good: Good, verify: Verify) -> None:
    forgery = Forgery(good)
    last = forgery.told[-1]
    forgery.insert_event(last, last, "petition.signed.v1", {}).uncounted = True
    record = verify(forgery.written())
    assert record.code == 0, record.screen
    assert record.report["steps"][11]["status"] == "unchecked"
    assert record.remarks(12)["remark_other"] == "{'petition.signed.v1': 1}"


def test_a_proof_of_a_change_holds_both_signed_checkpoints(good: Good, verify: Verify) -> None:
    forgery = Forgery(good)
    forgery.remove(forgery.ballot(good.published, CITY))
    record = verify(forgery.written(), since=good.older_note)
    evidence = record.report["steps"][3]["failures"][0]["detail"]
    assert evidence.count("\n— ") == 2


def test_many_failures_are_counted_and_the_first_told(good: Good, verify: Verify) -> None:
    forgery = Forgery(good)
    for each in forgery.told:
        each.alter_bytes = lambda body: body + b" "
    step = verify(forgery.written()).report["steps"][2]
    assert step["failed"] > len(step["failures"]) == 100
