"""The verifier's own rules against the engine's, and its signatures against published vectors: what was written apart agrees."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from application.log.merkle import Frontier, GrowingTree, leaf_hash
from application.log.policy import PolicyInvalid, parse_policy
from domain.allocation import decide
from domain.ballot_form import check_choices
from domain.errors import Refused
from domain.paper import Allocation, BallotForm, BallotType, Paper, TieRule
from domain.tally import ProjectTally, count
from tests.audit.lies import WITNESS
from tests.domain.papers import CITY, DISTRICT, OTHER, a_paper, with_districts
from tests.house.files import ROOT
from tests.shared import SHARED, needs_shared

GOLDEN = ROOT / "tests" / "golden"
KNOWN = {"approval", "ballot", "conclusion", "implementation", "kiosk", "proposal", "roll", "round"} | {
    *("council", "decision", "dismissal", "execution", "finding", "gathering", "merging", "office"),
    *("report_meeting", "sitting", "unit"),
}
"""Kinds of things that the verifier has rules for; of others it says that they are not checked."""
VECTORS = (SHARED or Path("absent")) / "vectors/wycheproof/ed25519_test.json"
PROJECTS = ("1", "2", "3", "4", "5", "6")
FORMS = (
    BallotForm(BallotType.APPROVAL, 3),
    BallotForm(BallotType.CHOOSE_ONE, 1),
    BallotForm(BallotType.RANKED, 3, 2),
    BallotForm(BallotType.CUMULATIVE, 3, max_points=5),
    BallotForm(BallotType.CUMULATIVE, 2, max_points=None),
)


@st.composite
def papers(draw: st.DrawFn) -> Paper:
    """Few costs and few votes, so that ties, exclusions and full purses are common."""
    paper = a_paper(
        {id_: draw(st.integers(1, 4)) * 10 for id_ in PROJECTS},
        draw(st.integers(0, 12)) * 10,
        allocation=draw(st.sampled_from(Allocation)),
        tie_rule=draw(st.sampled_from(TieRule)),
        excludes={draw(st.sampled_from(PROJECTS)): (draw(st.sampled_from(PROJECTS)),)},
        minimum_voters=draw(st.sampled_from([10, 12])),
        score_threshold=draw(st.sampled_from([0, 13])),
        lot_seed=draw(st.text("ab", min_size=1, max_size=4)),
    )
    paper = replace(paper, form=draw(st.sampled_from(FORMS)))
    return with_districts(paper, draw(st.sets(st.sampled_from(PROJECTS))), draw(st.integers(0, 6)) * 10)


def plain(value: object) -> Any:
    return json.loads(msgspec.json.encode(value))


def tally_of(module: Any, paper: Paper, tallies: dict[str, ProjectTally]) -> Any:
    tally = module.Tally(plain(paper))
    tally.voters = {id_: got.voters for id_, got in tallies.items()}
    tally.score = {id_: got.score for id_, got in tallies.items()}
    return tally


@settings(max_examples=400, deadline=None)
@forall(data=st.data())
def test_both_fund_the_same_projects_for_the_same_reasons(data: st.DataObject, verifier: Any) -> None:
    paper = data.draw(papers())
    votes = st.integers(8, 15)
    tallies = {id_: ProjectTally(data.draw(votes), data.draw(votes)) for id_ in PROJECTS}
    withdrawn = data.draw(st.sets(st.sampled_from(PROJECTS), max_size=1))
    theirs = verifier.Outcome(plain(paper), tally_of(verifier, paper, tallies), withdrawn)
    ours = plain(decide(paper, tallies, frozenset(withdrawn)))
    assert {"lines": theirs.lines, "units": theirs.units, "ties": theirs.ties} == ours


CHOICES = st.one_of(
    st.lists(st.sampled_from([*PROJECTS, "77"]), max_size=4),
    st.dictionaries(st.sampled_from([*PROJECTS, "77"]), st.integers(-1, 6) | st.booleans(), max_size=4),
    st.none() | st.text() | st.lists(st.integers() | st.lists(st.text())),
)


@settings(max_examples=150, deadline=None)
@forall(paper=papers(), unit=st.sampled_from([CITY, DISTRICT, OTHER, "000000000"]), choices=CHOICES)
def test_both_take_the_same_ballots_and_count_them_alike(
    paper: Paper, unit: str, choices: Any, verifier: Any
) -> None:
    form = verifier.Form(plain(paper))
    try:
        check_choices(paper, unit, choices)
    except Refused:
        assert form.problem(unit, choices)
        return
    assert not form.problem(unit, choices)
    tally = verifier.Tally(plain(paper))
    tally.add(form.worth(choices))
    ours = count(paper, [choices])
    assert (tally.voters, tally.score) == (
        {id_: got.voters for id_, got in ours.items()},
        {id_: got.score for id_, got in ours.items()},
    )


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 9, 255, 256, 257])
def test_both_grow_the_same_tree(size: int, verifier: Any) -> None:
    tree, leaves, roots = GrowingTree(Frontier(0, ())), b"", []
    for number in range(size):
        tree.append(leaf_hash(b"%d" % number))
        leaves += verifier.leaf_hash(b"%d" % number)
        roots.append(tree.root())
    theirs = verifier.Tree(leaves)
    assert [theirs.root(number) for number in range(1, size + 1)] == roots
    assert theirs.root(size) == tree.root()


def test_both_know_the_same_events_and_what_they_hold(verifier: Any) -> None:
    formats = json.loads((GOLDEN / "event_formats.json").read_bytes())
    stored = {
        path.name.removesuffix(".json"): json.loads(path.read_bytes())
        for path in (GOLDEN / "entries").glob("*.json")
    }
    counted = {topic for topic in formats if topic.split(".")[0] in KNOWN}
    assert counted == verifier.MEMBERS.keys() <= stored.keys()
    for topic, entry in ((topic, stored[topic]) for topic in counted):
        assert entry.keys() == verifier.ENTRY.keys()
        assert entry["state"].keys() == verifier.MEMBERS[topic]


@needs_shared
def test_signatures_are_judged_as_the_published_vectors_say(verifier: Any) -> None:
    judged = 0
    for group in json.loads(VECTORS.read_bytes())["testGroups"]:
        key = bytes.fromhex(group["publicKey"]["pk"])
        for case in group["tests"]:
            message, signature = bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])
            assert verifier.verify(key, message, signature) == (case["result"] == "valid"), case["comment"]
            judged += 1
    assert judged == json.loads(VECTORS.read_bytes())["numberOfTests"]


@pytest.mark.parametrize("seed", range(20))
def test_signatures_of_others_are_taken_and_none_with_a_bit_changed(seed: int, verifier: Any) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"message")
    assert verifier.verify(public, b"message", signature)
    for place in range(seed * 3, seed * 3 + 4):
        assert not verifier.verify(public, b"message", flipped(signature, place))
        assert not verifier.verify(flipped(public, place % 32), b"message", signature)


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


@pytest.mark.parametrize("y", [0, 1, 2**255 - 20, 2**255 - 19, 2**255 - 18, 1 + 2**255])
def test_a_key_for_which_anybody_can_sign_is_no_key(y: int, verifier: Any) -> None:
    key = y.to_bytes(32, "little")
    assert not verifier.negated_multiples(key)
    assert not verifier.verify(key, b"any", b"\x01" + bytes(63))


POLICIES = (
    "quorum none",
    f"witness w {WITNESS.verifier}\nquorum w",
    f"# comment\n\twitness w\t{WITNESS.verifier} https://w.example\ngroup g any w\ngroup h 1 g\nquorum h",
    f"witness w {WITNESS.verifier}\ngroup g 2 w\nquorum g",
    f"witness w {WITNESS.verifier}\nwitness v {WITNESS.verifier}\nquorum none",
    f"witness none {WITNESS.verifier}\nquorum none",
    f"group g any w\nwitness w {WITNESS.verifier}\nquorum g",
    "quorum w",
    "quorum none\nquorum none",
    "",
    "log nothing\nquorum none",
    "quorum",
)


@pytest.mark.parametrize("text", POLICIES)
def test_both_read_the_same_policies(text: str, verifier: Any) -> None:
    try:
        ours = parse_policy(text.encode())
    except PolicyInvalid:
        with pytest.raises(ValueError, match=r"."):
            verifier.read_policy(text)
        return
    theirs = verifier.read_policy(text)
    assert (theirs.quorum, set(theirs.witnesses)) == (ours.quorum, {each.name for each in ours.witnesses})
