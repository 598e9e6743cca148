"""(a), (b): ballots a second through `POST /v1/deliveries`, signatures checked, log on, fsync on.

(a) stands beside what one would write without us and beside the bare database, in turns, on the same server and machine.
"""

from dataclasses import dataclass, field
from secrets import token_urlsafe
from statistics import median
from uuid import uuid4

import msgspec

from api.cli.output import say
from benchmarks.election import deliveries, open_election
from benchmarks.load import Load, Requests, request, run_load
from benchmarks.report import Outcome, Row, typical_ratio
from benchmarks.servers import database, pgbench, plain_endpoint
from benchmarks.sizes import Sizes
from benchmarks.stage import Stage

HUNDRED = 100
TIMES_PLAIN, TIMES_PGBENCH, MOST_P99_MS = 1.5, 0.3, 100
LEAST_BY_HUNDREDS = 5_000

_OURS, _PLAIN = '"status":"recorded"', '"recorded":true'


@dataclass(frozen=True, slots=True)
class _Turns:
    """What took turns: the n-th of each was measured beside the n-th of the others."""

    ours: list[Load] = field(default_factory=list)
    plain: list[Load] = field(default_factory=list)
    pgbench: dict[str, list[float]] = field(default_factory=lambda: {"simple": [], "prepared": []})


def singles(stage: Stage) -> Outcome:
    """Deliveries of one ballot: ours, the plain endpoint and pgbench take turns."""
    engine, sizes = stage.engine, stage.sizes
    turns = _Turns()
    voters = sizes.connections * (sizes.warm_up + sizes.deliveries * sizes.repetitions)
    with (
        open_election(engine, voters) as election,
        database(engine, "plain") as database_url,
        plain_endpoint(database_url, sizes.settle_seconds) as plain_address,
        stage.served() as address,
    ):
        kiosks = [election.kiosk(f"kiosk {number}") for number in range(sizes.connections)]
        direct = pgbench(engine, database_url)
        _recorded(address, deliveries(kiosks, sizes.warm_up, 1), _OURS)
        _recorded(plain_address, _plain_requests(sizes.connections, sizes.warm_up), _PLAIN)
        for _ in range(sizes.repetitions):
            turns.ours.append(_recorded(address, deliveries(kiosks, sizes.deliveries, 1), _OURS))
            requests = _plain_requests(sizes.connections, sizes.requests)
            turns.plain.append(_recorded(plain_address, requests, _PLAIN))
            for protocol, rates in turns.pgbench.items():
                rates.append(direct.inserts(protocol, sizes.pgbench_clients, sizes.pgbench_seconds))
            told = [f"{protocol} {rates[-1]:,.0f}/s" for protocol, rates in turns.pgbench.items()]
            say(f"  {_rate(turns.ours[-1]):,.0f} ballots/s, plain endpoint {_rate(turns.plain[-1]):,.0f}/s")
            say(f"  pgbench {', '.join(told)}")
    return _told(sizes, turns)


def hundreds(stage: Stage) -> Outcome:
    """Deliveries of 100 ballots, as a kiosk sends that was offline for a while."""
    sizes, loads = stage.sizes, list[Load]()
    each = HUNDRED * sizes.hundreds_connections
    with (
        open_election(stage.engine, each * (1 + sizes.hundreds * sizes.repetitions)) as election,
        stage.served() as address,
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


def _told(sizes: Sizes, turns: _Turns) -> Outcome:
    what = f"single-ballot deliveries, {sizes.connections} connections"
    rates, plain_rates = list(map(_rate, turns.ours)), list(map(_rate, turns.plain))
    measured = f"{median(rates):,.0f} ballots/s"
    clients = f"{sizes.pgbench_clients} clients"
    beside = [
        ("plain", f"plain endpoint, p99 {_p99(turns.plain):.0f} ms", plain_rates, TIMES_PLAIN),
        ("pgbench", f"pgbench INSERT, {clients}", turns.pgbench["simple"], TIMES_PGBENCH),
        ("pgbench_prepared", "the same, prepared", turns.pgbench["prepared"], None),
    ]
    rows, ratios = [], {}
    for name, other, other_rates, target in beside:
        ratios[name] = ratio = typical_ratio(rates, other_rates)
        told = f"{other}: {median(other_rates):,.0f}/s"
        aim, met = ("", None) if target is None else (f"≥ {target}×", ratio >= target)
        rows.append(Row("a", what, measured, told, ratio, aim, met))
    latency = f"p50 {_p50(turns.ours):.0f} ms, p99 {_p99(turns.ours):.0f} ms"
    met = _p99(turns.ours) < MOST_P99_MS
    rows.append(Row("a", "their latency", latency, target=f"p99 < {MOST_P99_MS} ms", met=met))
    return Outcome(rows, {"ballots_per_second": median(rates), "ratios": ratios, "turns": turns})


def _rate(load: Load) -> float:
    """Ballots a second."""
    return load.per_second * load.marks / load.requests


def _p50(loads: list[Load]) -> float:
    return median(load.p50_ms for load in loads)


def _p99(loads: list[Load]) -> float:
    return median(load.p99_ms for load in loads)
