"""Entries of Councils and their sittings. `council`: the number of the convocation, 1 for the first of the unit."""

from uuid import UUID

from application.self_government.scenario.book import Book, Moment, Text
from application.self_government.scenario.entry import Entry
from domain.self_government.rollcall import MemberVote, Vote
from domain.self_government.seating import LocalitySeats
from domain.self_government.sitting import Point, Summons


class OfCouncil(Entry, frozen=True, kw_only=True):
    council: int = 1


class CouncilFormed(Entry, frozen=True, tag="council.formed"):
    """`seats`: how many each locality (a KATO) has."""

    gathering: str
    item: str
    seats: dict[str, int]

    def record(self, book: Book) -> UUID:
        seats = tuple(LocalitySeats(locality, number) for locality, number in self.seats.items())
        return book.desk.councils.form(
            book.unit, book.gathering(self.gathering), self.item, seats, by=book.by
        )


class MembersElected(OfCouncil, frozen=True, tag="council.members_elected"):
    gathering: str
    item: str

    def record(self, book: Book) -> None:
        book.desk.councils.fill_vacancies(
            book.council(self.council), book.gathering(self.gathering), self.item, by=book.by
        )


class CouncilMemberLeft(OfCouncil, frozen=True, tag="council.member_left"):
    member: str
    reason: str

    def record(self, book: Book) -> None:
        book.desk.councils.leave(book.council(self.council), self.member, book.at, self.reason, by=book.by)


class ChairElected(OfCouncil, frozen=True, tag="council.chair_elected"):
    """`votes`: member → for, against or abstained."""

    sitting: str
    chair: str
    votes: dict[str, Vote]

    def record(self, book: Book) -> None:
        votes = tuple(MemberVote(member, vote) for member, vote in self.votes.items())
        sitting = book.sitting(self.council, self.sitting)
        book.desk.councils.elect_chair(sitting, self.chair, votes, by=book.by)


class ChairLeft(OfCouncil, frozen=True, tag="council.chair_left"):
    reason: str

    def record(self, book: Book) -> None:
        book.desk.councils.leave_chair(book.council(self.council), book.at, self.reason, by=book.by)


class InterestDeclared(OfCouncil, frozen=True, tag="council.interest_declared"):
    """`interest`: the number of the declaration, to which a recusal refers."""

    interest: str
    member: str
    matter: str

    def record(self, book: Book) -> None:
        book.desk.councils.declare_interest(
            book.council(self.council), self.interest, self.member, self.matter, book.at, by=book.by
        )


class CouncilDissolved(OfCouncil, frozen=True, tag="council.dissolved"):
    gathering: str
    item: str

    def record(self, book: Book) -> None:
        book.desk.councils.dissolve(
            book.council(self.council), book.gathering(self.gathering), self.item, by=book.by
        )


class SittingConvened(OfCouncil, frozen=True, tag="sitting.convened"):
    """`sitting`: its number in the Council."""

    sitting: str
    place: str
    announced: Moment
    held: Moment
    agenda: tuple[Point, ...]

    def record(self, book: Book) -> UUID:
        summons = Summons(self.place, self.announced.when, self.held.when, self.agenda)
        return book.desk.sittings.convene(book.council(self.council), self.sitting, summons, by=book.by)


class SittingOpened(OfCouncil, frozen=True, tag="sitting.opened"):
    sitting: str
    present: tuple[str, ...]

    def record(self, book: Book) -> None:
        book.desk.sittings.open(book.sitting(self.council, self.sitting), self.present, by=book.by)


class MemberArrived(OfCouncil, frozen=True, tag="sitting.member_arrived"):
    sitting: str
    member: str

    def record(self, book: Book) -> None:
        book.desk.sittings.arrive(book.sitting(self.council, self.sitting), self.member, by=book.by)


class MemberLeft(OfCouncil, frozen=True, tag="sitting.member_left"):
    sitting: str
    member: str

    def record(self, book: Book) -> None:
        book.desk.sittings.leave(book.sitting(self.council, self.sitting), self.member, by=book.by)


class SittingClosed(OfCouncil, frozen=True, tag="sitting.closed"):
    sitting: str
    minutes: Text

    def record(self, book: Book) -> None:
        sitting = book.sitting(self.council, self.sitting)
        book.desk.sittings.close(sitting, book.keep(self.minutes), by=book.by)


class SittingCalledOff(OfCouncil, frozen=True, tag="sitting.called_off"):
    sitting: str
    reason: str

    def record(self, book: Book) -> None:
        book.desk.sittings.call_off(book.sitting(self.council, self.sitting), self.reason, by=book.by)


KINDS: tuple[type[Entry], ...] = (
    CouncilFormed,
    MembersElected,
    CouncilMemberLeft,
    ChairElected,
    ChairLeft,
    InterestDeclared,
    CouncilDissolved,
    SittingConvened,
    SittingOpened,
    MemberArrived,
    MemberLeft,
    SittingClosed,
    SittingCalledOff,
)
