"""What a receipt proves to a kiosk, at once and after the round has closed.

At once the entry is still withheld: unit and hour in it are not the kiosk's to know, so its leaf hash is not either. Then
`check_at_once` holds the server to a signed promise: the pinned log key committed to a log that has the claimed position, and
the path has the one shape it can have there. Once entries are public `check_entry` proves that this very ballot lies at that
position under that signature; a server that had promised falsely is convicted by its own signature.
"""

import json
from functools import lru_cache

import msgspec

from application.kiosk.signing import Ballot
from application.log.merkle import leaf_hash
from application.log.note import Checkpoint, NoteInvalid, Verifier, open_checkpoint
from application.log.receipt import Receipt, ReceiptInvalid, parse_receipt, verify_receipt

_MEMBERS = ("choices", "salt", "credential", "signature")


def check_at_once(text: str, position: int, verifier: Verifier) -> Receipt:
    """The receipt of an entry said to stand at `position` (from 1), as far as it can be checked without the entry."""
    receipt = parse_receipt(text)
    try:
        checkpoint = _open(receipt.checkpoint, verifier)
    except NoteInvalid as invalid:
        raise ReceiptInvalid(str(invalid)) from invalid
    if receipt.index != position - 1 or not receipt.index < checkpoint.size:
        raise ReceiptInvalid("the receipt is not for this position")
    if len(receipt.path) != path_length(receipt.index, checkpoint.size):
        raise ReceiptInvalid("the path has not the right number of hashes")
    return receipt


def check_entry(receipt: Receipt, entry: bytes, ballot: Ballot, verifier: Verifier) -> Checkpoint:
    """That the public `entry` lies where the receipt says, and holds exactly `ballot`; the checkpoint that commits to it."""
    checkpoint = verify_receipt(receipt, leaf_hash(entry), verifier)
    try:
        recorded = msgspec.json.decode(entry)
        state = recorded["state"]
        said = [recorded["position"], state["round_id"], *(state[member] for member in _MEMBERS)]
    except (msgspec.MsgspecError, LookupError, TypeError):
        raise ReceiptInvalid("the entry is not a ballot") from None
    cast = [receipt.index + 1, ballot["round"], *(ballot[member] for member in _MEMBERS)]
    if json.dumps(said, sort_keys=True) != json.dumps(cast, sort_keys=True):
        raise ReceiptInvalid("the entry holds another ballot")
    return checkpoint


def path_length(index: int, size: int) -> int:
    """How many hashes RFC 6962 §2.1.1 puts on the way from leaf `index` to the root of `size` leaves."""
    length, last = 0, size - 1
    while last:
        if index & 1 or index < last:
            length += 1
        index, last = index >> 1, last >> 1
    return length


@lru_cache(maxsize=16)
def _open(note: str, verifier: Verifier) -> Checkpoint:
    """One signature covers all receipts of a batch, so it is checked once."""
    return open_checkpoint(note, verifier)
