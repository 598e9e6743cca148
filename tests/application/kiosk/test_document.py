"""docs/kiosks.md says what the code does: every value of its example is recomputed, every refusal it must name is named."""

import json
import re
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.problems import status_of
from application import base64url
from application.codes import credential_key, parse_code
from application.delivery import SignedBallot, open_delivery, signed_bytes
from application.kiosk import client, server, spool
from application.kiosk.signing import ballots_in, delivery_hash, sign_ballot, sign_delivery

DOCUMENT = (Path(__file__).parents[3] / "docs" / "kiosks.md").read_text(encoding="utf-8")
EXAMPLE: dict[str, str] = dict(
    re.findall(r"^([a-z ]+?) *= ?(.*)$", DOCUMENT.split("## A worked example")[1], re.MULTILINE)
)

ROUND, KIOSK = UUID(EXAMPLE["round"]), UUID(EXAMPLE["kiosk id"])
CHOICES = json.loads(EXAMPLE["choices"])
KIOSK_KEY = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(EXAMPLE["kiosk key seed"]))


def recomputed() -> dict[str, str]:
    key = credential_key(EXAMPLE["code"], ROUND)
    salt = bytes.fromhex(EXAMPLE["salt bytes"])
    ballot = sign_ballot(key, ROUND, CHOICES, salt)
    delivery = sign_delivery(
        KIOSK_KEY,
        KIOSK,
        audience=EXAMPLE["audience"],
        sequence=int(EXAMPLE["sequence"]),
        previous=EXAMPLE["previous"],
        ballots=[ballot],
    )
    header, payload, _ = delivery.split(b".")
    return {
        "code bytes": parse_code(EXAMPLE["code"]).hex(),
        "seed": key.private_bytes_raw().hex(),
        "credential": ballot["credential"],
        "signed bytes": signed_bytes(ROUND, CHOICES, base64url.to_text(salt)).decode().replace("\n", "\\n"),
        "signature": ballot["signature"],
        "kiosk public key": base64url.to_text(KIOSK_KEY.public_key().public_bytes_raw()),
        "header": (base64url.decoded(header) or b"").decode(),
        "payload": (base64url.decoded(payload) or b"").decode(),
        "delivery": delivery.decode(),
        "next previous": delivery_hash(delivery),
    }


@pytest.mark.parametrize(("name", "value"), recomputed().items())
def test_the_examples_values_are_what_the_code_computes(name: str, value: str) -> None:
    assert EXAMPLE[name] == value


def test_the_server_takes_the_examples_delivery() -> None:
    opened = open_delivery(
        EXAMPLE["delivery"].encode(),
        lambda kiosk: KIOSK_KEY.public_key().public_bytes_raw() if kiosk == KIOSK else b"",
        audience=EXAMPLE["audience"],
        most_ballots=1,
    )
    (ballot,) = opened.ballots
    assert isinstance(ballot, SignedBallot)
    assert (ballot.round_id, ballot.choices, ballot.credential) == (ROUND, CHOICES, EXAMPLE["credential"])


def test_a_kiosk_knows_its_own_delivery_and_no_other() -> None:
    delivery = EXAMPLE["delivery"].encode()
    assert ballots_in(delivery, KIOSK_KEY, 1) == 1
    assert ballots_in(delivery, KIOSK_KEY, 2) is None
    assert ballots_in(delivery[:-1] + b"A", KIOSK_KEY, 1) is None
    assert ballots_in(delivery[: len(delivery) // 2], KIOSK_KEY, 1) is None
    assert ballots_in(delivery, Ed25519PrivateKey.generate(), 1) is None


def _table(begins: str) -> list[list[str]]:
    rows = DOCUMENT.split(begins)[1].split("\n\n")[0].splitlines()[1:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_the_refusals_have_the_statuses_that_are_told() -> None:
    for codes, statuses, _ in _table("| code | status | what the kiosk does |\n"):
        told = {int(status) for status in statuses.split(", ")}
        assert {status_of(code) for code in re.findall(r"`([a-z_]+)`", codes)} == told, codes


def test_every_refusal_of_a_ballot_is_explained() -> None:
    told = {
        code
        for codes, _ in _table("| code | what the kiosk tells the voter |\n")
        for code in re.findall(r"`([a-z_]+)`", codes)
    }
    assert told == {
        *(
            "already_voted",
            "unknown_credential",
            "round_not_open",
            "ballot_malformed",
            "ballot_signature_invalid",
        ),
        *("choices_malformed", "too_few_choices", "too_many_choices", "duplicate_choice", "unknown_choice"),
        *("choice_not_for_unit", "choices_not_canonical", "points_invalid", "points_over_limit"),
    }


@pytest.mark.parametrize(
    "told",
    [
        f"{spool.MOST_FILES:,} deliveries or {spool.MOST_BYTES // 2**20} MiB",
        f"First pause {server.FIRST_PAUSE_SECONDS} s, doubled each time up to {server.LONGEST_PAUSE_SECONDS:.0f} s",
        f"Limits: {client.MOST_BALLOTS} ballots (`DAUYS_DELIVERY_BALLOTS`), {client.MOST_DELIVERY_BYTES // 1024} KiB",
        f"or status {', '.join(sorted(str(int(status)) for status in server.PASSING))}:",
    ],
)
def test_the_limits_are_those_of_the_code(told: str) -> None:
    assert told in DOCUMENT
