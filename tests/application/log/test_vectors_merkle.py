"""The public RFC 6962 proof vectors, sound and forged (../shared/vectors/merkle)."""

import json
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from application.log.merkle import (
    ProofInvalid,
    is_subtree,
    verify_consistency,
    verify_inclusion,
    verify_subtree_consistency,
)
from tests.shared import SHARED, needs_shared

Vector = dict[str, Any]


def inclusion(v: Vector) -> None:
    verify_inclusion(b64decode(v["leafHash"]), v["leafIdx"], v["treeSize"], path(v), b64decode(v["root"]))


def consistency(v: Vector) -> None:
    verify_consistency(v["size1"], b64decode(v["root1"]), v["size2"], b64decode(v["root2"]), path(v))


def subtree_inclusion(v: Vector) -> None:
    """A subtree is a tree of its own: its leaves count from its start."""
    start, end = v["start"], v["end"]
    if not is_subtree(start, end):
        raise ProofInvalid("not a subtree")
    verify_inclusion(
        b64decode(v["leafHash"]), v["leafIdx"] - start, end - start, path(v), b64decode(v["root"])
    )


def subtree_consistency(v: Vector) -> None:
    roots = b64decode(v["root1"]), b64decode(v["root2"])
    verify_subtree_consistency(v["start"], v["end"], roots[0], v["size"], roots[1], path(v))


def path(v: Vector) -> list[bytes]:
    return [b64decode(hash_) for hash_ in v["proof"] or []]


def vectors(folder: str) -> list[Any]:
    root = (SHARED or Path("absent")) / "vectors/merkle" / folder
    return [
        pytest.param(file, id=str(file.relative_to(root).with_suffix("")))
        for file in sorted(root.rglob("*.json"))
    ]


def check(verify: Callable[[Vector], None], file: Path) -> None:
    vector = json.loads(file.read_bytes())
    if vector["wantErr"]:
        with pytest.raises(ProofInvalid):
            verify(vector)
    else:
        verify(vector)


@needs_shared
@pytest.mark.parametrize("file", vectors("inclusion"))
def test_inclusion(file: Path) -> None:
    check(inclusion, file)


@needs_shared
@pytest.mark.parametrize("file", vectors("consistency"))
def test_consistency(file: Path) -> None:
    check(consistency, file)


@needs_shared
@pytest.mark.parametrize("file", vectors("subtreeinclusion"))
def test_subtree_inclusion(file: Path) -> None:
    check(subtree_inclusion, file)


@needs_shared
@pytest.mark.parametrize("file", vectors("subtreeconsistency"))
def test_subtree_consistency(file: Path) -> None:
    check(subtree_consistency, file)
