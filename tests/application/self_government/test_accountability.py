"""Report meetings and the execution of decisions through their use cases, in the log and on the clock."""

from datetime import UTC, datetime

import pytest

from application.self_government.executions import ExecutionOrdered
from application.self_government.report_meetings import ReportMeetingHeld
from application.store import NotFound
from domain.self_government.decision import DecisionNotAdopted
from domain.self_government.execution import Execution, Task
from domain.self_government.office import OfficeVacant
from domain.self_government.report_meeting import Overdue, ReportMeeting, Settlement, StatusKind
from domain.self_government.rollcall import Vote
from tests.councils import SAT, SEVEN, chaired, propose, session
from tests.dismissal_desk import DismissalDesk
from tests.dismissals import DAY, TERM_UNTIL
from tests.engine import Engine
from tests.examples import digest
from tests.given import refused
from tests.self_government import AKIM, CLERK, ELSEWHERE, MINUTES, UNIT

MET = datetime(2026, 2, 20, 6, tzinfo=UTC)
MAY = datetime(2026, 5, 15, 6, tzinfo=UTC)


@pytest.fixture
def desk(engine: Engine) -> DismissalDesk:
    desk = DismissalDesk(engine.store, MAY)
    desk.settle_in()
    return desk


def hold(desk: DismissalDesk, year: int = 2025, held_at: datetime = MET, unit: str = UNIT) -> ReportMeeting:
    meeting_id = desk.report_meetings.hold(
        unit, year, held_at=held_at, present=180, minutes_digest=MINUTES, by=CLERK
    )
    return desk.store.load(ReportMeeting, meeting_id)


def test_a_question_is_reported_on_until_it_is_settled(desk: DismissalDesk, engine: Engine) -> None:
    meeting = hold(desk)
    assert meeting.akim == AKIM
    use = desk.report_meetings
    for key in ("road", "light", "water"):
        use.raise_question(meeting.id, key, f"What about the {key}?", "Improvement", by=CLERK)
    use.report_status(meeting.id, "road", "2026-03", StatusKind.UNDER_WAY, "Half is done", by=CLERK)
    use.settle(meeting.id, "water", Settlement.CARRIED_OUT, "It runs", by=CLERK)
    assert desk.store.load(ReportMeeting, meeting.id).overdue(MAY) == (
        Overdue("road", "2026-04"),
        Overdue("light", "2026-03"),
        Overdue("light", "2026-04"),
    )
    engine.check()


def test_a_unit_has_one_report_a_year_by_an_akim_it_had(desk: DismissalDesk) -> None:
    hold(desk)
    with refused(ReportMeetingHeld):
        hold(desk)
    with refused(NotFound):
        hold(desk, unit=ELSEWHERE)
    desk.now = TERM_UNTIL.replace(year=2030)
    with refused(OfficeVacant):
        hold(desk, 2029, TERM_UNTIL)


def test_only_an_adopted_decision_is_executed_and_ordered_once(desk: DismissalDesk, engine: Engine) -> None:
    made = propose()
    engine.store.save(made)
    desk.now = SAT + DAY
    lamps = Task("lamps", "Put up forty lamps", "Akim's office", SAT + 30 * DAY)
    with refused(DecisionNotAdopted):
        desk.executions.order(made.id, [lamps], by=CLERK)
    for member in SEVEN:
        made.cast_vote(session(chaired()), member, Vote.FOR, by=CLERK, at=SAT)
    made.close_vote(session(chaired()), by=CLERK, at=SAT)
    engine.store.save(made)
    execution_id = desk.executions.order(made.id, [lamps], by=CLERK)
    with refused(ExecutionOrdered):
        desk.executions.order(made.id, [lamps], by=CLERK)
    use = desk.executions
    use.report_progress(execution_id, "lamps", 50, "Twenty stand", by=CLERK)
    use.extend(execution_id, "lamps", SAT + 40 * DAY, "Frost", by=CLERK)
    desk.now = SAT + 50 * DAY
    assert [each.key for each in engine.store.load(Execution, execution_id).overdue(desk.now)] == ["lamps"]
    use.finish(execution_id, "lamps", "All stand", digest("acceptance"), by=CLERK, on=SAT + 39 * DAY)
    assert engine.store.load(Execution, execution_id).is_done
    with refused(NotFound):
        use.order(execution_id, [lamps], by=CLERK)
    engine.check()
