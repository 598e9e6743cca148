"""Lies about dismissal initiatives, and what follows decisions: executions, report meetings, findings; for step 12.

`LIES` are all there are, those of the other modules among them.
"""

from tests.audit.forgery import Forgery, Json
from tests.audit.lies import found, lie
from tests.audit.lies_of_acts import THIRD, decision, gathering, initiative, later
from tests.audit.lies_of_decisions import LIES
from tests.self_government import ELSEWHERE, UNIT

__all__ = ["LIES"]

# Dismissals.


@lie(12, "act_time")
def an_answer_after_its_days(forgery: Forgery) -> None:
    """The akim's answer is dated after the days to answer."""
    answered, notified = initiative(forgery, 1, "akim_answered"), initiative(forgery, 1, "akim_notified")
    answered.state["on"] = answered.state["timestamp"] = later(notified.state["answer_due"], 1)


@lie(12, "act_time")
def decided_after_the_deadline(forgery: Forgery) -> None:
    """The maslikhat decided on an initiative after the day on which it had lapsed."""
    decided, raised = initiative(forgery, 1, "decided"), initiative(forgery, 1, "raised")
    decided.state["on"] = decided.state["timestamp"] = later(raised.state["decision_due"], 1)


@lie(12, "act_time")
def raised_by_an_old_act(forgery: Forgery) -> None:
    """An initiative was raised forty days after the resolution that it rests on."""
    raised = initiative(forgery, 1, "raised").state
    raised["on"] = raised["timestamp"] = later(raised["act"]["adopted_on"], 40)


@lie(12, "akim_other")
def an_initiative_against_somebody_else(forgery: Forgery) -> None:
    """An initiative is against somebody who is not the akim."""
    initiative(forgery, 1, "raised").state["akim"] = {"id": "b.omar", "name": "Бота Омар"}
    gathering(forgery, "dismissal_initiated")[2].state["motion"]["akim"] = "b.omar"


@lie(12, "initiative_two")
def two_open_initiatives(forgery: Forgery) -> None:
    """A second initiative was raised while the first had not been decided."""
    for name in ("published", "decided"):
        forgery.forget(initiative(forgery, 1, name))


@lie(12, "act_adopted")
def an_akim_ended_by_seven_of_fifteen(forgery: Forgery) -> None:
    """Seven of fifteen deputies voted to end an akim's powers, and that is told as enough."""
    counted: Json = initiative(forgery, 2, "decided").state["count"]
    counted["vote"] |= {"votes_for": 7, "votes_against": 4}


@lie(12, "act_votes")
def more_deputies_voted_than_came(forgery: Forgery) -> None:
    """Of twelve deputies thirteen voted on an initiative."""
    counted: Json = initiative(forgery, 2, "decided").state["count"]
    counted["vote"]["votes_against"] += 1


@lie(12, "act_quorum")
def a_maslikhat_without_its_quorum(forgery: Forgery) -> None:
    """Seven of fifteen deputies were there when an initiative was declined."""
    counted: Json = initiative(forgery, 1, "decided").state["count"]
    counted["vote"] = {"present": 7, "votes_for": 3, "votes_against": 4, "abstained": 0}


@lie(12, "act_unasked")
def dismissed_though_declined(forgery: Forgery) -> None:
    """An akim left office as dismissed although the maslikhat had declined."""
    counted: Json = initiative(forgery, 2, "decided").state["count"]
    counted["vote"] |= {"votes_for": 7, "votes_against": 4}
    counted["ended"] = False


@lie(12, "act_unfollowed")
def ended_and_still_in_office(forgery: Forgery) -> None:
    """The maslikhat ended an akim's powers, and the register of offices keeps silent."""
    forgery.forget(forgery.one("office.left.v1", reason="dismissed"))


@lie(12, "akim_other")
def raised_against_another_than_resolved(forgery: Forgery) -> None:
    """The resolution behind an initiative was about somebody else."""
    gathering(forgery, "dismissal_initiated")[2].state["motion"]["akim"] = "b.omar"


@lie(12, "act_rules")
def an_initiative_under_other_rules(forgery: Forgery) -> None:
    """An initiative allows the act behind it more days than the unit's rules do."""
    initiative(forgery, 1, "raised").state["rules"]["act_days"] = 40


@lie(12, "act_twice")
def two_initiatives_of_one_act(forgery: Forgery) -> None:
    """The second initiative against an akim rests on the resolution of the first."""
    initiative(forgery, 2, "raised").state["act"] = dict(initiative(forgery, 1, "raised").state["act"])


@lie(12, "act_time")
def raised_again_too_soon(forgery: Forgery) -> None:
    """An initiative was raised in the months that the unit's rules give an akim after one that failed."""
    forgery.one("unit.rules_set.v1").state["rules"]["dismissal_after_failure_months"] = 24
    for number in (1, 2):
        initiative(forgery, number, "raised").state["rules"]["after_failure_months"] = 24


@lie(12, "act_facts")
def raised_on_no_ground(forgery: Forgery) -> None:
    """An initiative was raised on none of the law's grounds."""
    initiative(forgery, 1, "raised").state["grounds"] = []


@lie(12, "act_basis")
def submitted_to_another_maslikhat(forgery: Forgery) -> None:
    """An initiative was handed to a rural district, which has no maslikhat."""
    initiative(forgery, 2, "submitted").state["maslikhat"] = UNIT


@lie(12, "akim_other")
def decided_when_the_akim_had_left(forgery: Forgery) -> None:
    """The maslikhat declined to end the powers of an akim who had resigned."""
    decided, heard = initiative(forgery, 2, "decided"), initiative(forgery, 2, "heard")
    decided.state["count"]["vote"] |= {"votes_for": 7, "votes_against": 4}
    decided.state["count"]["ended"] = False
    left = forgery.one("office.left.v1", reason="dismissed")
    left.state.update(reason="resigned", basis="Own wish", on=heard.state["on"])
    forgery.move(left, forgery.told.index(decided))


@lie(12, "act_rules")
def a_lower_quorum_of_the_maslikhat(forgery: Forgery) -> None:
    """The maslikhat's quorum was held against a third where the rules ask for more than half."""
    counted: Json = initiative(forgery, 1, "decided").state["count"]
    counted |= {"quorum": THIRD, "quorum_needed": 6}


@lie(12, "act_rules")
def a_lower_majority_of_the_maslikhat(forgery: Forgery) -> None:
    """The maslikhat's votes were held against a third where the rules ask for more than half of all deputies."""
    counted: Json = initiative(forgery, 1, "decided").state["count"]
    counted |= {"majority": THIRD, "votes_needed": 6}


@lie(12, "act_published")
def declined_on_paper_only(forgery: Forgery) -> None:
    """The maslikhat's decision was published in a newspaper and on no site."""
    initiative(forgery, 1, "published").state["channels"][0]["kind"] = "mass_media"


@lie(12, "act_published")
def another_text_published(forgery: Forgery) -> None:
    """Another text was published than the maslikhat's decision."""
    initiative(forgery, 1, "published").state["text_digest"] = "00" * 32


@lie(12, "act_basis")
def withdrawn_from_somebody_else(forgery: Forgery) -> None:
    """An initiative was withdrawn by a decision about another akim."""
    decision(forgery, "taken_back", "proposed").state["substance"]["akim"] = "a.seitkali"


@lie(12, "act_time")
def lapsed_before_its_deadline(forgery: Forgery) -> None:
    """An initiative was let lapse a day before its deadline."""
    lapsed = initiative(forgery, 2, "lapsed", UNIT).state
    lapsed["on"] = later(lapsed["decision_due"], -1)


@lie(12, "act_time")
def lapsed_by_another_deadline(forgery: Forgery) -> None:
    """An initiative lapsed by a deadline that is not its own."""
    lapsed = initiative(forgery, 2, "lapsed", UNIT).state
    lapsed["decision_due"] = later(lapsed["decision_due"], -1)


@lie(12, "act_time")
def lapsed_with_an_akim_in_office(forgery: Forgery) -> None:
    """An initiative is told to have lapsed because the akim had left, who was in office."""
    initiative(forgery, 2, "lapsed", UNIT).state["reason"] = "left_office"


@lie(12, "act_basis")
def submitted_to_a_maslikhat_not_above(forgery: Forgery) -> None:
    """An initiative was handed to the maslikhat of a district that the akim's unit does not belong to."""
    forgery.one("unit.registered.v1", kato=ELSEWHERE).state["parent"] = ""


@lie(12, "act_time")
def a_hearing_in_the_past(forgery: Forgery) -> None:
    """A hearing was set for the day before."""
    hearing = initiative(forgery, 1, "hearing_set").state
    hearing["hearing"] = later(hearing["on"], -1)


@lie(12, "act_time")
def a_hearing_after_the_deadline(forgery: Forgery) -> None:
    """A hearing was set for a day after the initiative's deadline."""
    due = initiative(forgery, 1, "raised").state["decision_due"]
    initiative(forgery, 1, "hearing_set").state["hearing"] = later(due, 1)


@lie(12, "act_time")
def withdrawn_by_an_older_act(forgery: Forgery) -> None:
    """An initiative was withdrawn by an act from before it was raised."""
    withdrawn = initiative(forgery, 1, "withdrawn", UNIT).state
    withdrawn["act"]["adopted_on"] = later(withdrawn["act"]["adopted_on"], -1)


@lie(12, "act_time")
def raised_after_it_was_entered(forgery: Forgery) -> None:
    """An initiative was entered a day before it was raised."""
    raised = initiative(forgery, 1, "raised").state
    raised["timestamp"] = later(raised["on"], -1)


@lie(12, "act_facts")
def raised_without_evidence(forgery: Forgery) -> None:
    """An initiative was raised without any evidence."""
    initiative(forgery, 1, "raised").state["evidence"] = []


# Executions.


@lie(12, "act_time")
def a_late_task_told_in_time(forgery: Forgery) -> None:
    """A task was done after its deadline and is told as done in time."""
    ordered = forgery.one("execution.ordered.v1").state["tasks"]
    next(each for each in ordered if each["key"] == "lamps")["due"] = later(
        forgery.one("execution.done.v1").state["on"], -2
    )
    for each in ordered:
        each["due"] = max(each["due"], later(forgery.one("execution.ordered.v1").state["adopted_on"], 1))


@lie(12, "act_time")
def ordered_under_another_date(forgery: Forgery) -> None:
    """An execution gives another day of the decision than the decision does."""
    ordered = forgery.one("execution.ordered.v1").state
    ordered["adopted_on"] = later(ordered["adopted_on"], 1)


@lie(12, "act_time")
def due_before_it_was_decided(forgery: Forgery) -> None:
    """A task was due a day before it was decided."""
    ordered = forgery.one("execution.ordered.v1").state
    next(each for each in ordered["tasks"] if each["key"] == "well")["due"] = later(ordered["adopted_on"], -1)


@lie(12, "act_agenda")
def done_twice(forgery: Forgery) -> None:
    """A task was done a second time."""
    done = forgery.one("execution.done.v1")
    forgery.insert_event(done, done, done.topic, dict(done.state))


@lie(12, "act_time")
def extended_backwards(forgery: Forgery) -> None:
    """A task was put off to a day before its deadline."""
    tasks = forgery.one("execution.ordered.v1").state["tasks"]
    due = next(each["due"] for each in tasks if each["key"] == "road")
    forgery.one("execution.extended.v1").state["due"] = later(due, -1)


@lie(12, "act_time")
def done_before_it_was_decided(forgery: Forgery) -> None:
    """A task was done a day before it was decided."""
    adopted_on = forgery.one("execution.ordered.v1").state["adopted_on"]
    forgery.one("execution.done.v1").state["on"] = later(adopted_on, -1)


@lie(12, "act_basis")
def an_execution_of_another_unit(forgery: Forgery) -> None:
    """The execution of a decision is entered as another district's."""
    forgery.one("execution.ordered.v1").state["unit"] = ELSEWHERE


@lie(12, "act_agenda")
def a_task_that_nobody_gave(forgery: Forgery) -> None:
    """Progress was told of a task that nobody had given."""
    forgery.one("execution.progressed.v1").state["key"] = "bridge"


# Report meetings.


@lie(12, "act_time")
def two_reports_for_one_month(forgery: Forgery) -> None:
    """A question's second status report is for the month of its first."""
    first, second, *_ = forgery.of("report_meeting.status_reported.v1")
    second.state["month"] = first.state["month"]


@lie(12, "akim_other")
def reported_by_somebody_else(forgery: Forgery) -> None:
    """Somebody reported to the people as their akim who was not."""
    forgery.one("report_meeting.held.v1").state["akim"] = {"id": "b.omar", "name": "Бота Омар"}


@lie(12, "act_rules")
def reports_every_other_month(forgery: Forgery) -> None:
    """Status reports are to come every other month where the unit's rules say monthly."""
    forgery.one("report_meeting.held.v1").state["status_months"] = 2


@lie(12, "act_time")
def held_after_it_was_entered(forgery: Forgery) -> None:
    """A report meeting was entered a day before it was held."""
    held = forgery.one("report_meeting.held.v1").state
    held["timestamp"] = later(held["held_at"], -1)


@lie(12, "act_agenda")
def two_questions_of_one_number(forgery: Forgery) -> None:
    """Another question was raised under the number of the first."""
    forgery.one("report_meeting.question_raised.v1", key="q2").state["key"] = "q1"


@lie(12, "act_agenda")
def a_question_that_nobody_asked(forgery: Forgery) -> None:
    """A question was settled that nobody had raised."""
    forgery.one("report_meeting.question_settled.v1").state["key"] = "q9"


@lie(12, "act_agenda")
def a_report_on_what_is_settled(forgery: Forgery) -> None:
    """A status report came on a question that was settled."""
    settled, status = (
        forgery.one(f"report_meeting.{name}.v1") for name in ("question_settled", "status_reported")
    )
    forgery.insert_event(settled, settled, status.topic, status.state | {"key": settled.state["key"]})


@lie(12, "act_time")
def a_report_before_the_meeting(forgery: Forgery) -> None:
    """A status report is for a month before the meeting."""
    forgery.one("report_meeting.status_reported.v1").state["month"] = "2020-01"


# Findings.


@lie(12, "act_time")
def presented_before_the_sitting(forgery: Forgery) -> None:
    """A finding was entered as presented at a sitting that was still to come."""
    closed = forgery.told[forgery.told.index(found(forgery)) + 2]
    when: str = closed.state["timestamp"]
    state = {"by": "auditor-1", "held": later(when, 1), "sitting": "8", "timestamp": when}
    forgery.insert_event(closed, closed, "finding.presented.v1", state).uncounted = True


@lie(12, "act_checkpoint")
def a_finding_on_no_checkpoint(forgery: Forgery) -> None:
    """A finding names a size of the log at which nothing was signed."""
    opened = found(forgery)
    size = next(each for each in range(1, len(forgery.told)) if each not in forgery.sizes)
    opened.alter = lambda event: event["state"].update(checkpoint_size=size)
