"""A round in three lines, for places that have no room for more: the card that others embed, and its picture."""

from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from api.portal.round_facts import totals
from api.web.words import gettext_for
from api.wording import number, per_cent, saying, tenge
from projections.results import (
    ResultsBeingCounted,
    ResultsNotPublicYet,
    RoundCancelled,
    results_of,
    turnout_of,
)
from projections.rounds import RegisteredRound


@dataclass(frozen=True, slots=True)
class Headline:
    """`status` says what kind of news it is; `figures`: each with what it counts; `funded`: who won, and the cost."""

    title: str
    status: str
    figures: tuple[tuple[str, str], ...]
    funded: tuple[tuple[str, str], ...]


def headline_of(connection: Connection[Any], round_: RegisteredRound, language: str) -> Headline:
    say, gettext = saying(language), gettext_for(language).gettext
    title = round_.terms.title
    try:
        results = results_of(connection, round_)
    except (ResultsNotPublicYet, ResultsBeingCounted, RoundCancelled):
        units = turnout_of(connection, round_)
        people, cast = sum(unit.people for unit in units), sum(unit.cast for unit in units)
        figures = ((number(cast), _voted(language, cast, people)),) if people and round_.paper_digest else ()
        return Headline(title, say(f"phase_{round_.phase}"), figures, ())
    sums = totals(results)
    titles = {project.id: project.title for project in results.paper.projects}
    costs = {line.project: tenge(line.cost_tiyn) for line in results.outcome.lines}
    return Headline(
        title,
        say(f"status_{results.status}"),
        (
            (f"{number(sums['funded'])} / {number(sums['projects'])}", gettext("projects funded")),
            (tenge(sums["spent_tiyn"]), gettext("Goes to projects")),
            (number(sums["cast"]), _voted(language, sums["cast"], sums["people"])),
        ),
        tuple((titles[project], costs[project]) for project in results.outcome.funded),
    )


def _voted(language: str, cast: int, people: int) -> str:
    if not people:
        return gettext_for(language).gettext("Voted")
    return gettext_for(language).gettext("voted, %(share)s of the roll") % {"share": per_cent(cast, people)}
