"""(h): the auditors' verifier on the bundle of a long log, on one core, as an auditor runs it: `python -I audit/verify.py`.

Its ballots are signed by nobody, so one signature is drawn and found wrong; every other step must pass. What signatures cost is
measured by themselves, on real ones.
"""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from secrets import token_bytes
from typing import Any

import msgspec
import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.bundle import take_stock, write_bundle
from api.cli.output import progress, say
from api.election.staff import CLERK
from benchmarks import ROOT
from benchmarks.election import Election
from benchmarks.report import Outcome, Row

MOST_SECONDS = 60
_SIGNATURES = 500
_LIKE_A_BALLOT = 200
"""Bytes under a signature."""
_VERIFIER = ROOT / "audit" / "verify.py"
_MODULE = "verify_measured"
"""The tests load the same file under its own name."""
_DELIVERED = """
INSERT INTO dauys.kiosk_progress (kiosk_id, sequence, delivery_hash, refusals, delivered, recorded)
VALUES (%s, 1, sha256(''), '[]', %s, %s)
"""


class _Step(msgspec.Struct):
    number: int
    seconds: float
    failed: int


class _Report(msgspec.Struct):
    steps: list[_Step]


@dataclass(frozen=True, slots=True)
class _Audit:
    seconds: float
    processor_seconds: float
    peak_memory_mb: float
    step_seconds: dict[int, float]


def measure(election: Election, database_url: str) -> Outcome:
    """On an election whose voting has ended."""
    ballots = _reconcile(election, database_url)
    with tempfile.TemporaryDirectory(prefix="dauys-bench-") as folder:
        bundle = Path(folder) / "bundle.zip"
        began = time.perf_counter()
        with bundle.open("wb") as out, progress("The bundle is written", ballots) as advance:
            write_bundle(election.engine, take_stock(election.engine, None), out, advance)
        exported = time.perf_counter() - began
        size_mb = bundle.stat().st_size / 1e6
        audit = _audited(bundle)
    rate = _signatures_a_second()
    steps = ", ".join(f"{number}: {seconds:.1f}" for number, seconds in audit.step_seconds.items())
    say(f"  bundle of {size_mb:,.0f} MB in {exported:.0f} s; seconds by step: {steps}")
    rows = [
        Row(
            "h",
            f"verify.py, {ballots:,} ballots: all but signatures",
            f"{audit.seconds:.0f} s, {audit.peak_memory_mb:,.0f} MB",
            f"one core, {audit.processor_seconds:.0f} s of it",
            target=f"< {MOST_SECONDS} s",
            met=audit.seconds < MOST_SECONDS,
        ),
        Row("h", "verify.py: signatures of ballots", f"{rate:,.0f}/s", "one core"),
    ]
    numbers = {
        "audit": audit,
        "export_seconds": exported,
        "bundle_mb": size_mb,
        "signatures_per_second": rate,
    }
    return Outcome(rows, numbers)


def _reconcile(election: Election, database_url: str) -> int:
    """As if everybody had been handed a slip, and one kiosk had delivered all ballots; how many there are."""
    registrar, round_id = election.engine.registrar, election.round_id
    printed = registrar.status(round_id).credentials
    [slips] = registrar.reconcile(round_id, {}, {}, by=CLERK, handed_out=printed)
    kiosk_id = election.kiosk("kiosk").kiosk_id
    with psycopg.connect(database_url) as connection:
        connection.execute(_DELIVERED, [kiosk_id, slips.cast, slips.cast])
    return slips.cast


def _audited(bundle: Path) -> _Audit:
    report = bundle.with_suffix(".json")
    command = [sys.executable, "-I", str(_VERIFIER), str(bundle), "--jobs", "1", "--sample", "1"]
    began = time.perf_counter()
    with subprocess.Popen([*command, "--json", str(report)], stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - began
    steps = msgspec.json.decode(report.read_bytes(), type=_Report).steps
    failed = {step.number: step.failed for step in steps if step.failed}
    if failed != {6: 1}:
        raise RuntimeError(f"steps failed that had to pass, or the other way round: {failed}")
    by_step = {step.number: step.seconds for step in steps}
    return _Audit(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, by_step)


def _signatures_a_second() -> float:
    spec = spec_from_file_location(_MODULE, _VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    verifier: Any = module_from_spec(spec)
    sys.modules[_MODULE] = verifier
    spec.loader.exec_module(verifier)
    signed = []
    for _ in range(_SIGNATURES):
        key, message = Ed25519PrivateKey.generate(), token_bytes(_LIKE_A_BALLOT)
        signed.append((key.public_key().public_bytes_raw(), message, key.sign(message)))
    began = time.perf_counter()
    if not all(verifier.verify(*each) for each in signed):
        raise RuntimeError("a signature that is right was called wrong")
    return _SIGNATURES / (time.perf_counter() - began)
