"""The units that a sysadmin chooses from: those in the register and those of recent rounds, by name in the page's language."""

from typing import Final

from api.composition import Engine
from projections import rounds
from projections.self_government import units

MOST: Final = 200
"""Of each source; whatever else there is can be typed as its code."""


def known_units(engine: Engine, language: str) -> dict[str, str]:
    """Name by KATO code, by name."""
    with engine.datastore.get_connection() as connection:
        registered = units.page(connection, most=MOST)
        recent = rounds.page(connection, None, MOST)
    named = {unit.kato: unit.name for round_ in recent for unit in round_.terms.units}
    named |= {each.unit: getattr(each.names, language) for each in registered}
    return dict(sorted(named.items(), key=lambda each: each[1]))
