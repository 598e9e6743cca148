"""Identity providers for tests: a real one in a process of its own, and one of ours that tells whatever lie it is asked for."""

import hmac
import json
import socket
import subprocess
import sys
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "dauys", "a secret of the test"


@contextmanager
def real_provider(*users: dict[str, str]) -> Iterator[str]:
    """`oidc-provider-mock`, which knows these users by their claims; its issuer."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    claims = [argument for user in users for argument in ("--user-claims", json.dumps(user))]
    command = [sys.executable, "-m", "oidc_provider_mock", "-H", "127.0.0.1", "-p", str(port), *claims]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    issuer = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                httpx.get(f"{issuer}/jwks", trust_env=False).raise_for_status()
                break
            except httpx.HTTPError:
                assert process.poll() is None
                time.sleep(0.1)
        yield issuer
    finally:
        process.terminate()
        process.wait(20)


def agree(address: str, user: str) -> str:
    """Be the person at the provider who signs in as `user`; where the browser is sent back to."""
    answer = httpx.post(address, data={"sub": user}, trust_env=False)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


@dataclass
class LyingProvider:
    """Answers every code with a token of these claims. `claims` and `configured` replace what the truth would be; `sign` is
    rs256, none, hs256 or stranger.
    """

    issuer: str = ""
    nonce: str = ""
    sign: str = "rs256"
    claims: dict[str, Any] = field(default_factory=dict)
    configured: dict[str, Any] = field(default_factory=dict)
    token_status: int = 200
    asked: list[dict[str, list[str]]] = field(default_factory=list)

    @property
    def key(self) -> RSAKey:
        return _key_of("the provider")

    def configuration(self) -> dict[str, Any]:
        truth = {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks"}
        ways = ("authorization", "token")
        return truth | {f"{way}_endpoint": f"{self.issuer}/{way}" for way in ways} | self.configured

    def token(self) -> str:
        now = int(time.time())
        truth = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "1",
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
        }
        claims = {
            name: value
            for name, value in (truth | {"preferred_username": "a.seitkali"} | self.claims).items()
            if value is not None
        }
        if self.sign == "none":
            return f"{_unsigned({'alg': 'none'}, claims)}."
        if self.sign == "hs256":  # signed with the public key, which everybody has, as if it were a secret
            signed = _unsigned({"alg": "HS256", "kid": "1"}, claims)
            return (
                f"{signed}.{_base64url(hmac.digest(self.key.as_pem(private=False), signed.encode(), sha256))}"
            )
        key = self.key if self.sign == "rs256" else _key_of("a stranger")
        return jwt.encode({"alg": "RS256", "kid": "1"}, claims, key)


@cache
def _key_of(whom: str) -> RSAKey:  # noqa: ARG001 - each has one of their own
    """For as long as the process lives: making one takes longer than all that a test does with it."""
    return RSAKey.generate_key(2048, {"kid": "1"})


def _unsigned(*parts: dict[str, Any]) -> str:
    return ".".join(_base64url(json.dumps(part).encode()) for part in parts)


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@contextmanager
def lying_provider() -> Iterator[LyingProvider]:
    provider = LyingProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            keys = {"keys": [provider.key.as_dict(private=False)]}
            self._answer(200, keys if self.path == "/jwks" else provider.configuration())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            provider.asked.append(parse_qs(body) | {"authorization": [self.headers["authorization"]]})
            answer = {"access_token": "x", "token_type": "Bearer", "id_token": provider.token()}
            self._answer(provider.token_status, answer)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

        def _answer(self, status: int, answer: dict[str, Any]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
