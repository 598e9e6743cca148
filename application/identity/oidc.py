"""Staff signing in at an identity provider of the city: OpenID Connect Core 1.0, authorisation code with PKCE, state and nonce.

Nothing of the provider is remembered: each sign-in reads its configuration and its keys anew, so that a change there is known
here at once. An attempt is kept under the hash of its state, bound to the browser that began it, and is deleted by the first
answer to it, right or wrong. What comes out is a login; whether somebody may sign in with it is not decided here.
"""

import asyncio
import hmac
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any, ClassVar, Final, LiteralString, TypeVar
from urllib.parse import quote, urlsplit

import httpx
import msgspec
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request  # type: ignore[import-untyped]
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from application import base64url
from application.fetching import Limits, NotAnswered, Turns, fetch, new_client
from application.kiosks import Random
from application.storage.database import Datastore
from application.store import Clock
from domain.errors import Refused

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "ES384", "EdDSA")
"""Signatures only: `none` proves nothing, and HMAC would make the provider's public key a secret to sign with."""
ATTEMPT_SECONDS: Final = 600
CODE_CHARS: Final = 2_000
_LEEWAY_SECONDS: Final = 60
_RANDOM_BYTES: Final = 32
_ANSWER: Final = Limits(seconds=10, bytes_=128 * 1024)
_WELL_KNOWN: Final = "/.well-known/openid-configuration"
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_OK: Final = 200

TAnswer = TypeVar("TAnswer")

_PURGE: Final[LiteralString] = "DELETE FROM dauys.oidc_attempts WHERE expires <= %s"
_BEGIN: Final[LiteralString] = """
INSERT INTO dauys.oidc_attempts (state, browser, nonce, verifier, next, expires) VALUES (%b, %b, %s, %s, %s, %s)
"""
_TAKE: Final[LiteralString] = """
DELETE FROM dauys.oidc_attempts WHERE state = %b RETURNING browser, nonce, verifier, next, expires
"""


class ProviderRefused(Refused):
    """What came back is no proof. `problem`: attempt, denied, answer, token or login."""

    code: ClassVar[str] = "provider_refused"


class ProviderAway(Refused):
    """The provider does not answer, or not as one."""

    code: ClassVar[str] = "provider_away"


@dataclass(frozen=True, slots=True)
class Provider:
    """What this deployment agreed with its identity provider. `back`: the registered address to return to; `login_claim`: the
    claim of the ID token that holds a login of ours.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    back: str
    login_claim: str = "preferred_username"
    scope: str = "openid profile"


class _Configuration(msgspec.Struct):
    """Of OpenID Connect Discovery 1.0, as much as is used."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _Tokens(msgspec.Struct):
    id_token: str


@dataclass(frozen=True, slots=True)
class _Attempt:
    nonce: str
    verifier: str
    next: str


class Oidc:
    def __init__(self, datastore: Datastore, clock: Clock, random: Random, provider: Provider) -> None:
        self._datastore = datastore
        self._clock = clock
        self._random = random
        self._provider = provider
        self._turns = Turns()

    def begin(self, browser: str, next_: str) -> str:
        """Where to send this browser; ProviderAway. `next_`: the page that is wanted afterwards."""
        with self._turns.one(ProviderAway):
            configuration = asyncio.run(self._read_configuration())
        state, nonce, verifier = (base64url.to_text(self._random(_RANDOM_BYTES)) for _ in range(3))
        now = self._clock()
        facts = [
            _hash(state),
            _hash(browser),
            nonce,
            verifier,
            next_,
            now + timedelta(seconds=ATTEMPT_SECONDS),
        ]
        with self._datastore.get_connection() as connection:
            connection.execute(_PURGE, [now])
            connection.execute(_BEGIN, facts)
        address: str = prepare_grant_uri(
            configuration.authorization_endpoint,
            self._provider.client_id,
            "code",
            redirect_uri=self._provider.back,
            scope=self._provider.scope,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return address

    def finish(self, browser: str, answer: Mapping[str, str]) -> tuple[str, str]:
        """The login that the provider vouches for, and the page that was wanted. `answer`: the query that the browser came with."""
        attempt = self._take(browser, answer.get("state", ""))
        # RFC 9207: a provider that names itself must be the one that was asked, or another's code would be sent to it.
        if answer.get("iss", self._provider.issuer) != self._provider.issuer:
            raise ProviderRefused(problem="answer")
        if "error" in answer:
            raise ProviderRefused(problem="denied")
        code = answer.get("code", "")
        if not 0 < len(code) <= CODE_CHARS:
            raise ProviderRefused(problem="answer")
        with self._turns.one(ProviderAway):
            return asyncio.run(self._login(attempt, code)), attempt.next

    def _take(self, browser: str, state: str) -> _Attempt:
        """The attempt that this browser began; whoever answers first uses it up."""
        with self._datastore.get_connection() as connection:
            row = connection.execute(_TAKE, [_hash(state)]).fetchone()
        if (
            row is None
            or row["expires"] <= self._clock()
            or not hmac.compare_digest(row["browser"], _hash(browser))
        ):
            raise ProviderRefused(problem="attempt")
        return _Attempt(row["nonce"], row["verifier"], row["next"])

    async def _login(self, attempt: _Attempt, code: str) -> str:
        configuration = await self._read_configuration()
        provider = self._provider
        body = prepare_token_request(
            "authorization_code", "", provider.back, code=code, code_verifier=attempt.verifier
        )
        credentials = f"{quote(provider.client_id, safe='')}:{quote(provider.client_secret, safe='')}"
        headers = {
            "authorization": f"Basic {b64encode(credentials.encode()).decode()}",
            "content-type": "application/x-www-form-urlencoded",
        }
        tokens = await _asked(configuration.token_endpoint, _Tokens, body.encode(), headers)
        if tokens is None:
            raise ProviderRefused(problem="answer")
        keys = await _asked(configuration.jwks_uri, dict[str, Any])
        if keys is None:
            raise ProviderAway
        return self._checked(tokens.id_token, keys, attempt.nonce)

    def _checked(self, id_token: str, keys: dict[str, Any], nonce: str) -> str:
        """Core 1.0, 3.1.3.7: the provider's signature, its name, ours, its time, and the nonce of this very attempt."""
        provider = self._provider
        claims = JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": provider.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            token = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=list(ALGORITHMS))  # type: ignore[arg-type]
            claims.validate(token.claims)
        except (JoseError, ValueError, KeyError, TypeError):
            raise ProviderRefused(problem="token") from None
        others = token.claims["aud"] not in (provider.client_id, [provider.client_id])
        if others and token.claims.get("azp") != provider.client_id:
            raise ProviderRefused(problem="token")
        login = token.claims.get(provider.login_claim)
        if not isinstance(login, str) or not login:
            raise ProviderRefused(problem="login")
        return login

    async def _read_configuration(self) -> _Configuration:
        """ProviderAway when it is not the issuer's own, or would have secrets sent in the clear."""
        found = await _asked(self._provider.issuer.rstrip("/") + _WELL_KNOWN, _Configuration)
        if found is None or found.issuer != self._provider.issuer:
            raise ProviderAway
        for address in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri):
            parts = urlsplit(address)
            if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
                raise ProviderAway
        return found


async def _asked(
    address: str, kind: type[TAnswer], body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> TAnswer | None:
    """A JSON answer; None when it is none of that kind. ProviderAway when there is no answer at all."""
    try:
        async with new_client(address) as client:
            client.headers.update(httpx.Headers(dict(headers or {})))
            answer = await fetch(client, address, _ANSWER, body)
    except NotAnswered:
        raise ProviderAway from None
    if answer.status != _OK:
        return None
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except msgspec.DecodeError:
        return None


def _hash(text: str) -> bytes:
    return sha256(text.encode()).digest()
