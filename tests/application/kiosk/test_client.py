"""A kiosk against a real server: enrolment, answers, what stops it, and what never reaches its disk or its messages."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as forall
from hypothesis import strategies as st

from api.election.staff import HEAD, Opened
from application.codes import credential_key, new_code
from application.kiosk.answers import NotRecorded, Recorded
from application.kiosk.client import MOST_BALLOTS, DeliveryTooLarge, Kiosk
from application.kiosk.identity import KioskFolderInvalid, enrol
from application.kiosk.server import KioskStopped, NotReached
from application.kiosk.signing import Ballot, sign_ballot
from application.kiosk.spool import SpoolDamaged
from application.log.note import LogSigner, Verifier
from domain.ballot_form import Choices
from tests.deployment import UNIT, Deployment

VOTERS = 12
NOWHERE = "http://127.0.0.1:9"


@dataclass
class Hall:
    """A round in voting and an enrolled kiosk."""

    deployment: Deployment
    opened: Opened
    folder: Path

    def ballot(self, voter: int, choices: Choices = ("1",)) -> Ballot:
        return self.signed(self.opened.slips[UNIT][voter], choices)

    def signed(self, code: str, choices: Choices = ("1",)) -> Ballot:
        key = credential_key(code, self.opened.round_id)
        return sign_ballot(key, self.opened.round_id, list(choices), token_bytes(16))


@pytest.fixture
def hall(deployment: Deployment, tmp_path: Path) -> Hall:
    enrol(tmp_path / "kiosk", deployment.url, deployment.invite())
    return Hall(deployment, deployment.open_round(VOTERS), tmp_path / "kiosk")


@pytest.fixture
def kiosk(hall: Hall) -> Iterator[Kiosk]:
    with Kiosk(hall.folder) as kiosk:
        yield kiosk


def test_every_ballot_is_answered_in_order(hall: Hall, kiosk: Kiosk) -> None:
    ballots = [hall.ballot(0), hall.signed(new_code()), hall.ballot(1, ("1", "2")), hall.ballot(0, ("2",))]
    first, unknown, second, again = kiosk.deliver(ballots)
    assert isinstance(first, Recorded)
    assert isinstance(second, Recorded)
    assert unknown == NotRecorded("unknown_credential")
    assert again == NotRecorded("already_voted")


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ((), "too_few_choices"),
        (("1", "2", "3"), "too_many_choices"),
        (("1", "1"), "duplicate_choice"),
        (("9",), "unknown_choice"),
        (("2", "1"), "choices_not_canonical"),
    ],
)
def test_unlawful_choices_are_refused_and_the_voter_may_choose_again(
    choices: Choices, code: str, hall: Hall, kiosk: Kiosk
) -> None:
    assert kiosk.deliver([hall.ballot(0, choices)]) == (NotRecorded(code),)
    assert isinstance(kiosk.deliver([hall.ballot(0)])[0], Recorded)


def test_the_same_ballot_again_gets_the_same_receipt(hall: Hall, kiosk: Kiosk) -> None:
    ballot = hall.ballot(0)
    assert kiosk.deliver([ballot]) == kiosk.deliver([ballot])


def test_what_could_not_be_sent_is_sent_later_in_order(hall: Hall) -> None:
    with Kiosk(hall.folder, NOWHERE, patience_seconds=0.1) as kiosk:
        for voter in range(3):
            with pytest.raises(NotReached):
                kiosk.deliver([hall.ballot(voter)])
        assert kiosk.spool.waiting == [1, 2, 3]
    with Kiosk(hall.folder) as kiosk:
        answers = list(kiosk.resume())
    assert [number for number, _ in answers] == [1, 2, 3]
    assert all(isinstance(told, Recorded) for _, answer in answers for told in answer)
    assert len(hall.deployment.ballots(hall.opened.round_id)) == 3


def test_a_delivery_answered_but_not_noted_gets_the_same_answer_after_closing(hall: Hall) -> None:
    with Kiosk(hall.folder) as kiosk:
        kiosk.keep([hall.ballot(0), hall.signed(new_code())])
        copy = kiosk.spool.read(1)
        ((_, answer),) = kiosk.resume()
    hall.deployment.close_round(hall.opened.round_id)
    (hall.folder / "answered.json").unlink()
    (hall.folder / "spool" / "0000000000000001.jws").write_bytes(copy)
    with Kiosk(hall.folder) as kiosk:
        assert list(kiosk.resume()) == [(1, answer)]


def test_after_closing_ballots_are_told_that_the_round_is_not_open(hall: Hall, kiosk: Kiosk) -> None:
    hall.deployment.close_round(hall.opened.round_id)
    assert kiosk.deliver([hall.ballot(0)]) == (NotRecorded("round_not_open"),)


def test_a_revoked_kiosk_stops_and_keeps_its_spool(hall: Hall, kiosk: Kiosk) -> None:
    hall.deployment.engine.kiosks.revoke(kiosk.kiosk_id, "stolen", by=HEAD)
    with pytest.raises(KioskStopped) as stopped:
        kiosk.deliver([hall.ballot(0)])
    assert stopped.value.code == "kiosk_revoked"
    assert kiosk.spool.waiting == [1]


def test_a_kiosk_restored_from_a_copy_stops(hall: Hall) -> None:
    with Kiosk(hall.folder) as kiosk:
        kiosk.deliver([hall.ballot(0)])
    (hall.folder / "answered.json").unlink()  # as it was before the delivery
    with Kiosk(hall.folder) as kiosk, pytest.raises(KioskStopped) as stopped:
        kiosk.deliver([hall.ballot(1)])
    assert stopped.value.code == "sequence_broken"


def test_an_altered_spool_is_never_sent(hall: Hall) -> None:
    with Kiosk(hall.folder) as kiosk:
        kiosk.keep([hall.ballot(0)])
    path = hall.folder / "spool" / "0000000000000001.jws"
    path.write_bytes(path.read_bytes()[:-7])
    with Kiosk(hall.folder, NOWHERE, patience_seconds=0.1) as kiosk, pytest.raises(SpoolDamaged):
        list(kiosk.resume())


def test_a_receipt_of_another_log_stops_the_kiosk_and_nothing_is_forgotten(hall: Hall) -> None:
    path = hall.folder / "identity.json"
    identity = msgspec.json.decode(path.read_bytes())
    pinned = Verifier.parse(identity["log_key"])
    path.write_bytes(
        msgspec.json.encode(identity | {"log_key": str(LogSigner(pinned.name, bytes(32)).verifier)})
    )
    with Kiosk(hall.folder) as kiosk:
        with pytest.raises(KioskStopped) as stopped:
            kiosk.deliver([hall.ballot(0)])
        assert kiosk.spool.waiting == [1]
    assert stopped.value.code == "receipt_invalid"


def test_too_much_for_one_delivery_is_refused_before_it_is_spooled(hall: Hall, kiosk: Kiosk) -> None:
    for ballots in ([], [hall.ballot(0)] * (MOST_BALLOTS + 1), [hall.ballot(0, ("x" * 400_000,))]):
        with pytest.raises(DeliveryTooLarge):
            kiosk.deliver(ballots)
    assert kiosk.spool.waiting == []


def test_a_code_enrols_one_key_however_often_it_is_asked(deployment: Deployment, tmp_path: Path) -> None:
    code = deployment.invite()
    first = enrol(tmp_path / "one", deployment.url, code)
    (tmp_path / "one" / "identity.json").unlink()  # the answer was lost in a crash
    assert enrol(tmp_path / "one", deployment.url, code) == first
    with pytest.raises(KioskStopped) as stopped:
        enrol(tmp_path / "two", deployment.url, code)
    assert stopped.value.code == "enrolment_code_invalid"


def test_an_enrolled_folder_is_not_enrolled_over(hall: Hall) -> None:
    with pytest.raises(KioskFolderInvalid, match="enrolled already"):
        enrol(hall.folder, hall.deployment.url, hall.deployment.invite())


def test_a_key_that_others_may_read_is_not_used(hall: Hall) -> None:
    (hall.folder / "key").chmod(0o644)
    with pytest.raises(KioskFolderInvalid, match="chmod 600"):
        Kiosk(hall.folder)


def test_a_folder_without_identity_or_key_says_so(hall: Hall, tmp_path: Path) -> None:
    with pytest.raises(KioskFolderInvalid, match="not enrolled"):
        Kiosk(tmp_path / "elsewhere")
    (hall.folder / "key").unlink()
    with pytest.raises(KioskFolderInvalid, match="missing"):
        Kiosk(hall.folder)


def test_codes_and_choices_of_the_answered_are_not_on_the_device(hall: Hall) -> None:
    with Kiosk(hall.folder) as kiosk:
        kiosk.deliver([hall.ballot(0, ("1", "3"))])
    left = b"".join(path.read_bytes() for path in hall.folder.rglob("*") if path.is_file())
    assert b"choices" not in left
    assert hall.opened.slips[UNIT][0].encode() not in left


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@forall(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.permutations(range(VOTERS)))
def test_any_split_into_deliveries_counts_everybody_once(
    hall: Hall, sizes: list[int], order: list[int]
) -> None:
    opened = hall.deployment.open_round(VOTERS)
    ballots = [Hall(hall.deployment, opened, hall.folder).ballot(voter) for voter in order]
    with Kiosk(hall.folder) as kiosk:
        start = 0
        for size in [*sizes, VOTERS]:
            kiosk.deliver(ballots[start : start + size] or ballots[:1])
            start += size
    counted = hall.deployment.ballots(opened.round_id)
    assert sorted(counted) == sorted(ballot["credential"] for ballot in ballots)
