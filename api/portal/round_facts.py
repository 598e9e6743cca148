"""What the page of one round shows, in each of its phases. Drawn from the same reading as the JSON, so never more than that."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Any, Final

from markupsafe import Markup
from psycopg import Connection

from api.portal import charts
from api.portal.explaining import Explainer, has_points
from api.portal.timeline import Moment, course, of_project, of_round
from api.views import LineView, lines_of
from api.web.packing import Piece
from api.web.page import rendered
from api.web.words import N_
from domain.allocation import UnitMoney
from domain.near_miss import NearMiss, near_misses
from domain.paper import Paper
from domain.proposal import ProposalState
from domain.round import Phase
from projections import implementations, kiosks, proposals, turnout
from projections.documents import UnitTurnout
from projections.photos import shown
from projections.results import Results, paper_of, turnout_of
from projections.round_links import links_of
from projections.rounds import RegisteredRound
from projections.turnout import HourOfTurnout

Facts = dict[str, Any]

MOST_PLACES: Final = 100
MOST_LINKED: Final = 10
"""Decisions and findings on a round's page; the registers have the rest."""
MOST_PROPOSALS: Final = 50
PROPOSAL_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        ProposalState.SUBMITTED: N_("Waits for the expert council"),
        ProposalState.RETURNED: N_("Returned to its author for revision"),
        ProposalState.ADMITTED: N_("Admitted to the vote"),
        ProposalState.REJECTED: N_("Not admitted"),
        ProposalState.WITHDRAWN: N_("Withdrawn by its author"),
        ProposalState.MERGED: N_("Merged with another proposal"),
    }
)
_TAKING_PROPOSALS: Final = (Phase.INTAKE, Phase.REVIEW)
_YET_TO_VOTE: Final = (Phase.DRAFTED, Phase.INTAKE, Phase.REVIEW, Phase.VOTING)


@dataclass(frozen=True, slots=True)
class Row:
    """A project's line, why it stands so, and what would have made it win (empty where it won or was withdrawn)."""

    line: LineView
    why: str
    instead: str


@dataclass(frozen=True, slots=True)
class Section:
    """One unit's part of the results table."""

    unit: str
    name: str
    money: UnitMoney
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Building:
    """A funded project on its way."""

    project: str
    title: str
    state: str
    per_cent: int
    moments: list[Moment]


def without_results(
    connection: Connection[Any],
    round_: RegisteredRound,
    language: str,
    *,
    being_counted: bool,
    after: int | None,
) -> Facts:
    """Before there are results, and where there will be none. `after`: the page of proposals behind that entry."""
    cancelled = round_.phase is Phase.CANCELLED
    found = (
        proposals.page(connection, round_.round_id, after or 0, MOST_PROPOSALS + 1)
        if round_.phase in _TAKING_PROPOSALS
        else []
    )
    return _of_any(connection, round_, language) | {
        "being_counted": being_counted,
        "reason": round_.steps[-1].reason if cancelled else None,
        "paper": paper_of(connection, round_) if round_.paper_digest else None,
        "places": kiosks.voting_places(connection, MOST_PLACES) if round_.phase in _YET_TO_VOTE else [],
        "state_words": PROPOSAL_STATES,
        "proposals": found[:MOST_PROPOSALS],
        "more_proposals": found[MOST_PROPOSALS - 1].submitted if len(found) > MOST_PROPOSALS else None,
        "turnout": named(round_, turnout_of(connection, round_)) if round_.paper_digest else [],
    }


def with_results(connection: Connection[Any], results: Results, language: str) -> Facts:
    """`said` is the whole page but its frame, drawn already: it changes when the log does, and takes most of a page's time.

    `piece` is the same, packed.
    """
    buildings = list(_buildings(connection, results.paper, results.round, language))
    hours = turnout.by_hour(connection, results.round.round_id)
    facts = _of_any(connection, results.round, language)
    said = _said(results, facts, buildings, hours, language)
    return {"round": results.round, "said": said, "piece": Piece(said.encode())}


def _said(
    results: Results,
    facts: Facts,
    buildings: list[Building],
    hours: Iterable[HourOfTurnout],
    language: str,
) -> Markup:
    paper, outcome = results.paper, results.outcome
    lines = lines_of(paper, outcome.lines)
    explainer = Explainer(language, paper, outcome)
    names = {unit.kato: unit.name for unit in paper.units}
    drawn = rendered(
        "portal/said.html",
        language,
        **facts,
        results=results,
        totals=totals(results),
        sections=list(_sections(results, lines, explainer)),
        changes=results.changes,
        turnout=named(results.round, results.turnout),
        titles={project.id: project.title for project in paper.projects},
        has_points=has_points(paper),
        why=explainer.why,
        ties=[explainer.tie(tie, names[tie.unit]) for tie in outcome.ties],
        buildings=buildings,
        charts={
            "categories": charts.by_category(lines),
            "units": charts.by_unit(paper, outcome.units, lines),
            "days": charts.by_day(hours),
            "scatter": charts.votes_against_cost(lines),
        },
    )
    return Markup(drawn)  # noqa: S704 - a template's own output, which has escaped what people wrote


def totals(results: Results) -> dict[str, int]:
    """The figures on top: who voted, what was funded, with how much money."""
    return {
        "people": sum(unit.people for unit in results.turnout),
        "cast": sum(unit.cast for unit in results.turnout),
        "projects": len(results.outcome.lines),
        "funded": len(results.outcome.funded),
        "spent_tiyn": sum(money.spent_tiyn for money in results.outcome.units),
        "left_tiyn": sum(money.left_tiyn for money in results.outcome.units),
    }


def named(round_: RegisteredRound, cast: tuple[UnitTurnout, ...]) -> list[tuple[str, UnitTurnout]]:
    """Units with a roll, by name."""
    names = {unit.kato: unit.name for unit in round_.terms.units}
    return [(names[each.unit], each) for each in cast if each.people]


def _of_any(connection: Connection[Any], round_: RegisteredRound, language: str) -> Facts:
    return {
        "round": round_,
        "proposal_of": proposals.numbered(connection, round_.round_id),
        "unit_names": {unit.kato: unit.name for unit in round_.terms.units},
        "course": course(round_.phase, language),
        "moments": of_round(round_, language),
        "links": links_of(connection, round_, MOST_LINKED),
    }


def _sections(results: Results, lines: list[LineView], explainer: Explainer) -> Iterator[Section]:
    """Every unit with money or projects, in the paper's order."""
    missed: Mapping[str, NearMiss] = near_misses(results.paper, results.outcome)
    of_unit = {unit: list(group) for unit, group in groupby(lines, key=lambda line: line.unit)}
    names = {unit.kato: unit.name for unit in results.paper.units}
    for money in results.outcome.units:
        if money.envelope_tiyn or money.unit in of_unit:
            rows = [
                Row(line, explainer.why(line), explainer.instead(line, missed.get(line.project)))
                for line in of_unit.get(money.unit, [])
            ]
            yield Section(money.unit, names[money.unit], money, rows)


def _buildings(
    connection: Connection[Any], paper: Paper, round_: RegisteredRound, language: str
) -> Iterator[Building]:
    titles = {project.id: project.title for project in paper.projects}
    begun = implementations.of_round(connection, round_.round_id)
    digests = [picture.digest for each in begun for act in each.acts for picture in act.pictures]
    photos = {photo.digest: photo for photo in shown(connection, digests)}
    for each in begun:
        yield Building(
            each.project,
            titles[each.project],
            each.state.value,
            each.per_cent,
            of_project(each, language, photos),
        )
