"""A round's use cases: draft, intake, review, lot, opening on a frozen paper, closing, cancelling.

Each runs alone behind the log's lock, on the round as it is there. Opening computes the paper from the log itself: admitted
proposals, terms, lot seed, and the roots of roll and credentials, which must still be what was sealed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec
import psycopg

from application.kiosks import Random
from application.log import canonical
from application.proposals import proposals_of
from application.registrar import RollNotSealed
from application.storage.documents import Documents
from application.store import Clock, Past, Store
from domain.errors import Refused
from domain.paper import Paper, Project
from domain.proposal import Proposal, ProposalState
from domain.roll import CredentialsNotRegistered, Roll
from domain.round import LotNotDrawn, Round
from domain.terms import Terms

CheckRoots = Callable[[UUID], None]
"""Refuses when the stored roll or credentials no longer give their sealed roots (the registrar's)."""

CheckDurable = Callable[[psycopg.Connection[Any]], None]
"""Refuses while the database would lose what it acknowledged (the durability gate)."""


class ExclusionsUnknown(Refused):
    """A proposal excludes a `project` that is not on the paper."""

    code: ClassVar[str] = "exclusions_unknown"


class ProjectTwice(Refused):
    """Two admitted proposals carry the same number."""

    code: ClassVar[str] = "project_twice"


class Rounds:
    def __init__(
        self,
        store: Store,
        documents: Documents,
        clock: Clock,
        random: Random,
        *,
        check_roots: CheckRoots,
        check_durable: CheckDurable,
    ) -> None:
        self._store = store
        self._documents = documents
        self._clock = clock
        self._random = random
        self._check_roots = check_roots
        self._check_durable = check_durable

    def draft(self, terms: Terms, *, by: str, round_id: UUID | None = None) -> UUID:
        """A new round; its id. With a `round_id` of the caller's the same call again is refused by the store's key."""
        round_ = Round.draft(
            round_id or UUID(bytes=self._random(16), version=4), terms, by=by, at=self._clock()
        )
        with self._store.deciding() as decision:
            decision.save(round_)
        return round_.id

    def change_terms(self, round_id: UUID, terms: Terms, *, by: str) -> None:
        with self._changing(round_id) as (round_, at):
            round_.change_terms(terms, by=by, at=at)

    def open_intake(self, round_id: UUID, *, by: str) -> None:
        with self._changing(round_id) as (round_, at):
            round_.open_intake(by=by, at=at)

    def start_review(self, round_id: UUID, *, by: str) -> None:
        with self._changing(round_id) as (round_, at):
            round_.start_review(by=by, at=at)

    def draw_lot(self, round_id: UUID, *, by: str) -> str:
        """Draw 32 unpredictable bytes and make them public; the seed in hex."""
        seed = self._random(32).hex()
        with self._changing(round_id) as (round_, at):
            round_.draw_lot(seed, by=by, at=at)
        return seed

    def open_voting(self, round_id: UUID, *, by: str) -> str:
        """Freeze the paper and let ballots in; the paper's SHA-256."""
        self.check_ready(round_id)
        return self.freeze(round_id, by=by)

    def preview(self, round_id: UUID) -> Paper:
        """The paper as it would be frozen now."""
        with self._store.reading() as past:
            return build_paper(past, past.get(Round, round_id))

    def check_ready(self, round_id: UUID) -> None:
        """What must hold before voting opens and takes long to see: it runs before the log is locked."""
        with self._store.log_recorder.datastore.get_connection() as connection:
            self._check_durable(connection)
        self._check_roots(round_id)

    def freeze(self, round_id: UUID, *, by: str) -> str:
        """Open voting on a round that `check_ready` has passed; the paper's SHA-256."""
        with self._store.deciding() as decision:
            round_ = decision.get(Round, round_id)
            paper = build_paper(decision, round_)
            digest = self._documents.put(paper_bytes(paper))
            round_.open_voting(digest, len(paper.projects), by=by, at=self._clock())
            decision.save(round_)
        return digest

    def close_voting(self, round_id: UUID, *, by: str, early_reason: str = "") -> None:
        with self._changing(round_id) as (round_, at):
            round_.close_voting(by=by, at=at, early_reason=early_reason)

    def start_implementation(self, round_id: UUID, *, by: str) -> None:
        with self._changing(round_id) as (round_, at):
            round_.start_implementation(by=by, at=at)

    def complete(self, round_id: UUID, *, by: str) -> None:
        with self._changing(round_id) as (round_, at):
            round_.complete(by=by, at=at)

    def cancel(self, round_id: UUID, reason: str, *, by: str) -> None:
        with self._changing(round_id) as (round_, at):
            round_.cancel(reason, by=by, at=at)

    @contextmanager
    def _changing(self, round_id: UUID) -> Iterator[tuple[Round, datetime]]:
        with self._store.deciding() as decision:
            round_ = decision.get(Round, round_id)
            yield round_, self._clock()
            decision.save(round_)


def paper_bytes(paper: Paper) -> bytes:
    """As it is stored when it is frozen; its SHA-256 is in the opening event."""
    return canonical.encode(msgspec.to_builtins(paper))


def build_paper(past: Past, round_: Round) -> Paper:
    """The paper as it would be frozen now: admitted proposals in the order of their numbers' lengths, then numbers."""
    roll = past.find(Roll, Roll.create_id(round_.id))
    if roll is None:
        raise RollNotSealed
    if roll.credentials_root is None:
        raise CredentialsNotRegistered
    if round_.lot_seed is None:
        raise LotNotDrawn
    admitted = [p for p in proposals_of(past, round_.id) if p.state is ProposalState.ADMITTED]
    terms = round_.terms
    return Paper(
        round_id=str(round_.id),
        kind=terms.kind,
        title=terms.title,
        units=terms.units,
        projects=_projects(admitted),
        form=terms.form,
        rules=terms.rules,
        lot_seed=round_.lot_seed,
        roll_root=roll.root,
        credentials_root=roll.credentials_root,
        categories=terms.categories,
    )


def _projects(admitted: list[Proposal]) -> tuple[Project, ...]:
    by_number = {proposal.project or "": proposal for proposal in admitted}
    if len(by_number) != len(admitted):
        raise ProjectTwice
    excludes: dict[str, set[str]] = {number: set() for number in by_number}
    for number, proposal in by_number.items():
        for other in proposal.excludes:
            if other not in by_number:
                raise ExclusionsUnknown(project=other)
            excludes[number].add(other)
            excludes[other].add(number)  # whoever cannot stand beside me, beside whom I cannot stand
    return tuple(
        Project(
            id=number,
            unit=proposal.sketch.unit,
            cost_tiyn=proposal.cost_tiyn or 0,
            title=proposal.sketch.title,
            category=proposal.sketch.category,
            excludes=tuple(sorted(excludes[number])),
        )
        for number, proposal in sorted(by_number.items(), key=lambda item: (len(item[0]), item[0]))
    )
