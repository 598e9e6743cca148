"""One command at a time decides and records, also when the connection tears at the worst moment or another process is as fast."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from uuid import UUID

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, OperationalError
from eventsourcing.utils import get_topic

from application.log.tiles import EntryTooLarge
from application.settings import Settings
from application.store import NotFound
from domain.errors import Refused
from domain.kiosk import Kiosk
from domain.round import Phase, Round, WrongPhase
from tests.engine import Engine, open_engine, plain_event
from tests.examples import CLERK, EARLY, ROUND_ID, TERMS
from tests.faults import Fault, Wire, wire_to

SOON_SECONDS = 0.1
"""Between two moments at which two processes act at once."""


def draft(engine: Engine, round_id: UUID = ROUND_ID) -> list[int]:
    """A command as use cases write them: the same one again records nothing."""
    with engine.store.deciding() as decision:
        if decision.find(Round, round_id):
            return []
        return decision.save(Round.draft(round_id, TERMS, by=CLERK, at=EARLY))


def open_intake(engine: Engine) -> None:
    with engine.store.deciding() as decision:
        round_ = decision.get(Round, ROUND_ID)
        round_.open_intake(by=CLERK, at=EARLY)
        decision.save(round_)


def review_too_early(engine: Engine) -> None:
    with engine.store.deciding() as decision:
        decision.get(Round, ROUND_ID).start_review(by=CLERK, at=EARLY)


def test_a_decision_is_recorded_when_the_block_ends(engine: Engine) -> None:
    assert draft(engine) == [1]
    open_intake(engine)
    assert engine.store.load(Round, ROUND_ID).phase is Phase.INTAKE
    assert engine.check() == 2


def test_the_same_command_again_records_nothing(engine: Engine) -> None:
    assert (draft(engine), draft(engine)) == ([1], [])
    open_intake(engine)
    open_intake(engine)
    assert engine.check() == 2


def test_a_decision_reads_what_the_same_decision_recorded(engine: Engine) -> None:
    with engine.store.deciding() as decision:
        decision.save(Round.draft(ROUND_ID, TERMS, by=CLERK, at=EARLY))
        round_ = decision.get(Round, ROUND_ID)
        round_.open_intake(by=CLERK, at=EARLY)
        assert decision.save(round_) == [2]
    assert engine.check() == 2


def test_several_aggregates_are_recorded_together_in_the_order_given(engine: Engine) -> None:
    rounds = [Round.draft(UUID(int=n), TERMS, by=CLERK, at=EARLY) for n in (3, 1, 2)]
    with engine.store.deciding() as decision:
        assert decision.save(*rounds) == [1, 2, 3]
        assert decision.save() == []
    assert [entry.originator_id.int for entry in engine.reader.entries(0, 3)] == [3, 1, 2]


def test_a_refusal_leaves_no_trace_of_what_was_saved_before_it(engine: Engine) -> None:
    def draft_and_review() -> None:
        with engine.store.deciding() as decision:
            round_ = Round.draft(ROUND_ID, TERMS, by=CLERK, at=EARLY)
            decision.save(round_)
            round_.start_review(by=CLERK, at=EARLY)

    with pytest.raises(WrongPhase):
        draft_and_review()
    assert engine.check() == 0


def test_a_command_inside_a_command_is_recorded_with_it(engine: Engine) -> None:
    with engine.store.deciding() as decision:
        positions = decision.save(Round.draft(UUID(int=3), TERMS, by=CLERK, at=EARLY))
        positions += draft(engine)
        open_intake(engine)
        positions += decision.save(Round.draft(UUID(int=4), TERMS, by=CLERK, at=EARLY))
    assert positions == [1, 2, 4]
    assert engine.check() == 4


def test_a_refusal_inside_leaves_no_trace_of_either(engine: Engine) -> None:
    def outer() -> None:
        with engine.store.deciding() as decision:
            decision.save(Round.draft(UUID(int=3), TERMS, by=CLERK, at=EARLY))
            draft(engine)
            review_too_early(engine)

    with pytest.raises(WrongPhase):
        outer()
    assert engine.check() == 0
    assert draft(engine) == [1]


def test_what_was_refused_inside_cannot_be_passed_over(engine: Engine) -> None:
    def outer() -> None:
        with engine.store.deciding() as decision:
            decision.save(Round.draft(ROUND_ID, TERMS, by=CLERK, at=EARLY))
            with suppress(WrongPhase):
                review_too_early(engine)

    with pytest.raises(AssertionError, match="inside"):
        outer()
    assert engine.check() == 0


def test_another_thread_decides_alone(engine: Engine) -> None:
    """What joins is the same thread's; another one waits for the lock, and sees what was recorded before it."""
    with ThreadPoolExecutor(1) as pool:
        with engine.store.deciding() as decision:
            decision.find(Round, ROUND_ID)  # answered behind the lock, so from here on it is ours
            other = pool.submit(draft, engine)
            with pytest.raises(FutureTimeoutError):
                other.result(timeout=SOON_SECONDS)
            decision.save(Round.draft(UUID(int=3), TERMS, by=CLERK, at=EARLY))
        assert other.result() == [2]
    assert engine.check() == 2


def test_the_past_is_read_while_somebody_decides_and_does_not_change_meanwhile(engine: Engine) -> None:
    with engine.store.reading() as past:
        assert past.find(Round, ROUND_ID) is None
        draft(engine)
        assert past.find(Round, ROUND_ID) is None
    with engine.store.reading() as past, engine.store.deciding() as decision:
        assert past.get(Round, ROUND_ID).phase is Phase.DRAFTED
        decision.save(Round.draft(UUID(int=4), TERMS, by=CLERK, at=EARLY))
    assert engine.check() == 2


def test_what_is_not_there_or_of_another_kind_is_not_found(engine: Engine) -> None:
    draft(engine)
    for kind, aggregate_id in ((Round, UUID(int=9)), (Kiosk, ROUND_ID)):
        with pytest.raises(NotFound, match=rf"not_found \(kind={get_topic(kind)}, id={aggregate_id}\)"):
            engine.store.load(kind, aggregate_id)
        with pytest.raises(NotFound), engine.store.deciding() as decision:
            decision.get(kind, aggregate_id)


def test_the_librarys_own_save_goes_through_the_log_too(engine: Engine) -> None:
    round_ = Round.draft(ROUND_ID, TERMS, by=CLERK, at=EARLY)
    recordings = engine.store.save(round_)
    assert [recording.notification.id for recording in recordings] == [1]
    with pytest.raises(IntegrityError):
        engine.store.save(Round.draft(ROUND_ID, TERMS, by=CLERK, at=EARLY))
    assert engine.check() == 1


def test_an_entry_too_large_is_refused_and_nothing_is_stored(engine: Engine) -> None:
    large = plain_event(state=b'"%s"' % (b"x" * 65_535))
    with pytest.raises(EntryTooLarge):
        engine.recorder.insert_events([plain_event(), large])
    assert engine.check() == 0


def test_an_event_refused_on_its_own_does_not_spoil_its_neighbours(engine: Engine) -> None:
    """Whoever catches the refusal inside the transaction goes on with a tree that has no leaf of the refused events."""
    large = plain_event(state=b'"%s"' % (b"x" * 65_535))
    with engine.recorder.writing() as transaction:
        assert transaction.append([plain_event()]) == [1]
        with pytest.raises(EntryTooLarge):
            transaction.append([plain_event(), large])
        assert transaction.append([plain_event()]) == [2]
    assert engine.check() == 2


# Faults.


@pytest.fixture
def wire(migrated_url: str) -> Iterator[Wire]:
    with wire_to(migrated_url) as wire:
        yield wire


@pytest.fixture
def torn(wire: Wire) -> Iterator[Engine]:
    """An engine whose connections lead through `wire`."""
    with open_engine(wire.url) as engine:
        yield engine


def by_deciding(engine: Engine) -> None:
    draft(engine)


def by_insert_events(engine: Engine) -> None:
    """Not a command: who repeats it is told that it is there already."""
    try:
        engine.recorder.insert_events([plain_event(ROUND_ID)])
    except IntegrityError:
        assert engine.recorder.select_events(ROUND_ID)


def by_writing(engine: Engine) -> None:
    with engine.recorder.writing(notify=False) as transaction:
        known = transaction.execute("SELECT 1 FROM dauys.events WHERE originator_id = %s", [ROUND_ID])
        if not known.fetchone():
            transaction.append([plain_event(ROUND_ID)])


@pytest.mark.parametrize("write", [by_deciding, by_insert_events, by_writing])
@pytest.mark.parametrize("fault", Fault)
def test_a_retry_after_a_torn_connection_leaves_exactly_one_effect(
    write: Callable[[Engine], None], fault: Fault, wire: Wire, torn: Engine
) -> None:
    torn.recorder.insert_events([plain_event()])
    wire.tear(fault)
    with pytest.raises(OperationalError):
        write(torn)
    assert wire.torn
    assert torn.check() == (2 if fault is Fault.ANSWER_LOST else 1)
    write(torn)
    assert torn.check() == 2


def test_a_connection_ended_in_the_middle_of_a_decision_leaves_no_trace(engine: Engine) -> None:
    def draft_and_be_terminated() -> None:
        with engine.store.deciding() as decision, psycopg.connect(engine.url) as administrator:
            decision.save(Round.draft(ROUND_ID, TERMS, by=CLERK, at=EARLY))
            writer = decision.transaction.execute("SELECT pg_backend_pid() AS pid").fetchall()[0]["pid"]
            administrator.execute("SELECT pg_terminate_backend(%s, 10000)", [writer])

    with pytest.raises(OperationalError):
        draft_and_be_terminated()
    assert engine.check() == 0
    assert draft(engine) == [1]


@pytest.mark.parametrize("fault", Fault)
def test_a_document_put_again_after_a_torn_connection_is_there_once(
    fault: Fault, wire: Wire, torn: Engine
) -> None:
    torn.documents.put(b"warm-up")
    wire.tear(fault, command=b"INSERT INTO dauys.documents", answer=b"INSERT 0 1\x00")
    with pytest.raises(OperationalError):
        torn.documents.put(b"paper")
    assert wire.torn
    assert torn.documents.get(torn.documents.put(b"paper")) == b"paper"


# Races.


def draft_at(url: str, moments: list[float]) -> list[list[int]]:
    """What each of as many drafts recorded, each begun at its moment."""
    outcomes = []
    with open_engine(url) as engine:
        for number, moment in enumerate(moments):
            time.sleep(max(0.0, moment - time.time()))
            outcomes.append(draft(engine, UUID(int=number)))
    return outcomes


def test_two_processes_with_one_command_at_one_instant_record_one_event(
    engine: Engine, processes: ProcessPoolExecutor
) -> None:
    for warm_up in processes.map(draft_at, [engine.url] * 2, [[]] * 2):
        assert warm_up == []
    moments = [time.time() + SOON_SECONDS * n for n in range(1, 11)]
    ours, theirs = processes.map(draft_at, [engine.url] * 2, [moments] * 2)
    for position, both in enumerate(zip(ours, theirs, strict=True), start=1):
        assert sorted(both) == [[], [position]]
    assert engine.check() == 10


def test_a_writer_who_cannot_get_the_lock_in_time_is_told_and_stores_nothing(engine: Engine) -> None:
    with (
        open_engine(engine.url, Settings(lock_seconds=1)) as hasty,
        engine.recorder.writing() as transaction,
    ):
        transaction.append([plain_event()])
        with pytest.raises(OperationalError, match="lock timeout"):
            draft(hasty)
    assert engine.check() == 1


def test_readers_do_not_wait_for_a_writer(engine: Engine) -> None:
    draft(engine)
    with engine.recorder.writing() as transaction:
        assert transaction.append([plain_event()]) == [2]
        assert engine.reader.size() == 1
        assert engine.store.load(Round, ROUND_ID).phase is Phase.DRAFTED
    assert engine.reader.size() == 2


def test_a_refusal_is_not_mistaken_for_a_fault(engine: Engine) -> None:
    with pytest.raises(Refused), engine.store.deciding():
        raise NotFound(kind="round", id=ROUND_ID)
    assert engine.check() == 0
