"""What changed between two versions of a text, word by word: what stayed, what went, what came."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

_WORD: Final = re.compile(r"\s+|\w+|[^\w\s]")


class Change(StrEnum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    change: Change
    text: str


def differences(old: str, new: str) -> list[Piece]:
    """Pieces in reading order. Without the new ones they are the old text, without those that went the new one."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    pieces: list[Piece] = []
    for what, old_from, old_to, new_from, new_to in SequenceMatcher(None, before, after).get_opcodes():
        gone, came = "".join(before[old_from:old_to]), "".join(after[new_from:new_to])
        if what == "equal":
            pieces.append(Piece(Change.SAME, gone))
            continue
        if gone:
            pieces.append(Piece(Change.GONE, gone))
        if came:
            pieces.append(Piece(Change.NEW, came))
    return pieces
