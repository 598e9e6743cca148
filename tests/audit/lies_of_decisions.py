"""Lies about a Council's decisions, for step 12."""

from tests.audit.forgery import Forgery, Json
from tests.audit.lies import lie
from tests.audit.lies_of_acts import THIRD, decision, later
from tests.audit.lies_of_councils import LIES, NOBODY
from tests.councils import SEVEN
from tests.self_government import AKIM, ELSEWHERE

__all__ = ["LIES"]


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
    state = {**cast.state, "member": NOBODY}
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


@lie(12, "act_votes")
def recused_and_counted(forgery: Forgery) -> None:
    """A member who stood back is counted among those who may vote."""
    counted: Json = decision(forgery, "old", "vote_closed").state["count"]
    counted["voting"] += 1


@lie(12, "act_rules")
def a_lower_quorum_of_a_vote(forgery: Forgery) -> None:
    """A decision's quorum was held against a third where the unit's rules ask for more than half."""
    counted: Json = decision(forgery, "new", "vote_closed").state["count"]
    counted |= {"quorum": THIRD, "quorum_needed": 3}


@lie(12, "act_time")
def decided_after_the_sitting(forgery: Forgery) -> None:
    """A decision is dated a day after its sitting."""
    closed = decision(forgery, "budget", "vote_closed").state
    closed["on"] = later(closed["on"], 1)


@lie(12, "act_time")
def signed_before_it_was_adopted(forgery: Forgery) -> None:
    """A decision was signed a day before it was adopted."""
    decision(forgery, "new", "signed").state["on"] = later(
        decision(forgery, "new", "vote_closed").state["on"], -1
    )


@lie(12, "act_time")
def published_before_it_was_signed(forgery: Forgery) -> None:
    """A decision stood on a site a day before it was signed, and is in force from then."""
    published, signed = (decision(forgery, "old", name).state for name in ("published", "signed"))
    published["in_force_from"] = published["channels"][0]["when"] = later(signed["on"], -1)


@lie(12, "act_basis")
def a_decision_of_another_unit(forgery: Forgery) -> None:
    """A decision of the Council is entered as another district's."""
    decision(forgery, "rates", "proposed").state["unit"] = ELSEWHERE


@lie(12, "act_agenda")
def decided_under_no_point(forgery: Forgery) -> None:
    """A decision was put to a sitting under a point that its agenda does not have."""
    decision(forgery, "old", "proposed").state["point"] = "2"


@lie(12, "act_basis")
def repealed_though_never_in_force(forgery: Forgery) -> None:
    """A decision repeals another that was never published."""
    rejected = decision(forgery, "budget", "proposed").event["id"]
    decision(forgery, "new", "proposed").state["repeals"].append(rejected)


@lie(12, "act_facts")
def a_repeal_of_nothing(forgery: Forgery) -> None:
    """A decision that only repeals names nothing that it repeals."""
    decision(forgery, "old", "proposed").state["kind"] = "repeal"


@lie(12, "act_rules")
def a_wider_range_of_a_rate(forgery: Forgery) -> None:
    """A rate of the land tax was held against a wider range than the unit's rules give."""
    decision(forgery, "rates", "proposed").state["substance"]["rates"][0]["most_basis_points"] += 1


@lie(12, "act_facts")
def a_rate_out_of_its_range(forgery: Forgery) -> None:
    """A rate of the land tax is above the most that the unit's rules allow."""
    rate = decision(forgery, "rates", "proposed").state["substance"]["rates"][0]
    rate["basis_points"] = rate["most_basis_points"] + 1


@lie(12, "act_facts")
def money_out_of_nothing(forgery: Forgery) -> None:
    """A reallocation gives one programme a tiyn more than it takes from another."""
    decision(forgery, "transfers", "proposed").state["substance"]["transfers"][0]["change_tiyn"] += 1


@lie(12, "akim_other")
def decided_against_somebody_else(forgery: Forgery) -> None:
    """The Council decided to turn against somebody who is not the akim."""
    decision(forgery, "again", "proposed").state["substance"]["akim"] = AKIM.id


@lie(12, "act_facts")
def another_envelope_approved(forgery: Forgery) -> None:
    """The Council approved a tiyn more than the envelope of the round."""
    decision(forgery, "envelope", "proposed").state["substance"]["envelope"]["envelope_tiyn"] += 1


@lie(12, "act_facts")
def an_envelope_approved_too_late(forgery: Forgery) -> None:
    """The Council approved an envelope when voting was open."""
    about = decision(forgery, "envelope", "proposed").state["substance"]["envelope"]
    [unit] = forgery.one("round.drafted.v1", forgery.good.open).state["terms"]["units"]
    about |= {"round_id": str(forgery.good.open), "envelope_tiyn": unit["envelope_tiyn"]}


@lie(12, "act_facts")
def another_conclusion_noted(forgery: Forgery) -> None:
    """The Council took note of another conclusion than the one published."""
    decision(forgery, "noted", "proposed").state["substance"]["noted"]["document_digest"] = "00" * 32


@lie(12, "act_facts")
def control_of_what_is_not_published(forgery: Forgery) -> None:
    """The Council heard how the projects of a round are carried out whose voting was open."""
    about = decision(forgery, "controlled", "proposed").state["substance"]["controlled"]
    about["id"] = str(forgery.good.open)


@lie(12, "act_basis")
def one_decision_repealed_twice(forgery: Forgery) -> None:
    """A decision names twice what it repeals."""
    decision(forgery, "new", "proposed").state["repeals"] *= 2
