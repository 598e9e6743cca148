"""(d), (g): what auditors and dashboards read over HTTP: checkpoint, receipts, results; and how soon on a long log."""

from functools import partial
from random import Random
from statistics import median

import httpx

from api.cli.output import say
from api.composition import Engine
from api.worker import catch_up
from benchmarks.deliveries import HUNDRED
from benchmarks.election import deliveries, open_election
from benchmarks.load import Load, Requests, request, run_load
from benchmarks.report import Outcome, Row, typical_ratio
from benchmarks.sizes import Sizes
from benchmarks.stage import Stage

MOST_P99_MS = 20
LEAST_PAGES = 300
"""Results pages a second from one process, each drawn for its reader."""
_HEALTH, _DRAWN, _UNCHANGED = (
    "health, which asks the database nothing",
    "results page, drawn",
    "results page, unchanged (304)",
)


def measure(stage: Stage) -> Outcome:
    """On a round that was voted in, closed, concluded and published."""
    engine, sizes = stage.engine, stage.sizes
    with open_election(engine, sizes.ballots_read) as election:
        with stage.served() as address:
            kiosk = election.kiosk("kiosk")
            run_load(address, deliveries([kiosk], sizes.ballots_read // HUNDRED, HUNDRED))
            election.staff.close_round(election.opened)
            election.staff.conclude(election.round_id)
            size = catch_up(engine.datastore, engine.settings)
            read = _read(address, f"/v1/rounds/{election.round_id}/results", size, sizes)
        with stage.served(workers=1) as address:
            pages = _pages(address, f"/ru/rounds/{election.round_id}", sizes)
    return Outcome([*read.rows, *pages.rows], read.numbers | pages.numbers)


def _read(address: str, results: str, size: int, sizes: Sizes) -> Outcome:
    """What programs ask for."""
    every = partial(each, sizes.connections, sizes.crowd_reads)
    asked = {
        _HEALTH: every(["/healthz"]),
        "checkpoint": every(["/log/checkpoint"]),
        f"receipts at random positions of {size:,}": every(_proofs(size)),
        "results as JSON": every([results]),
        "results, unchanged (304)": every([results], if_none_match=_etag(address, results)),
    }
    loads = _loads(address, asked, sizes.repetitions)
    rows = [Row("d", what, _speed(runs), f"{sizes.connections} connections") for what, runs in loads.items()]
    return Outcome(rows, {"reads": loads})


def _pages(address: str, page: str, sizes: Sizes) -> Outcome:
    """What people ask for, packed, of one process.

    Every page that counts is drawn: an address with something added to it, as messengers add it, finds no page in the process's
    memory and no 304. What it says, which only the log changes, was drawn with the first one; its frame is drawn for each reader.
    """
    every = partial(each, sizes.connections, sizes.crowd_reads, accept_encoding="gzip")
    links = [f"{page}?reader={reader}" for reader in range(sizes.connections * sizes.crowd_reads)]
    asked = {
        _HEALTH: every(["/healthz"]),
        _DRAWN: every(links),
        "results page, as drawn before": every([page]),
        _UNCHANGED: every([page], if_none_match=_etag(address, page)),
    }
    loads = _loads(address, asked, sizes.repetitions)
    drawn = [_rate([run]) for run in loads[_DRAWN]]
    targets = {
        _DRAWN: (f"≥ {LEAST_PAGES}/s", _rate(loads[_DRAWN]) >= LEAST_PAGES),
        _UNCHANGED: ("faster than drawn", _rate(loads[_UNCHANGED]) > _rate(loads[_DRAWN])),
    }
    beside = f"one process, {sizes.connections} connections; ratio to drawn"
    rows = []
    for what, runs in loads.items():
        target, met = targets.get(what, ("", None))
        ratio = typical_ratio([_rate([run]) for run in runs], drawn)
        rows.append(Row("d", what, _speed(runs), beside, ratio, target, met))
    return Outcome(rows, {"pages": loads})


def at_length(stage: Stage, engine: Engine, size: int) -> Outcome:
    """(g): checkpoint and receipts of a log that long. Its projections have caught up: the server has nothing else to do."""
    sizes = stage.sizes
    every = partial(each, sizes.readers, sizes.reads)
    asked = {"checkpoint": every(["/log/checkpoint"]), "receipt": every(_proofs(size))}
    with stage.served(engine) as address:
        _loads(address, asked, 1)  # as a server that has answered before
        loads = _loads(address, asked, sizes.repetitions)
    rows = []
    for what, runs in loads.items():
        p50_ms, p99_ms = median(run.p50_ms for run in runs), median(run.p99_ms for run in runs)
        say(f"  {what}: p50 {p50_ms:.1f} ms, p99 {p99_ms:.1f} ms")
        rows.append(
            Row(
                "g",
                f"{what} over HTTP at {size:,} events",
                f"p50 {p50_ms:.1f} ms, p99 {p99_ms:.1f} ms, {_rate(runs):,.0f} reads/s",
                f"{sizes.readers} connections",
                target=f"p99 < {MOST_P99_MS} ms",
                met=p99_ms < MOST_P99_MS,
            )
        )
    return Outcome(rows, {"reads_at_length": loads})


def _loads(address: str, asked: dict[str, Requests], repetitions: int) -> dict[str, list[Load]]:
    """In turns; nothing but answers counts."""
    loads: dict[str, list[Load]] = {what: [] for what in asked}
    for _ in range(repetitions):
        for what, requests in asked.items():
            load = run_load(address, requests)
            if set(load.statuses) - {"200", "304"}:
                raise RuntimeError(f"{what}: {load.statuses}")
            loads[what].append(load)
    return loads


def _proofs(size: int) -> list[str]:
    random = Random(0)
    return [f"/log/proof/{random.randrange(size)}" for _ in range(1_000)]


def each(connections: int, reads: int, paths: list[str], **headers: str) -> Requests:
    """Every connection asks for the paths in turn, each from another place on."""
    asked = [request("GET", path, b"", **headers) for path in paths]
    return [
        [asked[(connection * reads + turn) % len(asked)] for turn in range(reads)]
        for connection in range(connections)
    ]


def _etag(address: str, path: str) -> str:
    etag: str = httpx.get(f"{address}{path}", trust_env=False).raise_for_status().headers["etag"]
    return etag


def _speed(runs: list[Load]) -> str:
    return f"{_rate(runs):,.0f} reads/s, p99 {median(run.p99_ms for run in runs):.0f} ms"


def _rate(runs: list[Load]) -> float:
    return median(run.per_second for run in runs)
