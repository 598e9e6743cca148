"""Cosignatures (c2sp.org/tlog-cosignature): those of witnesses in operation, and one test per way to forge or mangle one."""

from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from application.log.cosignature import WitnessSigner, WitnessVerifier, cosignatures_of
from application.log.note import NoteInvalid, Verifier, open_checkpoint, parse_note
from tests.memory_log import MemoryLog

GOLDEN = Path(__file__).parents[2] / "golden" / "notes"

# A checkpoint of a public CT log as it was served, cosigned by four public witnesses; their published keys.
CT_LOG = "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
CT_WITNESSES = [
    "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
    "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
]
CT_NOTE = (GOLDEN / "arche2025h1.txt").read_text("utf-8")
CT_TIME = 1_779_573_024

# The example in the specification; its keys are not published, its time is.
SPEC_LINE = (
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dl"
    "rDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
SPEC_TIME = 1_679_315_147

# golang.org/x/mod/sumdb: a checkpoint of the Go checksum database, and its published key.
GO_LOG = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
GO_NOTE = """go.sum database tree
6476701
mb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=

— sum.golang.org Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=
"""

SIGNER = WitnessSigner("commission.example.kz/w1", bytes(range(32, 64)))
OTHER = WitnessSigner("journalist.example.kz/w2", bytes(range(64, 96)))
NOTE = MemoryLog().grow(5).note()
TEXT, _ = parse_note(NOTE)
LINE = SIGNER.signature_line(TEXT, 1_700_000_000)


def test_the_cosignatures_of_witnesses_in_operation_are_right() -> None:
    witnesses = [WitnessVerifier.parse(key) for key in CT_WITNESSES]
    assert [str(witness) for witness in witnesses] == CT_WITNESSES
    found = cosignatures_of(CT_NOTE, witnesses)
    assert [each.witness for each in found] == witnesses
    assert {each.timestamp for each in found} == {CT_TIME}
    assert "".join(each.line for each in found) == "".join(CT_NOTE.splitlines(keepends=True)[-4:])
    assert open_checkpoint(CT_NOTE, Verifier.parse(CT_LOG)).size == 1_432_088_532


def test_none_of_them_is_right_for_another_checkpoint() -> None:
    for witness in CT_WITNESSES:
        with pytest.raises(NoteInvalid, match="wrong cosignature"):
            cosignatures_of(CT_NOTE.replace("1432088532", "1432088533"), [WitnessVerifier.parse(witness)])


def test_the_specifications_example_says_its_time_behind_a_key_id() -> None:
    _, [signature] = parse_note(f"x\n\n{SPEC_LINE}")
    assert int.from_bytes(signature.bytes_[:8]) == SPEC_TIME
    assert len(signature.bytes_) == 8 + 64
    assert signature.line == SPEC_LINE


def test_the_go_checksum_databases_note_opens_under_its_published_key() -> None:
    text, [signature] = parse_note(GO_NOTE)
    assert signature.is_by(Verifier.parse(GO_LOG))
    assert text.startswith("go.sum database tree\n6476701\n")
    with pytest.raises(
        NoteInvalid, match="another log"
    ):  # its key is not named as its origin, which we ask of logs
        open_checkpoint(GO_NOTE, Verifier.parse(GO_LOG))


def test_a_log_key_is_no_witness_key_and_the_other_way_round() -> None:
    with pytest.raises(NoteInvalid, match="0x04"):
        WitnessVerifier.parse(CT_LOG)
    with pytest.raises(NoteInvalid, match="0x01"):
        Verifier.parse(CT_WITNESSES[0])


@forall(st.integers(1, (1 << 63) - 1))
def test_what_a_witness_signs_it_has_signed_at_that_time(timestamp: int) -> None:
    note = NOTE + SIGNER.signature_line(TEXT, timestamp)
    [found] = cosignatures_of(note, [SIGNER.verifier, OTHER.verifier])
    assert (found.witness, found.timestamp) == (SIGNER.verifier, timestamp)


def test_cosignatures_by_strangers_are_ignored() -> None:
    assert cosignatures_of(NOTE + LINE, [OTHER.verifier]) == []
    assert cosignatures_of(NOTE, [SIGNER.verifier]) == []


def spoilt(**changes: bytes) -> str:
    name, blob = LINE.removeprefix("— ").split(" ")
    parts = b64decode(blob)
    kept = {"key_id": parts[:4], "time": parts[4:12], "signature": parts[12:]} | changes
    return f"— {name} {b64encode(b''.join(kept.values())).decode()}\n"


@pytest.mark.parametrize(
    "line",
    [
        spoilt(time=(1_700_000_001).to_bytes(8)),
        spoilt(time=b"", signature=b"x"),
        spoilt(signature=bytes(64)),
        spoilt(signature=b""),
        spoilt(time=(1 << 63).to_bytes(8)),
        LINE + spoilt(signature=bytes(64)),
    ],
)
def test_a_wrong_cosignature_by_a_known_witness_spoils_the_answer(line: str) -> None:
    with pytest.raises(NoteInvalid, match="wrong cosignature"):
        cosignatures_of(NOTE + line, [SIGNER.verifier])


def test_a_log_signature_is_no_cosignature_with_the_same_key() -> None:
    same = MemoryLog().grow(5)
    verifier = WitnessVerifier(same.signer.verifier.name, same.signer.verifier.public_key)
    assert cosignatures_of(same.note(), [verifier]) == []


def test_a_signer_shows_neither_seed_nor_key() -> None:
    assert repr(SIGNER) == "WitnessSigner('commission.example.kz/w1')"
