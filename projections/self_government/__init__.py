"""Read models of local self-government: units, offices, gatherings, the Council's work, initiatives, reports to residents."""

from typing import Final

from projections.projection import Projection
from projections.self_government.councils import COUNCILS
from projections.self_government.decisions import DECISIONS
from projections.self_government.dismissals import DISMISSALS
from projections.self_government.executions import EXECUTIONS
from projections.self_government.gatherings import GATHERINGS
from projections.self_government.offices import OFFICES
from projections.self_government.report_meetings import REPORT_MEETINGS
from projections.self_government.sittings import SITTINGS
from projections.self_government.units import UNITS

SELF_GOVERNMENT: Final[tuple[Projection, ...]] = (
    *(UNITS, OFFICES, GATHERINGS, COUNCILS, SITTINGS, DECISIONS),
    *(DISMISSALS, REPORT_MEETINGS, EXECUTIONS),
)
