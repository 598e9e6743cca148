"""A motion states what its kind of item needs, no more; hands are counted in whole people."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import Refused
from domain.kato import KatoInvalid
from domain.self_government.motion import (
    MOST_CANDIDATES,
    AgendaItem,
    Candidate,
    ItemKind,
    Motion,
    MotionIncomplete,
    MotionInvalid,
    OpenVote,
    Priority,
    Rating,
    VoteCountInvalid,
)
from domain.self_government.office import Official
from domain.text import DigestInvalid, IdentifierInvalid, TextInvalid
from tests.given import refused
from tests.self_government import AKIM, HELD, MEMBERS, NEAR, TEXT

LATER = HELD + timedelta(days=100)
ROADS = Priority("Mend the road to the school", LATER)

WHOLE = {
    ItemKind.PRIORITIES: Motion(TEXT, priorities=(ROADS,)),
    ItemKind.PLAN_AGREED: Motion(TEXT),
    ItemKind.BUDGET_AGREED: Motion(TEXT),
    ItemKind.TERRITORIAL_CHANGE: Motion(TEXT),
    ItemKind.AKIM_REPORT_RATED: Motion(TEXT, akim=AKIM.id, rating=Rating.SATISFACTORY),
    ItemKind.COUNCIL_ELECTED: Motion(TEXT, candidates=MEMBERS),
    ItemKind.MEMBERS_ELECTED: Motion(TEXT, candidates=MEMBERS[:1]),
    ItemKind.COUNCIL_DISSOLVED: Motion(TEXT),
    ItemKind.DISMISSAL_INITIATED: Motion(TEXT, akim=AKIM.id),
    ItemKind.DISMISSAL_WITHDRAWN: Motion(TEXT, akim=AKIM.id),
    ItemKind.REPRESENTATIVES_CHOSEN: Motion(TEXT, representatives=3),
    ItemKind.OTHER: Motion(TEXT),
}


@pytest.mark.parametrize("kind", list(ItemKind))
@pytest.mark.parametrize("like", list(ItemKind))
def test_a_motion_is_of_its_kind_exactly_when_its_parts_are(kind: ItemKind, like: ItemKind) -> None:
    motion = WHOLE[like]
    stated = [
        bool(part)
        for part in (motion.candidates, motion.priorities, motion.representatives, motion.akim, motion.rating)
    ]
    own = WHOLE[kind]
    needed = [
        bool(part) for part in (own.candidates, own.priorities, own.representatives, own.akim, own.rating)
    ]
    if stated == needed:
        assert motion.checked(kind, HELD) == motion
    else:
        with refused(MotionIncomplete, kind=kind.value):
            motion.checked(kind, HELD)


@pytest.mark.parametrize(
    ("kind", "motion", "refusal"),
    [
        (ItemKind.OTHER, Motion("a text"), DigestInvalid),
        (ItemKind.COUNCIL_ELECTED, Motion(TEXT, candidates=(MEMBERS[0], MEMBERS[0])), MotionInvalid),
        (
            ItemKind.COUNCIL_ELECTED,
            Motion(
                TEXT,
                candidates=tuple(
                    Candidate(Official(f"m.{number}", "M"), NEAR) for number in range(MOST_CANDIDATES + 1)
                ),
            ),
            MotionInvalid,
        ),
        (
            ItemKind.COUNCIL_ELECTED,
            Motion(TEXT, candidates=(replace(MEMBERS[0], locality="1"),)),
            KatoInvalid,
        ),
        (ItemKind.PRIORITIES, Motion(TEXT, priorities=(Priority("Roads", HELD),)), MotionInvalid),
        (ItemKind.PRIORITIES, Motion(TEXT, priorities=(Priority(" ", LATER),)), TextInvalid),
        (ItemKind.PRIORITIES, Motion(TEXT, priorities=(ROADS,) * 51), MotionInvalid),
        (ItemKind.REPRESENTATIVES_CHOSEN, Motion(TEXT, representatives=-1), VoteCountInvalid),
        (ItemKind.DISMISSAL_INITIATED, Motion(TEXT, akim="the akim"), IdentifierInvalid),
    ],
)
def test_what_a_motion_states_is_checked(kind: ItemKind, motion: Motion, refusal: type[Refused]) -> None:
    with refused(refusal):
        motion.checked(kind, HELD)


@pytest.mark.parametrize("wrong", [-1, 1.0, True, 10**9])
@pytest.mark.parametrize("field", ["present", "votes_for", "votes_against", "abstained"])
def test_hands_are_whole_people(field: str, wrong: int) -> None:
    with refused(VoteCountInvalid, field=field):
        replace(OpenVote(10, 1, 1, 1), **{field: wrong}).check()


def test_an_item_has_a_key_a_title_and_perhaps_a_draft() -> None:
    draft = AgendaItem("plan", ItemKind.PLAN_AGREED, " The plan ", TEXT)
    assert draft.checked() == replace(draft, title="The plan")
    for wrong, refusal in (
        (replace(draft, key="the plan"), IdentifierInvalid),
        (replace(draft, title=""), TextInvalid),
        (replace(draft, text_digest="x"), DigestInvalid),
    ):
        with refused(refusal):
            wrong.checked()
