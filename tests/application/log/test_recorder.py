"""The event store that is also the log: the library's own contract, dense positions under every kind of quarrel, receipts."""

import random
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import suppress
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import IntegrityError, Notification
from eventsourcing.tests import persistence as library
from hypothesis import example, settings
from hypothesis import given as forall
from hypothesis import strategies as st
from psycopg import InternalError
from psycopg.errors import DivisionByZero

from application.log.receipt import parse_receipt, verify_receipt
from application.log.recorder import LogRecorder
from tests.engine import Engine, open_engine, plain_event, plain_events
from tests.postgres import fresh_database

TAIL_LIMIT = 7
"""Events a tailing reader asks for at a time; few, so that it asks often."""


class TestApplicationRecorder(library.ApplicationRecorderTestCase[LogRecorder]):
    @pytest.fixture(autouse=True)
    def _engine(self, engine: Engine) -> None:
        self.engine = engine

    def create_recorder(self) -> LogRecorder:
        return self.engine.recorder

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestNonInterleavingNotificationIDs(library.NonInterleavingNotificationIDsBaseCase):
    @pytest.fixture(autouse=True)
    def _engine(self, engine: Engine) -> None:
        self.engine = engine

    def create_recorder(self) -> LogRecorder:
        return self.engine.recorder


class ChangedMind(Exception):  # noqa: N818 - nothing is wrong
    """Makes a transaction roll back."""


def scribble(url: str, seed: int, writes: int) -> int:
    """Append batches, and after each one that fails on its last event and one that is rolled back; how many events stand."""
    dice, standing = random.Random(seed), 0
    with open_engine(url) as engine:
        for _ in range(writes):
            batch = plain_events(dice.randint(1, 5))
            engine.recorder.insert_events(batch)
            standing += len(batch)
            with pytest.raises(IntegrityError):
                engine.recorder.insert_events([*plain_events(2), batch[0]])
            with suppress(ChangedMind), engine.recorder.writing(notify=False) as transaction:
                transaction.append(plain_events(3))
                raise ChangedMind
    return standing


def test_positions_are_dense_whoever_writes_and_whatever_fails_in_between(
    engine: Engine, processes: ProcessPoolExecutor
) -> None:
    with ThreadPoolExecutor(3) as threads:
        writers = [threads.submit(scribble, engine.url, seed, 20) for seed in range(3)]
        writers += [processes.submit(scribble, engine.url, seed, 20) for seed in range(3, 5)]
        written = sum(writer.result() for writer in writers)
    assert engine.check() == written


def test_a_tailing_reader_misses_nothing_and_sees_everything_in_its_final_order(
    engine: Engine, processes: ProcessPoolExecutor
) -> None:
    writers = [processes.submit(scribble, engine.url, seed, 60) for seed in range(2)]
    seen = tail(engine.recorder, writers)
    assert [notification.id for notification in seen] == list(range(1, len(seen) + 1))
    final = engine.recorder.select_notifications(None, len(seen) + 1)
    assert seen == list(final)
    assert len(seen) == sum(writer.result() for writer in writers) == engine.check()


def tail(recorder: LogRecorder, writers: Sequence[Future[int]]) -> list[Notification]:
    """What a reader sees that only ever asks for what comes after the newest it knows."""
    seen: list[Notification] = []
    while True:
        all_written = not wait(writers, timeout=0).not_done
        news = recorder.select_notifications(
            seen[-1].id if seen else None, TAIL_LIMIT, inclusive_of_start=False
        )
        seen += news
        if all_written and not news:
            return seen


def test_every_transaction_that_appends_gets_one_checkpoint_and_no_other(engine: Engine) -> None:
    for size in (1, 2, 3):
        engine.recorder.insert_events(plain_events(size))
    assert engine.recorder.insert_events([]) == []
    with engine.recorder.writing() as transaction:
        assert transaction.append([]) == []
    assert transaction.note == ""
    assert [engine.reader.checkpoint_at(size).size for size in (1, 3, 6)] == [1, 3, 6]
    assert engine.check() == 6


def test_what_postgresql_answers_to_commit_with_a_rollback_is_not_taken_for_committed(engine: Engine) -> None:
    # A caller that swallows a fault leaves a transaction that has failed, and COMMIT ends that without an error.
    with (
        engine.datastore.get_connection() as connection,
        pytest.raises(InternalError, match="ROLLBACK"),
        engine.recorder.writing_on(connection),
        suppress(DivisionByZero),
        connection.pipeline(),
    ):
        connection.execute("SELECT 1 / 0")
    assert engine.reader.size() == 0


def test_a_version_twice_is_refused_in_one_batch_as_across_transactions(engine: Engine) -> None:
    event = plain_event(uuid4())
    with pytest.raises(IntegrityError):
        engine.recorder.insert_events([event, event])
    engine.recorder.insert_events([event])
    with pytest.raises(IntegrityError), engine.recorder.writing() as transaction:
        transaction.append([event])
    assert engine.check() == 1


@forall(st.lists(st.integers(1, 300), min_size=1, max_size=6))
@example([256])
@example([255, 1, 1])
@example([1, 254, 2, 255, 1])
@example([300, 300])
@settings(max_examples=10, deadline=None)
def test_any_split_into_batches_gives_the_leaves_their_only_tiles_and_roots(
    cluster: str, template: str, batches: list[int]
) -> None:
    with fresh_database(cluster, template) as url, open_engine(url) as engine:
        for number in batches:
            engine.recorder.insert_events(plain_events(number))
        assert engine.check() == sum(batches)


def test_growth_across_the_second_level_of_tiles(engine: Engine) -> None:
    dice = random.Random(2)
    for number in (60_000, 5_300, 235, 1, dice.randint(1, 300), dice.randint(1, 300)):
        with engine.recorder.writing(notify=False) as transaction:
            transaction.append(plain_events(number))
    size = engine.check()
    assert size > 65_536
    for position in (1, 65_535, 65_536, 65_537, size):
        assert_proves(engine, position, engine.reader.receipt(position))


def test_the_receipt_given_at_once_is_the_one_given_ever_after(engine: Engine) -> None:
    given: dict[int, str] = {}
    for number in (1, 2, 250, 3, 1, 40):  # both sides of a tile's edge, and on it
        with engine.recorder.writing() as transaction:
            positions = transaction.append(plain_events(number))
        given |= {position: transaction.receipt(position) for position in positions}
    assert len(given) == engine.check() == 297
    for position, receipt in given.items():
        assert engine.reader.receipt(position) == receipt
        assert_proves(engine, position, receipt)


def assert_proves(engine: Engine, position: int, receipt: str) -> None:
    (entry,) = engine.reader.entries(position - 1, position)
    checkpoint = verify_receipt(parse_receipt(receipt), entry.leaf, engine.signer.verifier)
    assert checkpoint.root == engine.reader.checkpoint_of(position).root


def test_originators_named_by_text_enter_as_the_same_uuid(engine: Engine) -> None:
    engine.recorder.insert_events([plain_event(str(UUID(int=7)))])  # type: ignore[arg-type]
    assert engine.reader.position_of(UUID(int=7)) == 1
    assert engine.check() == 1
