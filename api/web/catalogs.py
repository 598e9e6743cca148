"""What is said, where, and whether both catalogs say it: `python -m api.web.catalogs` tells what is missing, a test fails on it.

Messages are found in templates (`_`, `ngettext`, `pgettext`), in Python (`N_`, `NP_`, `gettext`) and in scripts (`t`).
"""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file, extract_javascript, extract_python
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from api.web.words import LANGUAGES, WRITTEN_IN, catalogs

_API: Final = Path(__file__).resolve().parents[1]
_PYTHON_KEYWORDS: Final[Mapping[str, Any]] = {**DEFAULT_KEYWORDS, "NP_": ((1, "c"), 2)}
_SOURCES: Final[tuple[tuple[str, str, Any, Mapping[str, Any]], ...]] = (
    ("templates", "*.html", babel_extract, DEFAULT_KEYWORDS),
    (".", "*.py", extract_python, _PYTHON_KEYWORDS),
    ("static", "*.js", extract_javascript, {"t": None}),
)
_FACT: Final = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
_LONE_PER_CENT: Final = re.compile(r"%(?![%(])")


@dataclass(frozen=True, slots=True, order=True)
class Said:
    """A message and where it stands first; `plural` is empty of one that counts nothing."""

    place: str
    context: str
    message: str
    plural: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.message


def said() -> dict[tuple[str, str], Said]:
    """Everything that the pages and commands say, by context and message."""
    found: dict[tuple[str, str], Said] = {}
    for each in _extracted():
        known = found.setdefault(each.key, each)
        if each.plural and not known.plural:
            found[each.key] = each
    return found


def faults() -> list[str]:
    """What is wrong with the catalogs, each in a line that says where."""
    used = said()
    return [fault for language in LANGUAGES if language != WRITTEN_IN for fault in _faults(language, used)]


def _extracted() -> Iterator[Said]:
    for folder, pattern, method, keywords in _SOURCES:
        for path in sorted((_API / folder).rglob(pattern)):
            for line, message, _, context in extract_from_file(method, path, keywords):
                singular, plural = message if isinstance(message, tuple) else (message, "")
                yield Said(f"{path.relative_to(_API.parent)}:{line}", context or "", singular, plural)


def _faults(language: str, used: Mapping[tuple[str, str], Said]) -> Iterator[str]:
    entries: dict[tuple[str, str], tuple[str, Message]] = {}
    for file in catalogs(language):
        place = f"api/locale/{language}/{file.name}"
        with file.open("rb") as source:
            catalog = read_po(source, locale=language)
        for entry in catalog:
            if not entry.id:
                continue
            key = entry.context or "", _forms(entry.id)[0]
            if key in entries and entries[key][1].string != entry.string:
                yield f"{place}: {key[1]!r} is said otherwise in {entries[key][0]}; tell them apart by a context"
            entries[key] = place, entry
            yield from (
                f"{place}: {fault}" for fault in _faults_of(entry, catalog.num_plurals, used.get(key))
            )
    for key in used.keys() - entries.keys():
        yield f"{used[key].place}: not in api/locale/{language}: {key[1]!r}{f' ({key[0]})' if key[0] else ''}"


def _faults_of(entry: Message, plurals: int, used: Said | None) -> Iterator[str]:
    what, texts = repr(_forms(entry.id)[0]), _forms(entry.string)
    if used is None:
        yield f"nobody says {what}"
        return
    if entry.fuzzy:
        yield f"{what} is marked fuzzy"
    if len(texts) != (plurals if used.plural else 1):
        yield f"{what} has {len(texts)} forms"
    facts = _facts(used.plural or used.message)
    for text in texts:
        if not text.strip():
            yield f"{what} is not said"
        elif _facts(text) != facts:
            yield f"{what} has {sorted(facts)}, and its translation {sorted(_facts(text))}"
        elif "%(" in text and _LONE_PER_CENT.search(text):
            yield f"{what}: a lone % stands for nothing; write %%"


def _facts(text: str) -> set[str]:
    return {match[0] for match in _FACT.finditer(text)}


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ("",))


if __name__ == "__main__":
    told = sorted(faults())
    sys.stdout.writelines(f"{fault}\n" for fault in told)
    sys.exit(bool(told))
