"""A server is believed if an authority of ours vouches for it, and no other; plain HTTP needs nobody's word."""

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from application import trust
from application.trust import trust_for


@pytest.fixture(autouse=True)
def as_a_process_that_has_read_none() -> Iterator[None]:
    trust._authorities.cache_clear()
    yield
    trust._authorities.cache_clear()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server's key and certificate, which vouches for itself."""
    key, name = generate_private_key(SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    path = tmp_path_factory.mktemp("trust") / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + signed.public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def address(certificate: Path) -> Iterator[str]:
    """Of a server that shows the certificate and answers every question with 204."""

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Server) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://127.0.0.1:{server.server_port}/"
        server.shutdown()


def asked(address: str) -> int:
    with httpx.Client(verify=trust_for(address), trust_env=False) as client:
        return client.get(address).status_code


def test_who_vouches_for_himself_is_not_believed(address: str) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        asked(address)


def test_whom_the_environment_names_is_believed(
    address: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert asked(address) == 204


def test_they_are_read_once_and_for_plain_http_not_at_all() -> None:
    assert trust_for("https://log.example.kz") is trust_for("https://witness.example.kz")
    assert trust_for("https://log.example.kz").cert_store_stats()["x509_ca"] > 0
    assert trust_for("http://127.0.0.1:8000").cert_store_stats()["x509"] == 0
    assert trust_for("http://127.0.0.1:8000").verify_mode == ssl.CERT_REQUIRED
