"""Receipts (c2sp.org/tlog-proof): written, read back, verified; forged ones refused."""

from base64 import b64encode
from dataclasses import replace

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from application.log.merkle import leaf_hash
from application.log.note import LogSigner, sign_checkpoint
from application.log.receipt import (
    MAX_RECEIPT_CHARACTERS,
    Receipt,
    ReceiptInvalid,
    format_receipt,
    parse_receipt,
    verify_receipt,
)
from tests.application.log.test_merkle import LEAVES, mth, naive_path

SIGNER = LogSigner("log.example.kz/dauys", bytes(range(32)))
SIZE = 109
CHECKPOINT = sign_checkpoint(SIZE, mth(LEAVES[:SIZE]), SIGNER)


def receipt_text(index: int) -> str:
    return format_receipt(index, naive_path(index, LEAVES[:SIZE]), CHECKPOINT)


def test_a_receipt_is_header_index_path_blank_line_and_checkpoint() -> None:
    path = naive_path(73, LEAVES[:SIZE])
    hashes = [b64encode(hash_).decode() for hash_ in path]
    assert format_receipt(73, path, CHECKPOINT).split("\n") == [
        "c2sp.org/tlog-proof@v1",
        "index 73",
        *hashes,
        "",
        *CHECKPOINT.split("\n"),
    ]


@forall(st.integers(0, SIZE - 1))
def test_every_entrys_receipt_proves_it_offline(index: int) -> None:
    checkpoint = verify_receipt(parse_receipt(receipt_text(index)), LEAVES[index], SIGNER.verifier)
    assert (checkpoint.size, checkpoint.root) == (SIZE, mth(LEAVES[:SIZE]))


def test_the_receipt_of_a_lone_entry_has_no_path() -> None:
    text = format_receipt(0, [], sign_checkpoint(1, LEAVES[0], SIGNER))
    verify_receipt(parse_receipt(text), LEAVES[0], SIGNER.verifier)


def test_extra_data_is_read_and_proves_nothing() -> None:
    text = receipt_text(73).replace("index", "extra aGVsbG8=\nindex", 1)
    receipt = parse_receipt(text)
    assert receipt.extra == b"hello"
    verify_receipt(receipt, LEAVES[73], SIGNER.verifier)


def test_a_receipt_does_not_prove_another_entry() -> None:
    with pytest.raises(ReceiptInvalid):
        verify_receipt(parse_receipt(receipt_text(73)), leaf_hash(b"another"), SIGNER.verifier)


@pytest.mark.parametrize(
    "forged",
    [
        {"index": 72},
        {"index": SIZE},
        {"path": ()},
        {"path": (LEAVES[0],) * 7},
        {"checkpoint": sign_checkpoint(SIZE, mth(LEAVES[:SIZE]), LogSigner(SIGNER.origin, bytes(32)))},
        {"checkpoint": sign_checkpoint(SIZE + 1, mth(LEAVES[: SIZE + 1]), SIGNER)},
        {"checkpoint": CHECKPOINT.replace("\n109\n", "\n110\n")},
        {"checkpoint": ""},
    ],
)
def test_a_receipt_forged_in_any_part_is_refused(forged: dict[str, object]) -> None:
    receipt: Receipt = replace(parse_receipt(receipt_text(73)), **forged)  # type: ignore[arg-type] # each a field
    with pytest.raises(ReceiptInvalid):
        verify_receipt(receipt, LEAVES[73], SIGNER.verifier)


TEXT = receipt_text(73)
FIRST_HASH = b64encode(naive_path(73, LEAVES[:SIZE])[0]).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT.replace("@v1", "@v2"),
        "\n" + TEXT,
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("index 73", "index 073"),
        TEXT.replace("index 73", "index -73"),
        TEXT.replace("index 73", "index  73"),
        TEXT.replace("index 73\n", ""),
        TEXT.replace("index 73", "index ٧٣"),
        TEXT.replace("index", "extra \nindex"),
        TEXT.replace("index", "extra aGVsbG9=\nindex"),
        TEXT.replace("index", "extra aGVsbG8=\nextra aGVsbG8=\nindex"),
        TEXT.replace(FIRST_HASH, FIRST_HASH + " "),
        TEXT.replace(FIRST_HASH, FIRST_HASH[4:]),
        TEXT.replace(FIRST_HASH, FIRST_HASH[:-2] + "1="),
        TEXT.replace(FIRST_HASH, "\n".join([FIRST_HASH] * 64)),
        TEXT.removesuffix(CHECKPOINT),
        TEXT.removesuffix("\n" + CHECKPOINT),
        TEXT + "x" * MAX_RECEIPT_CHARACTERS,
    ],
)
def test_text_that_is_no_receipt_is_refused(text: str) -> None:
    with pytest.raises(ReceiptInvalid):
        parse_receipt(text)
