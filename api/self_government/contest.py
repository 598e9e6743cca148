"""The contest of a made-up rural district, held on the spot: a real round with real slips, kiosks, ballots and conclusion.

Its times are those of the play itself: ballots are cast now, whatever year the scenario tells of.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

from api.composition import Engine
from api.election.plan import Plan, Planned, Teller, Voter, deal
from api.election.run import hold
from api.election.staff import announce
from application.self_government.scenario.book import ContestProposal
from application.self_government.scenario.ledger import Ledger
from domain.paper import BallotForm, BallotType, RoundKind, Rules, Unit
from domain.proposal import Sketch
from domain.self_government.unit import TerritorialUnit

KIOSKS = 1


class ContestDiffers(Exception):  # noqa: N818 - a statement of fact for whoever plays
    """The contest's result is not what the log gives when it is recomputed; in plain words."""


class HeldContests:
    """Contests on `engine`, whose server is at `url`; how far the log has grown with each is entered into the `ledger`."""

    def __init__(self, engine: Engine, url: str, teller: Teller, ledger: Ledger) -> None:
        self._engine = engine
        self._ledger = ledger
        self._url = url
        self._teller = teller
        self._announced: dict[UUID, Plan] = {}

    def announce(
        self, round_id: UUID, unit: str, title: str, *, envelope_tiyn: int, most_choices: int
    ) -> None:
        """Draft the round of the unit (a KATO)."""
        name = self._engine.store.load(TerritorialUnit, TerritorialUnit.create_id(unit)).names.kk
        plan = Plan(
            kind=RoundKind.RURAL,
            title=title,
            units=(Unit(unit, name, envelope_tiyn),),
            form=BallotForm(BallotType.APPROVAL, most_choices),
            rules=Rules(),
            proposals=(),
            voters=(),
            early_reason="a played year does not wait for two weeks",
        )
        with self._entered():
            announce(self._engine, plan, round_id)
        self._announced[round_id] = plan

    def hold(
        self, round_id: UUID, proposals: tuple[ContestProposal, ...], *, voters: int, at_home: int
    ) -> None:
        """From intake to the published conclusion; `at_home` people stand on the roll and do not vote."""
        plan = self._announced.pop(round_id)
        unit = plan.units[0].kato
        votes = {each.number: each.votes for each in proposals}
        complete = replace(
            plan,
            proposals=tuple(_planned(each, unit) for each in proposals),
            voters=tuple(Voter(unit, hand) for hand in deal(votes, voters)),
            at_home={unit: at_home},
        )
        with self._entered():
            held = hold(self._engine, self._url, complete, self._teller, kiosks=KIOSKS, announced=round_id)
        if held.differences:
            raise ContestDiffers("; ".join(held.differences))

    @contextmanager
    def _entered(self) -> Iterator[None]:
        before = self._engine.log.size()
        yield
        self._ledger.positions += range(before + 1, self._engine.log.size() + 1)


def _planned(proposal: ContestProposal, unit: str) -> Planned:
    sketch = Sketch(proposal.title, f"{proposal.title}.", unit, proposal.cost_tiyn)
    return Planned(sketch, number=proposal.number, cost_tiyn=proposal.cost_tiyn)
