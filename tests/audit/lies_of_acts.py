"""Lies about self-government, for step 12: told of the years that the good bundle holds. Here: order, bases, rules, gatherings.

`tests.self_government_story` and `tests.audit.second_council` tell the truth.
"""

from datetime import datetime, timedelta

from tests.audit.forgery import Forgery, Json, Told
from tests.audit.lies import found, lie
from tests.self_government import ELSEWHERE, UNIT

THIRD = {"numerator": 1, "denominator": 3, "more_than": True}


def later(when: str, days: float) -> str:
    return (datetime.fromisoformat(when) + timedelta(days=days)).isoformat().replace("+00:00", "Z")


def decision(forgery: Forgery, number: str, name: str) -> Told:
    """The decision of this number: its event of this name, the first if there are several."""
    return of_thing(forgery, forgery.one("decision.proposed.v1", number=number), name)


def initiative(forgery: Forgery, number: int, name: str, unit: str = ELSEWHERE) -> Told:
    """The first elsewhere was declined, the second ended the akim's powers; here the first was withdrawn, the second lapsed."""
    return of_thing(forgery, forgery.one("dismissal.raised.v1", number=number, unit=unit), name)


def sitting(forgery: Forgery, number: str, name: str) -> Told:
    return of_thing(forgery, forgery.one("sitting.convened.v1", number=number), name)


def of_thing(forgery: Forgery, began: Told, name: str) -> Told:
    return next(
        each
        for each in forgery.told
        if each.event["id"] == began.event["id"] and each.topic.split(".")[1] == name
    )


def gathering(forgery: Forgery, kind: str) -> tuple[Told, Told, Told]:
    """The first gathering that voted on this kind of item: convened, opened, voted."""
    voted = forgery.one("gathering.item_voted.v1", kind=kind)
    return of_thing(forgery, voted, "convened"), of_thing(forgery, voted, "opened"), voted


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


@lie(12, "act_basis")
def raised_with_another_text(forgery: Forgery) -> None:
    """An initiative gives another text than the resolution that it rests on."""
    initiative(forgery, 1, "raised").state["act"]["text_digest"] = "00" * 32


@lie(12, "act_basis")
def raised_by_no_body(forgery: Forgery) -> None:
    """An initiative says that the maslikhat adopted what the Council had."""
    initiative(forgery, 1, "raised", UNIT).state["act"]["body"] = "maslikhat"


@lie(12, "act_order")
def voted_behind_the_end(forgery: Forgery) -> None:
    """The vote on a decision was closed when its sitting was over."""
    closed = decision(forgery, "new", "vote_closed")
    forgery.move(sitting(forgery, "3", "closed"), forgery.told.index(closed))


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


# Offices.


@lie(12, "act_time")
def two_akims_at_once(forgery: Forgery) -> None:
    """An akim took office while another held it."""
    taken = forgery.one("office.taken.v1")
    forgery.insert_event(
        taken, taken, taken.topic, {**taken.state, "holder": {"id": "b.omar", "name": "Бота Омар"}}
    )


@lie(12, "akim_other")
def left_by_somebody_else(forgery: Forgery) -> None:
    """Somebody left an office that another held."""
    forgery.one("office.left.v1", reason="resigned").state["holder"] = {"id": "m.1", "name": "Мүше m.1"}


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


@lie(12, "act_time")
def entered_before_people_were_told(forgery: Forgery) -> None:
    """A gathering was entered a day before it was announced."""
    convened = gathering(forgery, "budget_agreed")[0].state
    convened["timestamp"] = later(convened["call"]["convened_at"], -1)


@lie(12, "act_time")
def opened_before_its_day(forgery: Forgery) -> None:
    """A gathering was opened a day before the one announced."""
    convened, opened, _ = gathering(forgery, "budget_agreed")
    opened.state["timestamp"] = later(convened.state["call"]["held_at"], -1)


@lie(12, "act_rules")
def a_gathering_under_a_lower_majority(forgery: Forgery) -> None:
    """A gathering was called under a majority of a third where the unit's rules ask for more than half."""
    convened, _, voted = gathering(forgery, "budget_agreed")
    convened.state["majority"], voted.state["needed"] = THIRD, 4


@lie(12, "act_rules")
def a_lower_quorum_told(forgery: Forgery) -> None:
    """A gathering was opened as if three representatives were its quorum."""
    gathering(forgery, "budget_agreed")[1].state["needed"] = 3


@lie(12, "act_agenda")
def representatives_chosen_by_the_unit(forgery: Forgery) -> None:
    """Representatives were to be chosen at the gathering that they are sent to."""
    agenda = gathering(forgery, "budget_agreed")[0].state["call"]["agenda"]
    agenda.append({**agenda[0], "key": "more", "kind": "representatives_chosen"})


@lie(12, "act_quota")
def a_separate_gathering_of_another_unit(forgery: Forgery) -> None:
    """A separate gathering was called of people who live in another district."""
    separate = forgery.one("gathering.convened.v1", unit=UNIT, level="locality").state
    separate["quotas"][0]["locality"] = ELSEWHERE


@lie(12, "act_quota")
def more_people_than_live_there(forgery: Forgery) -> None:
    """A gathering's quotas count fifty people more than live there."""
    convened, opened, _ = gathering(forgery, "budget_agreed")
    convened.state["quotas"][0] |= {"people": 550, "representatives": 11}
    opened.state["entitled"] = 11


@lie(12, "act_quota")
def more_entitled_than_live_there(forgery: Forgery) -> None:
    """At a separate gathering more residents are entitled to take part than live there."""
    forgery.one("gathering.opened.v1", entitled=500).state.update(entitled=600, needed=60)


@lie(12, "act_quota")
def more_taken_in_than_chosen(forgery: Forgery) -> None:
    """A gathering took in ten representatives where the separate gathering had chosen nine."""
    chosen = forgery.one("gathering.item_voted.v1", kind="representatives_chosen").state
    chosen["motion"]["representatives"] = 9


@lie(12, "act_quota")
def one_choice_taken_in_twice(forgery: Forgery) -> None:
    """Five representatives whom a separate gathering chose were taken in twice."""
    chosen = forgery.one("gathering.item_voted.v1", kind="representatives_chosen").state
    taken = forgery.one("gathering.representatives_chosen.v1")
    chosen["motion"]["representatives"] = taken.state["representatives"] = 5
    forgery.insert_event(taken, taken, taken.topic, dict(taken.state))


@lie(12, "act_votes")
def more_came_than_were_chosen(forgery: Forgery) -> None:
    """Eleven representatives came to a gathering for which ten had been chosen."""
    gathering(forgery, "budget_agreed")[1].state["present"] = 11


@lie(12, "act_votes")
def more_hands_than_people(forgery: Forgery) -> None:
    """Ten people raised eleven hands at a gathering."""
    gathering(forgery, "budget_agreed")[2].state["vote"]["votes_against"] += 1


@lie(12, "act_adopted")
def adopted_by_half(forgery: Forgery) -> None:
    """A gathering's resolution that half were against is told as adopted."""
    gathering(forgery, "budget_agreed")[2].state["vote"] |= {"votes_for": 5, "votes_against": 5}


@lie(12, "act_published")
def minutes_on_paper_only(forgery: Forgery) -> None:
    """The minutes of a gathering were published in a newspaper and on no site."""
    forgery.one("gathering.published.v1").state["channels"][0]["kind"] = "mass_media"


@lie(12, "act_basis")
def agreed_without_minutes(forgery: Forgery) -> None:
    """The budget rests on a gathering whose minutes were never closed."""
    forgery.forget(of_thing(forgery, gathering(forgery, "budget_agreed")[2], "closed"))


@lie(12, "act_time")
def a_term_that_ends_first(forgery: Forgery) -> None:
    """An akim's term of office ends before it begins."""
    taken, left = forgery.of("office.taken.v1")[-1], forgery.one("office.left.v1", reason="resigned")
    term = {"term_from": later(left.state["on"], 1), "term_until": left.state["on"]}
    forgery.insert_event(left, left, taken.topic, taken.state | term)


@lie(12, "act_agenda")
def voted_on_twice(forgery: Forgery) -> None:
    """A gathering voted on one item twice."""
    voted = gathering(forgery, "budget_agreed")[2]
    forgery.insert_event(voted, voted, voted.topic, dict(voted.state))


@lie(12, "act_quota")
def a_separate_gathering_of_two(forgery: Forgery) -> None:
    """A separate gathering was called of two localities at once."""
    quotas = forgery.one("gathering.convened.v1", unit=UNIT, level="locality").state["quotas"]
    quotas.append({**quotas[0], "locality": ELSEWHERE})


@lie(12, "act_quota")
def representatives_at_a_separate_gathering(forgery: Forgery) -> None:
    """Representatives were taken in at a separate gathering."""
    separate = forgery.of("gathering.convened.v1", unit=UNIT, level="locality")[1]
    chosen = forgery.one("gathering.representatives_chosen.v1", locality=UNIT)
    forgery.insert_event(separate, separate, chosen.topic, dict(chosen.state))


@lie(12, "act_quota")
def representatives_chosen_afterwards(forgery: Forgery) -> None:
    """Representatives were chosen a day after the gathering that took them in."""
    separate = forgery.one("gathering.convened.v1", unit=UNIT, level="locality")
    call, opened = separate.state["call"], of_thing(forgery, separate, "opened").state
    call |= {name: later(call[name], 1) for name in ("convened_at", "held_at")}
    opened["timestamp"] = call["held_at"]
