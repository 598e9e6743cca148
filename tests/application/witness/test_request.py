"""The body of add-checkpoint: the specification's example, and everything that is almost one."""

from contextlib import suppress

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from application.witness.request import (
    AddCheckpoint,
    RequestInvalid,
    format_request,
    parse_request,
    parse_size,
)

# c2sp.org/tlog-witness; the signatures are left out.
NOTE = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgt
"""
HASH = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
EXAMPLE = f"""old 20852014
{HASH}jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

{NOTE}"""


def test_the_specifications_example_is_read_and_written() -> None:
    request = parse_request(EXAMPLE.encode())
    assert (request.old_size, len(request.path), request.note) == (20_852_014, 4, NOTE)
    assert format_request(request.old_size, request.path, request.note) == EXAMPLE.encode()


@forall(st.integers(0, 2**63 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=63))
def test_what_is_written_is_read(old_size: int, path: list[bytes]) -> None:
    assert parse_request(format_request(old_size, path, NOTE)) == AddCheckpoint(old_size, tuple(path), NOTE)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "old 0\n",
        "old 0\n\n",
        NOTE,
        f"old 0\n{NOTE}",
        f"old 00\n\n{NOTE}",
        f"old 01\n\n{NOTE}",
        f"old -1\n\n{NOTE}",
        f"old +1\n\n{NOTE}",
        f"old \u0661\n\n{NOTE}",
        f"old {2**63}\n\n{NOTE}",
        f"old {'9' * 5_000}\n\n{NOTE}",
        f"old  0\n\n{NOTE}",
        f"Old 0\n\n{NOTE}",
        f" old 0\n\n{NOTE}",
        f"old 0\r\n\r\n{NOTE}",
        f"old 1\n{HASH[:-2]}\n\n{NOTE}",
        f"old 1\n{HASH[:-3]}x=\n\n{NOTE}",
        f"old 1\n {HASH}\n{NOTE}",
        f"old 1\n{HASH * 64}\n{NOTE}",
        f"old 1\n{HASH}{NOTE}",
    ],
)
def test_what_is_almost_a_request_is_none(body: str) -> None:
    with pytest.raises(RequestInvalid):
        parse_request(body.encode())


def test_what_is_not_utf_8_is_none() -> None:
    with pytest.raises(RequestInvalid):
        parse_request(EXAMPLE.encode() + b"\xff")


@forall(st.binary())
def test_no_bytes_do_worse_than_being_refused(data: bytes) -> None:
    for body in (data, b"old 1\n" + data):
        with suppress(RequestInvalid):
            parse_request(body)


@pytest.mark.parametrize(
    ("body", "size"),
    [
        (b"0\n", 0),
        (b"50\n", 50),
        (b"9223372036854775807\n", 2**63 - 1),
        (b"9223372036854775808\n", None),
        (b"50", None),
        (b"050\n", None),
        (b"50\n\n", None),
        (b"-1\n", None),
        (b"", None),
        (b"\n", None),
        ("\u0661\n".encode(), None),
        (b"9" * 5_000 + b"\n", None),
    ],
)
def test_a_size_is_a_number_and_a_newline(body: bytes, size: int | None) -> None:
    assert parse_size(body) == size
