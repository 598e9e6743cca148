"""What locks a kiosk's Chromium down: policies that it knows, each with its reason in docs/kiosks.md, none that loses votes."""

import json
import mmap
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
POLICIES: dict[str, Any] = json.loads(
    (ROOT / "deploy" / "chromium-policies.json").read_text(encoding="utf-8")
)
DOCUMENT = (ROOT / "docs" / "kiosks.md").read_text(encoding="utf-8")
BINARIES = (Path("/usr/lib/chromium/chromium"), Path("/usr/lib/chromium-browser/chromium-browser"))
FORGETTING = {
    "ClearBrowsingDataOnExitList",
    "BrowsingDataLifetime",
    "DefaultCookiesSetting",
    "CookiesSessionOnlyForUrls",
}


def test_each_policy_has_a_reason_and_each_reason_a_policy() -> None:
    rows = DOCUMENT.split("| policies | why |\n|---|---|\n")[1].split("\n\n")[0].splitlines()
    explained = [name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(explained) == sorted(POLICIES)


def test_chromium_knows_them() -> None:
    """By their names in its program: a misspelt policy is passed over in silence."""
    binary = next((each for each in BINARIES if each.exists()), None)
    if binary is None:
        pytest.skip("no Chromium of a distribution here")
    with binary.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as program:
        unknown = [name for name in POLICIES if program.find(b"\0" + name.encode() + b"\0") < 0]
    assert not unknown


def test_nothing_but_the_kiosk_can_be_opened() -> None:
    assert POLICIES["URLBlocklist"] == ["*"]
    assert POLICIES["URLAllowlist"] == POLICIES["RestoreOnStartupURLs"]
    assert POLICIES["URLAllowlist"] == [each["url"] for each in POLICIES["WebAppInstallForceList"]]


def test_none_lets_the_browser_forget_the_spool() -> None:
    assert not FORGETTING & POLICIES.keys()
