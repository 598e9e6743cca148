"""Reads a Pabulib `.pb` file: sections META, PROJECTS, VOTES of `;`-separated values (https://pabulib.org/format).

Lenient where real files differ (byte order mark, line ends, blank lines, order of columns, cells left out of sight), strict
where a mistake would change a count: whatever cannot be read exactly is a `PabulibError` with its line. Errors never echo
what a voter chose.
"""

import re
from fractions import Fraction
from functools import cache
from math import ceil, lcm
from pathlib import Path
from typing import BinaryIO, NoReturn

from application.pabulib.election import Election, Entry, VoteType
from application.pabulib.records import PabulibError, Records

MAX_PROJECTS = 100_000
MAX_VOTES = 5_000_000

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,12})?")
_POINTLESS = (VoteType.APPROVAL, VoteType.CHOOSE_ONE)


def read_election(path: Path) -> Election:
    """The election in the file at `path`; raises `PabulibError`, or `OSError` if the file cannot be opened."""
    with path.open("rb") as file:
        return parse_election(file)


def parse_election(file: BinaryIO) -> Election:
    """The election in an open binary file, read line by line."""
    records = Records(file)
    meta = _Meta(records)
    projects = _read_projects(records)
    votes = _Votes(records, meta, frozenset(project_id for project_id, *_ in projects))
    meta.expect_count("num_projects", len(projects), "PROJECTS")
    meta.expect_count("num_votes", len(votes.chosen), "VOTES")

    budget = meta.number("budget")
    default_score = meta.optional_number("default_score") or Fraction(0)
    threshold = meta.optional_number("min_project_score_threshold")
    money_scale = lcm(100, budget.denominator, *(cost.denominator for _, cost, *_ in projects))
    points_scale = lcm(default_score.denominator, *(one.denominator for one in votes.fractional))
    return Election(
        meta=meta.values,
        vote_type=meta.vote_type,
        rule=meta.text("rule"),
        projects=tuple(Entry(id_, int(cost * money_scale), name, won) for id_, cost, name, won in projects),
        votes=votes.chosen,
        points=[tuple(int(one * points_scale) for one in points) for points in votes.points],
        budget=int(budget * money_scale),
        money_scale=money_scale,
        points_scale=points_scale,
        threshold=None if threshold is None else ceil(threshold * points_scale),
        default_score=int(default_score * points_scale),
        max_length=meta.max_length,
        max_sum_points=meta.whole("max_sum_points"),
    )


class _Meta:
    """The key-value pairs of META and the typed answers that the rest of the file is read by."""

    def __init__(self, records: Records) -> None:
        self.values: dict[str, str] = {}
        self._lines: dict[str, int] = {}
        records.enter("META")
        self._section_line = records.line
        for key, *rest in records.rows():
            if key.lower() == "key" and not self.values:
                continue
            if key in self.values:
                records.refuse(f"META has {key} twice")
            # A semicolon in a comment is not always quoted: what it cut off belongs to the value.
            self.values[key] = ";".join(rest).rstrip(";")
            self._lines[key] = records.line
        try:
            self.vote_type = VoteType(self.text("vote_type"))
        except ValueError:
            self._refuse("vote_type", f"is none of {', '.join(VoteType)}")
        self.max_length = 1 if self.vote_type is VoteType.CHOOSE_ONE else self.whole("max_length")

    def text(self, key: str) -> str:
        if not self.values.get(key):
            raise PabulibError(self._lines.get(key, self._section_line), f"META lacks {key}")
        return self.values[key]

    def number(self, key: str) -> Fraction:
        number = exact(self.text(key))
        if number is None or number < 0:
            self._refuse(key, "is not a number from 0")
        return number

    def optional_number(self, key: str) -> Fraction | None:
        if not self.values.get(key):
            return None
        number = exact(self.values[key])
        if number is None:
            self._refuse(key, "is not a number")
        return number

    def whole(self, key: str) -> int | None:
        number = self.optional_number(key)
        if number is not None and (number < 0 or number.denominator != 1):
            self._refuse(key, "is not a whole number from 0")
        return None if number is None else int(number)

    def expect_count(self, key: str, found: int, section: str) -> None:
        """A file that was cut short is found out by its own counts."""
        if self.number(key) != found:
            self._refuse(key, f"says {self.values[key]}, but {section} has {found} rows")

    def _refuse(self, key: str, problem: str) -> NoReturn:
        raise PabulibError(self._lines[key], f"{key} {problem}")


def _read_projects(records: Records) -> list[tuple[str, Fraction, str, int | None]]:
    """Id, cost, name and `selected` of every project."""
    columns = records.header("PROJECTS", required=("project_id", "cost"))
    name_at, selected_at = columns.get("name"), columns.get("selected")
    projects: dict[str, tuple[str, Fraction, str, int | None]] = {}
    for cells in records.rows():
        records.check_width(cells, len(columns))
        id_ = cells[columns["project_id"]]
        cost = exact(cells[columns["cost"]])
        selected = cells[selected_at] if selected_at is not None else ""
        if not id_ or "," in id_ or not id_.isprintable():
            records.refuse("project_id is empty, has a comma or is not printable")
        if id_ in projects:
            records.refuse("this project_id stands above already")
        if cost is None or cost < 0:
            records.refuse("cost is not a number from 0")
        if selected and not selected.isdecimal():
            records.refuse("selected is not a whole number")
        if len(projects) == MAX_PROJECTS:
            records.refuse(f"more than {MAX_PROJECTS} projects")
        name = cells[name_at] if name_at is not None else ""
        projects[id_] = (id_, cost, name, int(selected) if selected else None)
    if not projects:
        records.refuse("PROJECTS has no project")
    return list(projects.values())


class _Votes:
    """The VOTES section: choices and points in parallel lists."""

    def __init__(self, records: Records, meta: _Meta, projects: frozenset[str]) -> None:
        self.chosen: list[tuple[str, ...]] = []
        self.points: list[tuple[int | Fraction, ...]] = []
        self.fractional: set[Fraction] = set()
        self._records = records
        self._meta = meta
        self._projects = projects
        scored = meta.vote_type in (VoteType.CUMULATIVE, VoteType.SCORING)
        columns = records.header(
            "VOTES", required=("voter_id", "vote", "points") if scored else ("voter_id", "vote")
        )
        self._read(columns, with_points="points" in columns and meta.vote_type not in _POINTLESS)
        records.end()

    def _read(self, columns: dict[str, int], *, with_points: bool) -> None:
        records, width = self._records, len(columns)
        voter_at, vote_at, points_at = columns["voter_id"], columns["vote"], columns.get("points", 0)
        # Most votes of an election look like another: each distinct cell is read once.
        read_vote, read_points = cache(self._read_vote), cache(self._read_points)
        voters: set[str] = set()
        for cells in records.rows():
            if len(cells) != width:
                records.check_width(cells, width)
            vote = read_vote(cells[vote_at])
            if with_points:
                points = read_points(cells[points_at])
                if len(points) != len(vote):
                    points = self._points_of_place(vote, points)
                self.points.append(points)
            self.chosen.append(vote)
            voters.add(cells[voter_at])
            if len(voters) != len(self.chosen) or not cells[voter_at]:
                records.refuse("voter_id is empty or stands above already")
            if len(voters) > MAX_VOTES:
                records.refuse(f"more than {MAX_VOTES} votes")

    def _read_vote(self, cell: str) -> tuple[str, ...]:
        vote = tuple(id_ for part in cell.split(",") if (id_ := part.strip()))
        if not self._projects.issuperset(vote):
            self._records.refuse("the vote names a project that is not in PROJECTS")
        if len(set(vote)) != len(vote):
            self._records.refuse("the vote names a project twice")
        if self._meta.max_length is not None and len(vote) > self._meta.max_length:
            self._records.refuse(f"{len(vote)} projects in a vote that may have {self._meta.max_length}")
        return vote

    def _read_points(self, cell: str) -> tuple[int | Fraction, ...]:
        points: list[int | Fraction] = []
        for part in cell.split(",") if cell else ():
            number = exact(part.strip())
            if number is None:
                self._records.refuse("points are not numbers")
            if number < 0 and self._meta.vote_type is VoteType.CUMULATIVE:
                self._records.refuse("points are below 0")
            if number.denominator != 1:
                self.fractional.add(number)
            points.append(int(number) if number.denominator == 1 else number)
        return tuple(points)

    def _points_of_place(self, vote: tuple[str, ...], points: tuple[int | Fraction, ...]) -> tuple[int, ...]:
        """A ranked vote may leave its points to the places; any other difference in number is a mistake."""
        if points or self._meta.vote_type is not VoteType.ORDINAL:
            self._records.refuse(f"{len(points)} points for {len(vote)} projects")
        return tuple(range(len(vote), 0, -1))


def exact(text: str) -> Fraction | None:
    """The number a decimal text states, without rounding; None if it is not one."""
    return Fraction(text) if _NUMBER.fullmatch(text) else None
