"""A gathering's resolution as other acts refer to it: which gathering, which item, which text, and for which unit."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from domain.errors import Refused
from domain.self_government.motion import Candidate, ItemKind
from domain.self_government.unit import TerritorialUnit


class ResolutionNotAdopted(Refused):
    """The item was not put to the vote, had no majority, or the minutes are not closed yet."""

    code: ClassVar[str] = "resolution_not_adopted"


class AnotherResolution(Refused):
    """The act needs a resolution of kind `needed`, of the gathering of the same `unit` (a KATO)."""

    code: ClassVar[str] = "another_resolution"


@dataclass(frozen=True, slots=True)
class Resolution:
    """An adopted item. `adopted_on`: when the gathering was held; `unit`: its KATO; `akim`: the id of whom it concerns, if any."""

    gathering_id: UUID
    key: str
    kind: ItemKind
    text_digest: str
    adopted_on: datetime
    unit: str
    candidates: tuple[Candidate, ...] = ()
    akim: str = ""

    def must_be(self, kind: ItemKind, unit: TerritorialUnit) -> None:
        if self.kind is not kind or self.unit != unit.kato:
            raise AnotherResolution(needed=kind.value, unit=unit.kato)
