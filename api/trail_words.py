"""What an event says in plain words, in Kazakh, Russian and English, from the table `events.toml` beside this module.

An event that is not in the table yet is told by its topic: a missing text must not hide that something happened. The tests
find it.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, reduce
from importlib.resources import files
from operator import getitem
from string import Formatter
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from api.web.words import LANGUAGES
from api.wording import Say, local_time, number, tenge

Table = Mapping[str, tuple[str, str, str]]
"""By key: in Kazakh, Russian and English."""

NOTHING: Final = "—"
EACH: Final = "each."


@dataclass(frozen=True, slots=True)
class Words:
    """The same in each language."""

    kk: str
    ru: str
    en: str


def words_of(topic: str, state: Mapping[str, Any]) -> Words:
    """An event's words; `state` is its stored JSON."""
    return Words(*(_Telling(language).tell(topic, state) for language in LANGUAGES))


def name_of(kind: str, thing_id: UUID) -> Words:
    """What a thing is called: its kind in words, and its id."""
    return Words(*(_Telling(language).name(kind, thing_id) for language in LANGUAGES))


@cache
def phrases() -> Table:
    """The table: by topic, or by the name of a part."""
    table = tomllib.loads(files("api").joinpath("events.toml").read_text(encoding="utf-8"))
    return MappingProxyType({key: (entry["kk"], entry["ru"], entry["en"]) for key, entry in table.items()})


def saying_of_events(language: str) -> Say:
    """The table's phrases in a language."""
    place = list(LANGUAGES).index(language)

    def say(key: str, **facts: object) -> str:
        return phrases()[key][place].format(**facts)

    return say


class _Telling(Formatter):
    """Fills a template of the table. Behind a field's colon stands a name of `FORMS`; or `each.` and what is told of every item
    of a list; or the first half of a part's name, whose other half is the value, or every value of a list.
    """

    def __init__(self, language: str) -> None:
        self._place = list(LANGUAGES).index(language)
        self._say = saying_of_events(language)

    def tell(self, topic: str, state: Mapping[str, Any]) -> str:
        template = phrases().get(topic)
        return topic if template is None else self.vformat(template[self._place], (), state)

    def name(self, kind: str, thing_id: UUID) -> str:
        key = f"thing_{kind}"
        return self._say(key, id=thing_id) if key in phrases() else f"{kind} {thing_id}"

    def format_field(self, value: Any, format_spec: str) -> str:
        if not format_spec:
            return str(value)
        if format_spec in FORMS:
            return FORMS[format_spec](self._say, value)
        if format_spec.startswith(EACH):
            path = format_spec.removeprefix(EACH).split(".")
            return _listed(reduce(getitem, path, item) for item in value)
        values = value if isinstance(value, list) else [value]
        return _listed(self._say(f"{format_spec}_{str(each).lower()}") for each in values)


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(texts) or NOTHING


def _choices(_: Say, choices: list[str] | dict[str, int]) -> str:
    """Points behind each project where points were given."""
    told = (
        [f"{project} ({points})" for project, points in choices.items()]
        if isinstance(choices, dict)
        else choices
    )
    return _listed(told)


FORMS: Final[Mapping[str, Callable[[Say, Any], str]]] = {
    "tenge": lambda _, tiyn: tenge(tiyn),
    "number": lambda _, value: number(value),
    "time": lambda _, text: local_time(datetime.fromisoformat(text)),
    "given": lambda _, text: text or NOTHING,
    "list": lambda _, texts: _listed(texts),
    "sum": lambda _, by_unit: number(sum(by_unit.values())),
    "choices": _choices,
    "slips": lambda say, slips: "; ".join(say("slips_of_unit", **unit) for unit in slips),
    "votes": lambda say, votes: "; ".join(
        f"{each['member']} ({say('vote_' + each['vote'])})" for each in votes
    ),
    "subject": lambda say, subject: say(f"thing_{subject['kind']}", **subject),
}
