"""The two texts that are written for a bundle alone."""

from application.bundle import layout
from application.log.note import LogSigner
from application.log.policy import parse_policy
from tests.engine import LOG_SEED, ORIGIN

LOG = LogSigner(ORIGIN, LOG_SEED).verifier


def test_without_witnesses_the_policy_names_the_log_and_asks_for_no_cosignature() -> None:
    policy = parse_policy(layout.policy_without_witnesses(LOG))
    assert (policy.logs, policy.witnesses, policy.quorum) == ((LOG,), (), "none")


def test_the_readme_tells_the_key_and_the_command_in_three_languages() -> None:
    readme = layout.readme(LOG, 7).decode()
    assert f"\n    {LOG}\n" in readme
    assert "python3 -I verify.py" in readme
    assert f"https://{ORIGIN}/key" in readme
    for language in ("KK", "RU", "EN"):
        assert readme.count(f"\n{language}  ") == 2
