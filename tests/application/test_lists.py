"""Reading lists from outside: bounded in every direction, exact about where a line is bad, silent about what stood there."""

import re
from collections.abc import Iterable
from io import BytesIO

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from application.lists import Fault, HeaderInvalid, ListReader, Row, TooManyLines, read_lines
from application.settings import Settings
from domain.errors import Refused

COLUMNS = ("key", "unit")
KEY = b"k" * 32


class Unwanted(Refused):
    code = "unwanted"


def parse(key: str, unit: str) -> tuple[bytes, str]:
    if key == "bad":
        raise Unwanted(reason="because", line_text=key)
    return KEY, unit


def reader(lines: Iterable[bytes], **limits: int) -> ListReader:
    return ListReader(lines, COLUMNS, parse, Settings(**limits))  # type: ignore[arg-type] # limits are ints


def read(*lines: bytes, **limits: int) -> tuple[list[Row], list[Fault]]:
    reading = reader(lines, **limits)
    return list(reading.rows()), reading.told


@pytest.mark.parametrize(
    "lines",
    [
        (b"key,unit\n", b"a,1\n", b"b,2"),
        (b"key;unit\r\n", b"a;1\r\n", b"b;2\r\n"),
        (b"\xef\xbb\xbfKEY, Unit\n", b' "a" , "1"\n', b"b,2\n"),
    ],
)
def test_comma_or_semicolon_any_line_end_quotes_and_a_byte_order_mark(lines: tuple[bytes, ...]) -> None:
    assert read(*lines) == ([Row(2, KEY, "1"), Row(3, KEY, "2")], [])


def test_empty_lines_and_the_header_of_a_joined_file_are_passed_over() -> None:
    rows, told = read(b"key,unit\n", b"a,1\n", b"\n", b"\xef\xbb\xbfkey,unit\n", b"b,2\n", b"  \r\n")
    assert [row.line for row in rows] == [2, 5]
    assert told == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"a\n", "wrong_columns"),
        (b"a,1,2\n", "wrong_columns"),
        (b"a;1\n", "wrong_columns"),
        (b"a,\xff\n", "not_utf8"),
        (b"a" * 198 + b",1\n", None),
        (b"a" * 199 + b",1\n", "line_too_long"),
        (b"bad,1\n", "unwanted: because"),
    ],
)
def test_a_bad_line_is_told_by_number_and_reason(line: bytes, reason: str | None) -> None:
    rows, told = read(b"key,unit\n", line, b"b,2\n")
    assert told == ([] if reason is None else [Fault(2, reason)])
    assert rows[-1] == Row(3, KEY, "2")


@pytest.mark.parametrize(
    "header", [(), (b"\n",), (b"unit,key\n",), (b"a,1\n",), (b"\xff,\n",), (b"k" * 999,)]
)
def test_a_list_without_its_header_is_refused_as_a_whole(header: tuple[bytes, ...]) -> None:
    with pytest.raises(HeaderInvalid) as caught:
        read(*header)
    assert caught.value.facts == {"expected": "key,unit"}


def test_the_first_faults_are_told_and_all_are_counted() -> None:
    reading = reader([b"key,unit\n", *[b"bad,1\n"] * 10], faults_told=3)
    assert list(reading.rows()) == []
    assert [fault.line for fault in reading.told] == [2, 3, 4]
    assert reading.bad_lines == 10


def test_a_list_of_too_many_lines_is_refused() -> None:
    with pytest.raises(TooManyLines):
        read(b"key,unit\n", b"a,1\n", b"a,1\n", roll_lines=2)


def test_progress_tells_every_line_in_steps() -> None:
    steps: list[int] = []
    list(reader([b"key,unit\n", *[b"a,1\n"] * 11], import_chunk=5).rows(steps.append))
    assert steps == [5, 5, 2]


@pytest.mark.parametrize("length", [199, 200, 201, 202, 401, 402, 403, 10_000])
def test_a_line_however_long_costs_one_line_of_memory_and_hides_no_other(length: int) -> None:
    settings = Settings()
    lines = list(read_lines(BytesIO(b"a" * length + b"\nb,2\n\nc,3"), settings))
    assert lines[1:] == [b"b,2\n", b"\n", b"c,3"]
    assert len(lines[0]) <= settings.roll_line_bytes + 1
    assert (len(lines[0].rstrip()) > settings.roll_line_bytes) == (length > settings.roll_line_bytes)


@forall(st.binary(max_size=600))
def test_lines_are_those_of_the_file(body: bytes) -> None:
    settings = Settings()
    most = settings.roll_line_bytes
    short = [line for line in BytesIO(body) if len(line.rstrip(b"\n")) <= most]
    assert [line for line in read_lines(BytesIO(body), settings) if len(line.rstrip(b"\n")) <= most] == short


@forall(st.lists(st.binary(max_size=30)))
def test_whatever_stands_in_a_line_is_never_repeated(lines: list[bytes]) -> None:
    reading = reader([b"key,unit\n", *lines, b"bad,1\n"])
    rows = list(reading.rows())
    known = re.compile(r"wrong_columns|not_utf8|unwanted: because")
    assert all(known.fullmatch(fault.reason) for fault in reading.told)
    assert len(rows) + reading.bad_lines <= len(lines) + 1
    assert reading.told[-1] == Fault(len(lines) + 2, "unwanted: because")
