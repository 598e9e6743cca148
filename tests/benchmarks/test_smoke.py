"""Every benchmark runs, at a size that measures nothing: what is checked is that all of it was answered and told."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pydantic import SecretStr

from api.cli.homes import home
from api.composition import Engine, open_engine
from api.main import create_app
from benchmarks import machine
from benchmarks.__main__ import BENCHMARKS
from benchmarks.browser import MISSING, chromium, in_chromium
from benchmarks.report import Outcome, Row, p95, table, typical_ratio, write_json
from benchmarks.sizes import Sizes
from benchmarks.stage import Stage, stage
from tests.browser.chromium import OWN_BROWSER
from tests.listening import listening

TINY = Sizes(
    repetitions=1,
    settle_seconds=0,
    warm_up=1,
    connections=4,
    deliveries=2,
    requests=2,
    pgbench_seconds=1,
    pgbench_clients=1,
    hundreds_connections=2,
    hundreds=1,
    log_events=(200, 300),
    appends=2,
    proofs=2,
    counts=1,
    ballots_read=100,
    votes=2,
    projects=20,
    screenfuls=1,
    pages=2,
    page_readers=2,
    page_reads=2,
    reading_seconds=0,
    crowd_reads=2,
    reads=2,
    readers=2,
    allocations=1,
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with home(temporary=True) as settings, open_engine(settings) as engine:
        yield engine


@pytest.fixture(scope="module")
def opened() -> Iterator[Callable[[], AbstractContextManager[Browser | None]]]:
    """One Chromium for all, started by the first that asks: their windows know nothing of each other."""
    with ExitStack() as closing:
        started = cache(lambda: closing.enter_context(chromium()))
        yield lambda: nullcontext(started())


SERVED_AS_MEASURED = "b"
"""By `dauys serve`. Its processes start alike for every letter, so one of them starts them."""


@contextmanager
def served_here(engine: Engine, _: int) -> Iterator[str]:
    """By a thread of this process."""
    settings = engine.settings.model_copy(update={"database_url": SecretStr(engine.database_url)})
    with listening(create_app(settings)) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("letters", BENCHMARKS)
def test_a_benchmark_tells_a_row_for_each_of_its_letters(
    engine: Engine, opened: Callable[[], AbstractContextManager[Browser | None]], letters: str
) -> None:
    _, measure = BENCHMARKS[letters]
    as_measured = letters == SERVED_AS_MEASURED
    outcome = measure(stage(engine, TINY) if as_measured else Stage(engine, TINY, served_here, opened))
    assert {row.letter for row in outcome.rows} == set(letters)
    assert all(row.measured for row in outcome.rows)
    assert all((row.met is None) == (row.target == "") for row in outcome.rows)


def test_where_no_chromium_is_a_row_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(OWN_BROWSER, raising=False)
    monkeypatch.setenv("PATH", "")

    def measure(_: Browser) -> Outcome:
        raise AssertionError("nothing is measured")

    rows = in_chromium(chromium(), "j", ("paint", "weight"), measure).rows
    assert [(row.what, row.measured, row.met) for row in rows] == [
        ("paint", MISSING, None),
        ("weight", MISSING, None),
    ]


def test_the_machine_says_that_its_database_is_durable(engine: Engine) -> None:
    facts = machine.facts(engine)
    assert facts["settings"]["fsync"] == facts["settings"]["synchronous_commit"] == "on"
    assert facts["fsync_ms"] > 0


def test_the_table_says_no_where_a_target_was_missed_and_the_file_holds_every_number(tmp_path: Path) -> None:
    rows = [
        Row("a", "fast", "2/s", "slow: 1/s", 2.0, "≥ 1.5×", met=True),
        Row("b", "slow", "1/s", target="≥ 2/s", met=False),
        Row("d", "read", "3/s"),
    ]
    lines = table(rows).splitlines()
    assert [line.split()[-1] for line in lines[2:]] == ["yes", "NO", "3/s"]
    write_json(tmp_path / "build" / "bench.json", {"cores": 2}, rows, {"a": {"runs": [1.5]}})
    told = json.loads((tmp_path / "build" / "bench.json").read_text())
    assert told["machine"] == {"cores": 2}
    assert told["rows"][1]["met"] is False
    assert told["numbers"]["a"] == {"runs": [1.5]}


def test_one_in_twenty_is_slower_than_p95() -> None:
    assert p95(list(range(101))) == 95
    assert p95([3, 3]) == 3


def test_a_ratio_is_of_neighbours_so_that_a_slow_minute_does_not_count() -> None:
    assert typical_ratio([20, 2, 20], [10, 1, 10]) == 2
