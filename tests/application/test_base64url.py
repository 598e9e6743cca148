"""One value, one text: what is altered anywhere means nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application import base64url

ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(st.binary(max_size=80))
def test_what_is_written_is_read(data: bytes) -> None:
    assert base64url.decoded(base64url.to_text(data).encode()) == data
    assert base64url.to_bytes(base64url.to_text(data), len(data)) == data


@given(
    st.one_of(
        st.binary(max_size=12),
        st.binary(max_size=12).map(lambda drawn: bytes(ALPHABET[b % 64] for b in drawn)),
    )
)
def test_only_what_would_be_written_is_read(encoded: bytes) -> None:
    data = base64url.decoded(encoded)
    assert data is None or base64url.to_text(data).encode() == encoded


@pytest.mark.parametrize(
    "encoded",
    [
        b"AA==",
        b"AA=",
        b"AAA=",
        b"A",
        b"AB",
        b"AAB",
        b"A+AA",
        b"A/AA",
        b"A.AA",
        b"AAAA\n",
        b" AAAA",
        b"AA AA",
        b"AAAA=",
        b"=AAA",
        b"A\xffAA",
    ],
)
def test_another_alphabet_padding_blanks_and_stray_bits_are_not_read(encoded: bytes) -> None:
    assert base64url.decoded(encoded) is None


def test_a_text_that_is_not_ascii_or_of_another_length_is_not_read() -> None:
    assert base64url.to_bytes("жааа", 3) is None
    assert base64url.to_bytes("AAAA", 4) is None
