"""Small made-up `.pb` files for the tests of reader, analysis and writer."""

from collections.abc import Mapping, Sequence
from io import BytesIO

from application.pabulib.election import Election
from application.pabulib.reader import parse_election

META = {
    "description": "Made up",
    "country": "Poland",
    "unit": "Town",
    "instance": "2024",
    "budget": "100",
    "vote_type": "approval",
    "rule": "greedy",
    "date_begin": "01.06.2024",
    "date_end": "15.06.2024",
}
PROJECTS = ("project_id;cost;name;selected", "a;60;First;1", "b;50;Second;0", "c;40;Third;1")
VOTES = ("voter_id;vote", "1;a,b", "2;a", "3;a,c")


def pb(
    meta: Mapping[str, str | None] | None = None,
    projects: Sequence[str] = PROJECTS,
    votes: Sequence[str] = VOTES,
    line_end: str = "\n",
) -> bytes:
    """A file; `meta` adds to the usual keys, replaces them, or with None takes them away."""
    counts = {"num_projects": str(len(projects) - 1), "num_votes": str(len(votes) - 1)}
    keys = {**META, **counts, **(meta or {})}
    told = [f"{key};{value}" for key, value in keys.items() if value is not None]
    return line_end.join(["META", "key;value", *told, "PROJECTS", *projects, "VOTES", *votes, ""]).encode()


def parsed(data: bytes) -> Election:
    return parse_election(BytesIO(data))
