"""One clock: who decides by the time is handed it, so that a test can set it; durations are measured by `time.monotonic`."""

import ast
from collections.abc import Callable

from tests.house.files import ROOT, shown, tracked

CLOCK = "application/clock.py"
INNER = ("domain", "application", "projections")
ASKED = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
}


def found(wanted: Callable[[ast.AST], bool], *folders: str) -> list[str]:
    """Where the product's modules in these folders do it, the clock's own left out."""
    return [
        f"{shown(path)}:{getattr(node, 'lineno', 0)}"
        for path in tracked(".py")
        if path.relative_to(ROOT).parts[0] in folders and shown(path) != CLOCK
        for node in ast.walk(ast.parse(path.read_text()))
        if wanted(node)
    ]


def asks_the_machine(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in ASKED
    )


def fetches_the_clock(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "application.clock"


def test_no_module_asks_the_machine_what_time_it_is() -> None:
    assert found(asks_the_machine, *INNER, "api") == []


def test_use_cases_are_handed_the_clock_and_do_not_fetch_it() -> None:
    assert found(fetches_the_clock, *INNER) == []
