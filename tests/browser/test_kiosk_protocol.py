"""The kiosk's modules compute, in the browser, what docs/kiosks.md says and what the Python library computes: byte for byte."""

import json
import re
from pathlib import Path
from secrets import token_bytes
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application import base64url
from application.codes import credential, new_code, parse_code
from application.kiosk.receipts import path_length
from application.log import canonical
from application.log.merkle import leaf_hash
from application.log.note import LogSigner, sign_checkpoint
from application.log.receipt import format_receipt
from application.sealing import Sealing
from application.short_codes import ballot_code, position_code
from application.signatures import verify_ed25519
from domain.ballot import Ballot
from domain.ballot_form import check_choices
from domain.paper import BallotForm, BallotType, Paper, Project, RoundKind, Rules, Unit
from tests.browser.hall import Kiosk
from tests.shared import SHARED

DOCUMENT = (Path(__file__).parents[2] / "docs" / "kiosks.md").read_text(encoding="utf-8")
EXAMPLE: dict[str, str] = dict(
    re.findall(r"^([a-z ]+?) *= ?(.*)$", DOCUMENT.split("## A worked example")[1], re.MULTILINE)
)
_COMPUTE = """
  const load = name => import(path.replace("bytes.js", name))
  const [crockford, keys, ballots, deliveries, canonical] = await Promise.all(
    ["crockford.js", "keys.js", "ballot.js", "delivery.js", "canonical.js"].map(load))
  const code = crockford.parseCode(argument["code"])
  const voter = await keys.credentialOf(code, argument["round"])
  const choices = JSON.parse(argument["choices"])
  const salt = it.fromHex(argument["salt bytes"])
  const kioskSeed = it.fromHex(argument["kiosk key seed"])
  const kiosk = {key: await keys.privateKey(kioskSeed), id: argument["kiosk id"], audience: argument["audience"]}
  const ballot = await ballots.signBallot(voter, argument["round"], choices, salt)
  const facts = {sequence: Number(argument["sequence"]), previous: argument["previous"], ballots: [ballot]}
  const delivery = await deliveries.signDelivery(kiosk, facts)
  const [header, payload] = it.textOf(delivery).split(".")
  return {
    "code bytes": it.toHex(code),
    "seed": it.toHex(await keys.credentialSeed(code, argument["round"])),
    "credential": ballot.credential,
    "signed bytes": it.textOf(ballots.signedBytes(argument["round"], choices, ballot.salt)).replace("\\n", "\\\\n"),
    "signature": ballot.signature,
    "kiosk public key": await keys.publicText(kioskSeed),
    "header": it.textOf(it.fromBase64(header)),
    "payload": it.textOf(it.fromBase64(payload)),
    "delivery": it.textOf(delivery),
    "next previous": await deliveries.deliveryHash(delivery),
  }"""


def test_the_worked_example_comes_out_as_written(modules: Kiosk) -> None:
    computed: Any = modules.module("bytes.js", _COMPUTE, EXAMPLE)
    assert computed == {name: EXAMPLE[name] for name in computed}


def test_any_code_is_the_same_credential_here_and_there(modules: Kiosk) -> None:
    round_id = uuid4()
    codes = [new_code() for _ in range(50)]
    here = modules.module(
        "keys.js",
        """const {parseCode} = await import(path.replace("keys.js", "crockford.js"))
           return Promise.all(argument.codes.map(
             async code => (await it.credentialOf(parseCode(code), argument.round)).credential))""",
        {"codes": codes, "round": str(round_id)},
    )
    assert here == [credential(code, round_id) for code in codes]


@pytest.mark.parametrize(
    ("typed", "valid"),
    [
        ("0410-6105-0R3G-G28A-Z", True),
        ("o4io6lo5or3gg28az", True),
        (" 0410 6105 0r3g g28a z ", True),
        ("0410-6105-0R3G-G28A-Y", False),
        ("0410-6105-0R3G-G28B-Z", False),
        ("0410-6105-0R3G-G28A", False),
        ("0410-6105-0R3G-G28A-ZZ", False),
        ("U410-6105-0R3G-G28A-Z", False),
        ("-" * 70, False),
        ("", False),
    ],
)
def test_typing_is_forgiven_as_the_server_would(modules: Kiosk, typed: str, *, valid: bool) -> None:
    here = modules.module(
        "crockford.js", "return it.parseCode(argument) && [...it.parseCode(argument)]", typed
    )
    assert here == (list(parse_code(typed)) if valid else None)


def test_short_codes_are_those_that_the_server_reads(modules: Kiosk) -> None:
    round_id, credentials = uuid4(), [base64url.to_text(token_bytes(32)) for _ in range(20)]
    positions = [1, 37, 1234, 99_999_999_999]
    here = modules.module(
        "short_codes.js",
        """const codes = await Promise.all(argument.credentials.map(
             async each => it.ballotCode(await it.ballotId(argument.round, each))))
           return [codes, argument.positions.map(it.positionCode)]""",
        {"round": str(round_id), "credentials": credentials, "positions": positions},
    )
    assert here == [
        [ballot_code(Ballot.create_id(round_id, each)) for each in credentials],
        [position_code(each) for each in positions],
    ]


TOGETHER = 5
"""Examples that are sent to the page at once."""
whole_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def test_canonical_json_is_the_same_here_and_there(modules: Kiosk) -> None:
    @settings(max_examples=10, database=None)
    @given(st.lists(whole_json, min_size=TOGETHER, max_size=TOGETHER))
    def same(values: list[object]) -> None:
        here = modules.module(
            "canonical.js", "return JSON.parse(argument).map(it.canonicalText)", json.dumps(values)
        )
        assert here == [canonical.encode(value).decode() for value in values]

    same()


@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "weird"])
def test_canonical_json_keeps_the_published_vectors(modules: Kiosk, name: str) -> None:
    if SHARED is None:
        pytest.skip("the published vectors are not beside this repository")
    vectors = SHARED / "vectors" / "jcs"
    here = modules.module(
        "canonical.js",
        "return it.canonicalText(JSON.parse(argument))",
        (vectors / "input" / f"{name}.json").read_text(),
    )
    assert here == (vectors / "output" / f"{name}.json").read_text()


@pytest.mark.parametrize("value", ["[1.5]", "[1e30]", '["\\ud800"]'])
def test_what_has_no_canonical_form_is_refused(modules: Kiosk, value: str) -> None:
    refused = modules.module(
        "canonical.js",
        "try { it.canonicalText(JSON.parse(argument)); return false } catch (fault) { return fault.name }",
        value,
    )
    assert refused == "TypeError"


def test_only_the_server_opens_what_is_sealed_here(modules: Kiosk) -> None:
    sealing, plain = Sealing(token_bytes(32)), token_bytes(3_000)
    sealed: Any = modules.module(
        "sealing.js",
        """const {fromBase64, toBase64url} = await import(path.replace("sealing.js", "bytes.js"))
           const seal = () => it.seal(fromBase64(argument.key), it.DELIVERY_INFO, fromBase64(argument.plain))
           return [toBase64url(await seal()), toBase64url(await seal())]""",
        {"key": sealing.public_text, "plain": base64url.to_text(plain)},
    )
    first, second = (base64url.decoded(each.encode()) for each in sealed)
    assert first
    assert second
    assert sealing.open(first) == sealing.open(second) == plain
    assert first[:32] != second[:32]  # never the same sender's key


SIGNER = LogSigner("dauys.test/log", bytes(32))


def receipt(position: int, size: int, signer: LogSigner = SIGNER, hashes: int = 0) -> str:
    path = [leaf_hash(bytes([each])) for each in range(path_length(position - 1, size) + hashes)]
    return format_receipt(position - 1, path, sign_checkpoint(size, bytes(32), signer))


def on_an_odd_checkpoint(line: str) -> str:
    """Signed, but with a line behind the root that no reader of checkpoints takes."""
    text = sign_checkpoint(1, bytes(32), SIGNER).partition("\n\n")[0] + f"\n{line}\n"
    return format_receipt(0, [], f"{text}\n{SIGNER.signature_line(text)}")


RECEIPTS = [
    (receipt(1, 1), 1, ""),
    (receipt(7, 1_000), 7, ""),
    (receipt(1_000, 1_000), 1_000, ""),
    (receipt(7, 1_000), 8, "the receipt is not for this position"),
    (receipt(7, 1_000, hashes=1), 7, "the path has a wrong length"),
    (receipt(7, 1_000).replace("\n1000\n", "\n1001\n"), 7, "wrong signature"),
    (receipt(7, 1_000, LogSigner("dauys.test/log", bytes([1] * 32))), 7, "not signed by the expected key"),
    (receipt(7, 1_000, LogSigner("other.test/log", bytes(32))), 7, "not signed by the expected key"),
    (on_an_odd_checkpoint("extension"), 1, ""),
    (on_an_odd_checkpoint("bell\x07"), 1, "not a signed note"),
    ("", 7, "not a receipt"),
    (receipt(7, 1_000).replace("index 6", "index 06"), 7, "not a receipt"),
]


@pytest.mark.parametrize(("text", "position", "fault"), RECEIPTS)
def test_a_receipt_is_believed_only_if_it_is_for_the_position_by_the_pinned_key(
    modules: Kiosk, text: str, position: int, fault: str
) -> None:
    found = modules.module(
        "receipt.js",
        """const {parseVerifier} = await import(path.replace("receipt.js", "note.js"))
           const verifier = await parseVerifier(argument.verifier)
           try { await it.checkAtOnce(argument.text, argument.position, verifier); return "" }
           catch (invalid) { return invalid instanceof it.ReceiptInvalid ? invalid.message : invalid.stack }""",
        {"verifier": str(SIGNER.verifier), "text": text, "position": position},
    )
    assert found == fault


def test_paths_have_the_length_that_they_have_there(modules: Kiosk) -> None:
    places = [(index, size) for size in (*range(1, 20), 2**33 + 5) for index in (0, size // 3, size - 1)]
    here = modules.module(
        "receipt.js", "return argument.map(([index, size]) => it.pathLength(index, size))", places
    )
    assert here == [path_length(index, size) for index, size in places]


PROJECTS = tuple(str(number) for number in range(1, 7))
FORMS = [
    BallotForm(BallotType.APPROVAL, 3),
    BallotForm(BallotType.APPROVAL, 5, min_choices=2),
    BallotForm(BallotType.CHOOSE_ONE, 1),
    BallotForm(BallotType.RANKED, 3),
    BallotForm(BallotType.CUMULATIVE, 3, max_points=7),
    BallotForm(BallotType.CUMULATIVE, 2),
]
_PRESS = """
  const {form, voters} = argument
  return voters.map(taps => {
    let choices = it.noChoices(form)
    for (const [what, id, by] of taps) {
      if (what === "add") choices = it.add(form, choices, id)
      if (what === "take") choices = it.take(form, choices, id)
      if (what === "move" && it.isRanked(form)) choices = it.move(choices, id, by)
    }
    return it.isComplete(form, choices) ? it.encoded(form, choices) : null
  })"""


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.type}-{form.max_choices}")
def test_whatever_is_pressed_the_ballot_is_one_that_the_server_takes(
    modules: Kiosk, form: BallotForm
) -> None:
    city = Unit("750000000", "City", 1)
    projects = tuple(Project(number, city.kato, 1, number) for number in PROJECTS)
    paper = Paper(str(UUID(int=1)), RoundKind.CITY, "", (city,), projects, form, Rules(), "", "", "")
    members = {
        "type": form.type,
        "max_choices": form.max_choices,
        "min_choices": form.min_choices,
        "max_points": form.max_points,
    }
    tap = st.tuples(
        st.sampled_from(["add", "add", "take", "move"]), st.sampled_from(PROJECTS), st.integers(-2, 2)
    )

    @settings(max_examples=12, database=None)
    @given(st.lists(st.lists(tap, max_size=20), min_size=TOGETHER, max_size=TOGETHER))
    def taken(voters: list[list[tuple[str, str, int]]]) -> None:
        cast: Any = modules.module("form.js", _PRESS, {"form": members, "voters": voters})
        for choices in cast:
            if choices is not None:
                check_choices(paper, city.kato, choices)

    taken()


def test_the_key_of_a_kiosk_cannot_be_taken_out_of_the_browser(modules: Kiosk) -> None:
    extractable = modules.module("keys.js", "return (await it.newKioskKey()).key.extractable")
    assert extractable is False
    voters = modules.module(
        "keys.js",
        "return (await it.credentialOf(new Uint8Array(10), argument)).key.extractable",
        str(uuid4()),
    )
    assert voters is False


def test_a_fresh_kiosk_key_signs_what_python_verifies(modules: Kiosk) -> None:
    told: Any = modules.module(
        "keys.js",
        """const {utf8} = await import(path.replace("keys.js", "bytes.js"))
           const {key, publicKey} = await it.newKioskKey()
           return [publicKey, await it.signature(key, utf8("a delivery"))]""",
    )
    public, signature = (base64url.decoded(each.encode()) or b"" for each in told)
    assert verify_ed25519(public, b"a delivery", signature)
