"""Check my ballot in a real browser: it judges the published vectors as published, and no lie of the server passes."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, Route

from api.web.assets import asset
from application.log.note import LogSigner, NoteInvalid, open_checkpoint, sign_checkpoint
from application.short_codes import ballot_code, position_code
from tests.browser.chromium import forget, window
from tests.browser.looking import barriers
from tests.browser.world import World
from tests.engine import LOG_SEED, ORIGIN
from tests.shared import SHARED

VECTORS = SHARED / "vectors" / "merkle" if SHARED else None

_PROVEN = """async ([address, kind, vectors]) => {
  const { verifyInclusion, verifyConsistency } = await import(address)
  const bytes = text => Uint8Array.from(atob(text ?? ""), each => each.charCodeAt(0))
  const holds = async proof => { try { await proof(); return true } catch { return false } }
  return Promise.all(vectors.map(each => holds(() => kind === "inclusion"
    ? verifyInclusion(bytes(each.leafHash), BigInt(each.leafIdx), BigInt(each.treeSize), each.proof.map(bytes), bytes(each.root))
    : verifyConsistency(BigInt(each.size1), bytes(each.root1), BigInt(each.size2), bytes(each.root2), each.proof.map(bytes)))))
}"""
_OPENED = """async ([address, key, notes]) => {
  const { openCheckpoint, parseVerifier } = await import(address)
  const verifier = await parseVerifier(key)
  return Promise.all(notes.map(async note => {
    try { return String((await openCheckpoint(note, verifier)).size) } catch { return null }
  }))
}"""

_BRING = """async brought => {
  await import(document.querySelector("script[src*='portal/check']").src)
  const field = document.getElementById("brought")
  document.getElementById("headline").textContent = ""
  field.focus()
  field.value = brought
  field.form.requestSubmit()
}"""


@pytest.fixture(scope="module")
def voters_window(chromium: Browser, served: World) -> Iterator[Page]:
    with window(chromium, served.address) as page:
        yield page


@pytest.fixture
def page(voters_window: Page, served: World) -> Page:
    """Of somebody whose browser has never seen the log."""
    forget(voters_window, served.address)
    voters_window.goto("/en/check")
    return voters_window


@dataclass(frozen=True)
class Cast:
    """A ballot of the world: where it stands, and its codes."""

    position: int
    by_position: str
    by_id: str
    receipt: str


def cast(world: World, round_name: str, place: int = 3) -> Cast:
    with world.server.engine.datastore.get_connection() as connection:
        rows = connection.execute(
            "SELECT notification_id, originator_id FROM dauys.events WHERE topic = 'ballot.cast.v1'"
            " AND convert_from(state, 'UTF8')::jsonb ->> 'round_id' = %s ORDER BY notification_id",
            [world.ids[round_name]],
        ).fetchall()
    position = rows[place]["notification_id"]
    receipt = world.server.engine.reader.receipt(position)
    return Cast(position, position_code(position), ballot_code(rows[place]["originator_id"]), receipt)


def check(page: Page, brought: str) -> list[str]:
    """What each step came to, as `state: words`, once the headline stands."""
    bring(page, brought)
    return steps(page)


def bring(page: Page, brought: str) -> None:
    """As soon as the page's script listens. Nothing is left of what was said before."""
    page.evaluate(_BRING, brought)


def bring_by_hand(page: Page, brought: str) -> None:
    page.fill("#brought", brought)
    page.get_by_role("button", name="Check").click()


def steps(page: Page) -> list[str]:
    page.locator("#headline:focus").wait_for()
    told: list[str] = page.locator("#proof li").evaluate_all(
        "all => all.map(each => `${each.dataset.mark}: ${each.innerText}`)"
    )
    return told


def headline(page: Page) -> str:
    return page.locator("#headline").inner_text()


def vectors(kind: str) -> list[dict[str, Any]]:
    assert VECTORS
    found = [json.loads(path.read_text()) for path in sorted((VECTORS / kind).rglob("*.json"))]
    for each in found:  # whole numbers beyond what JavaScript's own hold
        each |= {
            name: str(value) for name, value in each.items() if isinstance(value, int) and name != "wantErr"
        }
        each["proof"] = each["proof"] or []
    return found


@pytest.mark.skipif(VECTORS is None, reason="the published vectors are not beside the repository")
@pytest.mark.parametrize("kind", ["inclusion", "consistency"])
def test_every_published_vector_is_judged_as_published(page: Page, kind: str) -> None:
    of_kind = vectors(kind)
    assert len(of_kind) > 50
    proven = page.evaluate(_PROVEN, [asset("portal/merkle.js"), kind, of_kind])
    assert {
        each["desc"] for each, holds in zip(of_kind, proven, strict=True) if holds == each["wantErr"]
    } == set()


def test_a_checkpoint_opens_in_the_browser_exactly_if_it_opens_in_python(page: Page) -> None:
    signer, other = LogSigner(ORIGIN, LOG_SEED), LogSigner(ORIGIN, bytes(32))
    note = sign_checkpoint(7, sha256(b"root").digest(), signer)
    text, line = note.split("\n\n")
    stranger = LogSigner("witness.example/w", bytes(32)).signature_line(f"{text}\n")
    notes = [
        note,
        note + stranger,
        f"{text}\n\n{stranger}{line}",
        sign_checkpoint(0, sha256(b"").digest(), signer),
        sign_checkpoint(7, sha256(b"root").digest(), other),
        sign_checkpoint(7, sha256(b"root").digest(), LogSigner("dauys.other/log", LOG_SEED)),
        note.replace("\n7\n", "\n8\n"),
        note.replace("\n7\n", "\n07\n"),
        note.rstrip("\n"),
        f"{text}\n\n{stranger}",
        note + line,
        note + "— x y\n",
        note.replace("\n", "\r\n"),
        note * 2,
        f"{text}\nextension\n\n{line}",
        "",
        "\n\n",
    ]
    opened = page.evaluate(_OPENED, [asset("kiosk/note.js"), str(signer.verifier), notes])
    assert opened == [size_of(each, signer) for each in notes]
    assert opened[:4] == ["7", "7", "7", "0"]


def size_of(note: str, signer: LogSigner) -> str | None:
    try:
        return str(open_checkpoint(note, signer.verifier).size)
    except NoteInvalid:
        return None


def test_a_ballot_of_a_closed_round_is_found_and_counted(page: Page, served: World) -> None:
    ballot = cast(served, "published")
    for form in (ballot.by_position, ballot.by_id, ballot.receipt):
        told = check(page, form)
        assert headline(page) == "Ballot found and counted", form
        assert not [each for each in told if each.startswith("no")], form
        assert any(f"at position {ballot.position}" in each.replace("\u00a0", "") for each in told), form
        assert not barriers(page), form


def test_a_ballot_of_an_open_round_is_found_and_its_contents_are_not_asked_for(
    page: Page, served: World
) -> None:
    bring_by_hand(page, cast(served, "voting").by_position)
    told = steps(page)
    assert headline(page) == "Ballot found"
    assert told[-1].startswith("later: Its contents are withheld")


def test_a_receipt_s_address_is_checked_and_told_to_nobody(page: Page, served: World) -> None:
    ballot = cast(served, "corrected")
    encoded = urlsafe_b64encode(ballot.receipt.encode()).decode().rstrip("=")
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(f"{request.url} {request.post_data}")

    page.on("request", note)
    page.goto(f"/check#{encoded}")
    steps(page)
    page.remove_listener("request", note)
    assert headline(page) == "Ballot found and counted"
    assert "#" not in page.url
    assert f"{served.address}/log/checkpoint None" in asked  # so this test would see what is asked
    assert not [each for each in asked if encoded[:40] in each or f"/log/proof/{ballot.position - 1}" in each]


def test_a_receipt_s_file_is_read_in_the_browser(page: Page, served: World, tmp_path: Path) -> None:
    file = tmp_path / "receipt.txt"
    file.write_text(cast(served, "published").receipt)
    page.set_input_files("#receipt-file", file)
    steps(page)
    assert headline(page) == "Ballot found and counted"


NO_BALLOT = {
    "nonsense": "This is neither a code nor a receipt",
    "1234-5": "This is neither a code nor a receipt",
    "c2sp.org/tlog-proof@v1\nindex 0\n\nx\n": "Something is not as it must be",
    position_code(99_999_999): "Ballot not found",
    "0123-4567-8595-3": "Ballot not found",
}
"""What is said of what is brought."""


def test_what_is_no_ballot_is_said_to_be_none(page: Page) -> None:
    for brought, said in NO_BALLOT.items():
        bring(page, brought)
        page.locator("#headline", has_text=said).wait_for()


def test_a_second_look_finds_that_the_log_has_only_grown_or_else_notices_every_time(
    page: Page, served: World
) -> None:
    """A log that was rewritten since, and then a key that is another than before."""
    ballot = cast(served, "published")
    assert any(
        each.startswith("later: This browser sees the log's key for the first time")
        for each in check(page, ballot.by_position)
    )
    again = check_again(page, ballot)
    assert any(each.startswith("yes: The log has only grown") for each in again)
    assert any("key that this browser knows" in each for each in again)
    known = page.evaluate("() => ({...localStorage})")
    assert known.keys() == {"dauys.log.checkpoint", "dauys.log.key"}
    stranger = LogSigner(ORIGIN, bytes(32)).verifier
    other = sign_checkpoint(9, sha256(b"another history").digest(), LogSigner(ORIGIN, LOG_SEED))
    for remembered, said in (
        ({"dauys.log.checkpoint": other}, "no: The log does not continue"),
        ({"dauys.log.key": str(stranger)}, "no: The log is signed with another key"),
    ):
        page.evaluate("known => Object.assign(localStorage, known)", known | remembered)
        for _ in range(2):
            told = check_again(page, ballot)
            assert any(each.startswith(said) for each in told), said
            assert headline(page) == "Something is not as it must be"


def check_again(page: Page, ballot: Cast) -> list[str]:
    """When the page is opened the next time."""
    page.goto("/en/check")
    return check(page, ballot.by_position)


LIES = {
    "**/log/tile/entries/**": (b'"salt":"s', b'"salt":"t'),
    "**/log/checkpoint": (b"\n\n", b"0\n\n"),
    "**/log/key": (b"+A", b"+B"),
    "**/v1/trail/**": (rb"\"by\":\"clerk-1\"", rb"\"by\":\"clerk-2\""),
}
"""What the server answers, and what it should have."""


def lying(path: str, route: Route) -> None:
    answer = route.fetch()
    truth = answer.body()
    told = truth.replace(*LIES[path]) if path in LIES else bytes(byte ^ 1 for byte in truth)
    assert told != truth
    route.fulfill(response=answer, body=told)


def test_no_lie_of_the_server_passes(page: Page, served: World) -> None:
    """Each to a browser that has never seen the log: what the last lie left behind would be noticed by itself."""
    ballot = cast(served, "published")
    told = {}
    for path in (*LIES, "**/log/tile/0/**"):
        page.evaluate("localStorage.clear()")
        page.route(path, partial(lying, path))
        check(page, ballot.receipt)
        page.unroute(path)
        told[path] = headline(page)
    assert set(told.values()) == {"Something is not as it must be"}, told
    page.evaluate("localStorage.clear()")
    check(page, ballot.receipt)
    assert headline(page) == "Ballot found and counted"


def test_a_round_that_closes_before_its_ballot_has_not_counted_it(page: Page, served: World) -> None:
    """The server tells the closing of another, earlier round: a genuine entry, but not this round's."""
    ballot = cast(served, "published")
    other = served.server.client.get(f"/v1/trail/{served.ids['corrected']}").json()
    page.route(f"**/v1/trail/{served.ids['published']}**", lambda route: route.fulfill(json=other))
    check(page, ballot.by_position)
    assert headline(page) == "Something is not as it must be"


def test_without_a_network_it_says_so(page: Page, served: World) -> None:
    page.route("**/log/**", lambda route: route.abort())
    bring(page, cast(served, "published").by_position)
    page.locator("#headline", has_text="The log cannot be reached").wait_for()


def test_a_server_that_is_busy_has_contradicted_nothing(page: Page, served: World) -> None:
    page.route("**/log/tile/**", lambda route: route.fulfill(status=503))
    bring(page, cast(served, "published").by_position)
    page.locator("#headline", has_text="The log cannot be reached").wait_for()


def test_a_browser_that_can_not_verify_is_told_the_server_s_word(chromium: Browser, served: World) -> None:
    with window(chromium, served.address) as page:
        page.add_init_script("crypto.subtle.importKey = () => Promise.reject(new Error('NotSupported'))")
        page.goto("/en/check")
        bring(page, cast(served, "published").by_position)
        page.get_by_text("This is the server's own word").wait_for()
