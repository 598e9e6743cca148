"""What a kiosk accepts as a receipt at once, and what convicts a server later."""

import json
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given as forall
from hypothesis import strategies as st

from application.kiosk.receipts import check_at_once, check_entry, path_length
from application.kiosk.signing import Ballot, sign_ballot
from application.log.merkle import EMPTY_ROOT, Frontier, GrowingTree, leaf_hash
from application.log.note import LogSigner, sign_checkpoint
from application.log.receipt import ReceiptInvalid, format_receipt, parse_receipt

SIGNER = LogSigner("kiosk.test/log", bytes(range(32)))
ANOTHER = LogSigner("kiosk.test/log", bytes(32))
ROUND = UUID(int=7)


def ballot(seed: int = 1) -> Ballot:
    return sign_ballot(Ed25519PrivateKey.from_private_bytes(bytes([seed] * 32)), ROUND, ["1", "2"], bytes(16))


def entry(position: int, cast: Ballot) -> bytes:
    members = ("choices", "salt", "credential", "signature")
    state = {"round_id": cast["round"], "unit": "990000000", **{name: cast[name] for name in members}}
    return json.dumps({"id": str(uuid4()), "position": position, "state": state}).encode()


def receipt_at(index: int, entries: list[bytes], signer: LogSigner = SIGNER) -> str:
    tree = GrowingTree(Frontier(0, ()))
    for each in entries:
        tree.append(leaf_hash(each))
    return format_receipt(index, tree.inclusion_path(index), sign_checkpoint(tree.size, tree.root(), signer))


ENTRIES = [entry(position, ballot(position)) for position in range(1, 8)]


@pytest.mark.parametrize("index", range(7))
def test_an_honest_receipt_is_good_at_once_and_after_closing(index: int) -> None:
    receipt = check_at_once(receipt_at(index, ENTRIES), index + 1, SIGNER.verifier)
    assert check_entry(receipt, ENTRIES[index], ballot(index + 1), SIGNER.verifier).size == 7


@pytest.mark.parametrize(
    ("text", "position"),
    [
        (receipt_at(3, ENTRIES), 5),
        (receipt_at(3, ENTRIES, ANOTHER), 4),
        (receipt_at(3, ENTRIES).replace("index 3", "index 9"), 10),
        (receipt_at(3, ENTRIES).replace("index 3", "index 6"), 7),
        (format_receipt(0, [], sign_checkpoint(0, EMPTY_ROOT, SIGNER)), 1),
        ("", 1),
        ("thank you", 1),
    ],
    ids=["position", "signer", "outside", "path", "empty_log", "empty", "words"],
)
def test_a_receipt_that_cannot_be_right_is_refused_at_once(text: str, position: int) -> None:
    with pytest.raises(ReceiptInvalid):
        check_at_once(text, position, SIGNER.verifier)


def test_a_server_that_logged_another_ballot_is_convicted() -> None:
    receipt = check_at_once(receipt_at(3, ENTRIES), 4, SIGNER.verifier)
    with pytest.raises(ReceiptInvalid, match="another ballot"):
        check_entry(receipt, ENTRIES[3], ballot(9), SIGNER.verifier)


def test_a_server_that_shows_another_entry_is_convicted() -> None:
    receipt = check_at_once(receipt_at(3, ENTRIES), 4, SIGNER.verifier)
    with pytest.raises(ReceiptInvalid):
        check_entry(receipt, entry(4, ballot(4)), ballot(4), SIGNER.verifier)


def test_an_entry_under_a_wrong_position_is_convicted() -> None:
    moved = [*ENTRIES[:3], ENTRIES[4], ENTRIES[3], *ENTRIES[5:]]
    receipt = parse_receipt(receipt_at(3, moved))
    with pytest.raises(ReceiptInvalid, match="another ballot"):
        check_entry(receipt, moved[3], ballot(5), SIGNER.verifier)


@pytest.mark.parametrize("other", [b"{}", b"not json", b'{"position":4,"state":[]}'])
def test_an_entry_that_is_no_ballot_is_convicted(other: bytes) -> None:
    entries = [*ENTRIES[:3], other, *ENTRIES[4:]]
    receipt = parse_receipt(receipt_at(3, entries))
    with pytest.raises(ReceiptInvalid, match="not a ballot"):
        check_entry(receipt, other, ballot(4), SIGNER.verifier)


def test_points_and_truth_values_are_not_confused() -> None:
    cast = ballot(4) | {"choices": {"1": 1}}
    shown = entry(4, cast | {"choices": {"1": True}})
    entries = [*ENTRIES[:3], shown]
    with pytest.raises(ReceiptInvalid, match="another ballot"):
        check_entry(parse_receipt(receipt_at(3, entries)), shown, cast, SIGNER.verifier)


@forall(st.integers(1, 70), st.data())
def test_the_paths_length_is_what_a_tree_gives(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    tree = GrowingTree(Frontier(0, ()))
    for number in range(size):
        tree.append(leaf_hash(b"%d" % number))
    assert path_length(index, size) == len(tree.inclusion_path(index))
