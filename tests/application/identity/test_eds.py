"""The electronic digital signature: the contract of every identifier, and every lie a CMS or NCANode could tell."""

import base64
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from application.fetching import AT_ONCE
from application.identity.challenges import ChallengeOver, Challenges, ProofInvalid
from application.identity.eds import CMS_BYTES, Eds, EdsLimits, EdsServiceAway
from application.keys import Keys
from domain.iin import Iin
from tests.application.identity.contract import ContractOfIdentifier, Way
from tests.engine import Engine
from tests.ncanode import ncanode, signed
from tests.people import iin
from tests.residents import HandClock, seeded

LIMITS = EdsLimits()
AUDIENCE = "dauys.test"


@pytest.fixture(scope="session")
def service() -> Iterator[str]:
    with ncanode() as address:
        yield address


class Token:
    """A person's key in a stand-in for it."""

    def claim(self, person: int) -> str:
        del person
        return ""

    def answer(self, person: int, text: str) -> str:
        return signed(text, iin(person))

    def wrong(self, person: int, text: str) -> str:
        return signed(f"{text} ", iin(person))


def eds_on(engine: Engine, folder: Path, clock: HandClock, address: str) -> Eds:
    random = seeded("eds")
    challenges = Challenges(engine.datastore, clock, random)
    return Eds(challenges, Keys(folder / "keys"), clock, random, address, AUDIENCE, LIMITS)


@pytest.fixture
def way(engine: Engine, tmp_path: Path, service: str) -> Way:
    clock = HandClock()
    return Way(eds_on(engine, tmp_path, clock, service), Token(), clock, LIMITS.seconds, LIMITS.tries)


class TestEds(ContractOfIdentifier):
    """The contract, kept by signatures."""


def test_a_service_that_hangs_does_not_take_every_thread_of_the_site(
    engine: Engine, tmp_path: Path, service: str
) -> None:
    eds = eds_on(engine, tmp_path, HandClock(), service)
    challenge = eds.begin("", "kk")
    answer = signed(challenge.text, iin(1))
    with ExitStack() as hanging:
        for _ in range(AT_ONCE):
            hanging.enter_context(eds._turns.one(EdsServiceAway))
        with pytest.raises(EdsServiceAway):
            eds.prove(challenge.challenge_id, answer)
    assert eds.prove(challenge.challenge_id, answer).adult


def test_the_text_to_sign_names_us_and_this_one_sign_in(way: Way) -> None:
    challenge_id, text = way.begin(1)
    assert text.startswith(f"dauys.sign-in.v1\n{AUDIENCE}\n{challenge_id}\n")
    assert text != way.begin(1)[1]


def test_the_text_can_be_fetched_until_the_challenge_is_over(
    engine: Engine, tmp_path: Path, service: str
) -> None:
    clock = HandClock()
    eds = eds_on(engine, tmp_path, clock, service)
    challenge = eds.begin("", "kk")
    assert eds.text_of(challenge.challenge_id) == challenge.text
    clock.pass_by(timedelta(seconds=LIMITS.seconds))
    with pytest.raises(ChallengeOver):
        eds.text_of(challenge.challenge_id)


def test_line_breaks_in_the_base64_do_not_matter(way: Way) -> None:
    challenge_id, text = way.begin(1)
    cms = signed(text, iin(1))
    way.identifier.prove(challenge_id, "\r\n".join(cms[at : at + 64] for at in range(0, len(cms), 64)))


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param({"valid": False}, id="the signature does not hold"),
        pytest.param({"signers": 0}, id="nobody has signed"),
        pytest.param({"signers": 2}, id="two have signed"),
        pytest.param({"certificates": 0}, id="no certificate belongs to the signer"),
        pytest.param({"certificates": 2}, id="two certificates do"),
        pytest.param({"revoked_by": ["OCSP"]}, id="revoked by OCSP"),
        pytest.param(
            {"revoked_by": ["CRL"], "valid": True, "certificate": {"valid": True}}, id="revoked by CRL"
        ),
        pytest.param({"checks": ["CRL"]}, id="OCSP was not asked"),
        pytest.param({"checks": []}, id="no register was asked"),
        pytest.param({"certificate": {"valid": False}}, id="the certificate has run out"),
        pytest.param({"certificate": {"keyUser": ["ORGANIZATION", "CEO"]}}, id="an organisation's key"),
        pytest.param({"certificate": {"subject": {"commonName": "NOBODY"}}}, id="no number in it"),
        pytest.param({"certificate": {"subject": None}}, id="no subject in it"),
        pytest.param({"certificate": {"subject": {"iin": "123456789011"}}}, id="a number that is none"),
        pytest.param({"certificate": {"valid": "true"}}, id="a text for a truth"),
        pytest.param({"status": 400}, id="refused by the service"),
    ],
)
def test_a_signature_that_does_not_hold_is_refused(way: Way, lie: dict[str, Any]) -> None:
    challenge_id, text = way.begin(1)
    with pytest.raises(ProofInvalid):
        way.identifier.prove(challenge_id, signed(text, iin(1), **lie))


def test_a_signature_made_for_another_site_is_refused(way: Way) -> None:
    challenge_id, text = way.begin(1)
    with pytest.raises(ProofInvalid):
        way.identifier.prove(challenge_id, signed(text.replace(AUDIENCE, "bank.example"), iin(1)))


@pytest.mark.parametrize("answer", ["", "%%%", base64.b64encode(bytes(CMS_BYTES + 1)).decode(), "AAAA"])
def test_what_is_no_cms_is_refused(way: Way, answer: str) -> None:
    challenge_id, _ = way.begin(1)
    with pytest.raises(ProofInvalid):
        way.identifier.prove(challenge_id, answer)


def test_the_certificate_tells_whether_its_holder_is_of_age(way: Way) -> None:
    born = Iin.parse(iin(1))
    way.clock.at = way.clock.at.replace(year=2030)
    years = born.age_on(way.clock.at.date())
    for back, adult in ((0, True), (years - 17, False)):
        way.clock.at = way.clock.at.replace(year=2030 - back)
        challenge_id, text = way.begin(1)
        assert way.identifier.prove(challenge_id, signed(text, iin(1))).adult is adult


def test_a_service_that_is_away_is_said_and_the_challenge_stays(
    engine: Engine, tmp_path: Path, service: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
    clock = HandClock()
    away = eds_on(engine, tmp_path, clock, nobody)
    challenge = away.begin("", "kk")
    with pytest.raises(EdsServiceAway):
        away.prove(challenge.challenge_id, signed(challenge.text, iin(1)))
    back = eds_on(engine, tmp_path, clock, service)
    with pytest.raises(EdsServiceAway):
        back.prove(challenge.challenge_id, signed(challenge.text, iin(1), status=503))
    assert back.prove(challenge.challenge_id, signed(challenge.text, iin(1))).adult is not None


def test_what_is_kept_has_nothing_to_do_with_the_roll(way: Way, tmp_path: Path) -> None:
    challenge_id, text = way.begin(1)
    way.clock.pass_by(timedelta(seconds=1))
    proven = way.identifier.prove(challenge_id, signed(text, iin(1)))
    assert proven.person != Keys(tmp_path / "keys").person(Iin.parse(iin(1)))
