"""Promises 1, 2 and 8 at the worst moments: torn connections, the same voter twice at once, closing while ballots come in."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from uuid import UUID

import pytest
from eventsourcing.persistence import PersistenceError

from domain.ballot import Ballot
from domain.round import Round
from tests.deliveries import Device, Voter, box_of, close_round, enrol, open_round
from tests.engine import Engine, open_engine
from tests.faults import Fault, Wire, wire_to

VOTERS = 20
SOON_SECONDS = 0.05
"""Between two moments at which two kiosks deliver at once."""
PATIENCE_SECONDS = 30
MANY = 2_000
"""More ballots than a process casts before voting closes."""


@pytest.fixture
def wire(migrated_url: str) -> Iterator[Wire]:
    with wire_to(migrated_url) as wire:
        yield wire


@pytest.fixture
def torn(wire: Wire) -> Iterator[Engine]:
    """An engine whose connections lead through `wire`."""
    with open_engine(wire.url) as engine:
        yield engine


def choices_cast(engine: Engine) -> Counter[str]:
    entries = engine.reader.entries(0, engine.reader.size())
    return Counter(
        choice
        for entry in entries
        if entry.topic == Ballot.Created.TOPIC
        for choice in json.loads(entry.state)["choices"]
    )


# A torn connection.


@pytest.mark.parametrize("fault", Fault)
def test_a_delivery_sent_again_after_a_torn_connection_is_counted_once(
    fault: Fault, wire: Wire, torn: Engine
) -> None:
    voters, device, box = open_round(torn), enrol(torn), box_of(torn)
    box.cast(device.deliver(voters[0].ballot(["101"])))
    body = device.deliver(voters[1].ballot(["102"]), voters[0].ballot(["103"]), voters[2].ballot(["104"]))
    size = torn.reader.size()
    wire.tear(fault)
    with pytest.raises(PersistenceError):
        box.cast(body)
    assert wire.torn
    assert torn.check() == size + (2 if fault is Fault.ANSWER_LOST else 0)
    [answer] = box.cast(body)
    assert [getattr(told, "code", None) for told in answer] == [None, "already_voted", None]
    assert [told.receipt for told in answer[::2]] == [
        torn.reader.receipt(told.position) for told in answer[::2]
    ]
    assert choices_cast(torn) == {"101": 1, "102": 1, "104": 1}
    with torn.datastore.get_connection() as connection:
        [row] = connection.execute("SELECT delivered, recorded FROM dauys.kiosk_progress").fetchall()
    assert row == {"delivered": 4, "recorded": 3}
    assert torn.check() == size + 2


# The same credential at two kiosks.


def vote_at(
    url: str, device: Device, round_id: UUID, choice: str, moments: list[float]
) -> list[tuple[str | None, int | None]]:
    """What a kiosk is told of the ballots of voter 0, 1, 2 … each cast at its moment: (refusal code, position)."""
    outcomes = []
    with open_engine(url) as engine:
        box = box_of(engine)
        for number, moment in enumerate(moments):
            body = device.deliver(Voter(round_id, number).ballot([choice]))
            time.sleep(max(0.0, moment - time.time()))
            [[told]] = box.cast(body)
            outcomes.append((getattr(told, "code", None), getattr(told, "position", None)))
    return outcomes


def exactly_one_of_each_pair(
    ours: list[tuple[str | None, int | None]], theirs: list[tuple[str | None, int | None]]
) -> bool:
    return all(
        {our_code, their_code} == {None, "already_voted"}
        for (our_code, _), (their_code, _) in zip(ours, theirs, strict=True)
    )


def test_two_processes_with_one_credential_at_one_instant_record_one_ballot(
    engine: Engine, processes: ProcessPoolExecutor
) -> None:
    round_id = open_round(engine, VOTERS + 1)[0].round_id
    devices = [enrol(engine, name) for name in ("hall", "school")]
    arguments = ([engine.url] * 2, devices, [round_id] * 2, ["101", "102"])
    assert list(processes.map(vote_at, *arguments, [[]] * 2)) == [[], []]
    moments = [time.time() + SOON_SECONDS * n for n in range(2, VOTERS + 2)]
    ours, theirs = processes.map(vote_at, *arguments, [moments] * 2)
    assert exactly_one_of_each_pair(ours, theirs)
    assert choices_cast(engine).total() == VOTERS
    engine.check()


def test_two_threads_with_one_credential_at_one_instant_record_one_ballot(engine: Engine) -> None:
    round_id = open_round(engine, VOTERS + 1)[0].round_id
    devices = [enrol(engine, name) for name in ("hall", "school")]
    box, both = box_of(engine), threading.Barrier(2)

    def vote(device: Device, choice: str) -> list[tuple[str | None, int | None]]:
        outcomes = []
        for number in range(VOTERS):
            body = device.deliver(Voter(round_id, number).ballot([choice]))
            both.wait()
            [[told]] = box.cast(body)
            outcomes.append((getattr(told, "code", None), getattr(told, "position", None)))
        return outcomes

    with ThreadPoolExecutor(2) as pool:
        ours, theirs = pool.map(vote, devices, ["101", "102"])
    assert exactly_one_of_each_pair(ours, theirs)
    assert choices_cast(engine).total() == VOTERS
    engine.check()


def test_one_delivery_from_two_processes_at_once_is_taken_once_and_answered_alike(
    engine: Engine, processes: ProcessPoolExecutor
) -> None:
    """A kiosk that lost its patience, and a proxy that had not."""
    round_id = open_round(engine, VOTERS + 1)[0].round_id
    device = enrol(engine)
    arguments = ([engine.url] * 2, [device] * 2, [round_id] * 2, ["101"] * 2)
    assert list(processes.map(vote_at, *arguments, [[]] * 2)) == [[], []]
    moments = [time.time() + SOON_SECONDS * 2]
    ours, theirs = processes.map(vote_at, *arguments, [moments] * 2)
    assert ours == theirs
    assert choices_cast(engine) == {"101": 1}
    engine.check()


# Closing against ballots.


def vote_until_closed(url: str, device: Device, round_id: UUID, numbers: range) -> list[int]:
    """Positions of the ballots that were acknowledged before the first was told that voting is over."""
    positions = []
    with open_engine(url) as engine:
        box = box_of(engine)
        for number in numbers:
            [[told]] = box.cast(device.deliver(Voter(round_id, number).ballot(["101"])))
            if getattr(told, "code", None) == "round_not_open":
                break
            positions.append(told.position)
    return positions


def test_in_log_order_no_ballot_stands_behind_the_closing_and_every_acknowledged_one_before_it(
    engine: Engine, processes: ProcessPoolExecutor
) -> None:
    round_id = open_round(engine, 2 * MANY + 1)[0].round_id
    opened_at = engine.reader.size()
    devices = [enrol(engine, name) for name in ("hall", "school")]
    numbers = [range(MANY), range(MANY, 2 * MANY)]
    voting = processes.map(vote_until_closed, [engine.url] * 2, devices, [round_id] * 2, numbers)
    give_up = time.monotonic() + PATIENCE_SECONDS
    while engine.reader.size() < opened_at + 30:
        assert time.monotonic() < give_up
        time.sleep(SOON_SECONDS)
    close_round(engine, round_id)
    acknowledged = sorted(position for positions in voting for position in positions)
    topics = {entry.position: entry.topic for entry in engine.reader.entries(0, engine.reader.size())}
    [closing] = [position for position, topic in topics.items() if topic == Round.VotingClosed.TOPIC]
    cast = [position for position, topic in topics.items() if topic == Ballot.Created.TOPIC]
    assert cast == acknowledged
    assert max(cast) < closing == max(topics)
    engine.check()


def test_a_batch_that_waited_for_the_lock_while_voting_closed_is_refused(engine: Engine) -> None:
    """What was known before the lock is not trusted behind it."""
    voters, device, box = open_round(engine), enrol(engine), box_of(engine)
    box.cast(device.deliver(voters[0].ballot(["101"])))
    body = device.deliver(voters[1].ballot(["102"]))
    with ThreadPoolExecutor(1) as pool, engine.store.deciding() as decision:
        round_ = decision.get(
            Round, voters[0].round_id
        )  # answered behind the lock, so from here on it is ours
        waiting = pool.submit(box.cast, body)
        time.sleep(SOON_SECONDS)
        round_.close_voting(by="clerk-1", at=round_.terms.voting_closes)
        decision.save(round_)
        assert not waiting.done()
    [[told]] = waiting.result()
    assert told.code == "round_not_open"
    assert choices_cast(engine) == {"101": 1}
    engine.check()
