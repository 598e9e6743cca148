"""The voter's way as a state machine: whatever happens in whatever order, one vote a turn, and nothing left for the next voter."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from tests.browser.chromium import window
from tests.browser.hall import Kiosk, open_hall

PAPER = {
    "units": [{"kato": "1", "name": "City", "parent": None}],
    "projects": [{"id": "1", "unit": "1"}, {"id": "2", "unit": "1"}],
    "form": {"type": "approval", "max_choices": 1, "min_choices": 1, "max_points": None},
}
POLL = {"round": {"id": "r"}, "paper": PAPER}
EVENTS: list[dict[str, Any]] = [
    {"type": "start"},
    {"type": "staff"},
    {"type": "identified", "unit": "1"},
    {"type": "identified", "unit": None},
    {"type": "alreadyKept"},
    {"type": "unit", "unit": "1"},
    {"type": "add", "id": "1"},
    {"type": "take", "id": "1"},
    {"type": "search", "text": "park"},
    {"type": "review"},
    {"type": "back"},
    {"type": "cast"},
    {"type": "spooled", "sequence": 7, "ballotCode": "C"},
    {"type": "waited", "sequence": 7},
    {"type": "waited", "sequence": 6},
    {"type": "answered", "sequence": 7, "result": {"position": 1}},
    {"type": "answered", "sequence": 6, "result": {"position": 2}},
    {"type": "failed", "code": "spool_full"},
    {"type": "stopped"},
    {"type": "leave"},
    {"type": "language", "language": "ru"},
    {"type": "size", "size": 3},
    {"type": "theme", "theme": "dark"},
    {"type": "nobody knows"},
]
WAY: list[dict[str, Any]] = [
    {"type": "start"},
    {"type": "identified", "unit": "1"},
    {"type": "add", "id": "1"},
    {"type": "review"},
    {"type": "cast"},
]
"""A voter's, up to the last press."""
_WALK = """const states = [it.atRest({poll: argument.poll})]
  for (const event of argument.events) states.push(it.reduce(states.at(-1), event))
  return [states, it.atRest({poll: argument.poll})]"""
DRESS = ("language", "size", "theme", "sound")


@pytest.fixture(scope="module")
def kiosk(chromium: Browser, cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kiosk]:
    with (
        open_hall(cluster, tmp_path_factory.mktemp("hall")) as hall,
        window(chromium, hall.address) as page,
    ):
        yield Kiosk(page, hall).open()


def walk(kiosk: Kiosk, events: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Every state on the way, from rest; and what rest is."""
    told: Any = kiosk.module("state.js", _WALK, {"poll": POLL, "events": events})
    states, rest = told
    return states, rest


def test_the_invariants_hold_on_every_way(kiosk: Kiosk) -> None:
    @settings(max_examples=200, database=None)
    @given(st.integers(0, len(WAY)), st.lists(st.sampled_from(EVENTS), max_size=20))
    def hold(gone: int, events: list[dict[str, Any]]) -> None:
        states, rest = walk(kiosk, [*WAY[:gone], *events])
        for before, after in pairwise(states):
            if before["screen"] == "casting":
                assert after["screen"] in ("casting", "kept", "recorded", "refused")
            if before["screen"] in ("kept", "recorded", "refused"):
                assert after["screen"] in ("kept", "recorded", "refused", "resting")
            if after["screen"] in ("recorded", "kept"):
                assert (after["sequence"], after["outcome"]["ballotCode"]) == (7, "C")
        for state in states:
            assert (state["choices"] is not None) == (state["screen"] in ("choose", "review"))
            if state["screen"] == "resting":
                assert undressed(state) == undressed(rest)

    hold()


def test_one_turn_casts_once(kiosk: Kiosk) -> None:
    states, _ = walk(kiosk, [*WAY, {"type": "cast"}, {"type": "back"}, {"type": "review"}])
    assert [state["screen"] for state in states[-5:]] == [
        "review",
        "casting",
        "casting",
        "casting",
        "casting",
    ]


def undressed(state: dict[str, Any]) -> dict[str, Any]:
    """Without what a voter may set before their turn begins."""
    return {name: value for name, value in state.items() if name not in DRESS}
