"""Entries of gatherings. `gathering` is a name that the clerk gives one at its call; `item` is a key of its agenda."""

from uuid import UUID

from msgspec import field

from application.self_government.scenario.book import Book, Moment, Text, published
from application.self_government.scenario.entry import Entry, Part
from domain.self_government.call import Call, Level
from domain.self_government.motion import (
    AgendaItem,
    Candidate,
    ItemKind,
    Motion,
    OpenVote,
    Priority,
    Rating,
)
from domain.self_government.office import Official


class Item(Part, frozen=True):
    """`draft`: the text shown beforehand."""

    key: str
    kind: ItemKind
    title: str
    draft: Text = ""


class Standing(Part, frozen=True):
    """Who stands for the Council, and for which locality (a KATO)."""

    id: str
    name: str
    locality: str


class Wanted(Part, frozen=True):
    title: str
    due: Moment


class GatheringConvened(Entry, frozen=True, tag="gathering.convened"):
    """`level` of a separate gathering: locality, street or house, with the KATO of its `locality`."""

    gathering: str
    place: str
    announced: Moment
    held: Moment
    agenda: tuple[Item, ...]
    level: Level = Level.UNIT
    locality: str = ""

    def record(self, book: Book) -> UUID:
        agenda = tuple(
            AgendaItem(each.key, each.kind, each.title, book.keep(each.draft) if each.draft else "")
            for each in self.agenda
        )
        call = Call(self.place, self.announced.when, self.held.when, agenda)
        made = book.gathering(self.gathering)
        if self.level is Level.UNIT and not self.locality:
            return book.desk.gatherings.convene(book.unit, call, by=book.by, gathering_id=made)
        return book.desk.gatherings.convene_separate(
            book.unit, self.locality, self.level, call, by=book.by, gathering_id=made
        )


class RepresentativesChosen(Entry, frozen=True, tag="gathering.representatives_chosen"):
    """Whom the `separate` gathering chose by its `item` are counted in for the `gathering` of the unit."""

    gathering: str
    separate: str
    item: str

    def record(self, book: Book) -> None:
        book.desk.gatherings.take_representatives(
            book.gathering(self.gathering), book.gathering(self.separate), self.item, by=book.by
        )


class GatheringOpened(Entry, frozen=True, tag="gathering.opened"):
    """`residents`: of a separate gathering, how many are entitled to take part."""

    gathering: str
    present: int
    residents: int = 0

    def record(self, book: Book) -> None:
        book.desk.gatherings.open(
            book.gathering(self.gathering), self.present, residents=self.residents, by=book.by
        )


class ItemVoted(Entry, frozen=True, tag="gathering.item_voted"):
    """Hands counted, and besides the `text` exactly what the item's kind needs."""

    gathering: str
    item: str
    text: Text
    present: int
    votes_for: int = field(name="for")
    votes_against: int = field(name="against")
    abstained: int
    candidates: tuple[Standing, ...] = ()
    priorities: tuple[Wanted, ...] = ()
    representatives: int = 0
    akim: str = ""
    rating: Rating | None = None

    def record(self, book: Book) -> None:
        motion = Motion(
            book.keep(self.text),
            tuple(Candidate(Official(each.id, each.name), each.locality) for each in self.candidates),
            tuple(Priority(each.title, each.due.when) for each in self.priorities),
            self.representatives,
            self.akim,
            self.rating,
        )
        vote = OpenVote(self.present, self.votes_for, self.votes_against, self.abstained)
        book.desk.gatherings.put_to_vote(book.gathering(self.gathering), self.item, motion, vote, by=book.by)


class GatheringClosed(Entry, frozen=True, tag="gathering.closed"):
    gathering: str
    minutes: Text

    def record(self, book: Book) -> None:
        book.desk.gatherings.close(book.gathering(self.gathering), book.keep(self.minutes), by=book.by)


class GatheringPublished(Entry, frozen=True, tag="gathering.published"):
    gathering: str
    site: str
    mass_media: str = ""

    def record(self, book: Book) -> None:
        channels = published(self.site, self.mass_media, book.at)
        book.desk.gatherings.publish(book.gathering(self.gathering), channels, by=book.by)


class GatheringCalledOff(Entry, frozen=True, tag="gathering.called_off"):
    gathering: str
    reason: str

    def record(self, book: Book) -> None:
        book.desk.gatherings.call_off(book.gathering(self.gathering), self.reason, by=book.by)


KINDS: tuple[type[Entry], ...] = (
    GatheringConvened,
    RepresentativesChosen,
    GatheringOpened,
    ItemVoted,
    GatheringClosed,
    GatheringPublished,
    GatheringCalledOff,
)
