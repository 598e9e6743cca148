"""What the desk's pages call what became of a first slip."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from api.web.words import N_
from domain.roll import SlipFate

FATES: Final[Mapping[SlipFate, tuple[str, str]]] = MappingProxyType(
    {
        SlipFate.LOST: (
            N_("Lost after it was handed over"),
            N_("It may still be found and used, so both slips count as handed out."),
        ),
        SlipFate.SPOILED: (
            N_("Spoiled: torn, illegible, or drawn and not printed"),
            N_(
                "Put what there is of it on the pile of spoiled slips. Only the second one counts as handed out."
            ),
        ),
        SlipFate.NOT_HANDED_OVER: (
            N_("Never handed over: the desk's work was cut off"),
            N_("The person was marked as served, and no slip was drawn. No spare is used."),
        ),
    }
)
"""In words, and what follows from it for the counts."""
