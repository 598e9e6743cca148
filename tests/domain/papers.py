"""Made-up papers and tallies for the tests of the pure rules."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from domain.paper import Allocation, BallotForm, BallotType, Paper, Project, RoundKind, Rules, TieRule, Unit
from domain.tally import ProjectTally

CITY, DISTRICT, OTHER = "750000000", "751110000", "751210000"


def a_paper(
    costs: Mapping[str, int],
    envelope: int = 100,
    *,
    allocation: Allocation = Allocation.GREEDY,
    tie_rule: TieRule = TieRule.LISTED_ORDER,
    excludes: Mapping[str, tuple[str, ...]] | None = None,
    minimum_voters: int = 10,
    score_threshold: int = 0,
    lot_seed: str = "seed",
) -> Paper:
    """One city, projects with these costs in listed order."""
    return Paper(
        round_id="round-1",
        kind=RoundKind.CITY,
        title="A round",
        units=(Unit(CITY, "City", envelope),),
        projects=tuple(
            Project(id_, CITY, cost, f"Project {id_}", excludes=(excludes or {}).get(id_, ()))
            for id_, cost in costs.items()
        ),
        form=BallotForm(BallotType.APPROVAL, max_choices=3),
        rules=Rules(allocation, tie_rule, minimum_voters, score_threshold),
        lot_seed=lot_seed,
        roll_root="",
        credentials_root="",
    )


def with_districts(paper: Paper, of_district: Iterable[str], envelope: int) -> Paper:
    """The same paper with a district under the city that owns some of the projects, and an empty one."""
    moved = set(of_district)
    return replace(
        paper,
        units=(*paper.units, Unit(DISTRICT, "District", envelope, CITY), Unit(OTHER, "Other", 0, CITY)),
        projects=tuple(
            replace(project, unit=DISTRICT) if project.id in moved else project for project in paper.projects
        ),
    )


def votes(**of: int) -> dict[str, ProjectTally]:
    """An approval tally: as much score as voters."""
    return {id_: ProjectTally(voters, voters) for id_, voters in of.items()}
