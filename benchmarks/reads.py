"""(d): what auditors and dashboards read, in requests a second over HTTP: checkpoint, receipts, results."""

from random import Random
from statistics import median

import httpx

from api.cli.output import say
from api.composition import Engine
from api.worker import catch_up
from benchmarks.deliveries import HUNDRED
from benchmarks.election import deliveries, open_election
from benchmarks.load import Load, Requests, request, run_load
from benchmarks.report import Outcome, Row
from benchmarks.servers import dauys_serve
from benchmarks.sizes import Sizes


def measure(engine: Engine, sizes: Sizes) -> Outcome:
    """On a round that was voted in, closed, concluded and published."""
    loads: dict[str, list[Load]] = {}
    with (
        open_election(engine, sizes.ballots_read) as election,
        dauys_serve(engine, sizes.settle_seconds) as address,
    ):
        kiosk = election.kiosk("kiosk")
        run_load(address, deliveries([kiosk], sizes.ballots_read // HUNDRED, HUNDRED))
        election.staff.close_round(election.opened)
        election.staff.conclude(election.round_id)
        size = catch_up(engine.datastore, engine.settings)
        results = f"/v1/rounds/{election.round_id}/results"
        etag = httpx.get(f"{address}{results}", trust_env=False).raise_for_status().headers["etag"]
        asked = {
            "health, which asks the database nothing": _each(sizes, ["/healthz"]),
            "checkpoint": _each(sizes, ["/log/checkpoint"]),
            f"receipts at random positions of {size:,}": _each(sizes, _proofs(size)),
            "results as JSON": _each(sizes, [results]),
            "results, unchanged (304)": _each(sizes, [results], if_none_match=etag),
        }
        for _ in range(sizes.repetitions):
            for what, requests in asked.items():
                load = run_load(address, requests)
                if set(load.statuses) - {"200", "304"}:
                    raise RuntimeError(f"{what}: {load.statuses}")
                loads.setdefault(what, []).append(load)
        say("  " + ", ".join(f"{what}: {_rate(runs):,.0f}/s" for what, runs in loads.items()))
    rows = [
        Row(
            "d",
            what,
            f"{_rate(runs):,.0f} reads/s, p99 {median(run.p99_ms for run in runs):.0f} ms",
            f"{sizes.connections} connections",
        )
        for what, runs in loads.items()
    ]
    return Outcome(rows, {"reads": loads})


def _proofs(size: int) -> list[str]:
    random = Random(0)
    return [f"/log/proof/{random.randrange(size)}" for _ in range(1_000)]


def _each(sizes: Sizes, paths: list[str], **headers: str) -> Requests:
    """Every connection asks for the paths in turn, each from another place on."""
    asked = [request("GET", path, b"", **headers) for path in paths]
    return [
        [asked[(connection * sizes.reads + turn) % len(asked)] for turn in range(sizes.reads)]
        for connection in range(sizes.connections)
    ]


def _rate(runs: list[Load]) -> float:
    return median(run.requests / run.seconds for run in runs)
