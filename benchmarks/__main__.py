"""`python -m benchmarks [--quick] [--only a,c]`: measures in a temporary home, prints one table, writes build/bench.json."""

import argparse
import os
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from api.cli.homes import home
from api.cli.output import say
from api.composition import open_engine
from benchmarks import ROOT, allocation, deliveries, growth, kiosk, machine, portal, reads
from benchmarks.report import Outcome, Row, table, write_json
from benchmarks.sizes import DEFAULT, QUICK
from benchmarks.stage import Stage, stage

BENCHMARKS: Final[dict[str, tuple[str, Callable[[Stage], Outcome]]]] = {
    "a": ("single-ballot deliveries beside a plain endpoint and pgbench", deliveries.singles),
    "b": ("deliveries of 100 ballots", deliveries.hundreds),
    "cegh": (
        "logs that grow: appends, receipts, the tally counted anew, reads over HTTP, the audit",
        growth.measure,
    ),
    "d": ("reads over HTTP", reads.measure),
    "f": ("published elections allocated", allocation.measure),
    "i": ("a kiosk in a browser: from code to receipt, and a large paper", kiosk.measure),
    "j": ("public pages in a browser, among other readers", portal.measure),
}
REPORT = ROOT / "build" / "bench.json"


def main(arguments: Sequence[str] | None = None) -> None:
    asked = _parser().parse_args(arguments)
    # Whatever is configured for this account's own Dauys is not what others would measure.
    for name in [name for name in os.environ if name.startswith("DAUYS_")]:
        del os.environ[name]
    began = time.monotonic()
    rows: list[Row] = []
    numbers: dict[str, object] = {}
    with home(temporary=True) as settings, open_engine(settings) as engine:
        facts: dict[str, Any] = machine.facts(engine)
        say("\n".join(f"{name}: {fact}" for name, fact in facts.items()))
        for letters, (title, measure) in BENCHMARKS.items():
            if set(letters) & asked.only:
                say(f"({letters}) {title}")
                outcome = measure(stage(engine, QUICK if asked.quick else DEFAULT))
                rows += [row for row in outcome.rows if row.letter in asked.only]
                numbers[letters] = outcome.numbers
    facts |= {
        "load_average_after": os.getloadavg(),
        "seconds": round(time.monotonic() - began),
        "quick": asked.quick,
    }
    rows.sort(key=lambda row: row.letter)
    write_json(REPORT, facts, rows, numbers)
    print(table(rows))
    say(f"{facts['seconds']} s; all numbers are in {REPORT.relative_to(ROOT)}")


def _parser() -> argparse.ArgumentParser:
    letters = "".join(BENCHMARKS)
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller sizes, for a first look")
    parser.add_argument("--only", type=_letters, default=set(letters), help="some of them, as in a,c")
    return parser


def _letters(text: str) -> set[str]:
    asked = set(text.split(","))
    if not asked <= set("".join(BENCHMARKS)):
        raise argparse.ArgumentTypeError(f"letters of {', '.join(sorted(''.join(BENCHMARKS)))}")
    return asked


if __name__ == "__main__":
    main()
