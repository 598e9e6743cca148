"""A stand-in for NCANode 3 (github.com/malikzh/NCANode): its routes and JSON, without its cryptography.

    python -m tests.ncanode    prints its port and serves until its input ends

A «CMS» here is base64 of JSON: what was signed, and what the certificate is to say. Every answer has the members of the real one,
as its source has them (CmsService, CertificateInfo); like the real one, `verify` believes the text inside a CMS and no other.
"""

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.house.files import ROOT


def signed(text: str, iin: str, **lies: Any) -> str:
    """An attached CMS. `lies`: members of the certificate or of the answer that are to be different."""
    return base64.b64encode(json.dumps({"text": text, "iin": iin, **lies}).encode()).decode()


@contextmanager
def ncanode() -> Iterator[str]:
    """Its address."""
    command = [sys.executable, "-m", "tests.ncanode"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdin
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()


def verified(cms: dict[str, Any], checks: list[str]) -> dict[str, Any]:
    revoked_by = cms.get("revoked_by", [])
    certificate = {
        "valid": not revoked_by,
        "revocations": [{"revoked": by in revoked_by, "by": by} for by in cms.get("checks", checks)],
        "notBefore": "2026-01-01T00:00:00.000+00:00",
        "notAfter": "2027-01-01T00:00:00.000+00:00",
        "keyUsage": "AUTH",
        "serialNumber": "5f3e",
        "signAlg": "ECGOST3410-2015-512",
        "keyUser": ["INDIVIDUAL"],
        "subject": {"commonName": "NAMED NOWHERE", "iin": cms["iin"], "country": "KZ"},
        "issuer": {"commonName": "TEST CA"},
    } | cms.get("certificate", {})
    signers = [{"certificates": [certificate] * cms.get("certificates", 1)}] * cms.get("signers", 1)
    valid = cms.get("valid", not revoked_by)
    return {"status": 200, "message": "OK", "valid": valid, "signers": signers}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        try:
            cms = json.loads(base64.b64decode(asked["cms"]))
        except ValueError:
            self._answer(400, {"status": 400, "message": "Malformed content."})
            return
        if "status" in cms:
            self._answer(cms["status"], {"status": cms["status"], "message": "as asked"})
        elif self.path == "/cms/verify" and self.headers["content-type"] == "application/json":
            self._answer(200, verified(cms, asked.get("revocationCheck", [])))
        elif self.path == "/cms/extract":
            data = base64.b64encode(cms["text"].encode()).decode()
            self._answer(200, {"status": 200, "message": "OK", "data": data})
        else:
            self._answer(404, {"status": 404, "message": "Not found"})

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def _answer(self, status: int, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    sys.stdin.read()
