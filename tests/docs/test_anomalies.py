"""The page on anomalies names every kind, every threshold with its number, and everything that cannot be told."""

import re
from dataclasses import asdict

from projections.anomaly import Kind, Thresholds, Untold
from tests.house.files import ROOT

PAGE = (ROOT / "docs" / "anomalies.md").read_text(encoding="utf-8")


def test_every_kind_has_its_row() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == [kind.value for kind in Kind]


def test_every_threshold_is_told_with_its_number() -> None:
    told = {name: int(number) for name, number in re.findall(r"`(\w+)` (\d+)", PAGE)}
    assert told == asdict(Thresholds())


def test_everything_untold_is_named() -> None:
    assert not [untold for untold in Untold if f"`{untold}`" not in PAGE]
