"""How much is measured: the default for the record, `QUICK` for a first look. All of it is bounded."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """`deliveries` and `requests`: per connection and repetition."""

    repetitions: int = 5
    settle_seconds: float = 2.0
    """The first process of a server answers when the second may still be starting."""
    warm_up: int = 20
    """Deliveries of each connection before anything counts."""
    connections: int = 64
    deliveries: int = 120
    requests: int = 60
    """To the plain endpoint."""
    pgbench_seconds: int = 3
    """By each protocol, …"""
    pgbench_clients: int = 32
    """… from so many connections."""
    hundreds_connections: int = 16
    hundreds: int = 6
    """Deliveries of 100 ballots."""
    log_events: tuple[int, ...] = (10_000, 100_000, 1_000_000)
    """Ascending; the tally is rebuilt from the last one."""
    appends: int = 60
    """Transactions of 100 events on each log."""
    proofs: int = 1_000
    counts: int = 3
    ballots_read: int = 3_000
    """In the round whose results are read."""
    votes: int = 20
    """Cast at a kiosk in a browser."""
    projects: int = 1_500
    """On a large paper."""
    screenfuls: int = 20
    """Scrolled through on it."""
    pages: int = 5
    """Public ones that a browser opens, the most visited first."""
    page_readers: int = 50
    """Who read public pages while a browser opens them, …"""
    page_reads: int = 30
    """… each so many, …"""
    reading_seconds: float = 1.0
    """… and so long from one page to the next, as who only glances at it."""
    crowd_reads: int = 30
    """Of each kind, per connection of the crowd that reads the results."""
    reads: int = 100
    """Of each kind, per reader of the longest log."""
    readers: int = 4
    """Auditors who ask the longest log at the same time, each one request after another: more would measure their own queue."""
    allocations: int = 5


DEFAULT = Sizes()
QUICK = Sizes(
    repetitions=2,
    deliveries=60,
    requests=40,
    pgbench_seconds=2,
    hundreds=4,
    log_events=(2_000, 20_000, 200_000),
    appends=30,
    proofs=300,
    counts=2,
    ballots_read=1_000,
    votes=10,
    page_reads=10,
    crowd_reads=20,
    reads=50,
    allocations=2,
)
