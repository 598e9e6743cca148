"""Lies about self-government, for step 12: told of the year that the good bundle holds (`tests.self_government_story`).

`LIES` are all there are, those of `tests.audit.lies` among them.
"""

from datetime import datetime, timedelta

from tests.audit.forgery import Forgery, Json, Told
from tests.audit.lies import LIES, found, lie
from tests.councils import SEVEN

__all__ = ["LIES"]

THIRD = {"numerator": 1, "denominator": 3, "more_than": True}


def later(when: str, days: float) -> str:
    return (datetime.fromisoformat(when) + timedelta(days=days)).isoformat().replace("+00:00", "Z")


def decision(forgery: Forgery, number: str, name: str) -> Told:
    """The decision of this number: its event of this name, the first if there are several."""
    decision_id = forgery.one("decision.proposed.v1", number=number).event["id"]
    return next(
        each
        for each in forgery.told
        if each.event["id"] == decision_id and each.topic == f"decision.{name}.v1"
    )


def initiative(forgery: Forgery, number: int, name: str) -> Told:
    """The first was declined, the second ended the akim's powers."""
    raised = forgery.one("dismissal.raised.v1", number=number)
    [event] = [
        each
        for each in forgery.told
        if each.event["id"] == raised.event["id"] and each.topic == f"dismissal.{name}.v1"
    ]
    return event


def gathering(forgery: Forgery, kind: str) -> tuple[Told, Told, Told]:
    """The gathering that voted on this kind of item: convened, opened, voted."""
    voted = forgery.one("gathering.item_voted.v1", kind=kind)
    mine = [each for each in forgery.told if each.event["id"] == voted.event["id"]]
    convened, opened = (
        next(each for each in mine if each.topic == f"gathering.{name}.v1") for name in ("convened", "opened")
    )
    return convened, opened, voted


# What stands behind what, and rests on what.


@lie(12, "act_order")
def heard_without_a_hearing(forgery: Forgery) -> None:
    """An initiative was heard although no hearing was ever set."""
    forgery.forget(initiative(forgery, 1, "hearing_set"))


@lie(12, "act_order")
def an_answer_out_of_number(forgery: Forgery) -> None:
    """The office's answer to a finding is numbered as if there had been another before it."""
    found(forgery)
    forgery.one("finding.answered.v1").state["number"] = 2


@lie(12, "act_twice")
def two_initiatives_of_one_number(forgery: Forgery) -> None:
    """The second initiative against an akim has the number of the first."""
    second = initiative(forgery, 2, "raised")
    second.state["number"] = 1


@lie(12, "act_basis")
def a_rejected_decision_signed(forgery: Forgery) -> None:
    """A decision was signed that the Council had rejected."""
    closed = decision(forgery, "budget", "vote_closed")
    signed = decision(forgery, "old", "signed").state
    forgery.insert_event(closed, closed, "decision.signed.v1", dict(signed))


@lie(12, "act_basis")
def dissolved_by_another_resolution(forgery: Forgery) -> None:
    """The Council was dissolved by the resolution that had elected a member."""
    by_election = gathering(forgery, "members_elected")[2]
    forgery.one("council.dissolved.v1").state["gathering_id"] = by_election.event["id"]


@lie(12, "act_basis")
def raised_by_an_act_not_adopted(forgery: Forgery) -> None:
    """An initiative rests on a resolution that found no majority."""
    voted = gathering(forgery, "dismissal_initiated")[2].state
    voted["vote"] |= {"votes_for": 5, "votes_against": 5}
    voted["adopted"] = False


@lie(12, "act_basis")
def recused_without_an_interest(forgery: Forgery) -> None:
    """A member stood back for an interest that nobody had declared."""
    forgery.one("decision.recused.v1").state["interest"] = "2"


# The rules of the unit.


@lie(12, "act_rules")
def a_lower_majority(forgery: Forgery) -> None:
    """A decision's votes were held against a third where the unit's rules ask for more than half."""
    counted: Json = decision(forgery, "old", "vote_closed").state["count"]
    counted |= {"majority": THIRD, "votes_needed": 2}


@lie(12, "rules_minority")
def rules_for_a_minority(forgery: Forgery) -> None:
    """The unit's rules let a third of the Council decide."""
    forgery.one("unit.rules_set.v1").state["rules"]["council_majority"] = THIRD


@lie(12, "act_time")
def an_answer_after_its_days(forgery: Forgery) -> None:
    """The akim's answer is dated after the days to answer."""
    answered, notified = initiative(forgery, 1, "akim_answered"), initiative(forgery, 1, "akim_notified")
    answered.state["on"] = later(notified.state["answer_due"], 1)


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
def two_reports_for_one_month(forgery: Forgery) -> None:
    """A question's second status report is for the month of its first."""
    first, second, *_ = forgery.of("report_meeting.status_reported.v1")
    second.state["month"] = first.state["month"]


# Gatherings.


@lie(12, "act_notice")
def people_told_two_days_ahead(forgery: Forgery) -> None:
    """A gathering was announced two days ahead and tells of fifteen."""
    call = gathering(forgery, "council_elected")[0].state["call"]
    call["convened_at"] = later(call["held_at"], -2)


@lie(12, "act_quota")
def more_representatives_than_the_quota(forgery: Forgery) -> None:
    """A separate gathering chose eleven representatives where its people may send ten."""
    forgery.one("gathering.representatives_chosen.v1").state["representatives"] = 11
    for each in forgery.of("gathering.item_voted.v1", kind="representatives_chosen"):
        each.state["motion"]["representatives"] = 11


@lie(12, "act_quorum")
def a_gathering_without_its_quorum(forgery: Forgery) -> None:
    """Five of ten representatives elected the Council."""
    _, opened, voted = gathering(forgery, "council_elected")
    opened.state["present"] = 5
    voted.state["vote"] |= {"present": 5, "votes_for": 5}
    voted.state["needed"] = 3


@lie(12, "act_agenda")
def voted_on_what_was_not_announced(forgery: Forgery) -> None:
    """A gathering dissolved the Council although its agenda named something else."""
    [item] = gathering(forgery, "council_dissolved")[0].state["call"]["agenda"]
    item["kind"] = "priorities"


# The Council.


@lie(12, "council_seats")
def a_member_nobody_elected(forgery: Forgery) -> None:
    """An eighth member was seated whom the gathering did not elect."""
    members = forgery.one("council.formed.v1").state["members"]
    members.append({**members[0], "official": {"id": "m.9", "name": "Мүше m.9"}})


@lie(12, "council_seats")
def fewer_seats_than_the_table(forgery: Forgery) -> None:
    """A Council has four seats where the table gives five at least."""
    forgery.one("council.formed.v1").state["seats"][0]["seats"] = 4


@lie(12, "council_over")
def a_dissolved_council_sits(forgery: Forgery) -> None:
    """The Council was dissolved and went on sitting."""
    dissolved = forgery.one("council.dissolved.v1")
    forgery.forget(dissolved)
    formed, closed = forgery.one("council.formed.v1"), decision(forgery, "old", "vote_closed")
    forgery.insert_event(closed, formed, dissolved.topic, dissolved.state)


# Sittings and decisions.


@lie(12, "act_quorum")
def three_of_seven_decide(forgery: Forgery) -> None:
    """Four members had gone when a decision was adopted by the three who stayed."""
    sitting = forgery.one("decision.proposed.v1", number="new").state["sitting_id"]
    opened = next(each for each in forgery.told if each.event["id"] == sitting and "opened" in each.topic)
    closed = decision(forgery, "new", "vote_closed")
    for gone in SEVEN[3:]:
        state = {"by": "clerk-1", "member": gone, "timestamp": opened.state["timestamp"]}
        before = forgery.told[forgery.told.index(closed) - 1]
        forgery.insert_event(before, opened, "sitting.member_left.v1", state)
    closed.state["votes"] = closed.state["votes"][:3]
    closed.state["count"] |= {"present": 3, "voting": 3, "votes_for": 3, "votes_needed": 2}


@lie(12, "act_votes")
def a_vote_turned(forgery: Forgery) -> None:
    """In the roll-call of a decision a vote for it stands as one against it."""
    closed = decision(forgery, "new", "vote_closed").state
    closed["votes"][0]["vote"] = "against"
    closed["count"] |= {"votes_for": 6, "votes_against": 1}


@lie(12, "act_votes")
def a_vote_of_somebody_absent(forgery: Forgery) -> None:
    """Somebody votes on a decision who is not at the sitting."""
    cast = decision(forgery, "new", "vote_cast")
    state = {**cast.state, "member": "m.9"}
    forgery.insert_event(cast, cast, cast.topic, state)


@lie(12, "act_votes")
def a_vote_counted_twice(forgery: Forgery) -> None:
    """A decision's count has one vote more than its roll-call."""
    counted: Json = decision(forgery, "old", "vote_closed").state["count"]
    counted |= {"votes_for": counted["votes_for"] + 1}


@lie(12, "act_adopted")
def a_rejected_decision_told_as_adopted(forgery: Forgery) -> None:
    """A decision that five voted against is told as adopted."""
    decision(forgery, "budget", "vote_closed").state["count"]["adopted"] = True


@lie(12, "act_facts")
def a_budget_that_nobody_agreed(forgery: Forgery) -> None:
    """The budget put to the Council is another than the gathering agreed."""
    decision(forgery, "budget", "proposed").state["text_digest"] = "00" * 32


@lie(12, "act_signer")
def signed_by_another_member(forgery: Forgery) -> None:
    """A decision was signed by a member who is not the chair."""
    decision(forgery, "old", "signed").state["signer"] = SEVEN[1]


@lie(12, "act_published")
def in_force_before_it_was_published(forgery: Forgery) -> None:
    """A decision is in force a day before it was published."""
    published = decision(forgery, "old", "published").state
    published["in_force_from"] = later(published["in_force_from"], -1)


@lie(12, "act_published")
def published_on_paper_only(forgery: Forgery) -> None:
    """A decision was published in a newspaper and on no site."""
    decision(forgery, "old", "published").state["channels"][0]["kind"] = "mass_media"


@lie(12, "act_unasked")
def repealed_by_a_decision_that_does_not_say_so(forgery: Forgery) -> None:
    """A decision was repealed by another that does not name it."""
    decision(forgery, "new", "proposed").state["repeals"] = []


@lie(12, "act_unfollowed")
def a_repealed_decision_still_in_force(forgery: Forgery) -> None:
    """That a decision was repealed was struck out."""
    forgery.forget(decision(forgery, "old", "repealed"))


# Dismissals.


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
