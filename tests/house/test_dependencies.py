"""Every dependency has a place in ADR 0002, with the licence its own metadata states; nothing under the GPL runs in production."""

import importlib.metadata
import re
import tomllib

import pytest

from tests.house.files import ROOT
from tests.house.test_repository import pins

RECORD = ROOT / "docs" / "adr" / "0002-dependencies.md"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RUNTIME: list[str] = PROJECT["dependencies"]
DEV: list[str] = PROJECT["optional-dependencies"]["dev"]


def package(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower()


def told() -> dict[str, tuple[str, str]]:
    """Package → (licence, reason), from the record's tables."""
    rows = re.findall(
        r"^\| *`([a-z0-9-]+)` *\| *([^|]+?) *\| *([^|]+?) *\|$", RECORD.read_text(), re.MULTILINE
    )
    return {name: (licence, reason) for name, licence, reason in rows}


def stated(name: str) -> str:
    """What an installed package's metadata says of its licence; some put the whole text there, so each line is cut."""
    about = importlib.metadata.metadata(name)
    classified = [line for line in about.get_all("Classifier", []) if line.startswith("License ::")]
    named = [*about.get_all("License-Expression", []), *about.get_all("License", [])]
    if not named and not classified:  # then the file itself is all there is
        files = importlib.metadata.files(name) or []
        texts = [file.read_text().strip() for file in files if file.name == "LICENSE"]
        named = [text.splitlines()[0] for text in texts]
    return " | ".join(line[:100] for line in (*named, *classified))


def test_every_dependency_is_recorded_with_licence_and_reason_and_none_in_vain() -> None:
    assert set(told()) == {package(requirement) for requirement in (*RUNTIME, *DEV)}
    assert not [name for name, (_, reason) in told().items() if len(reason.split()) < 3]


@pytest.mark.parametrize("name", sorted({package(requirement) for requirement in (*RUNTIME, *DEV)}))
def test_the_recorded_licence_is_the_one_the_package_states(name: str) -> None:
    licence, _ = told()[name]
    family = licence.split("-")[0].split()[0]
    assert family in stated(name)


def test_nothing_under_the_gpl_runs_in_production() -> None:
    strong = re.compile(r"(?<![A-Z])A?GPL|(?<!Lesser )General Public|Affero|Proprietary", re.IGNORECASE)
    assert not {
        name: stated(name)
        for name in pins(ROOT / "requirements" / "runtime.txt")
        if strong.search(stated(name))
    }
