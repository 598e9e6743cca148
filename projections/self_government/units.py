"""The register of units: each with its names and parent, its people counted, and its local rules, by position and time."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from domain.self_government.civil_days import civil_date
from domain.self_government.rules import LocalRules
from domain.self_government.unit import Names, Population, TerritorialUnit, UnitKind
from projections.projection import Projection
from projections.self_government.whole import WHOLE, folding, rows

_FOLD = (
    WHOLE
    + """
INSERT INTO {table} (id, opened, changed, registered_at, unit, kind, names, parent, populations, rules)
SELECT id, min(position), max(position), min((act ->> 'at')::timestamptz), max(act ->> 'kato'), max(act ->> 'kind'),
    (array_agg(act -> 'names' ORDER BY position))[1], max(act ->> 'parent'),
    coalesce(jsonb_agg(act -> 'population' ORDER BY position) FILTER (WHERE step = 'population_recorded'), '[]'),
    (array_agg(act ORDER BY position DESC) FILTER (WHERE step = 'rules_set'))[1]
FROM told GROUP BY id
"""
)

UNITS: Final = Projection(
    "units",
    """
    id uuid PRIMARY KEY,
    opened bigint NOT NULL UNIQUE,
    changed bigint NOT NULL,
    registered_at timestamptz NOT NULL,
    unit text NOT NULL UNIQUE,
    kind text NOT NULL,
    names jsonb NOT NULL,
    parent text NOT NULL,
    populations jsonb NOT NULL,
    rules jsonb
    """,
    folding(_FOLD, TerritorialUnit),
)


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """The newest local rules and the act that gives them; recorded `at` that time, at that position of the log."""

    rules: LocalRules
    legal_basis: str
    at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class RegisteredUnit:
    """`unit`: its KATO; `parent`: that of the unit it belongs to, or empty. `populations`: as they were recorded; of one year the
    last one counts. `opened`, `changed`, in every register: positions of the first and newest event.
    """

    id: UUID
    opened: int
    changed: int
    registered_at: datetime
    unit: str
    kind: UnitKind
    names: Names
    parent: str
    populations: tuple[Population, ...]
    rules: RulesInForce | None

    def population(self, when: datetime) -> Population | None:
        """The count of that year, or the newest one before it."""
        known = {each.year: each for each in self.populations if each.year <= civil_date(when).year}
        return known[max(known)] if known else None

    def by(self, when: datetime) -> "RegisteredUnit":
        """The same without counts of later years."""
        year = civil_date(when).year
        return replace(self, populations=tuple(each for each in self.populations if each.year <= year))


def find(connection: Connection[Any], unit: str) -> RegisteredUnit | None:
    found = rows(
        connection, RegisteredUnit, "SELECT * FROM dauys_read.units WHERE unit = %(unit)s", unit=unit
    )
    return found[0] if found else None


def page(
    connection: Connection[Any],
    *,
    kind: UnitKind | None = None,
    parent: str | None = None,
    before: int | None = None,
    most: int,
) -> list[RegisteredUnit]:
    """At most `most` units registered before a position, the newest first, of one kind or all, directly under `parent` or all."""
    return rows(
        connection,
        RegisteredUnit,
        "SELECT * FROM dauys_read.units WHERE opened < coalesce(%(before)s, 9223372036854775807)"
        " AND kind = coalesce(%(kind)s, kind) AND parent = coalesce(%(parent)s, parent)"
        " ORDER BY opened DESC LIMIT %(most)s",
        kind=kind,
        parent=parent,
        before=before,
        most=most,
    )
