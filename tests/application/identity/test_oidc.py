"""Signing in at an identity provider: every lie that a browser, a provider or somebody between them could tell."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]

from application.fetching import AT_ONCE
from application.identity.oidc import ATTEMPT_SECONDS, Oidc, Provider, ProviderAway, ProviderRefused
from tests.engine import Engine
from tests.providers import CLIENT, SECRET, LyingProvider, lying_provider
from tests.residents import HandClock, seeded

BROWSER = "a browser's own cookie"
BACK = "https://dauys.test/sign-in/provider/back"


@dataclass
class Desk:
    """One deployment and its provider."""

    oidc: Oidc
    provider: LyingProvider
    clock: HandClock

    def begin(self, browser: str = BROWSER) -> dict[str, str]:
        """What the provider is asked; it will answer truly unless told otherwise."""
        address = self.oidc.begin(browser, "/staff")
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.provider.nonce = asked["nonce"]
        return asked


@pytest.fixture
def desk(engine: Engine) -> Iterator[Desk]:
    clock = HandClock(datetime.now(UTC))
    with lying_provider() as provider:
        agreed = Provider(provider.issuer, CLIENT, SECRET, BACK)
        yield Desk(Oidc(engine.datastore, clock, seeded("oidc"), agreed), provider, clock)


def refused(desk: Desk, answer: dict[str, str], browser: str = BROWSER) -> str:
    with pytest.raises(ProviderRefused) as told:
        desk.oidc.finish(browser, answer)
    return str(told.value.facts["problem"])


def test_the_provider_vouches_for_a_login(desk: Desk) -> None:
    asked = desk.begin()
    assert desk.oidc.finish(BROWSER, {"state": asked["state"], "code": "1"}) == ("a.seitkali", "/staff")
    (sent,) = desk.provider.asked
    assert (sent["code"], sent["redirect_uri"], sent["grant_type"]) == (["1"], [BACK], ["authorization_code"])
    assert create_s256_code_challenge(sent["code_verifier"][0]) == asked["code_challenge"]
    assert sent["authorization"] == [f"Basic {b64encode(b'dauys:a%20secret%20of%20the%20test').decode()}"]
    wanted = {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": BACK,
        "code_challenge_method": "S256",
    }
    assert wanted.items() <= asked.items()
    assert "openid" in asked["scope"].split()


def test_a_provider_that_hangs_does_not_take_every_thread_of_the_site(desk: Desk) -> None:
    asked = desk.begin()
    with ExitStack() as hanging:
        for _ in range(AT_ONCE):
            hanging.enter_context(desk.oidc._turns.one(ProviderAway))
        with pytest.raises(ProviderAway):
            desk.oidc.begin(BROWSER, "/staff")
        with pytest.raises(ProviderAway):
            desk.oidc.finish(BROWSER, {"state": asked["state"], "code": "1"})
    assert not desk.provider.asked
    again = desk.begin()
    assert desk.oidc.finish(BROWSER, {"state": again["state"], "code": "1"})[0] == "a.seitkali"


@pytest.mark.parametrize("state", ["", "forged", "A" * 43, "'; DROP TABLE dauys.oidc_attempts; --"])
def test_a_state_that_we_did_not_give_is_refused(desk: Desk, state: str) -> None:
    desk.begin()
    assert refused(desk, {"state": state, "code": "1"}) == "attempt"
    assert refused(desk, {"code": "1"}) == "attempt"
    assert not desk.provider.asked


def test_an_answer_is_of_the_browser_that_began(desk: Desk) -> None:
    asked = desk.begin()
    assert refused(desk, {"state": asked["state"], "code": "1"}, "another browser") == "attempt"
    assert refused(desk, {"state": asked["state"], "code": "1"}) == "attempt"  # used up by the stranger


def test_an_answer_holds_once(desk: Desk) -> None:
    answer = {"state": desk.begin()["state"], "code": "1"}
    desk.oidc.finish(BROWSER, answer)
    assert refused(desk, answer) == "attempt"


def test_an_answer_that_took_too_long_is_refused(desk: Desk) -> None:
    asked = desk.begin()
    desk.clock.pass_by(timedelta(seconds=ATTEMPT_SECONDS))
    assert refused(desk, {"state": asked["state"], "code": "1"}) == "attempt"


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"error": "access_denied"}, "denied"),
        ({}, "answer"),
        ({"code": ""}, "answer"),
        ({"code": "1" * 2_001}, "answer"),
        ({"code": "1", "iss": "https://evil.example"}, "answer"),
    ],
)
def test_an_answer_without_a_code_of_this_provider_is_refused(
    desk: Desk, answer: dict[str, str], problem: str
) -> None:
    assert refused(desk, {"state": desk.begin()["state"], **answer}) == problem


@pytest.mark.parametrize(
    ("lie", "problem"),
    [
        pytest.param({"sign": "none"}, "token", id="no signature"),
        pytest.param({"sign": "hs256"}, "token", id="the public key as a secret"),
        pytest.param({"sign": "stranger"}, "token", id="another key"),
        pytest.param({"claims": {"iss": "https://evil.example"}}, "token", id="another issuer"),
        pytest.param({"claims": {"aud": "another"}}, "token", id="for another client"),
        pytest.param({"claims": {"aud": None}}, "token", id="for nobody"),
        pytest.param(
            {"claims": {"aud": [CLIENT, "another"]}}, "token", id="for two, without saying for which"
        ),
        pytest.param(
            {"claims": {"aud": [CLIENT, "another"], "azp": "another"}}, "token", id="for the other of two"
        ),
        pytest.param({"claims": {"nonce": "another"}}, "token", id="of another attempt"),
        pytest.param({"claims": {"nonce": None}}, "token", id="of no attempt"),
        pytest.param({"claims": {"exp": 1}}, "token", id="long over"),
        pytest.param({"claims": {"exp": None}}, "token", id="without an end"),
        pytest.param({"claims": {"iat": 99_999_999_999}}, "token", id="of the future"),
        pytest.param({"claims": {"preferred_username": None}}, "login", id="no login"),
        pytest.param({"claims": {"preferred_username": ["a"]}}, "login", id="a list for a login"),
        pytest.param({"token_status": 400}, "answer", id="the code is no good"),
    ],
)
def test_a_token_that_proves_nothing_is_refused(desk: Desk, lie: dict[str, Any], problem: str) -> None:
    asked = desk.begin()
    for name, value in lie.items():
        setattr(desk.provider, name, value)
    assert refused(desk, {"state": asked["state"], "code": "1"}) == problem


@pytest.mark.parametrize(
    "configured",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "http://evil.example/jwks"},
        {"authorization_endpoint": 5},
    ],
)
def test_a_configuration_that_is_not_the_issuers_own_is_not_followed(
    desk: Desk, configured: dict[str, Any]
) -> None:
    desk.provider.configured = configured
    with pytest.raises(ProviderAway):
        desk.oidc.begin(BROWSER, "")


def test_a_provider_that_is_away_is_said(desk: Desk, engine: Engine) -> None:
    nobody = Provider("http://127.0.0.1:9", CLIENT, SECRET, BACK)
    away = Oidc(engine.datastore, desk.clock, seeded("away"), nobody)
    with pytest.raises(ProviderAway):
        away.begin(BROWSER, "")


def test_the_secret_is_in_no_repr() -> None:
    assert SECRET not in repr(Provider("https://id.example", CLIENT, SECRET, BACK))


def test_what_is_kept_of_an_attempt_does_not_let_anybody_finish_it(desk: Desk, engine: Engine) -> None:
    asked = desk.begin()
    with engine.datastore.rows("SELECT * FROM dauys.oidc_attempts") as rows:
        kept = str(list(rows))
    assert asked["state"] not in kept
    assert BROWSER not in kept
