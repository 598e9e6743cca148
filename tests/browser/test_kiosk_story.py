"""A voter's way through the kiosk with every form of ballot, on a real server: what was pressed is what stands in the log."""

from collections.abc import Iterator
from contextlib import closing

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from application.short_codes import ballot_code, parse_position_code
from domain.ballot import Ballot
from domain.ballot_form import Choices
from domain.paper import BallotForm, BallotType
from tests.browser.counter import Counter
from tests.browser.hall import CITY, Hall, open_hall

APPROVAL = BallotForm(BallotType.APPROVAL, 3)


@pytest.fixture(scope="module")
def hall(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with open_hall(cluster, tmp_path_factory.mktemp("hall")) as hall:
        yield hall


@pytest.fixture(scope="module")
def shared_counter(chromium: Browser, hall: Hall) -> Iterator[Counter]:
    with closing(Counter(chromium, hall)) as counter:
        yield counter


@pytest.fixture
def counter(shared_counter: Counter) -> Iterator[Counter]:
    yield shared_counter
    shared_counter.end_of_test()


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


def check_ballot(page: Page, address: str | None = None) -> None:
    """At home: the page that the slip's QR opens finds the ballot, and nothing that contradicts the log."""
    home = page.context.new_page()
    home.goto(address or page.locator("[data-address]").get_attribute("data-address") or "")
    home.locator("#headline", has_text="Ballot found").wait_for()
    expect(home.locator("#proof .no")).to_have_count(0)
    home.close()
