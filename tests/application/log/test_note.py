"""Signed notes and checkpoints (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), one test per way to forge or mangle one."""

import os
from base64 import b64decode, b64encode

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from application.log.merkle import EMPTY_ROOT
from application.log.note import (
    MAX_NOTE_BYTES,
    MAX_SIGNATURES,
    Checkpoint,
    LogSigner,
    NoteInvalid,
    Verifier,
    open_checkpoint,
    open_note,
    sign_checkpoint,
)

# golang.org/x/mod/sumdb/note, note_test.go: a published key pair and its note.
GO_SEED = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
GO_SIGNATURE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
GO_OTHER_SIGNATURE = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
GO_NOTE = f"{GO_TEXT}\n{GO_SIGNATURE}"

# The examples in the specifications; their public keys are not published.
SPEC_CHECKPOINT = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""
SPEC_NOTE = """Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
"""

SIGNER = LogSigner("log.example.kz/dauys", bytes(range(32)))
ROOT = bytes(reversed(range(32)))
ROOT_BASE64 = b64encode(ROOT).decode()


def signed(text: str, signer: LogSigner = SIGNER) -> str:
    return f"{text}\n{signer.signature_line(text)}"


def test_the_published_go_key_signs_and_opens_the_published_go_note() -> None:
    signer = LogSigner("PeterNeumann", GO_SEED)
    assert str(signer.verifier) == GO_KEY
    assert signed(GO_TEXT, signer) == GO_NOTE
    assert open_note(GO_NOTE, Verifier.parse(GO_KEY)) == GO_TEXT


@pytest.mark.parametrize(
    "signatures", [GO_SIGNATURE + GO_OTHER_SIGNATURE, GO_OTHER_SIGNATURE + GO_SIGNATURE, GO_SIGNATURE * 16]
)
def test_signatures_by_others_and_repeated_ones_do_no_harm(signatures: str) -> None:
    assert open_note(f"{GO_TEXT}\n{signatures}", Verifier.parse(GO_KEY)) == GO_TEXT


@pytest.mark.parametrize("note", [SPEC_CHECKPOINT, SPEC_NOTE])
def test_the_specifications_examples_are_well_formed_notes_of_keys_we_do_not_know(note: str) -> None:
    with pytest.raises(NoteInvalid, match="not signed by the expected key"):
        open_note(note, SIGNER.verifier)


@pytest.mark.parametrize(
    "note",
    [
        GO_TEXT,
        GO_TEXT + "\n",
        GO_NOTE[:-1],
        GO_NOTE + "\n",
        "\x01" + GO_NOTE,
        "\ud800" + GO_NOTE,
        GO_NOTE.replace("\n", "\r\n"),
        GO_NOTE + "Unexpected line.\n",
        GO_NOTE.replace("— ", "- "),
        GO_NOTE.replace("— ", "—  "),
        GO_NOTE.replace("PeterNeumann x", "Peter Neumann x"),
        GO_NOTE.replace("PeterNeumann x", "Peter+Neumann x"),
        GO_NOTE.replace("PeterNeumann x", " x"),
        GO_NOTE.replace("nAM=", "nAN="),  # the same bytes, spelt with stray bits
        GO_NOTE.replace("nAM=", "nAM"),
        f"{GO_TEXT}\n— PeterNeumann x08gow==\n",  # a key id and no signature
        f"{GO_TEXT}\n" + GO_SIGNATURE * (MAX_SIGNATURES + 1),
        "x" * MAX_NOTE_BYTES + GO_NOTE,
        "",
    ],
)
def test_a_malformed_note_is_refused_before_any_signature_counts(note: str) -> None:
    with pytest.raises(NoteInvalid) as refused:
        open_note(note, Verifier.parse(GO_KEY))
    assert str(refused.value) not in {"not signed by the expected key", "wrong signature"}


@pytest.mark.parametrize(
    "note",
    [
        GO_NOTE.replace("cryptography", "cryptographY"),
        GO_NOTE + GO_SIGNATURE.replace("ZJku", "ZJkv"),  # one right and one wrong by the same key
        f"{GO_TEXT}\n— PeterNeumann x08go/Y=\n",
    ],
)
def test_a_wrong_signature_by_the_expected_key_spoils_the_note(note: str) -> None:
    with pytest.raises(NoteInvalid, match="wrong signature"):
        open_note(note, Verifier.parse(GO_KEY))


def test_a_key_with_the_expected_name_only_does_not_sign_for_it() -> None:
    impostor = LogSigner(SIGNER.origin, bytes(32))
    with pytest.raises(NoteInvalid, match="not signed"):
        open_checkpoint(sign_checkpoint(5, ROOT, impostor), SIGNER.verifier)


def test_no_mangled_verifier_key_is_accepted() -> None:
    for start in range(len(GO_KEY)):
        for end in range(start, len(GO_KEY) + (start > 0)):
            with pytest.raises(NoteInvalid):
                Verifier.parse(GO_KEY[start:end])
    for at, character in enumerate(GO_KEY):
        with pytest.raises(NoteInvalid):
            Verifier.parse(GO_KEY[:at] + chr(ord(character) + 1) + GO_KEY[at + 1 :])


@pytest.mark.parametrize(
    "key",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",  # Go's: wrong length, right id
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",  # Go's: unknown algorithm, right id
        GO_KEY.replace("c74f20a3", "C74F20A3"),
        GO_KEY.replace("PeterNeumann", "Peter Neumann"),
    ],
)
def test_a_key_of_another_kind_or_spelling_is_refused(key: str) -> None:
    with pytest.raises(NoteInvalid):
        Verifier.parse(key)


@pytest.mark.parametrize(
    "name", ["", "two words", "one+one", "a\nb", "a\u00a0b", "a\u2028b", "a\x00b", "a\ud800b"]
)
def test_a_log_cannot_be_named_so_that_its_notes_do_not_parse(name: str) -> None:
    with pytest.raises(NoteInvalid, match="key name"):
        LogSigner(name, bytes(32))


@forall(st.integers(0, (1 << 63) - 1), st.binary(min_size=32, max_size=32))
def test_a_signed_checkpoint_opens_to_what_was_signed(size: int, root: bytes) -> None:
    assert open_checkpoint(sign_checkpoint(size, root, SIGNER), SIGNER.verifier) == Checkpoint(
        SIGNER.origin, size, root
    )


def test_a_checkpoint_is_three_lines_a_blank_one_and_the_signature() -> None:
    text, _, signature = sign_checkpoint(0, EMPTY_ROOT, SIGNER).partition("\n\n")
    assert text == "log.example.kz/dauys\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    assert signature.startswith("— log.example.kz/dauys ")


def test_extension_lines_are_signed_and_kept() -> None:
    note = signed(f"{SIGNER.origin}\n5\n{ROOT_BASE64}\nfirst\nsecond line\n")
    assert open_checkpoint(note, SIGNER.verifier).extensions == ("first", "second line")


@pytest.mark.parametrize(
    "body",
    [
        f"other.example/log\n5\n{ROOT_BASE64}\n",
        f"{SIGNER.origin}\n5\n",
        f"{SIGNER.origin}\n05\n{ROOT_BASE64}\n",
        f"{SIGNER.origin}\n+5\n{ROOT_BASE64}\n",
        f"{SIGNER.origin}\n-5\n{ROOT_BASE64}\n",
        f"{SIGNER.origin}\n5 \n{ROOT_BASE64}\n",
        f"{SIGNER.origin}\n٥\n{ROOT_BASE64}\n",
        f"{SIGNER.origin}\n{1 << 63}\n{ROOT_BASE64}\n",
        f"{SIGNER.origin}\n\n{ROOT_BASE64}\n",
        f"\n5\n{ROOT_BASE64}\n",
        f"{SIGNER.origin}\n5\n{ROOT_BASE64[:-1]}\n",
        f"{SIGNER.origin}\n5\n{ROOT_BASE64} \n",
        f"{SIGNER.origin}\n5\n{ROOT_BASE64[:-2]}B=\n",
        f"{SIGNER.origin}\n5\n{b64encode(ROOT + b'x').decode()}\n",
        f"{SIGNER.origin}\n5\n{b64encode(ROOT[1:]).decode()}\n",
        f"{SIGNER.origin}\n5\n{ROOT_BASE64}\n\nx\n",
    ],
)
def test_what_the_log_signed_must_still_be_a_strict_checkpoint_of_that_log(body: str) -> None:
    with pytest.raises(NoteInvalid):
        open_checkpoint(signed(body), SIGNER.verifier)


@forall(st.text())
def test_no_text_does_worse_than_being_refused(text: str) -> None:
    for note in text, sign_checkpoint(5, ROOT, SIGNER) + text:
        if text:
            with pytest.raises(NoteInvalid):
                open_checkpoint(note, SIGNER.verifier)


def test_a_signer_shows_neither_seed_nor_key() -> None:
    seed = os.urandom(32)
    shown = f"{LogSigner('log', seed)!r} {LogSigner('log', seed)}"
    assert shown == "LogSigner('log') LogSigner('log')"
