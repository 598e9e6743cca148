"""Policies (c2sp.org/tlog-policy): the specification's example and limits, and every kind of wrong line."""

from contextlib import suppress
from itertools import combinations

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from application.log.cosignature import WitnessSigner
from application.log.note import LogSigner, NoteInvalid, parse_note
from application.log.policy import MAX_POLICY_BYTES, PolicyInvalid, QuorumMissed, parse_policy
from tests.application.log.test_cosignature import CT_LOG, CT_NOTE, CT_WITNESSES
from tests.memory_log import LOG_SIGNER, MemoryLog

LOG = f"log {LOG_SIGNER.verifier}\n"
NAMES = ("X1", "X2", "X3", "Y1", "Y2", "Y3")
SIGNERS = {name: WitnessSigner(f"{name}.example", name.encode() * 16) for name in NAMES}
WITNESSES = "".join(f"witness {name} {signer.verifier}\n" for name, signer in SIGNERS.items())
# The specification's example with keys filled in.
EXAMPLE = f"""{LOG}
{WITNESSES}
group X-witnesses 2 X1 X2 X3
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""
NOTE = MemoryLog().grow(7).note()


def cosigned(*names: str) -> str:
    text, _ = parse_note(NOTE)
    return NOTE + "".join(SIGNERS[name].signature_line(text, 1_700_000_000) for name in names)


def test_the_specifications_example_asks_for_two_of_x_and_one_of_y() -> None:
    policy = parse_policy(EXAMPLE.encode())
    for number in range(len(NAMES) + 1):
        for names in combinations(NAMES, number):
            x = sum(name.startswith("X") for name in names)
            if x >= 2 and number > x:
                checkpoint, cosignatures = policy.check(cosigned(*names))
                assert checkpoint.size == 7
                assert {each.witness.name for each in cosignatures} == {f"{name}.example" for name in names}
            else:
                with pytest.raises(QuorumMissed):
                    policy.check(cosigned(*names))


def test_a_checkpoint_in_operation_meets_a_policy_of_its_witnesses() -> None:
    lines = "".join(f"witness w{n} {key}\n" for n, key in enumerate(CT_WITNESSES))
    policy = parse_policy(
        f"log {CT_LOG}\n{lines}group all-of-them all w0 w1 w2 w3\nquorum all-of-them\n".encode()
    )
    assert len(policy.check(CT_NOTE)[1]) == 4


def test_one_witness_that_signs_twice_is_one_witness() -> None:
    policy = parse_policy(f"{LOG}{WITNESSES}group two 2 X1 X2\nquorum two\n".encode())
    with pytest.raises(QuorumMissed):
        policy.check(cosigned("X1", "X1"))


def test_one_wrong_cosignature_of_a_known_witness_spoils_all() -> None:
    policy = parse_policy(f"{LOG}{WITNESSES}quorum X1\n".encode())
    text, _ = parse_note(NOTE)
    wrong = SIGNERS["X2"].signature_line(text.replace("7", "8"), 1)
    with pytest.raises(NoteInvalid, match="wrong cosignature"):
        policy.check(cosigned("X1") + wrong)


@pytest.mark.parametrize("policy", ["quorum none\n", f"log {CT_LOG}\nquorum none\n"])
def test_a_checkpoint_of_a_log_that_is_not_listed_is_not_believed(policy: str) -> None:
    with pytest.raises(NoteInvalid, match="no log of the policy"):
        parse_policy(policy.encode()).check(NOTE)


def test_no_quorum_needs_no_witness_but_the_log() -> None:
    policy = parse_policy(f"{LOG}quorum none\n".encode())
    assert policy.check(NOTE)[0].size == 7
    with pytest.raises(NoteInvalid):
        policy.check(NOTE.replace("\n7\n", "\n8\n"))


def test_either_of_a_logs_two_keys_is_enough() -> None:
    new = LogSigner(LOG_SIGNER.origin, bytes(32))
    policy = parse_policy(f"log {new.verifier}\n{LOG}quorum none\n".encode())
    assert policy.check(NOTE)[0].size == policy.check(MemoryLog(signer=new).grow(7).note())[0].size == 7


def test_names_are_octets_and_space_is_space_and_tab_only() -> None:
    key = SIGNERS["X1"].verifier
    text = f"\t {LOG} \n  # quorum none\n\twitness  K\u212a\u00a0 \t{key}  https://w.example/ \n quorum K\u212a\u00a0".encode()
    policy = parse_policy(text)
    assert [(each.name, each.url) for each in policy.witnesses] == [("K\u212a\u00a0", "https://w.example")]
    with pytest.raises(PolicyInvalid):
        parse_policy(f"{LOG}witness K {key}\nquorum \u212a\n".encode())
    opaque = b"witness \xff\xfe " + str(key).encode() + b"\nquorum \xff\xfe\n"
    assert parse_policy(opaque).is_met_by({key})


X1, X2 = (f"witness {name} {SIGNERS[name].verifier}\n" for name in ("X1", "X2"))


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("", "no quorum line"),
        (LOG, "no quorum line"),
        ("quorum none\nquorum none\n", "line 2: a second quorum"),
        ("quorum X1\n" + X1, "line 1: the quorum is not defined"),
        ("Quorum none\n", "line 1: not a log"),
        ("quorum none none\n", "line 1: not a log"),
        ("log\nquorum none\n", "line 1: not a log"),
        (f"{LOG}{LOG}quorum none\n", "line 2: this log's key"),
        (f"log {SIGNERS['X1'].verifier}\nquorum none\n", "line 1: not an Ed25519"),
        (f"witness X1 {LOG_SIGNER.verifier}\nquorum none\n", "line 1: not an Ed25519"),
        ("witness X1\nquorum none\n", "line 1: not a log"),
        (f"{X1}{X1}quorum none\n", "line 2: this name"),
        (f"{X1}{X1.replace('X1 ', 'X9 ')}quorum none\n", "line 2: this witness's key"),
        (f"{X1.replace(' X1 ', ' none ')}quorum none\n", "line 1: this name"),
        (f"{X1}group X1 any X1\nquorum none\n", "line 2: this name"),
        (f"{X1}group g any\nquorum none\n", "line 2: not a log"),
        (f"{X1}group g any g\nquorum none\n", "line 2: a member is not defined"),
        (f"{X1}group g any none\nquorum none\n", "line 2: a member is not defined"),
        (f"group g any X1\n{X1}quorum none\n", "line 1: a member is not defined"),
        (f"{X1}group g 1 X1 X1\nquorum none\n", "line 2: a member belongs"),
        (f"{X1}{X2}group g 1 X1\ngroup h 1 X1 X2\nquorum none\n", "line 4: a member belongs"),
        *(
            (f"{X1}{X2}group g {k} X1 X2\nquorum none\n", "line 3: a group needs")
            for k in ("0", "3", "-1", "+1", "01", "1.0", "one", "\u0661", "9" * 5_000)
        ),
        (f"{LOG}quorum none\r\n", "line 2: a control character"),
        (f"{LOG}quorum\x7f none\n", "line 2: a control character"),
        (f"{LOG}quorum none\0\n", "line 2: a control character"),
        ("#" * (MAX_POLICY_BYTES + 1), "longer than"),
    ],
)
def test_a_wrong_line_is_told_by_its_number_and_not_repeated(policy: str, told: str) -> None:
    with pytest.raises(PolicyInvalid, match=told) as refused:
        parse_policy(policy.encode())
    assert len(str(refused.value)) < 120


def lines_of(kind: str, number: int) -> str:
    seeds = [bytes([n]) * 32 for n in range(number)]
    if kind == "log":
        return "".join(f"log {LogSigner(f'log{n}', seed).verifier}\n" for n, seed in enumerate(seeds))
    if kind == "witness":
        return "".join(
            f"witness w{n} {WitnessSigner(f'w{n}', seed).verifier}\n" for n, seed in enumerate(seeds)
        )
    return X1 + "group g0 1 X1\n" + "".join(f"group g{n} 1 g{n - 1}\n" for n in range(1, number))


@pytest.mark.parametrize("kind", ["log", "witness", "group"])
def test_thirty_two_of_each_are_taken_and_no_more(kind: str) -> None:
    parse_policy(f"{lines_of(kind, 32)}quorum none\n".encode())
    with pytest.raises(PolicyInvalid, match="more than 32"):
        parse_policy(f"{lines_of(kind, 33)}quorum none\n".encode())


@forall(st.binary() | st.text(alphabet="logwitnesgrupqm \t\n+#=12", max_size=200).map(str.encode))
def test_no_bytes_do_worse_than_being_refused(data: bytes) -> None:
    with suppress(PolicyInvalid):
        parse_policy(data)
