"""A gathering is quorate, counted openly, and adopts only what was on its agenda."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from domain.conclusion import Channel, ChannelKind
from domain.errors import Refused
from domain.self_government.call import (
    Call,
    GatheringNotDue,
    Level,
    Notice,
)
from domain.self_government.gathering import (
    Gathering,
    GatheringState,
    ItemAlreadyVoted,
    MorePresentThanEntitled,
    NoQuorum,
    NotOnAgenda,
    WrongGatheringState,
)
from domain.self_government.motion import ItemKind, MoreVotesThanPresent, Motion, OpenVote
from domain.self_government.publication import NotPublishedElectronically
from domain.self_government.resolution import AnotherResolution, ResolutionNotAdopted
from domain.self_government.rules import MORE_THAN_HALF
from domain.text import DigestInvalid, TextInvalid
from tests.given import given, past, recorded, refused
from tests.self_government import (
    AFTER,
    BEFORE,
    CLERK,
    ENTITLED,
    FAR_PEOPLE,
    HELD,
    MINUTES,
    NEAR,
    NEAR_QUOTA,
    TEXT,
    TOLD,
    UNIT,
    call,
    closed,
    convened,
    far,
    item,
    near,
    opened,
    separate_gathering,
    the_unit,
)

State = GatheringState
GATHERING_ID = UUID(int=2)
PLAN = Motion(TEXT)
ALL = OpenVote(50, 50, 0, 0)
SITE = Channel(ChannelKind.SITE, "https://akimat.example/minutes/1", AFTER)


def test_a_locality_that_chose_nobody_counts_as_absent() -> None:
    gathering = convened()
    gathering.take_representatives(separate_gathering(near(), 42), "people", by=CLERK, at=BEFORE)
    with refused(NoQuorum, gathering, present=42, entitled=ENTITLED, needed=43):
        gathering.open(42, by=CLERK, at=HELD)


def test_it_opens_with_a_quorum() -> None:
    gathering = convened()
    gathering.take_representatives(separate_gathering(near(), NEAR_QUOTA), "people", by=CLERK, at=BEFORE)
    gathering.collect_events()
    gathering.open(43, by=CLERK, at=HELD)
    assert recorded(gathering) == [
        ("gathering.opened.v1", {"entitled": ENTITLED, "present": 43, "needed": 43, "by": CLERK})
    ]


@pytest.mark.parametrize("present", [NEAR_QUOTA + 1, -1])
def test_no_more_are_there_than_were_chosen(present: int) -> None:
    gathering = convened()
    gathering.take_representatives(separate_gathering(near(), NEAR_QUOTA), "people", by=CLERK, at=BEFORE)
    with refused(MorePresentThanEntitled, gathering, most=NEAR_QUOTA):
        gathering.open(present, by=CLERK, at=HELD)


@pytest.mark.parametrize("residents", [0, FAR_PEOPLE + 1])
def test_no_more_residents_take_part_than_live_there(residents: int) -> None:
    separate = Gathering.convene_separate(
        GATHERING_ID, the_unit(), far(), Level.HOUSE, call(item("x", ItemKind.OTHER)), by=CLERK, at=TOLD
    )
    with refused(MorePresentThanEntitled, separate, most=FAR_PEOPLE):
        separate.open(10, residents=residents, by=CLERK, at=HELD)
    with refused(NoQuorum, separate, present=9, entitled=91, needed=10):
        separate.open(9, residents=91, by=CLERK, at=HELD)


def test_it_opens_no_earlier_than_announced() -> None:
    gathering = convened()
    with refused(GatheringNotDue, gathering, opens=HELD):
        gathering.open(50, by=CLERK, at=HELD - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("vote", "adopted"),
    [
        (OpenVote(50, 26, 0, 24), True),
        (OpenVote(50, 25, 0, 0), False),
        (OpenVote(51, 26, 25, 0), True),
        (OpenVote(50, 0, 50, 0), False),
    ],
)
def test_more_than_half_of_those_present_adopt(vote: OpenVote, *, adopted: bool) -> None:
    gathering = opened()
    assert gathering.put_to_vote("plan", PLAN, vote, by=CLERK, at=HELD) is adopted
    assert recorded(gathering) == [
        (
            "gathering.item_voted.v1",
            {
                "key": "plan",
                "kind": ItemKind.PLAN_AGREED,
                "motion": PLAN,
                "vote": vote,
                "needed": 26,
                "adopted": adopted,
                "by": CLERK,
            },
        )
    ]


@pytest.mark.parametrize(
    ("vote", "refusal"),
    [
        (OpenVote(50, 50, 1, 0), MoreVotesThanPresent),
        (OpenVote(42, 42, 0, 0), NoQuorum),
        (OpenVote(ENTITLED + 1, 50, 0, 0), MorePresentThanEntitled),
    ],
    ids=["more hands than people", "the quorum has left", "more people than representatives"],
)
def test_a_vote_that_cannot_have_been_so_is_refused(vote: OpenVote, refusal: type[Refused]) -> None:
    gathering = opened()
    with refused(refusal, gathering):
        gathering.put_to_vote("plan", PLAN, vote, by=CLERK, at=HELD)


def test_what_was_not_announced_is_not_voted_on() -> None:
    gathering = opened()
    with refused(NotOnAgenda, gathering):
        gathering.put_to_vote("budget", PLAN, ALL, by=CLERK, at=HELD)


def test_an_item_is_voted_on_once() -> None:
    gathering = opened()
    gathering.put_to_vote("plan", PLAN, OpenVote(50, 0, 50, 0), by=CLERK, at=HELD)
    with refused(ItemAlreadyVoted, gathering):
        gathering.put_to_vote("plan", PLAN, ALL, by=CLERK, at=HELD)


def test_a_resolution_names_what_was_adopted_where_and_when() -> None:
    resolution = closed((item(), PLAN)).resolution("plan")
    assert (resolution.gathering_id, resolution.key, resolution.kind) == (
        GATHERING_ID,
        "plan",
        ItemKind.PLAN_AGREED,
    )
    assert (resolution.text_digest, resolution.adopted_on, resolution.unit) == (TEXT, HELD, UNIT)
    resolution.must_be(ItemKind.PLAN_AGREED, the_unit())
    with refused(AnotherResolution, needed="budget_agreed"):
        resolution.must_be(ItemKind.BUDGET_AGREED, the_unit())
    with refused(AnotherResolution, unit=NEAR):
        resolution.must_be(ItemKind.PLAN_AGREED, near())


def test_what_was_not_adopted_is_no_resolution() -> None:
    gathering = opened(item(), item("budget", ItemKind.BUDGET_AGREED))
    gathering.put_to_vote("plan", PLAN, ALL, by=CLERK, at=HELD)
    gathering.put_to_vote("budget", PLAN, OpenVote(50, 25, 25, 0), by=CLERK, at=HELD)
    with refused(ResolutionNotAdopted, gathering):
        gathering.resolution("plan")  # the minutes are not closed
    gathering.close(MINUTES, by=CLERK, at=AFTER)
    assert gathering.resolution("plan").text_digest == TEXT
    for key in ("budget", "roads"):
        with refused(ResolutionNotAdopted, gathering):
            gathering.resolution(key)


def test_minutes_are_closed_and_published() -> None:
    gathering = opened()
    gathering.close(MINUTES, by=CLERK, at=AFTER)
    gathering.publish((SITE,), by=CLERK, at=AFTER)
    assert recorded(gathering) == [
        ("gathering.closed.v1", {"minutes_digest": MINUTES, "by": CLERK}),
        ("gathering.published.v1", {"channels": (SITE,), "by": CLERK}),
    ]


def test_minutes_have_a_digest_and_a_site() -> None:
    gathering = opened()
    with refused(DigestInvalid, gathering):
        gathering.close("minutes", by=CLERK, at=AFTER)
    gathering.close(MINUTES, by=CLERK, at=AFTER)
    with refused(NotPublishedElectronically, gathering):
        gathering.publish((), by=CLERK, at=AFTER)


def test_what_does_not_take_place_is_called_off_with_a_reason() -> None:
    gathering = convened()
    with refused(TextInvalid, gathering, field="reason"):
        gathering.call_off("", by=CLERK, at=HELD)
    gathering.call_off("No quorum: 30 of 85 came", by=CLERK, at=HELD)
    assert recorded(gathering) == [
        ("gathering.called_off.v1", {"reason": "No quorum: 30 of 85 came", "by": CLERK})
    ]


def in_state(state: GatheringState) -> Gathering:
    if state in (State.CONVENED, State.CALLED_OFF):
        gathering = convened()
        if state is State.CALLED_OFF:
            gathering.call_off("snow", by=CLERK, at=HELD)
        return gathering
    gathering = opened()
    if state is not State.OPENED:
        gathering.close(MINUTES, by=CLERK, at=AFTER)
    if state is State.PUBLISHED:
        gathering.publish((SITE,), by=CLERK, at=AFTER)
    return gathering


COMMANDS: dict[str, tuple[Callable[[Gathering], object], GatheringState]] = {
    "take": (
        lambda g: g.take_representatives(separate_gathering(near(), 1), "people", by=CLERK, at=HELD),
        State.CONVENED,
    ),
    "open": (lambda g: g.open(50, by=CLERK, at=HELD), State.CONVENED),
    "call_off": (lambda g: g.call_off("snow", by=CLERK, at=HELD), State.CONVENED),
    "vote": (lambda g: g.put_to_vote("plan", PLAN, ALL, by=CLERK, at=HELD), State.OPENED),
    "close": (lambda g: g.close(MINUTES, by=CLERK, at=AFTER), State.OPENED),
    "publish": (lambda g: g.publish((SITE,), by=CLERK, at=AFTER), State.CLOSED),
}


@pytest.mark.parametrize(
    ("command", "state"),
    [(name, state) for name, (_, allowed) in COMMANDS.items() for state in State if state is not allowed],
)
def test_every_wrong_transition_is_refused(command: str, state: GatheringState) -> None:
    run, allowed = COMMANDS[command]
    gathering = in_state(state)
    with refused(WrongGatheringState, gathering, state=state.value, needed=allowed.value):
        run(gathering)


def test_old_events_replay_under_any_later_rule() -> None:
    gathering: Gathering = given(
        GATHERING_ID,
        past(
            Gathering.Created,
            unit="x",
            level=Level.UNIT,
            call=Call("", HELD, TOLD, ()),
            notice=Notice(-1, 10),
            quotas=(),
            quorum=MORE_THAN_HALF,
            majority=MORE_THAN_HALF,
            by="",
        ),
        past(
            Gathering.ItemVoted,
            key="plan",
            kind=ItemKind.PLAN_AGREED,
            motion=Motion(""),
            vote=OpenVote(0, 9, 9, 9),
            needed=99,
            adopted=True,
            by="",
        ),
        past(Gathering.Closed, minutes_digest="", by=""),
    )
    assert gathering.resolution("plan").adopted_on == TOLD
