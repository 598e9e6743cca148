"""What was measured: rows of one table for people, all numbers in one JSON file for machines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

import msgspec

_HEADINGS = ("", "what", "measured", "beside", "ratio", "target", "met")
_GAP = "  "


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `met` is None where no target was set."""

    letter: str
    what: str
    measured: str
    beside: str = ""
    ratio: float | None = None
    target: str = ""
    met: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}×"
        met = {None: "", True: "yes", False: "NO"}[self.met]
        return (self.letter, self.what, self.measured, self.beside, ratio, self.target, met)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A benchmark's rows, and by name everything it measured."""

    rows: list[Row]
    numbers: dict[str, object] = field(default_factory=dict)


def table(rows: Sequence[Row]) -> str:
    lines = [_HEADINGS, *(row.cells for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, tuple("─" * width for width in widths))
    return "\n".join(_GAP.join(map(str.ljust, cells, widths)).rstrip() for cells in lines)


def write_json(path: Path, machine: object, rows: Sequence[Row], numbers: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    report = msgspec.json.encode({"machine": machine, "rows": rows, "numbers": numbers})
    path.write_bytes(msgspec.json.format(report) + b"\n")


def typical_ratio(ours: Iterable[float], others: Iterable[float]) -> float:
    """Median of the ratios of neighbouring repetitions: what slows the machine for a while slows both."""
    return median(our / other for our, other in zip(ours, others, strict=True))


def p95(values: Sequence[float]) -> float:
    """What 19 of 20 do not exceed; of two values or more."""
    return quantiles(values, n=20, method="inclusive")[-1]
