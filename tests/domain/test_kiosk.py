"""A kiosk is enrolled once, with its code, and revoked for good."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.errors import Refused
from domain.kiosk import EnrolmentCodeInvalid, Kiosk, KioskKeyInvalid, KioskRevoked
from domain.text import DigestInvalid, IdentifierInvalid, TextInvalid
from domain.times import TimeInvalid
from tests.examples import CLERK, EARLY, digest
from tests.given import given, past, recorded, refused

KIOSK_ID = UUID(int=9)
CODE, KEY, OTHER_KEY = digest("one-time code"), "0a" * 32, "0b" * 32
EXPIRES = EARLY + timedelta(hours=2)

INVITED = past(
    Kiosk.Created, label="Hall 3", place="Community centre", code_digest=CODE, expires=EXPIRES, by=CLERK
)
ENROLLED = past(Kiosk.Enrolled, public_key=KEY)
REVOKED = past(Kiosk.Revoked, reason="stolen", by=CLERK)


def kiosk(*history: Any) -> Kiosk:
    found: Kiosk = given(KIOSK_ID, INVITED, *history)
    return found


def invite(**changed: Any) -> Kiosk:
    facts: dict[str, Any] = {
        "label": "Hall 3",
        "place": "Community centre",
        "code_digest": CODE,
        "expires": EXPIRES,
        "by": CLERK,
    }
    return Kiosk.invite(KIOSK_ID, at=EARLY, **(facts | changed))


def test_a_kiosk_is_invited_with_a_code_nobody_can_read_back() -> None:
    assert recorded(invite(label=" Hall 3 ")) == [("kiosk.invited.v1", INVITED.facts)]


@pytest.mark.parametrize(
    ("wrong", "refusal", "facts"),
    [
        ({"label": ""}, TextInvalid, {"field": "label"}),
        ({"place": "x" * 101}, TextInvalid, {"field": "place", "problem": "too_long"}),
        ({"code_digest": "open sesame"}, DigestInvalid, {"field": "code_digest"}),
        ({"expires": datetime(2026, 9, 1)}, TimeInvalid, {"field": "expires"}),  # noqa: DTZ001 - the attack
        ({"by": "Clerk"}, IdentifierInvalid, {"field": "by"}),
    ],
)
def test_an_invitation_is_checked(
    wrong: dict[str, Any], refusal: type[Refused], facts: dict[str, object]
) -> None:
    with refused(refusal, **facts):
        invite(**wrong)


def test_the_code_binds_the_devices_key() -> None:
    invited = kiosk()
    invited.enrol(CODE, KEY, at=EXPIRES - timedelta(microseconds=1))
    assert recorded(invited) == [("kiosk.enrolled.v1", {"public_key": KEY})]
    assert invited.public_key == KEY


def test_a_lost_answer_may_be_asked_for_again_even_after_the_code_expired() -> None:
    enrolled = kiosk(ENROLLED)
    enrolled.enrol(CODE, KEY, at=EXPIRES + timedelta(days=1))
    assert recorded(enrolled) == []


def test_a_wrong_code_an_expired_code_and_a_used_code_look_alike() -> None:
    for subject, code, key, at in (
        (kiosk(), digest("guess"), KEY, EARLY),
        (kiosk(), CODE, KEY, EXPIRES),
        (kiosk(ENROLLED), CODE, OTHER_KEY, EARLY),
        (kiosk(ENROLLED), digest("guess"), KEY, EARLY),
    ):
        with refused(EnrolmentCodeInvalid, subject) as caught:
            subject.enrol(code, key, at=at)
        assert str(caught.value) == "enrolment_code_invalid"


@pytest.mark.parametrize("key", ["", "0a" * 31, "0A" * 32, "0a" * 33, "zz" * 32, "0a" * 31 + "٠a"])
def test_a_key_is_32_bytes_in_hex(key: str) -> None:
    invited = kiosk()
    with refused(KioskKeyInvalid, invited):
        invited.enrol(CODE, key, at=EARLY)


def test_a_kiosk_is_revoked_for_good() -> None:
    enrolled = kiosk(ENROLLED)
    enrolled.revoke(" stolen ", by=CLERK, at=EARLY)
    assert recorded(enrolled) == [("kiosk.revoked.v1", {"reason": "stolen", "by": CLERK})]
    with refused(KioskRevoked, enrolled):
        enrolled.enrol(CODE, KEY, at=EARLY)


def test_an_invitation_may_be_revoked_before_anyone_uses_it() -> None:
    revoked = kiosk(REVOKED)
    with refused(KioskRevoked, revoked):
        revoked.enrol(CODE, KEY, at=EARLY)


def test_revoking_again_records_nothing() -> None:
    revoked = kiosk(ENROLLED, REVOKED)
    revoked.revoke("", by="", at=EARLY)
    assert recorded(revoked) == []


def test_a_revocation_has_a_reason_and_an_author() -> None:
    enrolled = kiosk(ENROLLED)
    with refused(TextInvalid, enrolled, field="reason", problem="empty"):
        enrolled.revoke(" ", by=CLERK, at=EARLY)
    with refused(IdentifierInvalid, enrolled, field="by"):
        enrolled.revoke("stolen", by="", at=EARLY)


def test_old_events_replay_under_any_later_rule() -> None:
    subject = kiosk(REVOKED, past(Kiosk.Enrolled, public_key="short"), ENROLLED)
    assert (subject.revoked, subject.public_key) == (True, KEY)
