"""The ballot box: every ballot of every delivery gets its one answer, whatever else is in the batch, and is counted once."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.ballot_box import Recorded, SequenceBroken
from application.log.receipt import parse_receipt, verify_receipt
from application.polls import UnknownKiosk
from domain.ballot import Ballot
from domain.kiosk import KioskRevoked
from domain.paper import BallotForm, BallotType
from tests.deliveries import (
    DISTRICT_PROJECT,
    PROJECTS,
    Box,
    Device,
    Voter,
    box_of,
    close_round,
    enrol,
    open_round,
    open_voting,
    prepare_round,
    revoke,
    text_of,
)
from tests.engine import Engine

CUMULATIVE = BallotForm(BallotType.CUMULATIVE, max_choices=3, max_points=10)
RANKED = BallotForm(BallotType.RANKED, max_choices=3)


@pytest.fixture
def box(engine: Engine) -> Iterator[Box]:
    """A ballot box; the whole log is checked when the test is over."""
    yield box_of(engine)
    engine.check()


def codes(answer: Any) -> list[str | None]:
    """Per ballot its refusal code, None where it is recorded."""
    return [None if isinstance(told, Recorded) else told.code for told in answer]


def cast(engine: Engine) -> list[dict[str, Any]]:
    """The states of all ballots in the log, in its order."""
    entries = engine.reader.entries(0, engine.reader.size())
    return [json.loads(entry.state) for entry in entries if entry.topic == Ballot.Created.TOPIC]


def votes(engine: Engine) -> Counter[str]:
    return Counter(choice for state in cast(engine) for choice in state["choices"])


# What is recorded.


def test_a_ballot_is_recorded_with_a_receipt_that_proves_it(engine: Engine, box: Box) -> None:
    voters = open_round(engine)
    [[told]] = box.cast(enrol(engine).deliver(voters[0].ballot(["101", "103"])))
    assert told.position == engine.reader.size()
    [entry] = engine.reader.entries(told.position - 1, told.position)
    assert entry.originator_id == Ballot.create_id(voters[0].round_id, voters[0].credential)
    receipt = parse_receipt(told.receipt)
    assert receipt.index == told.position - 1
    assert verify_receipt(receipt, entry.leaf, engine.signer.verifier).size == told.position
    assert told.receipt == engine.reader.receipt(told.position)


def test_the_event_holds_no_kiosk_and_no_time_finer_than_the_hour(engine: Engine) -> None:
    at = datetime(2026, 9, 4, 17, 43, 21, 987654, tzinfo=UTC)
    voters, device = open_round(engine), enrol(engine)
    ballot = voters[0].ballot(["101"])
    box_of(engine, lambda: at).cast(device.deliver(ballot))
    [entry] = [entry for entry in engine.reader.entries(0, 99) if entry.topic == Ballot.Created.TOPIC]
    assert json.loads(entry.state) == {
        "choices": ["101"],
        "credential": voters[0].credential,
        "originator_topic": "ballot",
        "round_id": str(voters[0].round_id),
        "salt": ballot["salt"],
        "signature": ballot["signature"],
        "timestamp": "2026-09-04T17:00:00Z",
        "unit": voters[0].unit,
    }
    assert entry.state == json.dumps(json.loads(entry.state), sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("form", "choices"), [(CUMULATIVE, {"105": 1, "101": 7}), (RANKED, ["103", "101", "102"])]
)
def test_every_kind_of_ballot_is_stored_as_the_voter_signed_it(
    form: BallotForm, choices: Any, engine: Engine, box: Box
) -> None:
    voters = open_round(engine, form=form)
    [answer] = box.cast(enrol(engine).deliver(voters[0].ballot(choices)))
    assert codes(answer) == [None]
    [state] = cast(engine)
    assert state["choices"] == choices


def test_a_batch_is_recorded_in_the_order_of_ids_so_that_nobody_sees_the_queue(
    engine: Engine, box: Box
) -> None:
    voters, hall, school = open_round(engine, 30), enrol(engine), enrol(engine, "school")
    ballots = [voter.ballot(["101"]) for voter in voters]
    answers = box.cast(hall.deliver(*ballots[:15]), school.deliver(*ballots[15:]))
    positions = [told.position for answer in answers for told in answer]
    ids = [Ballot.create_id(voter.round_id, voter.credential) for voter in voters]
    assert [id_ for _, id_ in sorted(zip(positions, ids, strict=True))] == sorted(ids)
    assert sorted(positions) == list(range(min(positions), min(positions) + 30))


def test_voters_of_a_district_choose_its_projects_and_the_citys(engine: Engine, box: Box) -> None:
    city, *_, district = open_round(engine)
    [answer] = box.cast(
        enrol(engine).deliver(city.ballot([DISTRICT_PROJECT]), district.ballot(["101", DISTRICT_PROJECT]))
    )
    assert codes(answer) == ["choice_not_for_unit", None]


def test_an_empty_batch_stores_nothing(engine: Engine, box: Box) -> None:
    assert box.cast() == []
    assert engine.reader.size() == 0


# The same again.


def test_the_same_delivery_again_gets_the_same_answer_also_after_closing(engine: Engine, box: Box) -> None:
    one, two, *_ = open_round(engine)
    device = enrol(engine)
    box.cast(device.deliver(one.ballot(["101"])))
    body = device.deliver(one.ballot(["102"]), two.ballot(["105"]), two.ballot(["104"], signature="x"))
    [first] = box.cast(body)
    assert codes(first) == ["already_voted", None, "ballot_malformed"]
    size = engine.reader.size()
    assert box.cast(body) == [first]
    assert box_of(engine).cast(body, body) == [first, first]
    assert engine.reader.size() == size
    close_round(engine, one.round_id)
    assert box.cast(body) == [first]


def test_the_same_delivery_twice_in_one_batch_is_taken_once(engine: Engine, box: Box) -> None:
    voters, device = open_round(engine), enrol(engine)
    body = device.deliver(voters[0].ballot(["101"]), voters[1].ballot(["9"]))
    once, again = box.cast(body, body)
    assert once == again
    assert codes(once) == [None, "unknown_choice"]
    assert len(cast(engine)) == 1


def test_the_same_ballot_in_another_delivery_gets_the_same_receipt(engine: Engine, box: Box) -> None:
    voters, hall, school = open_round(engine), enrol(engine), enrol(engine, "school")
    ballot = voters[0].ballot(["101"])
    [[first]] = box.cast(hall.deliver(ballot))
    box.cast(hall.deliver(voters[1].ballot(["102"])))
    assert box.cast(school.deliver(ballot, ballot)) == [(first, first)]
    close_round(engine, voters[0].round_id)
    assert box.cast(hall.deliver(ballot)) == [(first,)]
    assert votes(engine) == {"101": 1, "102": 1}


@pytest.mark.parametrize("spoilt", ["choices", "salt"])
def test_another_ballot_of_the_same_credential_never_replaces_the_first(
    spoilt: str, engine: Engine, box: Box
) -> None:
    voters, device = open_round(engine), enrol(engine)
    first = voters[0].ballot(["101"])
    other = voters[0].ballot(["102"]) if spoilt == "choices" else voters[0].ballot(["101"], salt=bytes(16))
    [answer] = box.cast(device.deliver(first, other))
    assert codes(answer) == [None, "already_voted"]
    [answer] = box.cast(device.deliver(other))
    assert codes(answer) == ["already_voted"]
    assert votes(engine) == {"101": 1}


# What is refused, ballot by ballot.


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ([], "too_few_choices"),
        (["101", "102", "103", "104"], "too_many_choices"),
        (["101", "101"], "duplicate_choice"),
        (["101", "999"], "unknown_choice"),
        (["102", "101"], "choices_not_canonical"),
        ({"101": 1}, "choices_malformed"),
        ([["101"]], "choices_malformed"),
        ([1], "choices_malformed"),
        ([None], "choices_malformed"),
        (["101\x00"], "unknown_choice"),
        ("101", "ballot_malformed"),
        (None, "ballot_malformed"),
        (7, "ballot_malformed"),
    ],
)
def test_choices_that_the_paper_does_not_allow_are_refused(
    choices: Any, code: str, engine: Engine, box: Box
) -> None:
    voters = open_round(engine)
    [answer] = box.cast(enrol(engine).deliver(voters[0].ballot(choices), voters[1].ballot(["101"])))
    assert codes(answer) == [code, None]
    assert len(cast(engine)) == 1


@pytest.mark.parametrize(
    ("points", "code"),
    [
        ({"101": 11}, "points_over_limit"),
        ({"101": 5, "102": 6}, "points_over_limit"),
        ({"101": 0}, "points_invalid"),
        ({"101": -1}, "points_invalid"),
        ({"101": True}, "points_invalid"),
        ({"101": "7"}, "points_invalid"),
        ({"101": 10**30}, "points_invalid"),
        ({"9": 1}, "unknown_choice"),
        (["101"], "choices_malformed"),
    ],
)
def test_points_that_the_paper_does_not_allow_are_refused(
    points: Any, code: str, engine: Engine, box: Box
) -> None:
    voters = open_round(engine, form=CUMULATIVE)
    [answer] = box.cast(enrol(engine).deliver(voters[0].ballot(points)))
    assert codes(answer) == [code]


def test_a_ballot_that_its_credential_did_not_sign_is_refused(engine: Engine, box: Box) -> None:
    """Neither kiosk nor database can change a vote, move it to another round or sign for another credential."""
    one, two, *_ = open_round(engine)
    elsewhere = open_round(engine)[0]
    signed = one.ballot(["101"])
    forged = [
        {**signed, "choices": ["102"]},
        {**signed, "salt": text_of(bytes(16))},
        {**signed, "round": str(elsewhere.round_id)},
        {**signed, "credential": two.credential},
        {**signed, "signature": two.ballot(["101"])["signature"]},
        {**signed, "signature": text_of(bytes(64))},
    ]
    [answer] = box.cast(enrol(engine).deliver(*forged, signed))
    assert codes(answer) == ["ballot_signature_invalid"] * len(forged) + [None]


def test_credentials_that_are_not_of_this_round_are_refused(engine: Engine, box: Box) -> None:
    here, there = open_round(engine), open_round(engine)
    stranger = Voter(here[0].round_id, 99)
    mallory = Voter(there[0].round_id, 0)
    in_the_other_round = Voter(here[0].round_id, 1)
    [answer] = box.cast(
        enrol(engine).deliver(
            stranger.ballot(["101"]), mallory.ballot(["101"]), in_the_other_round.ballot(["102"])
        )
    )
    assert codes(answer) == ["unknown_credential", None, None]


def test_a_ballot_is_taken_only_while_its_round_is_open(engine: Engine, box: Box) -> None:
    future, device = prepare_round(engine), enrol(engine)
    round_id = future[0].round_id
    nowhere, no_round = Voter(uuid4(), 0), Voter(device.id, 0)
    ballots = [voter.ballot(["101"]) for voter in (future[0], nowhere, no_round)]
    assert [codes(answer) for answer in box.cast(device.deliver(*ballots))] == [["round_not_open"] * 3]
    open_voting(engine, round_id)
    assert [codes(answer) for answer in box.cast(device.deliver(*ballots))] == [
        [None, "round_not_open", "round_not_open"]
    ]
    close_round(engine, round_id)
    assert codes(box.cast(device.deliver(future[1].ballot(["101"])))[0]) == ["round_not_open"]
    assert len(cast(engine)) == 1


def test_one_bad_ballot_never_fails_its_neighbours(engine: Engine, box: Box) -> None:
    voters = open_round(engine, 12)
    good = [voter.ballot(["101"]) for voter in voters[:6]]
    bad: list[object] = [
        voters[7].ballot(["101"], signature=text_of(bytes(64))),
        voters[8].ballot(["none"]),
        voters[9].ballot(["101"], extra=1),
        "not even an object",
        None,
        Voter(uuid4(), 1).ballot(["101"]),
    ]
    mixed = [ballot for pair in zip(good, bad, strict=True) for ballot in pair]
    [answer] = box.cast(enrol(engine).deliver(*mixed))
    assert codes(answer)[::2] == [None] * 6
    assert None not in codes(answer)[1::2]
    assert votes(engine) == {"101": 6}


# What is refused, delivery by delivery.


def test_a_delivery_follows_its_kiosks_last_one_or_nothing_of_it_is_taken(engine: Engine, box: Box) -> None:
    voters, device = open_round(engine, 10), enrol(engine)
    first = device.deliver(voters[0].ballot(["101"]))
    box.cast(first)
    after_first = Device(device.name, device.id, device.sequence, device.previous)
    other_first = Device(device.name, device.id).deliver(voters[1].ballot(["101"]))
    gap = Device(device.name, device.id, 2, device.previous).deliver(voters[2].ballot(["101"]))
    wrong_previous = Device(device.name, device.id, 1, text_of(bytes(32))).deliver(voters[3].ballot(["101"]))
    for broken in (other_first, gap, wrong_previous):
        [refusal] = box.cast(broken)
        assert isinstance(refusal, SequenceBroken)
        assert refusal.facts == {"expected": 2}
    box.cast(after_first.deliver(voters[4].ballot(["102"])))
    [stale] = box.cast(first)
    assert isinstance(stale, SequenceBroken)
    assert votes(engine) == {"101": 1, "102": 1}


def test_a_refused_delivery_does_not_hold_up_another_kiosks(engine: Engine, box: Box) -> None:
    voters, hall, school = open_round(engine), enrol(engine), enrol(engine, "school")
    gap = Device(hall.name, hall.id, 5, text_of(bytes(32))).deliver(voters[0].ballot(["101"]))
    refusal, answer = box.cast(gap, school.deliver(voters[0].ballot(["102"])))
    assert isinstance(refusal, SequenceBroken)
    assert codes(answer) == [None]
    assert votes(engine) == {"102": 1}


def test_several_deliveries_of_one_kiosk_fit_one_batch_in_their_order(engine: Engine, box: Box) -> None:
    voters, device = open_round(engine, 6), enrol(engine)
    bodies = [device.deliver(voter.ballot(["101"])) for voter in voters[:3]]
    assert [codes(answer) for answer in box.cast(*bodies)] == [[None]] * 3
    swapped = [device.deliver(voter.ballot(["101"])) for voter in voters[3:5]][::-1]
    broken, answer = box.cast(*swapped)
    assert isinstance(broken, SequenceBroken)
    assert codes(answer) == [None]


def test_a_kiosk_revoked_after_its_delivery_was_opened_delivers_nothing(engine: Engine, box: Box) -> None:
    voters, device = open_round(engine), enrol(engine)
    box.cast(device.deliver(voters[0].ballot(["101"])))
    body = device.deliver(voters[1].ballot(["101"]))
    delivery = box.opened(body)
    revoke(engine, device)
    [refusal] = box.box.cast([delivery])
    assert isinstance(refusal, KioskRevoked)
    [refusal] = box_of(engine).cast(body)
    assert isinstance(refusal, KioskRevoked)
    assert votes(engine) == {"101": 1}


def test_a_kiosk_that_was_never_enrolled_is_unknown(engine: Engine, box: Box) -> None:
    voters = open_round(engine)
    with pytest.raises(UnknownKiosk):
        box.opened(Device().deliver(voters[0].ballot(["101"])))


# What is kept of a kiosk.


def test_of_a_kiosk_only_the_last_delivery_and_its_counts_are_kept(engine: Engine, box: Box) -> None:
    voters, device = open_round(engine), enrol(engine)
    box.cast(device.deliver(voters[0].ballot(["101"]), voters[1].ballot(["9"])))
    box.cast(device.deliver(voters[2].ballot(["102"])))
    with engine.datastore.get_connection() as connection:
        [row] = connection.execute("SELECT * FROM dauys.kiosk_progress").fetchall()
    assert text_of(row.pop("delivery_hash")) == device.previous
    assert row == {"kiosk_id": device.id, "sequence": 2, "refusals": "[null]", "delivered": 3, "recorded": 2}


# Any order, any split.


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_order_of_deliveries_and_any_split_into_batches_gives_the_same_tally(
    engine: Engine, data: st.DataObject
) -> None:
    voters = open_round(engine, 12)
    devices = [enrol(engine, name) for name in ("hall", "school", "library")]
    ballots = [voter.ballot([PROJECTS[voter.number % 5]]) for voter in voters]
    again = data.draw(st.lists(st.sampled_from(ballots), max_size=6), label="delivered twice")
    left = data.draw(st.permutations(ballots + again), label="order")
    before = votes(engine)
    while left:
        batch = []
        for _ in range(data.draw(st.integers(1, 4), label="deliveries in this batch")):
            size = data.draw(st.integers(1, 5), label="ballots in this delivery")
            device = data.draw(st.sampled_from(devices), label="kiosk")
            if left[:size]:
                batch.append(device.deliver(*left[:size]))
            left = left[size:]
        for answer in box_of(engine).cast(*batch):
            assert codes(answer) == [None] * len(answer)
    expected = Counter(PROJECTS[voter.number % 5] for voter in voters)
    assert votes(engine) - before == expected
    engine.check()
