"""A scenario's file as text, lists and mappings with their lines; what a hostile file may try is refused at its line."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.self_government.scenario.mistakes import WrongLine
from application.self_government.scenario.written import (
    MOST_BYTES,
    MOST_DEPTH,
    MOST_VALUES,
    Written,
    read_yaml,
)


def refusal(body: str | bytes) -> tuple[int, str, object]:
    with pytest.raises(WrongLine) as wrong:
        read_yaml(body if isinstance(body, bytes) else body.encode())
    return wrong.value.line, wrong.value.refusal.code, wrong.value.refusal.facts.get("problem")


def test_every_scalar_stays_the_text_that_was_written() -> None:
    written = read_yaml(b"{a: no, b: 0101, c: 10:30, d: 2026-02-21, e: '1', f: ~, g: 1e3}")
    assert written.plain() == {
        "a": "no",
        "b": "0101",
        "c": "10:30",
        "d": "2026-02-21",
        "e": "1",
        "f": "~",
        "g": "1e3",
    }


def test_a_value_has_the_line_of_its_key() -> None:
    written = read_yaml(b"a:\n- x: 1\n  y:\n    - |\n      text\n    - 2\nb: 3\n")
    assert [written.line_at(path) for path in ("$.a[0].x", "$.a[0].y", "$.a[0].y[1]", "$.b")] == [2, 3, 6, 7]


def test_a_place_that_is_not_written_has_the_line_of_what_is_around_it() -> None:
    assert read_yaml(b"a:\n- x: 1\nb: 2\n").line_at("$.a[0].missing[3]") == 2


@pytest.mark.parametrize(
    ("body", "line", "code", "problem"),
    [
        ("", 1, "scenario_not_yaml", "empty"),
        ("a: 1\n---\nb: 2\n", 2, "scenario_not_yaml", "two_documents"),
        ("a: 1\nb: [1\nc: 2\n", 3, "scenario_not_yaml", "syntax"),
        (b"a: 1\nb: \xff\n", 2, "scenario_not_yaml", "not_utf_8"),
        ("a: 1\nb: \x07\n", 1, "scenario_not_yaml", "syntax"),
        ("a: 1\nb: !!python/object/apply:os.system [ls]\n", 2, "scenario_not_yaml", "tag"),
        ("a: 1\nb: !!int 3\n", 2, "scenario_not_yaml", "tag"),
        ("a: &x 1\nb: *x\n", 1, "scenario_not_yaml", "alias"),
        ("a: 1\nb: *x\n", 2, "scenario_not_yaml", "alias"),
        ("a: 1\n? [b]\n: 2\n", 2, "scenario_not_yaml", "key_not_text"),
        ("a: 1\nb: 2\na: 3\n", 3, "scenario_key_twice", None),
        ("<<: 1\n<<: 2\n", 2, "scenario_key_twice", None),
    ],
)
def test_what_is_no_scenario_is_refused_at_its_line(
    body: str | bytes, line: int, code: str, problem: str | None
) -> None:
    assert refusal(body) == (line, code, problem)


def test_laughter_that_doubles_itself_is_refused_at_the_first_anchor() -> None:
    lines = ["a0: &a0 [lol]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert refusal("\n".join(lines)) == (1, "scenario_not_yaml", "alias")


@pytest.mark.parametrize(
    "body",
    [
        b"#" * (MOST_BYTES + 1),
        b"[" * 200_000,
        b"{a: " * 100_000,
        b"[" * (MOST_DEPTH + 1) + b"]" * (MOST_DEPTH + 1),
        b"[" + b"1," * MOST_VALUES + b"]",
    ],
)
def test_size_depth_and_number_are_bounded(body: bytes) -> None:
    assert refusal(body)[1] == "scenario_too_large"


@given(st.text(alphabet="ab:-[]{}\n &*!?|>'\"#,\t0", max_size=80))
def test_whatever_is_written_is_read_or_refused_at_a_line_of_the_file(body: str) -> None:
    assert all(1 <= line <= body.count("\n") + 1 for line in lines_of(body.encode()))


@given(st.binary(max_size=40))
def test_no_bytes_are_a_defect(body: bytes) -> None:
    assert min(lines_of(body)) >= 1


def lines_of(body: bytes) -> list[int]:
    """Of everything that was read, or of the mistake."""
    try:
        return [each.line for each in everything(read_yaml(body))]
    except WrongLine as wrong:
        return [wrong.line]


def everything(written: Written) -> Iterator[Written]:
    yield written
    inside = written.value.values() if isinstance(written.value, dict) else written.value
    if not isinstance(inside, str):
        for each in inside:
            yield from everything(each)
