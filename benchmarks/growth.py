"""(c), (e): logs of several lengths side by side; what appending and proving cost on each, and how long counting the longest takes.
On the longest also (g), its reads over HTTP, and (h), its audit: a million events are not made twice.

The logs are filled through the real recorder, tree and checkpoints included. Their ballots are signed by nobody: neither
appending, proving nor counting looks at a ballot's signature.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count, islice
from random import Random
from statistics import median, quantiles
from typing import Final, LiteralString
from uuid import UUID

import psycopg
from eventsourcing.persistence import StoredEvent
from psycopg.rows import tuple_row

from api.cli.output import progress, say
from api.composition import Engine
from api.worker import catch_up
from application import base64url
from application.clock import now
from application.delivery import SALT_BYTES, SIGNATURE_BYTES
from application.polls import read_paper
from benchmarks import auditing
from benchmarks.crowd import credential, open_crowd
from benchmarks.election import UNIT, Election, random_choices
from benchmarks.reads import at_length
from benchmarks.report import Outcome, Row, typical_ratio
from benchmarks.servers import own_engine
from benchmarks.sizes import Sizes
from benchmarks.stage import Stage
from domain.ballot import Ballot
from domain.ballot_form import BallotChecker
from domain.round import Round
from projections import tally
from projections.rebuilding import rebuild

APPEND_EVENTS = 100
FILL_EVENTS = 10_000
TIMES_RAW, TIMES_SHORTEST = 3.0, 1.2

# What one would type into psql; the projection also looks up the round, its paper and its bounds, and keeps the counts.
_RAW: Final[LiteralString] = """
SELECT choice, count(*)
FROM dauys.events, jsonb_array_elements_text(convert_from(state, 'UTF8')::jsonb -> 'choices') AS choice
WHERE topic = 'ballot.cast.v1' GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Log:
    """A log in a database of its own, with a round that is open; `ballots` are its next ones."""

    election: Election
    database_url: str
    ballots: Iterator[StoredEvent]

    @property
    def engine(self) -> Engine:
        return self.election.engine

    def append(self, number: int) -> float:
        """Append so many ballots in one transaction; seconds, COMMIT included."""
        events = list(islice(self.ballots, number))
        began = time.perf_counter()
        with self.engine.store.log_recorder.writing(notify=False) as transaction:
            transaction.append(events)
        return time.perf_counter() - began

    def prove(self, position: int) -> float:
        """Make the receipt of the entry at `position`; seconds."""
        began = time.perf_counter()
        self.engine.log.receipt(position)
        return time.perf_counter() - began


def measure(stage: Stage) -> Outcome:
    sizes = stage.sizes
    with ExitStack() as closing:
        logs = [closing.enter_context(_log(stage.engine, events, sizes)) for events in sizes.log_events]
        appended, proved = _append_and_prove(logs, sizes)
        told = [_growth(sizes, appended, proved), *_longest(logs[-1], stage)]
    return Outcome(
        [row for outcome in told for row in outcome.rows],
        {name: number for outcome in told for name, number in outcome.numbers.items()},
    )


def _longest(log: Log, stage: Stage) -> list[Outcome]:
    """What is measured on the longest log alone, in the order in which nothing waits for anything else."""
    engine = log.engine
    size = catch_up(engine.datastore, engine.settings)
    read = at_length(stage, engine, size)
    return [read, _count(log, stage.sizes), auditing.measure(log.election, log.database_url)]


@contextmanager
def _log(engine: Engine, events: int, sizes: Sizes) -> Iterator[Log]:
    people = events + sizes.appends * APPEND_EVENTS
    with own_engine(engine, f"log_{events}") as own, open_crowd(own, people) as election:
        log = Log(election, own.database_url, _ballots(own, election.round_id))
        missing = events - own.log.size()
        began = time.perf_counter()
        with progress(f"A log of {events:,} events is filled", missing) as advance:
            for filled in range(0, missing, FILL_EVENTS):
                log.append(min(FILL_EVENTS, missing - filled))
                advance(FILL_EVENTS)
        say(f"  {missing:,} events, {missing / (time.perf_counter() - began):,.0f}/s")
        with psycopg.connect(own.database_url, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE) dauys.events")  # as autovacuum will have done by then
        yield log


def _ballots(engine: Engine, round_id: UUID) -> Iterator[StoredEvent]:
    """Ballots as the ballot box would store them, but for a signature that is none."""
    digest = engine.store.load(Round, round_id).paper_digest
    assert digest is not None
    checker = BallotChecker(read_paper(engine.documents.get(digest)))
    random, at = Random(0), now()
    for number in count(1):
        cast = Ballot.cast(
            round_id,
            UNIT,
            random_choices(random),
            salt=base64url.to_text(random.randbytes(SALT_BYTES)),
            credential=credential(number),
            signature=base64url.to_text(random.randbytes(SIGNATURE_BYTES)),
            paper=checker,
            at=at,
        )
        yield engine.store.canonical_mapper.encoded(cast)


Seconds = list[list[float]]
"""Per log, in turns: the n-th of one log was measured beside the n-th of the others."""


def _append_and_prove(logs: list[Log], sizes: Sizes) -> tuple[Seconds, Seconds]:
    random = Random(0)
    appended: Seconds = [[] for _ in logs]
    proved: Seconds = [[] for _ in logs]
    with progress("Appends and proofs", sizes.appends) as advance:
        for _ in range(sizes.appends):
            for seconds, log in zip(appended, logs, strict=True):
                seconds.append(log.append(APPEND_EVENTS))
            advance(1)
    for _ in range(sizes.proofs):
        for seconds, log, events in zip(proved, logs, sizes.log_events, strict=True):
            seconds.append(log.prove(random.randint(1, events)))
    return appended, proved


def _growth(sizes: Sizes, appended: Seconds, proved: Seconds) -> Outcome:
    rows, numbers = [], {}
    for events, append, prove in zip(sizes.log_events, appended, proved, strict=True):
        ratio = typical_ratio(append, appended[0])
        each_us = median(append) / APPEND_EVENTS * 1e6
        p50_ms, p99_ms = median(prove) * 1e3, quantiles(prove, n=100)[-1] * 1e3
        numbers[f"{events}"] = {
            "append_us": each_us,
            "times_shortest": ratio,
            "receipt_p50_ms": p50_ms,
            "receipt_p99_ms": p99_ms,
        }
        rows.append(
            Row(
                "e",
                f"append on {events:,} events, {APPEND_EVENTS} in a transaction",
                f"{each_us:.0f} µs an event; receipt p50 {p50_ms:.2f} ms, p99 {p99_ms:.2f} ms",
                f"on {sizes.log_events[0]:,} events",
                ratio,
                f"≤ {TIMES_SHORTEST}×",
                ratio <= TIMES_SHORTEST,
            )
        )
    return Outcome(rows, {"growth": numbers})


def _count(log: Log, sizes: Sizes) -> Outcome:
    """Rebuild the tally and run the raw query in turns; both must count the same."""
    round_id = log.election.round_id
    log.engine.rounds.close_voting(round_id, by="bench", early_reason="a benchmark does not wait")
    raw_seconds: list[float] = []
    seconds: list[float] = []
    with log.engine.datastore.get_connection() as connection:
        for _ in range(sizes.counts):
            with connection.cursor(row_factory=tuple_row) as cursor:
                began = time.perf_counter()
                raw = cursor.execute(_RAW).fetchall()
                raw_seconds.append(time.perf_counter() - began)
            began = time.perf_counter()
            rebuild(connection, tally.TALLY, log.engine.settings.projection_events)
            seconds.append(time.perf_counter() - began)
            say(f"  tally rebuilt in {seconds[-1]:.1f} s, raw SQL {raw_seconds[-1]:.1f} s")
        counted = tally.of_round(connection, round_id)
    if {project: got.voters for project, got in counted.items() if got.voters} != dict(raw):
        raise RuntimeError("the tally is not what raw SQL counts")
    ratio, ballots = typical_ratio(seconds, raw_seconds), sizes.log_events[-1]
    row = Row(
        "c",
        f"tally rebuilt from {ballots:,} events",
        f"{median(seconds):.1f} s, {ballots / median(seconds):,.0f}/s",
        f"raw SQL count(*) … GROUP BY: {median(raw_seconds):.1f} s",
        ratio,
        f"≤ {TIMES_RAW:.0f}×",
        ratio <= TIMES_RAW,
    )
    numbers = {"rebuild_seconds": seconds, "raw_sql_seconds": raw_seconds, "times_raw_sql": ratio}
    return Outcome([row], numbers)
