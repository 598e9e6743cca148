"""A day in the hall: the network away and back, impatient fingers, a second window, whoever walks away. One voter, one ballot.

And a voter's way with every form of ballot: what was pressed is what stands in the log, and what the slip leads to at home.
"""

import msgspec
import pytest
from playwright.sync_api import Page, expect

from application.codes import credential
from application.short_codes import ballot_code, parse_position_code
from domain.ballot import Ballot
from domain.ballot_form import Choices
from domain.paper import BallotForm, BallotType
from tests.application.residents.desk import jpeg
from tests.browser.counter import Counter
from tests.browser.hall import CITY, DISTRICT, TITLES, Hall, check_ballot
from tests.browser.screenshots import keep
from tests.dauys import eventually

APPROVAL = BallotForm(BallotType.APPROVAL, 3)
SLOW = {"offline": False, "latency": 200, "downloadThroughput": -1, "uploadThroughput": -1}
GIVES_UP_MILLISECONDS = 15_000
"""Asking the server for its rounds."""
FLOOD = 3
"""Votes of a day without a network, in a test."""
_KEPT_PHOTOS = """async () => {
  const [name] = (await caches.keys()).filter(name => name.startsWith("photos-"))
  const kept = name ? await (await caches.open(name)).keys() : []
  return kept.filter(({url}) => url.includes("/kiosk/photos/")).length
}"""
_LOOK_AT_ANOTHER = """() => new Promise(resolve => {
  const image = new Image()
  image.onload = image.onerror = event => resolve(event.type)
  image.src = "/kiosk/photos/" + "0".repeat(64)
})"""
_GO_BACK = """() => new Promise(resolve => {
  addEventListener("popstate", () => setTimeout(resolve), {once: true})
  history.back()
})"""
_ARE_DRAWN = """count => {
  const images = [...document.querySelectorAll(".picture img")]
  return images.length === count && images.every(each => each.complete && each.naturalWidth > 0)
}"""


def waiting(page: Page) -> int:
    """Deliveries on the device's disk."""
    count: int = page.evaluate(
        """() => new Promise(resolve => {
          const open = indexedDB.open("dauys-kiosk")
          open.onsuccess = () => {
            const count = open.result.transaction("spool").objectStore("spool").count()
            count.onsuccess = () => { open.result.close(); resolve(count.result) }
          }
        })"""
    )
    return count


def test_a_day_without_network_is_kept_and_then_sent_each_vote_once(counter: Counter, hall: Hall) -> None:
    opened = hall.open_round(APPROVAL, voters=FLOOD)
    codes = opened.slips[CITY.kato]
    kiosk = counter.kiosk()
    page = kiosk.page
    hall.stop()
    kiosk.open()  # from the service worker: there is nobody else to ask
    for number, code in enumerate(codes):
        kiosk.vote(code, str(number % 5 + 1))
        kiosk.at("kept")
        assert TITLES[number % 5] not in page.locator("main").inner_text()
        kiosk.done()
    kiosk.open()
    assert waiting(page) == FLOOD
    kiosk.begin(codes[0])
    kiosk.at("refused")
    hall.start()
    eventually("every vote is sent", lambda: waiting(page) == 0)
    ballots = hall.ballots(opened.round_id)
    assert len({credential for credential, _ in ballots}) == len(ballots) == FLOOD
    assert [choices for _, choices in ballots] == [[str(number % 5 + 1)] for number in range(FLOOD)]


def test_photos_are_there_without_the_network_and_nobody_is_told_which_is_looked_at(
    counter: Counter, hall: Hall
) -> None:
    opened = hall.open_round(APPROVAL, photos={"1": jpeg(40), "3": jpeg(200)})
    codes = opened.slips[CITY.kato]
    kiosk = counter.kiosk()
    page = kiosk.page
    eventually("both photos are kept", lambda: page.evaluate(_KEPT_PHOTOS) == 2)
    hall.stop()
    kiosk.open()
    kiosk.begin(codes[0])
    kiosk.choose("1", "2")
    pictures = page.locator(".picture")
    expect(pictures).to_have_count(len(TITLES))
    page.wait_for_function(_ARE_DRAWN, arg=2)
    keep(page, "kiosk-choose-photos")
    kiosk.review()
    page.wait_for_function(_ARE_DRAWN, arg=1)
    kiosk.cast()
    kiosk.at("kept")
    kiosk.done()
    hall.start()
    kiosk.vote(codes[1], "1")
    kiosk.at("recorded")
    assert page.evaluate(_LOOK_AT_ANOTHER) == "error"  # what is not kept is not asked for
    assert "image" not in {shown_as for path, shown_as in hall.gate.asked if "/photos" in path}


def test_a_kiosk_that_starts_offers_no_paper_of_a_round_that_was_closed_while_it_was_off(
    counter: Counter, hall: Hall
) -> None:
    """Where each request takes its time. The round before was closed early: by what the kiosk has kept, it still takes voters."""
    hall.open_round(APPROVAL)
    kiosk = counter.kiosk()
    kiosk.page.goto("about:blank")
    opened = hall.open_round(APPROVAL)
    network = kiosk.page.context.new_cdp_session(kiosk.page)
    network.send("Network.emulateNetworkConditions", SLOW)
    kiosk.open()
    kiosk.vote(opened.slips[CITY.kato][0], "1")
    kiosk.at("recorded")
    network.detach()
    assert [choices for _, choices in hall.ballots(opened.round_id)] == [["1"]]


def test_a_kiosk_starts_with_what_it_has_kept_when_the_server_says_nothing(
    counter: Counter, hall: Hall
) -> None:
    """Long before it gives up asking."""
    opened = hall.open_round(APPROVAL)
    kiosk = counter.kiosk()
    asked: list[str] = []
    kiosk.page.route("**/v1/rounds", lambda route: asked.append(route.request.url))
    kiosk.open()
    kiosk.page.locator("[data-action=start]").wait_for(timeout=GIVES_UP_MILLISECONDS - 5_000)
    kiosk.vote(opened.slips[CITY.kato][0], "1")
    kiosk.at("recorded")
    kiosk.page.unroute("**/v1/rounds")
    assert len(asked) == 1


def test_what_waits_on_the_device_cannot_be_read_there(counter: Counter, hall: Hall) -> None:
    opened = hall.open_round(APPROVAL)
    code = opened.slips[CITY.kato][0]
    kiosk = counter.kiosk()
    page = kiosk.page
    hall.stop()
    kiosk.vote(code, "1")
    kiosk.at("kept")
    kept: str = page.evaluate(
        """() => new Promise(resolve => {
          const open = indexedDB.open("dauys-kiosk")
          open.onsuccess = () => {
            const all = open.result.transaction("spool").objectStore("spool").getAll()
            all.onsuccess = () => { open.result.close(); resolve(all.result.map(record => JSON.stringify(
              {...record, sealed: String.fromCharCode(...record.sealed)})).join()) }
          }
        })"""
    )
    assert str(opened.round_id) not in kept
    assert "eyJ" not in kept  # how every header and payload of a JWS begins
    hall.start()
    eventually("it is sent", lambda: waiting(page) == 0)


def test_a_voter_who_taps_twice_votes_once(counter: Counter, hall: Hall) -> None:
    opened = hall.open_round(APPROVAL)
    kiosk = counter.kiosk()
    page = kiosk.page
    kiosk.begin(opened.slips[CITY.kato][0])
    kiosk.choose("1")
    kiosk.review()
    page.locator("[data-action=cast]").evaluate(
        "button => { button.click(); button.click(); button.click() }"
    )
    kiosk.at("recorded")
    assert waiting(page) == 0
    assert len(hall.ballots(opened.round_id)) == 1


def test_a_late_answer_is_not_shown_to_the_next_voter(counter: Counter, hall: Hall) -> None:
    opened = hall.open_round(APPROVAL)
    first, second = opened.slips[CITY.kato][:2]
    kiosk = counter.kiosk()
    page = kiosk.page
    hall.gate.hold = "before"
    kiosk.vote(first, "1")
    kiosk.at("kept")
    kiosk.done()
    kiosk.vote(second, "2")
    hall.gate.hold = ""
    kiosk.at("recorded")
    own = Ballot.create_id(opened.round_id, credential(second, opened.round_id))
    expect(page.locator(".codes dd").last).to_have_text(ballot_code(own))
    position = parse_position_code(page.locator(".codes dd").first.inner_text())
    assert position
    (entry,) = hall.engine.log.entries(position - 1, position)
    assert entry.originator_id == own


@pytest.mark.parametrize("gone", ["review", "recorded"])
def test_back_and_reload_never_show_the_voter_before(counter: Counter, hall: Hall, gone: str) -> None:
    opened = hall.open_round(APPROVAL)
    kiosk = counter.kiosk()
    page = kiosk.page
    kiosk.begin(opened.slips[CITY.kato][0])
    kiosk.choose("1")
    kiosk.review()
    if gone == "recorded":
        kiosk.cast()
        kiosk.at("recorded")
    page.evaluate(_GO_BACK)
    assert kiosk.screen == gone  # «back» is no way anywhere
    page.reload()
    kiosk.at("resting")
    expect(page.locator("main")).not_to_contain_text(TITLES[0])
    assert len(hall.ballots(opened.round_id)) == (gone == "recorded")


def test_a_second_window_waits_until_the_first_is_closed(counter: Counter, hall: Hall) -> None:
    hall.open_round(APPROVAL)
    kiosk = counter.kiosk()
    first = kiosk.page
    kiosk.page = first.context.new_page()
    kiosk.open().at("elsewhere")
    expect(first.locator("[data-screen]")).to_have_attribute("data-screen", "resting")
    first.close()
    kiosk.at("resting")


def test_who_walks_away_is_asked_and_then_forgotten(clocked_counter: Counter, hall: Hall) -> None:
    opened = hall.open_round(APPROVAL)
    kiosk = clocked_counter.kiosk()
    page = kiosk.page
    kiosk.begin(opened.slips[CITY.kato][0])
    kiosk.choose("1")
    page.clock.fast_forward(301_000)
    page.get_by_role("alertdialog").wait_for()
    page.get_by_role("alertdialog").get_by_role("button").click()
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    page.clock.fast_forward(299_000)
    assert kiosk.screen == "choose"
    page.clock.run_for(50_000)  # second by second, as the warning counts
    kiosk.at("resting")
    kiosk.begin(opened.slips[CITY.kato][0])
    kiosk.at("choose")
    expect(page.locator(".project.chosen")).to_have_count(0)


def test_a_receipt_is_cleared_by_itself(clocked_counter: Counter, hall: Hall) -> None:
    opened = hall.open_round(APPROVAL)
    kiosk = clocked_counter.kiosk()
    page = kiosk.page
    kiosk.vote(opened.slips[CITY.kato][0], "1")
    kiosk.at("recorded")
    page.clock.fast_forward(31_000)
    kiosk.at("resting")


def test_a_vote_for_another_unit_is_refused_in_words_and_may_be_cast_again(
    counter: Counter, hall: Hall
) -> None:
    """The kiosk does not know where a voter is registered: who says the wrong place is told by the server, and begins again."""
    opened = hall.open_round(APPROVAL, units=(CITY, DISTRICT))
    code = opened.slips[CITY.kato][0]
    kiosk = counter.kiosk()
    page = kiosk.page
    for unit, project, end in ((DISTRICT, "3", "refused"), (CITY, "1", "recorded")):
        kiosk.begin(code)
        page.locator(f"[data-unit='{unit.kato}']").click()
        kiosk.choose(project)
        kiosk.review()
        kiosk.cast()
        kiosk.at(end)
        kiosk.done()
    assert [choices for _, choices in hall.ballots(opened.round_id)] == [["1"]]


def test_a_mistyped_code_never_leaves_the_device(counter: Counter, hall: Hall) -> None:
    opened = hall.open_round(APPROVAL)
    code = opened.slips[CITY.kato][0]
    kiosk = counter.kiosk()
    page = kiosk.page
    kiosk.begin(code[:-1] + ("0" if code[-1] != "0" else "1"))
    page.locator("#code-fault:not(:empty)").wait_for()
    assert kiosk.screen == "code"
    assert waiting(page) == 0


def test_voters_are_no_longer_taken_when_voting_has_closed(counter: Counter, hall: Hall) -> None:
    opened = hall.open_round(APPROVAL)
    kiosk = counter.kiosk()
    page = kiosk.page
    kiosk.begin(opened.slips[CITY.kato][0])
    kiosk.choose("1")
    hall.close_round(opened.round_id)
    kiosk.review()
    kiosk.cast()
    kiosk.at("refused")
    kiosk.done()
    kiosk.open()
    page.locator("[data-action=start]").wait_for(state="detached")


# A voter's way, and home


FORMS = [
    pytest.param(APPROVAL, ["4", "1"], ["1", "4"], id="approval"),
    pytest.param(BallotForm(BallotType.CHOOSE_ONE, 1), ["4", "2"], ["2"], id="choose_one"),
    pytest.param(BallotForm(BallotType.RANKED, 3), ["4", "1", "2"], ["4", "1", "2"], id="ranked"),
    pytest.param(
        BallotForm(BallotType.CUMULATIVE, 2, max_points=4),
        ["4", "1", "4", "4"],
        {"1": 1, "4": 3},
        id="points",
    ),
]


@pytest.mark.parametrize(("form", "pressed", "recorded"), FORMS)
def test_what_was_pressed_is_recorded_and_the_slip_leads_to_it(
    counter: Counter, hall: Hall, form: BallotForm, pressed: list[str], recorded: Choices
) -> None:
    """At home it is looked for here in the one form that is not in the story: it tells of the three others."""
    opened = hall.open_round(form)
    kiosk = counter.kiosk()
    kiosk.vote(opened.slips[CITY.kato][0], *pressed)
    kiosk.at("recorded")
    position_code, code = kiosk.page.locator(".codes dd").all_inner_texts()
    position = parse_position_code(position_code)
    assert position
    (entry,) = hall.engine.log.entries(position - 1, position)
    assert entry.topic == Ballot.Created.TOPIC
    assert code == ballot_code(entry.originator_id)
    assert msgspec.json.decode(entry.state)["choices"] == recorded
    if form.type is BallotType.CHOOSE_ONE:
        check_ballot(kiosk.page)
    kiosk.done()


def test_a_slip_printed_without_a_network_leads_to_the_ballot_later(counter: Counter, hall: Hall) -> None:
    opened = hall.open_round(APPROVAL)
    kiosk = counter.kiosk()
    hall.gate.hold = "before"
    kiosk.vote(opened.slips[CITY.kato][0], "1")
    kiosk.at("kept")
    address = kiosk.page.locator("[data-address]").get_attribute("data-address")
    hall.gate.hold = ""
    kiosk.at("recorded")  # whoever is still there is told
    check_ballot(kiosk.page, address)
