"""The good bundle, held once a session, and the verifier as its users run it, in this process."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

import projections
from api.composition import open_engine
from application.settings import Settings
from application.storage.database import prepare
from tests.audit.election import Good, hold
from tests.house.files import ROOT
from tests.postgres import fresh_database

VERIFIER = ROOT / "audit" / "verify.py"


@dataclass(frozen=True)
class Held:
    """The elections, and the deployment that held them, as `dauys` is configured for it."""

    good: Good
    environment: dict[str, str]


@pytest.fixture(scope="session")
def held(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    folder = tmp_path_factory.mktemp("audited")
    with fresh_database(cluster) as url:
        prepare(url)
        with psycopg.connect(url) as connection:
            projections.prepare(connection)
        with open_engine(Settings(home=folder / "home", database_url=SecretStr(url))) as engine:
            good = hold(engine, folder)
        yield Held(good, {"DAUYS_HOME": str(folder / "home"), "DAUYS_DATABASE_URL": url})


@pytest.fixture(scope="session")
def good(held: Held) -> Good:
    return held.good


@pytest.fixture(scope="session")
def verifier() -> Any:
    """The module, read from its file; what it found out about one signature it does not find out again."""
    spec = spec_from_file_location("verify", VERIFIER)
    assert spec
    assert spec.loader
    module: Any = module_from_spec(spec)
    sys.modules["verify"] = module
    spec.loader.exec_module(module)
    module.verify = cache(module.verify)
    return module


@dataclass(frozen=True)
class Record:
    """What the verifier said: exit code, its screen, and its JSON record."""

    code: int
    screen: str
    report: dict[str, Any]

    @property
    def failures(self) -> dict[int, set[str]]:
        """Step → the failures told of it, for steps that failed."""
        return {
            step["number"]: {failure["id"] for failure in step["failures"]}
            for step in self.report["steps"]
            if step["status"] == "failed"
        }

    def remarks(self, number: int) -> dict[str, str]:
        return {remark["id"]: remark["detail"] for remark in self.report["steps"][number - 1]["remarks"]}


class Verify:
    """Checks bundles given as bytes."""

    def __init__(self, module: Any, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.module, self._folder, self._capsys = module, folder, capsys

    def __call__(self, bundle: bytes, *options: str, since: bytes | None = None) -> Record:
        path, report = self._folder / "b.zip", self._folder / "report.json"
        path.write_bytes(bundle)
        report.unlink(missing_ok=True)
        if since is not None:
            (self._folder / "older").write_bytes(since)
            options = (*options, "--since", str(self._folder / "older"))
        code = self.module.main([str(path), "--jobs", "1", "--json", str(report), *options])
        screen = self._capsys.readouterr()
        return Record(
            code, screen.out + screen.err, json.loads(report.read_bytes()) if report.exists() else {}
        )


@pytest.fixture
def verify(verifier: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Verify:
    return Verify(verifier, tmp_path, capsys)
