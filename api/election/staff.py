"""What the akim's office, the registrar and the expert council do in an election, through the engine's own use cases.

What takes two people two of them do: the clerk asks, the head grants, and both stand in the log.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final
from uuid import UUID

from api.composition import Engine
from api.election.people import assign, numbered_authors, roll_list
from api.election.plan import Plan, Planned, Teller
from application.approvals import AlreadyRequested, Parameters
from application.clock import now
from application.kiosks import Invitation
from application.roll_import import Imported
from application.slips import SlipOrder, codes_of, make_slips
from domain.approval import NotOwnRequest, TwoPeopleAct
from domain.conclusion import Channel, ChannelKind, Conclusion
from domain.paper import Unit
from domain.roll import SlipCount
from domain.round import Round
from domain.terms import Terms

CLERK, HEAD, COUNCIL = "election-clerk", "election-head", "election-council"

NOTHING_GIVEN: Final[Parameters] = MappingProxyType({})

_VOTING = timedelta(days=14)
_HALL = "Election hall"
_DESKS = 4
_SITE, _NEWSPAPER = "https://akimat.example/byudzhet", "«Қала тынысы» газеті"


@dataclass(slots=True)
class Opened:
    """A round whose voting is open. `slips`: codes of handed-out slips per unit, in a random order; secret."""

    round_id: UUID
    slips: dict[str, list[str]] = field(repr=False)
    withdrawn_later: list[tuple[UUID, str]]
    """Proposals that will be withdrawn after the vote, each with its reason."""


def announce(engine: Engine, plan: Plan, round_id: UUID) -> None:
    """Draft the round, with everything about it but its proposals and people."""
    opens = now().replace(second=0, microsecond=0)
    terms = Terms(
        kind=plan.kind,
        title=plan.title,
        units=plan.units,
        form=plan.form,
        rules=plan.rules,
        voting_opens=opens,
        voting_closes=opens + _VOTING,
        categories=plan.categories,
        cost_caps=plan.cost_caps,
    )
    engine.rounds.draft(terms, by=CLERK, round_id=round_id)


def invite_kiosk(engine: Engine, unit: str, label: str) -> Invitation:
    """To the hall of a unit; its one-time code is given to who granted it."""
    given = {"unit": unit, "label": label, "place": _HALL}
    invitation = _by_two(engine, TwoPeopleAct.INVITE_KIOSK, None, "the hall needs it", given)
    assert isinstance(invitation, Invitation)
    return invitation


def _by_two(
    engine: Engine, act: TwoPeopleAct, subject: UUID | None, reason: str, given: Parameters = NOTHING_GIVEN
) -> object:
    """Asked for by one, granted and thereby done by another; what the act gives.

    Killed between the two it leaves a request that waits, which the next election takes back. What somebody else asked for stays.
    """
    ask = partial(engine.approvals.request, act, subject, given, by=CLERK, reason=reason)
    try:
        asked = ask()
    except AlreadyRequested as waiting:
        left = waiting.facts["approval"]
        assert isinstance(left, UUID)
        with suppress(NotOwnRequest):
            engine.approvals.withdraw(left, by=CLERK)
        asked = ask()
    return engine.approvals.approve(asked, by=HEAD)


class Staff:
    """Everything that people in offices do once a round is announced, in the order of its life."""

    def __init__(self, engine: Engine, plan: Plan, teller: Teller, workspace: Path) -> None:
        self._engine = engine
        self._plan = plan
        self._teller = teller
        self._workspace = workspace

    def open_round(self, round_id: UUID) -> Opened:
        """From the announced round to open voting."""
        withdrawn_later = self.review(round_id, self.take_in(round_id))
        people = assign({unit.kato: self._plan.people(unit.kato) for unit in self._plan.units_with_people})
        self._make_roll(round_id, people)
        slips = self._make_slips(round_id)
        self._engine.rounds.draw_lot(round_id, by=CLERK)
        _by_two(self._engine, TwoPeopleAct.OPEN_VOTING, round_id, "roll, slips and paper are ready")
        digest = self._engine.store.load(Round, round_id).paper_digest
        self._teller.fact(
            f"The lot for ties is drawn; voting is open on a frozen paper, SHA-256 {digest:.16}…"
        )
        self._hand_out(round_id, people)
        return Opened(round_id, slips, withdrawn_later)

    def take_in(self, round_id: UUID) -> list[tuple[UUID, Planned]]:
        """Intake of the announced round: what residents propose."""
        self._engine.rounds.open_intake(round_id, by=CLERK)
        with self._teller.step("Residents propose", len(self._plan.proposals)) as advance:
            submitted: list[tuple[UUID, Planned]] = []
            for author, planned in zip(numbered_authors(), self._plan.proposals, strict=False):
                proposal_id = self._engine.proposals.submit(round_id, author, planned.sketch)
                submitted.append((proposal_id, planned))
                advance(1)
        return submitted

    def review(self, round_id: UUID, submitted: Sequence[tuple[UUID, Planned]]) -> list[tuple[UUID, str]]:
        """The expert council decides on what was submitted; the proposals that will be withdrawn after the vote."""
        minutes = self._engine.documents.put(
            f"Minutes of the expert council on round {round_id}.\n".encode(), "text/plain; charset=utf-8"
        )
        self._engine.rounds.start_review(round_id, by=CLERK)
        with self._teller.step("The expert council reviews", len(submitted)) as advance:
            for proposal_id, planned in submitted:
                self._review(proposal_id, planned, minutes)
                advance(1)
        came_in = tuple(planned for _, planned in submitted)
        self._teller.fact(f"{len(came_in)} proposals came in: {_what_became_of(came_in)}")
        return [
            (id_, planned.withdrawn) for id_, planned in submitted if planned.number and planned.withdrawn
        ]

    def close_round(self, opened: Opened) -> tuple[SlipCount, ...]:
        """Close voting, take back what is withdrawn, account for every slip."""
        round_id, plan = opened.round_id, self._plan
        given = {"early_reason": plan.early_reason}
        _by_two(self._engine, TwoPeopleAct.CLOSE_EARLY, round_id, plan.early_reason, given)
        for proposal_id, reason in opened.withdrawn_later:
            self._engine.proposals.withdraw(proposal_id, reason)
        # A spoiled slip was replaced by a spare: both were printed, one is in the pile of spoiled ones, one was handed out.
        units = [unit.kato for unit in plan.units_with_people]
        slips = self._engine.registrar.reconcile(
            round_id,
            {unit: plan.at_home.get(unit, 0) for unit in units},
            {unit: plan.spoiled.get(unit, 0) for unit in units},
            by=CLERK,
            handed_out=None if plan.at_desk else {unit: len(opened.slips[unit]) for unit in units},
        )
        printed, spoiled = sum(count.printed for count in slips), sum(count.spoiled for count in slips)
        self._teller.fact(
            f"Voting is closed; {printed:,} slips printed = {sum(count.handed_out for count in slips):,} handed out"
            f" + {sum(count.unused for count in slips):,} unused + {spoiled:,} spoiled"
        )
        return slips

    def conclude(self, round_id: UUID) -> str:
        """Compute the conclusion, approve it by another person; the document's SHA-256."""
        with self._teller.step("The conclusion is computed from the log"):
            digest = self._engine.conclusions.draft(round_id, by=CLERK)
        conclusion_id = Conclusion.create_id(round_id)
        _by_two(self._engine, TwoPeopleAct.APPROVE_CONCLUSION, conclusion_id, "every slip is accounted for")
        return digest

    def publish(self, round_id: UUID) -> None:
        channels = (
            Channel(ChannelKind.SITE, _SITE, now()),
            Channel(ChannelKind.MASS_MEDIA, _NEWSPAPER, now()),
        )
        self._engine.conclusions.publish(round_id, channels, by=HEAD)
        self._teller.fact(
            "The conclusion is drafted by one person, approved by another, published on site and in press"
        )

    def _review(self, proposal_id: UUID, planned: Planned, minutes: str) -> None:
        proposals = self._engine.proposals
        if planned.revised is not None:
            proposals.return_for_revision(proposal_id, planned.returned, by=COUNCIL)
            proposals.revise(proposal_id, planned.revised)
        if planned.number:
            proposals.admit(
                proposal_id,
                planned.number,
                planned.cost_tiyn,
                minutes_digest=minutes,
                by=COUNCIL,
                excludes=planned.excludes,
            )
        elif planned.rejected:
            proposals.reject(proposal_id, planned.rejected, minutes_digest=minutes, by=COUNCIL)
        else:
            proposals.withdraw(proposal_id, planned.withdrawn)

    def _make_roll(self, round_id: UUID, people: list[tuple[str, str]]) -> None:
        with self._teller.step(
            "The roll is read; of an IIN only a keyed hash is kept", len(people)
        ) as advance:
            _all_stored(self._engine.registrar.import_roll(round_id, roll_list(people), advance))
        roll = self._engine.registrar.seal_roll(round_id, by=CLERK)
        self._teller.fact(f"{len(people):,} people are on the sealed roll, Merkle root {roll.root[:16]}…")

    def _make_slips(self, round_id: UUID) -> dict[str, list[str]]:
        """Print the slips, register the public list of their credentials; the codes of those that voters get."""
        plan, folder = self._plan, self._workspace / "slips"
        slips = sum(plan.slips(unit.kato) for unit in plan.units)
        with self._teller.step("Voting slips are printed, as on an offline machine", slips) as advance:
            lists = [
                make_slips(self._order(round_id, unit), folder, progress=advance)[-1]
                for unit in plan.units_with_people
            ]
        with self._teller.step("The public list of credentials is registered", slips) as advance:
            lines = _joined(lists)
            _all_stored(
                self._engine.registrar.register_credentials(round_id, lines, by=CLERK, progress=advance)
            )
        self._teller.fact(f"{slips:,} slips; the server knows their public credentials and no code")
        # The file's order is random already: taking the first is taking any.
        return {
            unit.kato: codes_of(folder / f"slips-{unit.kato}.csv")[
                : plan.people(unit.kato) - plan.at_home.get(unit.kato, 0)
            ]
            for unit in plan.units_with_people
        }

    def _order(self, round_id: UUID, unit: Unit) -> SlipOrder:
        return SlipOrder(
            round_id=round_id,
            unit=unit.kato,
            people=self._plan.people(unit.kato),
            spares=self._plan.spares(unit.kato),
            title=self._plan.title,
            unit_name=unit.name,
        )

    def _hand_out(self, round_id: UUID, people: list[tuple[str, str]]) -> None:
        """Whoever comes to the desk is marked as served once; who they are and which slip they take meet nowhere."""
        if not self._plan.at_desk:
            return
        left = dict(self._plan.at_home)
        coming: list[str] = []
        for iin, unit in people:
            if left.get(unit, 0):
                left[unit] -= 1
            else:
                coming.append(iin)
        with (
            self._teller.step("People are found on the roll and take a slip", len(coming)) as advance,
            ThreadPoolExecutor(_DESKS) as desks,
        ):
            for _ in desks.map(lambda iin: self._engine.serving.serve(round_id, iin, by=CLERK), coming):
                advance(1)
        self._teller.fact(
            f"{len(coming):,} people came to {_DESKS} desks; each was marked served once and took any slip"
        )


def _what_became_of(proposals: tuple[Planned, ...]) -> str:
    counts = {
        "sent back and revised": sum(bool(one.revised) for one in proposals),
        "rejected": sum(bool(one.rejected) for one in proposals),
        "withdrawn": sum(bool(one.withdrawn and not one.number) for one in proposals),
        "on the paper": sum(bool(one.number) for one in proposals),
    }
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count)


def _all_stored(imported: Imported) -> None:
    if imported.bad_lines:
        raise AssertionError(f"a made-up list has {imported.bad_lines} bad lines")


def _joined(lists: list[Path]) -> Iterator[bytes]:
    for path in lists:
        with path.open("rb") as file:
            yield from file
