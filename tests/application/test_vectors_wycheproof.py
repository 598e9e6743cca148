"""Wycheproof's Ed25519 attacks (../shared/vectors/wycheproof) against the one function that verifies signatures here."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from application.signatures import verify_ed25519
from tests.shared import SHARED, needs_shared

FILE = (SHARED or Path("absent")) / "vectors/wycheproof/ed25519_test.json"


def cases() -> list[Any]:
    groups = json.loads(FILE.read_bytes())["testGroups"] if FILE.exists() else []
    return [
        pytest.param(bytes.fromhex(group["publicKey"]["pk"]), case, id=f"{case['tcId']} {case['comment']}")
        for group in groups
        for case in group["tests"]
    ]


@needs_shared
@pytest.mark.parametrize(("public_key", "case"), cases())
def test_ed25519(public_key: bytes, case: dict[str, Any]) -> None:
    message, signature = bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])
    assert verify_ed25519(public_key, message, signature) == (case["result"] == "valid")


@needs_shared
def test_no_case_of_the_file_is_left_out() -> None:
    assert len(cases()) == json.loads(FILE.read_bytes())["numberOfTests"]


@forall(st.binary(max_size=40), st.binary(max_size=40), st.binary(max_size=70))
def test_any_bytes_are_answered_and_none_by_chance_is_a_signature(
    key: bytes, message: bytes, signature: bytes
) -> None:
    assert verify_ed25519(key, message, signature) is False
