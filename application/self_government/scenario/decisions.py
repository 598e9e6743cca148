"""Entries of the Council's decisions and their execution. `decision`: its number in the Council."""

from uuid import UUID

from msgspec import Struct

from application.self_government import matters
from application.self_government.scenario.book import Book, Moment, Text, published
from application.self_government.scenario.councils import OfCouncil
from application.self_government.scenario.entry import Entry, Part
from domain.self_government.decision import Proposal
from domain.self_government.execution import Task
from domain.self_government.rollcall import Vote


class _Reference(Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True):
    """A matter that refers to something by its name in the scenario."""


class AgreedPlan(_Reference, frozen=True, tag="development_plan"):
    gathering: str
    item: str


class AgreedBudget(_Reference, frozen=True, tag="budget"):
    gathering: str
    item: str


class ContestEnvelope(_Reference, frozen=True, tag="envelope"):
    contest: str


class ContestConclusion(_Reference, frozen=True, tag="conclusion_noted"):
    contest: str


class Control(_Reference, frozen=True, tag="execution_control"):
    """Of a decision, or of a contest's funded projects: one of the two is given."""

    decision: str = ""
    contest: str = ""


Matter = (
    AgreedPlan
    | AgreedBudget
    | ContestEnvelope
    | ContestConclusion
    | Control
    | matters.TaxRate
    | matters.ZoningCoefficient
    | matters.Reallocation
    | matters.AppointmentConsent
    | matters.LocalRules
    | matters.TariffsOfServices
    | matters.StaffList
    | matters.DismissalInitiated
    | matters.DismissalWithdrawn
    | matters.Repeal
)


class DecisionProposed(OfCouncil, frozen=True, tag="decision.proposed"):
    """`point`: its key on the sitting's agenda; `repeals`, `amends`: numbers of earlier decisions of the same Council."""

    sitting: str
    point: str
    decision: str
    title: str
    text: Text
    legal_basis: str
    matter: Matter
    effective_from: Moment | None = None
    repeals: tuple[str, ...] = ()
    amends: tuple[str, ...] = ()

    def record(self, book: Book) -> UUID:
        proposal = Proposal(
            self.decision,
            self.title,
            book.keep(self.text),
            self.legal_basis,
            self.effective_from.when if self.effective_from else None,
        )
        return book.desk.decisions.propose(
            book.sitting(self.council, self.sitting),
            self.point,
            proposal,
            _request(book, self.council, self.matter),
            by=book.by,
            repeals=[book.decision(self.council, number) for number in self.repeals],
            amends=[book.decision(self.council, number) for number in self.amends],
        )


class VotesCast(OfCouncil, frozen=True, tag="decision.vote_cast"):
    """`votes`: member → for, against or abstained; who votes again until the vote is closed changes the vote."""

    decision: str
    votes: dict[str, Vote]

    def record(self, book: Book) -> None:
        for member, vote in self.votes.items():
            book.desk.decisions.vote(book.decision(self.council, self.decision), member, vote, by=book.by)


class Recused(OfCouncil, frozen=True, tag="decision.recused"):
    decision: str
    member: str
    interest: str

    def record(self, book: Book) -> None:
        decision = book.decision(self.council, self.decision)
        book.desk.decisions.recuse(decision, self.member, self.interest, by=book.by)


class VoteClosed(OfCouncil, frozen=True, tag="decision.vote_closed"):
    decision: str

    def record(self, book: Book) -> None:
        book.desk.decisions.close_vote(book.decision(self.council, self.decision), by=book.by)


class DecisionSigned(OfCouncil, frozen=True, tag="decision.signed"):
    decision: str
    signer: str

    def record(self, book: Book) -> None:
        decision = book.decision(self.council, self.decision)
        book.desk.decisions.sign(decision, self.signer, book.at, by=book.by)


class DecisionPublished(OfCouncil, frozen=True, tag="decision.published"):
    decision: str
    site: str
    mass_media: str = ""

    def record(self, book: Book) -> None:
        channels = published(self.site, self.mass_media, book.at)
        book.desk.decisions.publish(book.decision(self.council, self.decision), channels, by=book.by)


class Assignment(Part, frozen=True):
    key: str
    title: str
    responsible: str
    due: Moment


class ExecutionOrdered(OfCouncil, frozen=True, tag="execution.ordered"):
    decision: str
    tasks: tuple[Assignment, ...]

    def record(self, book: Book) -> UUID:
        tasks = [Task(each.key, each.title, each.responsible, each.due.when) for each in self.tasks]
        return book.desk.executions.order(book.decision(self.council, self.decision), tasks, by=book.by)


class Progressed(OfCouncil, frozen=True, tag="execution.progressed"):
    decision: str
    task: str
    per_cent: int
    text: str

    def record(self, book: Book) -> None:
        execution = book.execution(self.council, self.decision)
        book.desk.executions.report_progress(execution, self.task, self.per_cent, self.text, by=book.by)


class Extended(OfCouncil, frozen=True, tag="execution.extended"):
    decision: str
    task: str
    due: Moment
    reason: str

    def record(self, book: Book) -> None:
        execution = book.execution(self.council, self.decision)
        book.desk.executions.extend(execution, self.task, self.due.when, self.reason, by=book.by)


class Done(OfCouncil, frozen=True, tag="execution.done"):
    decision: str
    task: str
    text: str
    evidence: Text

    def record(self, book: Book) -> None:
        book.desk.executions.finish(
            book.execution(self.council, self.decision),
            self.task,
            self.text,
            book.keep(self.evidence),
            on=book.at,
            by=book.by,
        )


def _request(book: Book, council: int, matter: Matter) -> matters.MatterRequest:
    """The matter with ids in the place of names."""
    match matter:
        case AgreedPlan(gathering, item):
            return matters.DevelopmentPlan(book.gathering(gathering), item)
        case AgreedBudget(gathering, item):
            return matters.Budget(book.gathering(gathering), item)
        case ContestEnvelope(contest):
            return matters.Envelope(book.round(contest))
        case ContestConclusion(contest):
            return matters.ConclusionNoted(book.round(contest))
        case Control(decision, contest):
            return matters.ExecutionControl(
                book.decision(council, decision) if decision else None,
                book.round(contest) if contest else None,
            )
        case _:
            return matter


KINDS: tuple[type[Entry], ...] = (
    DecisionProposed,
    VotesCast,
    Recused,
    VoteClosed,
    DecisionSigned,
    DecisionPublished,
    ExecutionOrdered,
    Progressed,
    Extended,
    Done,
)
