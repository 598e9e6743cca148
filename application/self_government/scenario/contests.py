"""Entries of a rural district's contest of projects, played as a real round; only the demonstration can hold one on the spot."""

from uuid import UUID

from application.self_government.scenario.book import Book, ContestProposal
from application.self_government.scenario.entry import Entry


class ContestAnnounced(Entry, frozen=True, tag="contest.announced"):
    contest: str
    title: str
    envelope_tiyn: int
    most_choices: int

    def record(self, book: Book) -> UUID:
        round_id = book.round(self.contest)
        book.contests.announce(
            round_id,
            book.unit,
            self.title,
            envelope_tiyn=self.envelope_tiyn,
            most_choices=self.most_choices,
        )
        return round_id


class ContestHeld(Entry, frozen=True, tag="contest.held"):
    """`voters` people come; `at_home` stand on the roll and do not."""

    contest: str
    voters: int
    at_home: int
    proposals: tuple[ContestProposal, ...]

    def record(self, book: Book) -> None:
        round_id = book.round(self.contest)
        book.contests.hold(round_id, self.proposals, voters=self.voters, at_home=self.at_home)


KINDS: tuple[type[Entry], ...] = (ContestAnnounced, ContestHeld)
