"""A page of a register, before it is HTML: facts and tables of texts and links, whatever kind of thing it shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.wording import Say, local_time


@dataclass(frozen=True, slots=True)
class Link:
    """`address`: a path of this site, whose page is shown in the reader's language."""

    text: str
    address: str


Cell = str | Link | tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`more`: where the rest of it is, if there is any."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    more: Link | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """`unit`: KATO of the unit it is a thing of; `above`: what its page leads up to. `data`: the same for programs, by its name;
    `id`: whose trail it has.
    """

    title: str
    unit: str = ""
    above: Link | None = None
    facts: Sequence[tuple[str, Cell]] = ()
    tables: Sequence[Table] = ()
    data: Sequence[Link] = ()
    id: UUID | None = None


def time_of(when: datetime | None) -> str:
    return local_time(when) if when else "—"


def term_of(say: Say, since: datetime, until: datetime) -> str:
    return say("from_until", since=local_time(since), until=local_time(until))


def digest_of(digest: str | None) -> str:
    return digest or "—"


def links_to(kind: str, ids: Iterable[UUID], titles: Mapping[UUID, str]) -> tuple[Link, ...]:
    return tuple(Link(titles.get(each, str(each)), f"/{kind}/{each}") for each in ids)
