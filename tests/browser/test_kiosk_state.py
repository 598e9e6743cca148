"""The voter's way as a state machine: whatever happens in whatever order, one vote a turn, and nothing left for the next voter."""

import json
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.browser.hall import Kiosk

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
_WALK = """const rest = () => it.atRest({poll: argument.poll})
  const walked = events => events.reduce((states, event) => [...states, it.reduce(states.at(-1), event)], [rest()])
  return JSON.stringify([argument.ways.map(walked), rest()])"""
TOGETHER = 10
"""Ways that are sent to the page at once."""
DRESS = ("language", "size", "theme", "sound")


def walk(modules: Kiosk, *ways: list[dict[str, Any]]) -> tuple[list[list[dict[str, Any]]], dict[str, Any]]:
    """Every state on each way, from rest; and what rest is."""
    states, rest = json.loads(str(modules.module("state.js", _WALK, {"poll": POLL, "ways": ways})))
    return states, rest


def test_the_invariants_hold_on_every_way(modules: Kiosk) -> None:
    way = st.builds(
        lambda gone, events: [*WAY[:gone], *events],
        st.integers(0, len(WAY)),
        st.lists(st.sampled_from(EVENTS), max_size=20),
    )

    @settings(max_examples=25, database=None)
    @given(st.lists(way, min_size=TOGETHER, max_size=TOGETHER))
    def hold(ways: list[list[dict[str, Any]]]) -> None:
        walked, rest = walk(modules, *ways)
        for states in walked:
            check(states, rest)

    hold()


def check(states: list[dict[str, Any]], rest: dict[str, Any]) -> None:
    """The invariants, on one way."""
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


def test_one_turn_casts_once(modules: Kiosk) -> None:
    [states], _ = walk(modules, [*WAY, {"type": "cast"}, {"type": "back"}, {"type": "review"}])
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
