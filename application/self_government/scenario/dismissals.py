"""Entries of initiatives to end an akim's powers. `akim`: the official's id; `initiative`: 1 for the first against them."""

from uuid import UUID

from msgspec import field

from application.self_government.dismissals import ActReference, ActReferenceInvalid
from application.self_government.scenario.book import Book, Moment, Text, published
from application.self_government.scenario.entry import Entry, Part
from domain.self_government.initiating import Body, Ground
from domain.self_government.initiating import Evidence as Piece
from domain.self_government.motion import OpenVote


class Act(Part, frozen=True):
    """A gathering's adopted `item`, or a Council's adopted `decision`: one of the two is given."""

    gathering: str = ""
    item: str = ""
    council: int = 1
    decision: str = ""

    def reference(self, book: Book) -> ActReference:
        if bool(self.decision) == bool(self.gathering):
            raise ActReferenceInvalid
        if self.decision:
            return ActReference(Body.COUNCIL, book.decision(self.council, self.decision))
        return ActReference(Body.GATHERING, book.gathering(self.gathering), self.item)


class Evidence(Part, frozen=True):
    text: Text
    description: str


class Raised(Entry, frozen=True, tag="dismissal.raised"):
    akim: str
    act: Act
    grounds: tuple[Ground, ...]
    statement: str
    evidence: tuple[Evidence, ...]

    def record(self, book: Book) -> UUID:
        return book.desk.dismissals.raise_against(
            book.unit,
            self.akim,
            self.act.reference(book),
            grounds=self.grounds,
            statement=self.statement,
            evidence=tuple(Piece(book.keep(each.text), each.description) for each in self.evidence),
            on=book.at,
            by=book.by,
        )


class OfInitiative(Entry, frozen=True, kw_only=True):
    akim: str
    initiative: int

    def id_in(self, book: Book) -> UUID:
        return book.initiative(self.akim, self.initiative)


class AkimNotified(OfInitiative, frozen=True, tag="dismissal.akim_notified"):
    notice: Text

    def record(self, book: Book) -> None:
        book.desk.dismissals.notify_akim(self.id_in(book), book.keep(self.notice), on=book.at, by=book.by)


class AkimAnswered(OfInitiative, frozen=True, tag="dismissal.akim_answered"):
    """`answer`: in short; `text`: the whole of it."""

    answer: str
    text: Text

    def record(self, book: Book) -> None:
        book.desk.dismissals.answer(
            self.id_in(book), self.answer, book.keep(self.text), on=book.at, by=book.by
        )


class Submitted(OfInitiative, frozen=True, tag="dismissal.submitted"):
    """`maslikhat`: KATO of its district or city."""

    maslikhat: str
    text: Text

    def record(self, book: Book) -> None:
        book.desk.dismissals.submit(
            self.id_in(book), self.maslikhat, book.keep(self.text), on=book.at, by=book.by
        )


class Registered(OfInitiative, frozen=True, tag="dismissal.registered"):
    """`number`: in the maslikhat's register of incoming papers."""

    number: str

    def record(self, book: Book) -> None:
        book.desk.dismissals.register(self.id_in(book), self.number, on=book.at, by=book.by)


class HearingSet(OfInitiative, frozen=True, tag="dismissal.hearing_set"):
    hearing: Moment
    place: str

    def record(self, book: Book) -> None:
        book.desk.dismissals.set_hearing(
            self.id_in(book), self.hearing.when, self.place, on=book.at, by=book.by
        )


class Heard(OfInitiative, frozen=True, tag="dismissal.heard"):
    akim_spoke: bool
    minutes: Text

    def record(self, book: Book) -> None:
        book.desk.dismissals.hear(
            self.id_in(book),
            book.keep(self.minutes),
            akim_spoke=self.akim_spoke,
            on=book.at,
            by=book.by,
        )


class Decided(OfInitiative, frozen=True, tag="dismissal.decided"):
    """The maslikhat's open vote; `deputies`: of all there are. What it comes to is computed."""

    deputies: int
    present: int
    votes_for: int = field(name="for")
    votes_against: int = field(name="against")
    abstained: int
    text: Text

    def record(self, book: Book) -> None:
        book.desk.dismissals.decide(
            self.id_in(book),
            self.deputies,
            OpenVote(self.present, self.votes_for, self.votes_against, self.abstained),
            book.keep(self.text),
            on=book.at,
            by=book.by,
        )


class Published(OfInitiative, frozen=True, tag="dismissal.published"):
    site: str
    mass_media: str = ""

    def record(self, book: Book) -> None:
        channels = published(self.site, self.mass_media, book.at)
        book.desk.dismissals.publish(self.id_in(book), channels, by=book.by)


class Withdrawn(OfInitiative, frozen=True, tag="dismissal.withdrawn"):
    act: Act
    reason: str

    def record(self, book: Book) -> None:
        act = self.act.reference(book)
        book.desk.dismissals.withdraw(self.id_in(book), act, self.reason, on=book.at, by=book.by)


class Lapsed(OfInitiative, frozen=True, tag="dismissal.lapsed"):
    def record(self, book: Book) -> None:
        book.desk.dismissals.lapse(self.id_in(book), on=book.at, by=book.by)


KINDS: tuple[type[Entry], ...] = (
    Raised,
    AkimNotified,
    AkimAnswered,
    Submitted,
    Registered,
    HearingSet,
    Heard,
    Decided,
    Published,
    Withdrawn,
    Lapsed,
)
