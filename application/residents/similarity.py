"""Which proposals say much the same: texts compared by their trigrams, so that endings, spelling and word order matter little.

Similarity is the share of the shorter text's trigrams that the longer one has too, weighed down where the lengths are far apart:
1 for the same text, 0 for texts without a trigram in common. It is a hint to a person and decides nothing.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import Final
from uuid import UUID

LEAST: Final = 0.45
MOST: Final = 5
COMPARED: Final = 3_000
"""Proposals of one round that are looked at; a round of more shows hints from the newest."""
TEXT_CHARS: Final = 300
_REMEMBERED: Final = 8_192

_LETTERS: Final = re.compile(r"[^\W\d_]+|\d+")
_ALIKE: Final = str.maketrans("әғқңөұүһіёй", "агкноууhиеи")
"""Kazakh is often typed on a Russian keyboard."""


@dataclass(frozen=True, slots=True)
class Similar:
    """`per_cent` of likeness, 0..100."""

    proposal_id: UUID
    per_cent: int


def similarity(one: str, other: str) -> float:
    """0..1; the same whichever comes first."""
    return _overlap(trigrams(one[:TEXT_CHARS]), trigrams(other[:TEXT_CHARS]))


def most_similar(
    text: str, candidates: Iterable[tuple[UUID, str]], least: float = LEAST, most: int = MOST
) -> list[Similar]:
    """The candidates at least `least` like `text`, the likest first; equals in the order of their ids."""
    wanted = trigrams(text[:TEXT_CHARS])
    scored = ((_overlap(wanted, trigrams(each[:TEXT_CHARS])), thing) for thing, each in candidates)
    found = sorted((-score, thing) for score, thing in scored if score >= least)
    return [Similar(thing, round(-100 * score)) for score, thing in found[:most]]


@lru_cache(maxsize=_REMEMBERED)
def trigrams(text: str) -> frozenset[str]:
    """Of each word with its edges; of no word, none."""
    plain = unicodedata.normalize("NFC", text).casefold().translate(_ALIKE)
    padded = (f"  {word} " for word in _LETTERS.findall(plain))
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    if not one or not other:
        return 0.0
    shorter, longer = sorted((len(one), len(other)))
    return len(one & other) / shorter * sqrt(sqrt(shorter / longer))
