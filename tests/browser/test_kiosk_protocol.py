"""The kiosk's modules compute, in the browser, what docs/kiosks.md says and what the Python library computes: byte for byte."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from secrets import token_bytes
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

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
from tests.browser.chromium import window
from tests.browser.hall import Hall, Kiosk
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


@pytest.fixture(scope="module")
def kiosk(chromium: Browser, shared_hall: Hall) -> Iterator[Kiosk]:
    with window(chromium, shared_hall.address) as page:
        yield Kiosk(page, shared_hall).open()


def test_the_worked_example_comes_out_as_written(kiosk: Kiosk) -> None:
    computed: Any = kiosk.module("bytes.js", _COMPUTE, EXAMPLE)
    assert computed == {name: EXAMPLE[name] for name in computed}


def test_any_code_is_the_same_credential_here_and_there(kiosk: Kiosk) -> None:
    round_id = uuid4()
    codes = [new_code() for _ in range(50)]
    here = kiosk.module(
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
def test_typing_is_forgiven_as_the_server_would(kiosk: Kiosk, typed: str, *, valid: bool) -> None:
    here = kiosk.module("crockford.js", "return it.parseCode(argument) && [...it.parseCode(argument)]", typed)
    assert here == (list(parse_code(typed)) if valid else None)


def test_short_codes_are_those_that_the_server_reads(kiosk: Kiosk) -> None:
    round_id, credentials = uuid4(), [base64url.to_text(token_bytes(32)) for _ in range(20)]
    positions = [1, 37, 1234, 99_999_999_999]
    here = kiosk.module(
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


whole_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def canonical_here(kiosk: Kiosk, value: object) -> object:
    return kiosk.module("canonical.js", "return it.canonicalText(JSON.parse(argument))", json.dumps(value))


def test_canonical_json_is_the_same_here_and_there(kiosk: Kiosk) -> None:
    @settings(max_examples=50, database=None)
    @given(whole_json)
    def same(value: object) -> None:
        assert canonical_here(kiosk, value) == canonical.encode(value).decode()

    same()


@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "weird"])
def test_canonical_json_keeps_the_published_vectors(kiosk: Kiosk, name: str) -> None:
    if SHARED is None:
        pytest.skip("the published vectors are not beside this repository")
    vectors = SHARED / "vectors" / "jcs"
    here = kiosk.module(
        "canonical.js",
        "return it.canonicalText(JSON.parse(argument))",
        (vectors / "input" / f"{name}.json").read_text(),
    )
    assert here == (vectors / "output" / f"{name}.json").read_text()


@pytest.mark.parametrize("value", ["[1.5]", "[1e30]", '["\\ud800"]'])
def test_what_has_no_canonical_form_is_refused(kiosk: Kiosk, value: str) -> None:
    refused = kiosk.module(
        "canonical.js",
        "try { it.canonicalText(JSON.parse(argument)); return false } catch (fault) { return fault.name }",
        value,
    )
    assert refused == "TypeError"


def test_only_the_server_opens_what_is_sealed_here(kiosk: Kiosk) -> None:
    sealing, plain = Sealing(token_bytes(32)), token_bytes(3_000)
    sealed: Any = kiosk.module(
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
    kiosk: Kiosk, text: str, position: int, fault: str
) -> None:
    found = kiosk.module(
        "receipt.js",
        """const {parseVerifier} = await import(path.replace("receipt.js", "note.js"))
           const verifier = await parseVerifier(argument.verifier)
           try { await it.checkAtOnce(argument.text, argument.position, verifier); return "" }
           catch (invalid) { return invalid instanceof it.ReceiptInvalid ? invalid.message : invalid.stack }""",
        {"verifier": str(SIGNER.verifier), "text": text, "position": position},
    )
    assert found == fault


def test_paths_have_the_length_that_they_have_there(kiosk: Kiosk) -> None:
    places = [(index, size) for size in (*range(1, 20), 2**33 + 5) for index in (0, size // 3, size - 1)]
    here = kiosk.module(
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
  let choices = it.noChoices(argument.form)
  for (const [what, id, by] of argument.taps) {
    if (what === "add") choices = it.add(argument.form, choices, id)
    if (what === "take") choices = it.take(argument.form, choices, id)
    if (what === "move" && it.isRanked(argument.form)) choices = it.move(choices, id, by)
  }
  return it.isComplete(argument.form, choices) ? it.encoded(argument.form, choices) : null"""


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.type}-{form.max_choices}")
def test_whatever_is_pressed_the_ballot_is_one_that_the_server_takes(kiosk: Kiosk, form: BallotForm) -> None:
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

    @settings(max_examples=60, database=None)
    @given(st.lists(tap, max_size=20))
    def taken(taps: list[tuple[str, str, int]]) -> None:
        choices = kiosk.module("form.js", _PRESS, {"form": members, "taps": taps})
        if choices is not None:
            check_choices(paper, city.kato, choices)

    taken()


def test_the_key_of_a_kiosk_cannot_be_taken_out_of_the_browser(kiosk: Kiosk) -> None:
    extractable = kiosk.module("keys.js", "return (await it.newKioskKey()).key.extractable")
    assert extractable is False
    voters = kiosk.module(
        "keys.js",
        "return (await it.credentialOf(new Uint8Array(10), argument)).key.extractable",
        str(uuid4()),
    )
    assert voters is False


def test_a_fresh_kiosk_key_signs_what_python_verifies(kiosk: Kiosk) -> None:
    told: Any = kiosk.module(
        "keys.js",
        """const {utf8} = await import(path.replace("keys.js", "bytes.js"))
           const {key, publicKey} = await it.newKioskKey()
           return [publicKey, await it.signature(key, utf8("a delivery"))]""",
    )
    public, signature = (base64url.decoded(each.encode()) or b"" for each in told)
    assert verify_ed25519(public, b"a delivery", signature)
