"""(a), (b): ballots a second through `POST /v1/deliveries`, signatures checked, log on, fsync on.

(a) stands beside what one would write without us and beside the bare database, in turns, on the same server and machine.
"""

from secrets import token_urlsafe
from statistics import median
from uuid import uuid4

import msgspec

from api.cli.output import say
from api.composition import Engine
from benchmarks.election import deliveries, open_election
from benchmarks.load import Load, Requests, request, run_load
from benchmarks.report import Outcome, Row, typical_ratio
from benchmarks.servers import database, dauys_serve, pgbench, plain_endpoint
from benchmarks.sizes import Sizes

HUNDRED = 100
PGBENCH_CLIENTS = 32
TIMES_PLAIN, TIMES_PGBENCH, MOST_P99_MS = 1.5, 0.3, 100
LEAST_BY_HUNDREDS = 5_000

_OURS, _PLAIN = '"status":"recorded"', '"recorded":true'


def singles(engine: Engine, sizes: Sizes) -> Outcome:
    """Deliveries of one ballot: ours, the plain endpoint and pgbench take turns."""
    ours: list[Load] = []
    plain: list[Load] = []
    bare: list[tuple[float, float]] = []
    voters = sizes.connections * (sizes.warm_up + sizes.deliveries * sizes.repetitions)
    with (
        open_election(engine, voters) as election,
        database(engine, "plain") as database_url,
        plain_endpoint(database_url, sizes.settle_seconds) as plain_address,
        dauys_serve(engine, sizes.settle_seconds) as address,
    ):
        kiosks = [election.kiosk(f"kiosk {number}") for number in range(sizes.connections)]
        direct = pgbench(engine, database_url)
        _recorded(address, deliveries(kiosks, sizes.warm_up, 1), _OURS)
        _recorded(plain_address, _plain_requests(sizes.connections, sizes.warm_up), _PLAIN)
        for _ in range(sizes.repetitions):
            ours.append(_recorded(address, deliveries(kiosks, sizes.deliveries, 1), _OURS))
            plain.append(_recorded(plain_address, _plain_requests(sizes.connections, sizes.requests), _PLAIN))
            bare.append(direct.inserts(PGBENCH_CLIENTS, sizes.pgbench_seconds))
            say(
                f"  {_rate(ours[-1]):,.0f} ballots/s, plain endpoint {_rate(plain[-1]):,.0f}/s, pgbench {bare[-1][0]:,.0f}/s"
            )
    return _told(sizes, ours, plain, bare)


def hundreds(engine: Engine, sizes: Sizes) -> Outcome:
    """Deliveries of 100 ballots, as a kiosk sends that was offline for a while."""
    loads: list[Load] = []
    each = HUNDRED * sizes.hundreds_connections
    with (
        open_election(engine, each * (1 + sizes.hundreds * sizes.repetitions)) as election,
        dauys_serve(engine, sizes.settle_seconds) as address,
    ):
        kiosks = [election.kiosk(f"kiosk {number}") for number in range(sizes.hundreds_connections)]
        _recorded(address, deliveries(kiosks, 1, HUNDRED), _OURS, HUNDRED)
        for _ in range(sizes.repetitions):
            loads.append(_recorded(address, deliveries(kiosks, sizes.hundreds, HUNDRED), _OURS, HUNDRED))
            say(f"  {_rate(loads[-1]):,.0f} ballots/s")
    rate = median(map(_rate, loads))
    row = Row(
        "b",
        f"deliveries of {HUNDRED}, {sizes.hundreds_connections} connections",
        f"{rate:,.0f} ballots/s, p50 {_p50(loads):.0f} ms, p99 {_p99(loads):.0f} ms",
        target=f"≥ {LEAST_BY_HUNDREDS:,}/s",
        met=rate >= LEAST_BY_HUNDREDS,
    )
    return Outcome([row], {"ballots_per_second": rate, "runs": loads})


def _recorded(address: str, requests: Requests, mark: str, ballots: int = 1) -> Load:
    """The load, if every ballot in it was recorded: a refusal is fast and must not count."""
    load = run_load(address, requests, mark)
    if load.marks != load.requests * ballots:
        raise RuntimeError(
            f"{load.marks} of {load.requests * ballots} ballots were recorded: {load.statuses}"
        )
    return load


def _plain_requests(connections: int, each: int) -> Requests:
    """The same facts without signatures, from as many connections."""
    round_id = str(uuid4())

    def one() -> bytes:
        ballot = {"credential": token_urlsafe(32), "round": round_id, "choices": ["1", "2", "3"]}
        return request("POST", "/ballots", msgspec.json.encode(ballot), content_type="application/json")

    return [[one() for _ in range(each)] for _ in range(connections)]


def _told(sizes: Sizes, ours: list[Load], plain: list[Load], bare: list[tuple[float, float]]) -> Outcome:
    rates, plain_rates, bare_rates = [*map(_rate, ours)], [*map(_rate, plain)], [rate for rate, _ in bare]
    times_plain, times_bare = typical_ratio(rates, plain_rates), typical_ratio(rates, bare_rates)
    what = f"single-ballot deliveries, {sizes.connections} connections"
    measured = f"{median(rates):,.0f} ballots/s"
    return Outcome(
        [
            Row(
                "a",
                what,
                measured,
                f"plain endpoint: {median(plain_rates):,.0f}/s, p99 {_p99(plain):.0f} ms",
                times_plain,
                f"≥ {TIMES_PLAIN}×",
                times_plain >= TIMES_PLAIN,
            ),
            Row(
                "a",
                what,
                measured,
                f"pgbench INSERT, {PGBENCH_CLIENTS} clients: {median(bare_rates):,.0f}/s",
                times_bare,
                f"≥ {TIMES_PGBENCH}×",
                times_bare >= TIMES_PGBENCH,
            ),
            Row(
                "a",
                "their latency",
                f"p50 {_p50(ours):.0f} ms, p99 {_p99(ours):.0f} ms",
                target=f"p99 < {MOST_P99_MS} ms",
                met=_p99(ours) < MOST_P99_MS,
            ),
        ],
        {
            "ballots_per_second": median(rates),
            "times_plain": times_plain,
            "times_pgbench": times_bare,
            "runs": ours,
            "plain_runs": plain,
            "pgbench_runs": [{"per_second": rate, "mean_ms": mean} for rate, mean in bare],
        },
    )


def _rate(load: Load) -> float:
    return load.marks / load.seconds


def _p50(loads: list[Load]) -> float:
    return median(load.p50_ms for load in loads)


def _p99(loads: list[Load]) -> float:
    return median(load.p99_ms for load in loads)
