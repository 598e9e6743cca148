"""Group commit: what waits becomes one transaction, a fault is tried again, and everybody who asked gets an answer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from errno import ENOSPC
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import psycopg
import pytest

from application.ballot_box import Answer, Recorded
from application.delivery import Delivery
from application.group_commit import BoxFull, GroupCommit, StorageAway
from application.settings import Settings
from domain.ballot import Ballot
from domain.errors import Refused
from tests.deliveries import Box, box_of, enrol, open_round
from tests.engine import Engine, open_engine
from tests.faults import Fault, wire_to

PATIENT = Settings(batch_retry_seconds=20, batch_pause_seconds=0.01)
IMPATIENT = Settings(batch_retry_seconds=0, lock_seconds=1)
KIOSKS = 8
_WAITS = """SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
WHERE datname = current_database() AND NOT granted AND relation = 'dauys.log_writer'::regclass"""


@asynccontextmanager
async def running(box: Box, settings: Settings = PATIENT) -> AsyncIterator[GroupCommit]:
    group_commit = GroupCommit(box.box, settings)
    group_commit.start()
    try:
        yield group_commit
    finally:
        await group_commit.stop()


@contextmanager
def locked(engine: Engine) -> Iterator[None]:
    """The log is somebody else's until the block ends: no batch gets further than its lock."""
    with engine.recorder.writing() as log:
        _ = log.tree.size  # what is answered is answered behind the lock
        yield


async def a_batch_waits(engine: Engine) -> None:
    """Until one stands before the lock."""
    with psycopg.connect(engine.url, autocommit=True) as watching:
        while not watching.execute(_WAITS).rowcount:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)


def ballots_in(engine: Engine) -> list[UUID]:
    entries = engine.reader.entries(0, engine.reader.size())
    return [entry.originator_id for entry in entries if entry.topic == Ballot.Created.TOPIC]


def checkpoints_in(engine: Engine) -> int:
    with engine.datastore.get_connection() as connection:
        [row] = connection.execute("SELECT count(*) AS n FROM dauys.checkpoints").fetchall()
    return int(row["n"])


def one_each(engine: Engine, box: Box, kiosks: int = KIOSKS) -> list[Delivery]:
    """A delivery of one ballot from each of as many kiosks."""
    voters = open_round(engine, kiosks + 1)
    devices = [enrol(engine, f"kiosk {n}") for n in range(kiosks)]
    return [
        box.opened(device.deliver(voter.ballot(["101"])))
        for device, voter in zip(devices, voters, strict=False)
    ]


async def settled(asked: Iterable[Awaitable[Answer]]) -> list[Any]:
    return await asyncio.gather(*asked, return_exceptions=True)


def test_what_waits_while_one_transaction_runs_becomes_the_next_one(engine: Engine) -> None:
    box = box_of(engine)
    deliveries = one_each(engine, box)

    async def submit_behind_a_lock() -> list[Any]:
        async with running(box) as group_commit:
            with locked(engine):
                first = asyncio.ensure_future(group_commit.submit(deliveries[0]))
                await a_batch_waits(engine)
                rest = [asyncio.ensure_future(group_commit.submit(each)) for each in deliveries[1:]]
                await asyncio.sleep(0.1)
                assert not first.done()
            return await settled([first, *rest])

    before = checkpoints_in(engine)
    answers = asyncio.run(submit_behind_a_lock())
    assert all(isinstance(told, Recorded) for [told] in answers)
    assert checkpoints_in(engine) == before + 2
    engine.check()


def transactions_of(engine: Engine, box: Box, settings: Settings, *together: list[Delivery]) -> int:
    """How many it takes when each of `together` is submitted at once, and two single deliveries shortly after each other."""
    before = checkpoints_in(engine)

    async def submit() -> None:
        async with running(box, settings) as group_commit:
            for deliveries in together[:-1]:
                await asyncio.gather(*map(group_commit.submit, deliveries))
            one, other = together[-1]
            first = asyncio.ensure_future(group_commit.submit(one))
            await asyncio.sleep(0.05)
            await asyncio.gather(first, group_commit.submit(other))

    asyncio.run(submit())
    engine.check()
    return checkpoints_in(engine) - before


@pytest.mark.parametrize(("gather_seconds", "transactions"), [(5.0, 2), (0.0, 3)])
def test_under_load_a_transaction_waits_while_more_comes_but_no_longer_than_it_may(
    gather_seconds: float, transactions: int, engine: Engine
) -> None:
    box = box_of(engine)
    deliveries = one_each(engine, box, 5)
    patience = {"gather_pause_seconds": 0.4, "gather_seconds": gather_seconds}
    settings = PATIENT.model_copy(update=patience)
    assert transactions_of(engine, box, settings, deliveries[:3], deliveries[3:]) == transactions


def test_nobody_waits_any_longer_when_all_are_back(engine: Engine) -> None:
    box = box_of(engine)
    deliveries = one_each(engine, box, 6)
    settings = PATIENT.model_copy(update={"gather_pause_seconds": 600, "gather_seconds": 600})

    async def submit() -> list[Any]:
        async with running(box, settings) as group_commit:
            await settled(map(group_commit.submit, deliveries[:3]))
            return await settled(map(group_commit.submit, deliveries[3:]))

    assert all(isinstance(told, Recorded) for [told] in asyncio.run(submit()))
    engine.check()


def test_a_kiosk_that_comes_alone_does_not_wait_for_others(engine: Engine) -> None:
    box = box_of(engine)
    deliveries = one_each(engine, box, 3)
    settings = PATIENT.model_copy(update={"gather_pause_seconds": 0.4, "gather_seconds": 5.0})
    assert transactions_of(engine, box, settings, deliveries[:1], deliveries[1:]) == 3


def test_a_batch_holds_no_more_ballots_than_it_may(engine: Engine) -> None:
    box = box_of(engine)
    deliveries = one_each(engine, box)
    before = checkpoints_in(engine)

    async def submit_all() -> list[Any]:
        async with running(box, PATIENT.model_copy(update={"batch_ballots": 3})) as group_commit:
            with locked(engine):
                asked = [asyncio.ensure_future(group_commit.submit(each)) for each in deliveries]
                await a_batch_waits(engine)
            return await settled(asked)

    assert len(asyncio.run(submit_all())) == KIOSKS
    assert checkpoints_in(engine) == before + 3  # 3 + 3 + 2
    engine.check()


def test_a_delivery_larger_than_a_batch_is_a_batch_of_its_own(engine: Engine) -> None:
    box, voters, device = box_of(engine), open_round(engine, 6), enrol(engine)
    delivery = box.opened(device.deliver(*(voter.ballot(["101"]) for voter in voters[:5])))

    async def submit() -> Answer:
        async with running(box, PATIENT.model_copy(update={"batch_ballots": 2})) as group_commit:
            return await group_commit.submit(delivery)

    assert len(asyncio.run(submit())) == 5
    engine.check()


@pytest.mark.parametrize("fault", Fault)
def test_a_batch_is_tried_again_after_a_torn_connection_and_counted_once(
    fault: Fault, migrated_url: str
) -> None:
    with wire_to(migrated_url) as wire, open_engine(wire.url) as engine:
        box = box_of(engine)
        deliveries = one_each(engine, box)

        async def submit_all() -> list[Any]:
            async with running(box) as group_commit:
                wire.tear(fault)
                return await settled([group_commit.submit(each) for each in deliveries])

        answers = asyncio.run(submit_all())
        assert wire.torn
        assert all(isinstance(told, Recorded) for [told] in answers)
        assert len(ballots_in(engine)) == KIOSKS == len(set(ballots_in(engine)))
        engine.check()


def test_a_database_that_stays_away_is_told_and_what_is_sent_again_is_counted_once(engine: Engine) -> None:
    async def submit_all(box: Box) -> list[Any]:
        async with running(box, IMPATIENT) as group_commit:
            return await settled([group_commit.submit(each) for each in deliveries])

    with open_engine(engine.url, IMPATIENT) as impatient:
        box = box_of(impatient)
        deliveries = one_each(engine, box, 2)
        with psycopg.connect(engine.url) as someone_else:
            someone_else.execute("LOCK TABLE dauys.log_writer IN EXCLUSIVE MODE")
            assert [type(answer) for answer in asyncio.run(submit_all(box))] == [StorageAway, StorageAway]
        assert ballots_in(engine) == []
        assert all(isinstance(told, Recorded) for [told] in asyncio.run(submit_all(box)))
    assert len(ballots_in(engine)) == 2
    engine.check()


def test_a_fault_that_cannot_even_be_logged_is_told_and_the_next_batch_is_taken(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def submit_twice(box: Box) -> list[Any]:
        async with running(box, IMPATIENT) as group_commit:
            with locked(engine):
                away = await settled([group_commit.submit(delivery)])
            return away + await settled([group_commit.submit(delivery)])

    def disk_full(*_: object, **__: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    with open_engine(engine.url, IMPATIENT) as impatient:
        box = box_of(impatient)
        [delivery] = one_each(engine, box, 1)
        monkeypatch.setattr("sys.stdout", SimpleNamespace(write=disk_full, flush=disk_full))
        away, [told] = asyncio.run(submit_twice(box))
    assert isinstance(away, StorageAway)
    assert isinstance(told, Recorded)
    engine.check()


def test_more_deliveries_than_may_wait_are_told_to_come_back(engine: Engine) -> None:
    box = box_of(engine)
    deliveries = one_each(engine, box)

    async def submit_all() -> list[Any]:
        async with running(box, PATIENT.model_copy(update={"waiting_deliveries": 3})) as group_commit:
            with locked(engine):
                under_way = asyncio.ensure_future(group_commit.submit(deliveries[0]))
                await a_batch_waits(engine)
                waiting = [asyncio.ensure_future(group_commit.submit(each)) for each in deliveries[1:]]
                await asyncio.sleep(0.1)
            return await settled([under_way, *waiting])

    answers = asyncio.run(submit_all())
    full = [answer for answer in answers if isinstance(answer, BoxFull)]
    assert len(full) == KIOSKS - 4
    assert full[0].facts == {"retry_after_seconds": 1}
    assert len(ballots_in(engine)) == 4
    engine.check()


def test_a_refused_delivery_and_one_that_breaks_the_batch_harm_no_other(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    box = box_of(engine)
    good, gap, broken = one_each(engine, box, 3)
    gap = replace(gap, sequence=9, previous="x")
    broken = replace(broken, ballots=(cast("Any", None),))  # what no opener makes

    async def submit_all() -> list[Any]:
        async with running(box) as group_commit:
            with locked(engine):
                asked = [asyncio.ensure_future(group_commit.submit(each)) for each in (broken, gap, good)]
                await a_batch_waits(engine)
            return await settled(asked)

    away, refused, [recorded] = asyncio.run(submit_all())
    assert isinstance(away, StorageAway)
    assert isinstance(refused, Refused)
    assert refused.code == "sequence_broken"
    assert isinstance(recorded, Recorded)
    assert "batch_broke" in capsys.readouterr().out
    engine.check()


def test_a_kiosk_that_hung_up_costs_nobody_an_answer(engine: Engine) -> None:
    box = box_of(engine)
    gone, waiting = one_each(engine, box, 2)

    async def submit_and_hang_up() -> Answer:
        async with running(box) as group_commit:
            with locked(engine):
                hung_up = asyncio.ensure_future(group_commit.submit(gone))
                answer = asyncio.ensure_future(group_commit.submit(waiting))
                await a_batch_waits(engine)
                hung_up.cancel()
            return await answer

    [told] = asyncio.run(submit_and_hang_up())
    assert isinstance(told, Recorded)
    assert len(ballots_in(engine)) == 2
    engine.check()


def test_stopping_answers_the_batch_under_way_and_sends_the_rest_home(engine: Engine) -> None:
    box = box_of(engine)
    first, second, late = one_each(engine, box, 3)

    async def stop_in_the_middle() -> list[Any]:
        async with running(box) as group_commit:
            with locked(engine):
                under_way = asyncio.ensure_future(group_commit.submit(first))
                await a_batch_waits(engine)
                waiting = asyncio.ensure_future(group_commit.submit(second))
                await asyncio.sleep(0)
                stopping = asyncio.ensure_future(group_commit.stop())
                await asyncio.sleep(0.1)
                assert not under_way.done()
                with pytest.raises(StorageAway):
                    await group_commit.submit(late)
            await stopping
            return await settled([under_way, waiting])

    [told], away = asyncio.run(stop_in_the_middle())
    assert isinstance(told, Recorded)
    assert isinstance(away, StorageAway)
    assert len(ballots_in(engine)) == 1
    engine.check()


def test_stopping_does_not_wait_for_those_who_are_expected_back(engine: Engine) -> None:
    box = box_of(engine)
    deliveries = one_each(engine, box, 4)
    settings = PATIENT.model_copy(update={"gather_pause_seconds": 600, "gather_seconds": 600})

    async def stop_while_gathering() -> list[Any]:
        async with running(box, settings) as group_commit:
            await settled(map(group_commit.submit, deliveries[:3]))
            waiting = asyncio.ensure_future(group_commit.submit(deliveries[3]))
            await asyncio.sleep(0.1)
            await asyncio.wait_for(group_commit.stop(), 20)
            return await settled([waiting])

    [away] = asyncio.run(stop_while_gathering())
    assert isinstance(away, StorageAway)
    assert len(ballots_in(engine)) == 3
    engine.check()
