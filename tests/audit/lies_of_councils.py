"""Lies about Councils, their chairs and sittings, for step 12."""

from tests.audit.forgery import Forgery, Json
from tests.audit.lies import LIES, lie
from tests.audit.lies_of_acts import decision, gathering, later, of_thing, sitting
from tests.councils import SEVEN
from tests.self_government import ELSEWHERE, UNIT

__all__ = ["LIES", "NOBODY"]

NOBODY = "m.9"

# The Council.


@lie(12, "council_seats")
def a_member_nobody_elected(forgery: Forgery) -> None:
    """An eighth member was seated whom the gathering did not elect."""
    members = forgery.one("council.formed.v1").state["members"]
    members.append({**members[0], "official": {"id": NOBODY, "name": "Мүше"}})


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


@lie(12, "council_seats")
def another_member_than_elected(forgery: Forgery) -> None:
    """At a by-election another was seated than the one elected."""
    [member] = forgery.one("council.members_elected.v1").state["members"]
    member["official"] = {"id": NOBODY, "name": "Мүше"}


@lie(12, "council_seats")
def a_seat_given_up_by_nobody(forgery: Forgery) -> None:
    """Somebody gave up a seat in the Council who had none."""
    forgery.one("council.member_left.v1").state["member"] = NOBODY


@lie(12, "act_rules")
def another_band_of_the_table(forgery: Forgery) -> None:
    """A Council's seats are of another band of the table than its people."""
    forgery.one("council.formed.v1").state["band"] = {
        "over_people": 10_000,
        "up_to_people": 15_000,
        "least": 11,
        "most": 15,
    }


@lie(12, "act_time")
def a_council_for_four_years(forgery: Forgery) -> None:
    """A Council was formed for a year more than the rules give."""
    formed = forgery.one("council.formed.v1", number=2).state
    formed["term_until"] = later(formed["term_until"], 365)


@lie(12, "act_time")
def two_councils_of_one_election(forgery: Forgery) -> None:
    """The second Council was formed by the resolution that had elected the first."""
    first, second = forgery.of("council.formed.v1", unit=UNIT)
    for name in ("gathering_id", "resolution", "elected_on"):
        second.state[name] = first.state[name]


@lie(12, "act_time")
def a_by_election_before_the_election(forgery: Forgery) -> None:
    """The gathering that filled a vacancy was held before the Council was elected."""
    formed, filled = (forgery.one(f"council.{name}.v1").state for name in ("formed", "members_elected"))
    convened, _, voted = gathering(forgery, "members_elected")
    separate = of_thing(forgery, voted, "representatives_chosen").state["separate_gathering"]
    for each in (convened, next(each for each in forgery.told if each.event["id"] == separate)):
        each.state["call"]["held_at"] = later(formed["elected_on"], -1)
        each.state["call"]["convened_at"] = later(formed["elected_on"], -16)
    filled["since"] = formed["term_from"]


@lie(12, "act_time")
def seated_before_the_election(forgery: Forgery) -> None:
    """A member elected to a vacancy sits from the day before."""
    filled = forgery.one("council.members_elected.v1").state
    filled["since"] = later(filled["since"], -1)


# The chair.


@lie(12, "act_votes")
def a_chair_elected_from_afar(forgery: Forgery) -> None:
    """Somebody votes on the chair who is not at the sitting."""
    forgery.one("council.chair_elected.v1").state["votes"].append({"member": NOBODY, "vote": "for"})


@lie(12, "act_votes")
def a_vote_on_the_chair_counted_twice(forgery: Forgery) -> None:
    """The count of a chair's election has one who abstained too many."""
    counted: Json = forgery.one("council.chair_elected.v1").state["count"]
    counted["abstained"] += 1


@lie(12, "act_adopted")
def a_chair_of_three(forgery: Forgery) -> None:
    """Somebody is the chair whom three of seven wanted."""
    elected = forgery.one("council.chair_elected.v1").state
    for each in elected["votes"][3:]:
        each["vote"] = "against"
    elected["count"] |= {"votes_for": 3, "votes_against": 4, "adopted": False}


@lie(12, "act_signer")
def two_chairs(forgery: Forgery) -> None:
    """That the first chair had left the chair was struck out."""
    forgery.forget(forgery.one("council.chair_left.v1"))


@lie(12, "act_signer")
def a_chair_left_by_another(forgery: Forgery) -> None:
    """A member left the chair who did not hold it."""
    forgery.one("council.chair_left.v1").state["chair"] = SEVEN[2]


@lie(12, "act_time")
def a_chair_beyond_the_council(forgery: Forgery) -> None:
    """A chair was elected for a year beyond the Council's end."""
    elected = forgery.one("council.chair_elected.v1").state
    elected["term_until"] = later(elected["term_until"], 365)


# Sittings.


@lie(12, "act_notice")
def members_told_a_day_ahead(forgery: Forgery) -> None:
    """Members were called to a sitting a day ahead, and that is told as five."""
    summons = sitting(forgery, "4", "convened").state["summons"]
    summons["convened_at"] = later(summons["held_at"], -1)


@lie(12, "act_basis")
def a_sitting_of_another_unit(forgery: Forgery) -> None:
    """A sitting of the Council is entered as another district's."""
    sitting(forgery, "4", "convened").state["unit"] = ELSEWHERE


@lie(12, "act_quorum")
def a_council_of_three(forgery: Forgery) -> None:
    """A Council was called to sit of whose seven seats four are vacant."""
    voted = forgery.of("gathering.item_voted.v1", kind="council_elected")[1]
    for people in (
        voted.state["motion"]["candidates"],
        forgery.one("council.formed.v1", number=2).state["members"],
    ):
        del people[3:]


@lie(12, "act_quorum")
def opened_by_three_of_seven(forgery: Forgery) -> None:
    """A sitting was opened when three of seven had come."""
    sitting(forgery, "8", "opened").state["present"] = [*SEVEN[:3]]


@lie(12, "act_rules")
def a_lower_quorum_of_a_sitting(forgery: Forgery) -> None:
    """A sitting was opened as if three of seven were its quorum."""
    sitting(forgery, "8", "opened").state["needed"] = 3


@lie(12, "act_signer")
def another_in_the_chair(forgery: Forgery) -> None:
    """A sitting was chaired by a member who is not the chair."""
    sitting(forgery, "8", "opened").state["chair"] = SEVEN[1]


@lie(12, "act_time")
def a_sitting_before_its_day(forgery: Forgery) -> None:
    """A sitting was opened a day before the one announced."""
    held_at = sitting(forgery, "8", "convened").state["summons"]["held_at"]
    sitting(forgery, "8", "opened").state["timestamp"] = later(held_at, -1)


@lie(12, "act_votes")
def a_stranger_at_the_table(forgery: Forgery) -> None:
    """Somebody sits among the members who is none."""
    sitting(forgery, "8", "opened").state["present"].append(NOBODY)


@lie(12, "act_votes")
def gone_without_having_come(forgery: Forgery) -> None:
    """Somebody left a sitting who had not been there."""
    opened = sitting(forgery, "8", "opened")
    state = {"by": "clerk-1", "member": NOBODY, "timestamp": opened.state["timestamp"]}
    forgery.insert_event(opened, opened, "sitting.member_left.v1", state)


@lie(12, "council_over")
def a_sitting_after_the_end(forgery: Forgery) -> None:
    """A sitting was called for a day after the Council's end."""
    summons = sitting(forgery, "4", "convened").state["summons"]
    summons["held_at"] = later(forgery.one("council.formed.v1").state["term_until"], 1)


@lie(12, "council_seats")
def seats_of_another_unit(forgery: Forgery) -> None:
    """A Council's seats are those of another district."""
    forgery.one("council.formed.v1").state["seats"][0]["locality"] = ELSEWHERE


@lie(12, "council_seats")
def one_locality_named_twice(forgery: Forgery) -> None:
    """One locality has two lines in the table of a Council's seats."""
    seats = forgery.one("council.formed.v1").state["seats"]
    seats.append(dict(seats[0]))


@lie(12, "council_seats")
def one_member_on_two_seats(forgery: Forgery) -> None:
    """One person was elected to two seats of a Council."""
    voted = forgery.of("gathering.item_voted.v1", kind="council_elected")[1]
    formed = forgery.one("council.formed.v1", number=2)
    for people in (voted.state["motion"]["candidates"], formed.state["members"]):
        people[6] = people[5]


@lie(12, "act_votes")
def two_votes_on_the_chair(forgery: Forgery) -> None:
    """A member votes on the chair twice."""
    votes = forgery.one("council.chair_elected.v1").state["votes"]
    votes.append(dict(votes[0]))


@lie(12, "act_votes")
def a_chair_elected_by_another_council(forgery: Forgery) -> None:
    """The second Council's chair was elected at a sitting of the first."""
    elected = forgery.of("council.chair_elected.v1")[-1]
    elected.state["sitting_id"] = sitting(forgery, "6", "convened").event["id"]


@lie(12, "act_votes")
def arrived_twice(forgery: Forgery) -> None:
    """A member arrived at a sitting who was there already."""
    forgery.one("sitting.member_arrived.v1").state["member"] = SEVEN[0]
