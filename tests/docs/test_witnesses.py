"""The page on witnesses: its commands and options exist, and the example policy is one as soon as it has keys."""

import re
import shlex

import pytest

from application.log.cosignature import WitnessSigner
from application.log.policy import parse_policy
from application.settings import Settings
from tests.commands import found
from tests.house.files import ROOT
from tests.memory_log import LOG_SIGNER

PAGE = (ROOT / "docs" / "witnesses.md").read_text(encoding="utf-8")
COMMANDS = [
    line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines() if line
]


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_on_the_page_exists_with_its_options(line: str) -> None:
    script, *words = shlex.split(line)
    assert script == "dauys"
    command, path = found(), []
    while hasattr(command, "commands"):
        path.append(words.pop(0))
        command = found(*path)
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_the_example_policy_is_one() -> None:
    [example] = [block for block in PAGE.split("```")[1::2] if "quorum" in block]
    keys = iter([LOG_SIGNER.verifier, *(WitnessSigner(f"w{n}", bytes([n]) * 32).verifier for n in range(3))])
    policy = parse_policy(re.sub(r"\S+\+…", lambda _: str(next(keys)), example).encode())
    assert [witness.name for witness in policy.witnesses] == ["commission", "newspaper", "university"]
    assert policy.groups[policy.quorum].needed == 2


def test_every_setting_on_the_page_is_one() -> None:
    named = {name.lower() for name in re.findall(r"DAUYS_([A-Z_]+)", PAGE)}
    assert named <= Settings.model_fields.keys()
