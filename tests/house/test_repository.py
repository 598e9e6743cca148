"""What holds for every tracked file: no package index, no one's machine; decisions are numbered, lint exceptions explained."""

import importlib.metadata
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.files import ROOT, shown, tracked

# Put together at run time, so that this file passes its own test.
INDEX_HOST = re.compile(
    "|".join(("py" + r"pi\.(org|python)", "python" + "hosted", r"npm" + r"js\.(org|com)")), re.IGNORECASE
)
PRIVATE_PATH = re.compile(
    "|".join(
        (
            r"(?<![\w.])/tmp" + r"/v\b",
            r"(?<![\w.])/wo" + "rk/",
            r"(?<![\w.])/opt" + "/wheels",
            r"(?<![\w.])/ro" + "ot/",
        )
    )
)


def text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="ignore")


def matching(pattern: re.Pattern[str]) -> list[str]:
    return [shown(path) for path in tracked() if pattern.search(text(path))]


def test_no_file_names_a_package_index() -> None:
    assert not matching(INDEX_HOST)


def test_no_file_names_a_path_of_one_machine() -> None:
    assert not matching(PRIVATE_PATH)


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt"])
def test_requirements_are_pins_and_hashes_and_nothing_else(name: str) -> None:
    allowed = re.compile(r"[a-z0-9.-]+==[^ ;]+( ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?|\s*#.*|")
    lines = (ROOT / "requirements" / name).read_text().splitlines()
    assert not [line for line in lines if not allowed.fullmatch(line)]


def test_runtime_and_dev_requirements_agree() -> None:
    pinned = {name: pins(ROOT / "requirements" / name) for name in ("runtime.txt", "dev.txt")}
    assert pinned["runtime.txt"].items() <= pinned["dev.txt"].items()


def pins(path: Path) -> dict[str, str]:
    """Package → pinned version."""
    return dict(re.findall(r"^([a-z0-9.-]+)==([^ ]+)", path.read_text(), re.MULTILINE))


def test_every_lint_exception_says_why() -> None:
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    start = lines.index("[tool.ruff.lint]")
    stop = lines.index("[tool.ruff.lint.pydocstyle]")
    rule = re.compile(r'"[A-Z]+\d*"\]?,? *(#.*)?$')
    exceptions = [line for line in lines[start:stop] if rule.search(line) and not line.startswith("select")]
    assert exceptions
    assert not [line for line in exceptions if not re.search(r"# \w+", line)]


def test_decisions_are_numbered_without_gaps_and_listed() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    index = (ROOT / "docs" / "adr" / "README.md").read_text()
    assert not [path.name for path in records if f"]({path.name})" not in index]


def test_import_directions_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "COLUMNS": "200"},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_console_script_is_installed_and_starts() -> None:
    script = Path(sys.executable).with_name("dauys")
    if not script.exists() and sys.prefix != str(ROOT / ".venv"):
        pytest.skip("this environment was not made by `make`, which installs the script")
    done = subprocess.run(
        [script, "--help"], check=False, cwd="/", capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "replay" in done.stdout
    assert importlib.metadata.version("dauys")
