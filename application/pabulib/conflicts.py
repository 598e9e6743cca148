"""Projects that exclude each other, as the comment of a `greedy-exclusive` file names them: the format has no column for it.

A comment is numbered remarks («#1: … #2: …»). In a remark about exclusion, projects listed together («projects 12, 7 and 26»)
exclude each other; where none are listed together, the only two named do («project 7 conflicts with project 26»).
"""

import re
from collections.abc import Collection

_REMARKS = re.compile(r"#[0-9]+:")
_ABOUT_EXCLUSION = re.compile(
    r"exclu|simultaneous|conflict|same (?:location|area|place|site)|(?:can|could)(?:not| not) both|only one of",
    re.IGNORECASE,
)
_WORDS = re.compile(r"""[^\s,()"'“”„«»:]+""")
_PROJECT = frozenset({"project", "projects"})
_BETWEEN = _PROJECT | {"and", "or", "&", "with", "no", "no.", "nr", "number", "numbers", "id", "ids", "#"}


def named_conflicts(comment: str, ids: Collection[str]) -> list[tuple[str, ...]]:
    """Groups of known ids whose members exclude one another; empty if the comment names none."""
    conflicts: list[tuple[str, ...]] = []
    for remark in _REMARKS.split(comment):
        if _ABOUT_EXCLUSION.search(remark):
            listed = _listed(remark, ids)
            together = [group for group in listed if len(group) > 1]
            alone = {id_ for group in listed for id_ in group}
            conflicts += together or ([tuple(sorted(alone))] if len(alone) == 2 else [])  # noqa: PLR2004 - a pair
    return conflicts


def _listed(remark: str, ids: Collection[str]) -> list[tuple[str, ...]]:
    """The ids that follow each «project(s)», up to the first word that neither is one nor joins them."""
    lists: list[dict[str, None]] = []
    listing = False
    for word in _WORDS.findall(remark):
        id_ = next((form for form in (word, word.rstrip(".;")) if form in ids), None)
        if id_ is not None and listing:
            lists[-1][id_] = None
        elif word.lower() in _PROJECT and not listing:
            lists.append({})
            listing = True
        elif word.lower() not in _BETWEEN:
            listing = False
    return [tuple(one) for one in lists]
