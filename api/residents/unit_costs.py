"""What things roughly cost, to help a resident guess: a small table that a deployment may replace by its own prices.

These are orders of magnitude, not quotations; the expert council sets the cost that counts.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class UnitCost:
    """From `least` to `most` whole tenge for one `unit` of `what`; both texts in the language asked for."""

    what: str
    unit: str
    least: int
    most: int


def unit_costs(language: str) -> list[UnitCost]:
    """In one of `LANGUAGES`, in the order of the table."""
    return [
        UnitCost(row["what"][language], row["unit"][language], row["least_tenge"], row["most_tenge"])
        for row in _table()
    ]


@cache
def _table() -> list[dict[str, Any]]:
    text = files("api").joinpath("residents", "unit_costs.toml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)["cost"]
    return rows
