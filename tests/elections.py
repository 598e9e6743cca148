"""Whole rounds told into the log by the aggregates and use cases themselves, for tests of those who read it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

import msgspec
from eventsourcing.domain import Aggregate

from application.conclusions import Conclusions
from application.log import canonical
from application.rounds import build_paper
from domain.ballot import Ballot
from domain.ballot_form import BallotChecker, Choices
from domain.conclusion import Channel, ChannelKind, Conclusion
from domain.paper import BallotForm, BallotType, Paper
from domain.proposal import Proposal, Sketch
from domain.roll import Roll
from domain.round import Round
from domain.terms import Terms
from tests.engine import Engine
from tests.examples import AFTER, CITY, CLERK, DURING, EARLY, HEAD, MINUTES, SEED, TERMS, digest

APPROVAL = BallotForm(BallotType.APPROVAL, max_choices=3)
RANKED = BallotForm(BallotType.RANKED, max_choices=3)
CUMULATIVE = BallotForm(BallotType.CUMULATIVE, max_choices=3, max_points=10)
CHOOSE_ONE = BallotForm(BallotType.CHOOSE_ONE, max_choices=1)
CHANNELS = (
    Channel(ChannelKind.SITE, "akimat.example", AFTER),
    Channel(ChannelKind.MASS_MEDIA, "Qala tynysy", AFTER),
)
PEOPLE = 500
NOTHING: Mapping[str, str] = MappingProxyType({})
NO_PHOTOS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass
class Election:
    """One round; each method is one or more recorded events. `projects`: number → cost in tiyn, admitted on `review`."""

    engine: Engine
    form: BallotForm = APPROVAL
    terms: Terms = TERMS
    id: UUID = field(default_factory=uuid4)
    proposals: dict[str, UUID] = field(default_factory=dict)
    voted: int = 0

    def drafted(self) -> "Election":
        terms = replace(self.terms, form=self.form)
        self._save(Round.draft(self.id, terms, by=CLERK, at=EARLY))
        self._change(lambda round_: round_.open_intake(by=CLERK, at=EARLY))
        return self

    def propose(
        self, title: str, unit: str = CITY, cost_tiyn: int = 100, photos: tuple[str, ...] = ()
    ) -> UUID:
        category = self.terms.categories[0]
        sketch = Sketch(title, f"{title}, described", unit, cost_tiyn, category, attachments=photos)
        with self.engine.store.deciding() as decision:
            round_ = decision.get(Round, self.id)
            proposal = Proposal.submit(uuid4(), round_, "author-1", sketch, at=EARLY)
            decision.save(proposal)
        return proposal.id

    def reviewed(
        self,
        projects: Mapping[str, int],
        units: Mapping[str, str] = NOTHING,
        titles: Mapping[str, str] = NOTHING,
        photos: Mapping[str, tuple[str, ...]] = NO_PHOTOS,
    ) -> "Election":
        """Submit and admit these projects; seal a roll of `PEOPLE` in every unit and draw the lot."""
        for number, cost_tiyn in projects.items():
            self.proposals[number] = self.propose(
                titles.get(number, f"Project {number}"),
                units.get(number, CITY),
                cost_tiyn,
                photos.get(number, ()),
            )
        self._change(lambda round_: round_.start_review(by=CLERK, at=EARLY))
        for number, cost_tiyn in projects.items():
            self.decide(number, "admit", number, cost_tiyn, minutes_digest=MINUTES, by=HEAD)
        people = {unit.kato: PEOPLE for unit in self.terms.units}
        with self.engine.store.deciding() as decision:
            round_ = decision.get(Round, self.id)
            roll = Roll.seal(round_, people, digest("roll"), by=CLERK, at=EARLY)
            roll.register_credentials(round_, people, digest("credentials"), by=CLERK, at=EARLY)
            round_.draw_lot(SEED, by=CLERK, at=EARLY)
            decision.save(roll, round_)
        return self

    def decide(self, number: str, command: str, *arguments: Any, at: datetime = EARLY, **named: Any) -> None:
        """`Proposal.<command>` of the project with this number."""
        with self.engine.store.deciding() as decision:
            proposal = decision.get(Proposal, self.proposals[number])
            getattr(proposal, command)(decision.get(Round, self.id), *arguments, at=at, **named)
            decision.save(proposal)

    def opened(self) -> "Election":
        with self.engine.store.deciding() as decision:
            round_ = decision.get(Round, self.id)
            paper = build_paper(decision, round_)
            paper_digest = self.engine.documents.put(canonical.encode(msgspec.to_builtins(paper)))
            round_.open_voting(paper_digest, len(paper.projects), by=CLERK, at=DURING)
            decision.save(round_)
        return self

    @property
    def paper(self) -> Paper:
        paper_digest = self.engine.store.load(Round, self.id).paper_digest
        assert paper_digest is not None
        return msgspec.json.decode(self.engine.documents.get(paper_digest), type=Paper)

    def cast(self, ballots: Iterable[Choices], unit: str = CITY, at: datetime = DURING) -> "Election":
        checker = BallotChecker(self.paper)
        events = []
        for choices in ballots:
            self.voted += 1
            events.append(
                Ballot.cast(
                    self.id,
                    unit,
                    choices,
                    salt="s" * 22,
                    credential=f"{self.voted:043}",
                    signature="g" * 86,
                    paper=checker,
                    at=at,
                )
            )
        stored = [self.engine.store.mapper.to_stored_event(event) for event in events]
        self.engine.recorder.insert_events(stored)
        return self

    def closed(self) -> "Election":
        self._change(lambda round_: round_.close_voting(by=CLERK, at=AFTER))
        return self

    def cancelled(self) -> "Election":
        self._change(lambda round_: round_.cancel("no money", by=CLERK, at=DURING))
        return self

    @property
    def conclusions(self) -> Conclusions:
        return Conclusions(
            self.engine.store, self.engine.reader, self.engine.documents, lambda: AFTER + timedelta(hours=1)
        )

    def concluded(self) -> "Election":
        self.conclusions.draft(self.id, by=CLERK)
        self.conclusions.approve(self.id, by=HEAD)
        return self

    def published(self) -> "Election":
        self.conclusions.publish(self.id, CHANNELS, by=HEAD)
        return self

    def corrected(self, project: str, **line: object) -> "Election":
        """Publish a correction that says something else of one project, as if our own counting had been mended."""
        with self.engine.store.deciding() as decision:
            conclusion = decision.get(Conclusion, Conclusion.create_id(self.id))
            old = conclusion.computation
            document = msgspec.json.decode(self.engine.documents.get(old.document_digest))
            document |= {
                "number": conclusion.number + 1,
                "replaces": old.document_digest,
                "reason": "miscounted",
            }
            next(each for each in document["lines"] if each["project"] == project).update(line)
            new = self.engine.documents.put(canonical.encode(document))
            conclusion.correct(replace(old, document_digest=new), "miscounted", by=CLERK, at=AFTER)
            decision.save(conclusion)
        self.conclusions.approve(self.id, by=HEAD)
        return self.published()

    def _save(self, *aggregates: Aggregate) -> None:
        with self.engine.store.deciding() as decision:
            decision.save(*aggregates)

    def _change(self, command: Any) -> None:
        with self.engine.store.deciding() as decision:
            round_ = decision.get(Round, self.id)
            command(round_)
            decision.save(round_)


def times(**ballots: int) -> list[Sequence[str]]:
    """Approval ballots: `times(a_b=3)` is three ballots for a and b."""
    return [names.split("_") for names, number in ballots.items() for _ in range(number)]
