"""Keyboard only: a resident proposes, a member of staff signs in and serves somebody, a voter votes. No mouse, no touch.

Whatever is pressed here was reached by Tab from where the page put the focus.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from api.election.people import assign
from application.accounts.one_time_codes import code_at
from application.accounts.roles import Role
from domain.paper import BallotForm, BallotType
from domain.round import Round
from tests.browser.chromium import forget, window
from tests.browser.counter import Counter
from tests.browser.hall import CITY, Hall
from tests.examples import CLERK, DISTRICT, EARLY, TERMS
from tests.residents import letters_in
from tests.signed_in import PASSWORD

MOST_TABS = 120
ADDRESS = "keys@mail.example"
HERE = "selector => document.activeElement !== null && document.activeElement.matches(selector)"


def reach(page: Page, selector: str) -> None:
    """Tab to it; it is there already where the page begins with it."""
    page.locator(selector).first.wait_for()
    for _ in range(MOST_TABS):
        if page.evaluate(HERE, selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not lead to {selector}")


def write(page: Page, selector: str, text: str) -> None:
    reach(page, selector)
    page.keyboard.type(text)


def press(page: Page, selector: str, key: str = "Enter") -> None:
    reach(page, selector)
    page.keyboard.press(key)


@pytest.fixture(scope="module")
def one_window(chromium: Browser, shared_hall: Hall) -> Iterator[Page]:
    with window(chromium, shared_hall.address) as page:
        yield page


@pytest.fixture
def page(one_window: Page, hall: Hall) -> Page:
    """Of somebody who was never here."""
    forget(one_window, hall.address)
    return one_window


def test_a_resident_proposes(page: Page, hall: Hall) -> None:
    round_ = Round.draft(uuid4(), TERMS, by=CLERK, at=EARLY)
    round_.open_intake(by=CLERK, at=EARLY)
    hall.engine.store.save(round_)
    hall.catch_up()
    page.goto("/en/my")
    write(page, "#address", ADDRESS)
    press(page, "#adult", "Space")
    press(page, "main .button.primary")
    page.locator("#answer").wait_for()
    code = re.search(r"\b[0-9]{6,}\b", letters_in(hall.engine.settings.home / "outbox")[-1].get_content())
    assert code
    write(page, "#answer", code[0])
    page.keyboard.press("Enter")
    press(page, "form[action$='/my/drafts'] .button")
    write(page, "#title", "Lamps in the park")
    write(page, "#description", "It is dark there.")
    press(page, "#languages-en", "Space")
    choose(page, "#unit", DISTRICT)
    choose(page, "#category", TERMS.categories[0])
    write(page, "#place", "Abai Park")
    write(page, "#estimate", "900000")
    press(page, "button[value=preview]")
    press(page, "form[action$='/hand-in'] .button")
    expect(page).to_have_url(re.compile(r"/my/proposals/"))
    expect(page.locator("h1")).to_have_text("Lamps in the park")


def choose(page: Page, selector: str, value: str) -> None:
    """Arrow down a list to the option that is wanted."""
    reach(page, selector)
    for _ in range(len(TERMS.units) + len(TERMS.categories)):
        if page.locator(selector).input_value() == value:
            return
        page.keyboard.press("ArrowDown")
    expect(page.locator(selector)).to_have_value(value)


def test_staff_sign_in_and_serve_somebody(page: Page, hall: Hall) -> None:
    opened = hall.open_round(BallotForm(BallotType.APPROVAL, 3))
    setup = hall.engine.account_setup
    token = setup.begin(
        hall.engine.accounts.invite("k.eys", "Сейткали Айгерім", [Role.DESK], [CITY.kato], by=None).code
    )
    secret = setup.pending(token).secret
    setup.finish(token, PASSWORD, code_at(secret, datetime.now(UTC)), device="")
    iin, _ = assign({CITY.kato: 1})[0]
    page.goto(f"/en/desk/{opened.round_id}")
    write(page, "#login", "k.eys")
    write(page, "#password", PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#code").wait_for()
    write(page, "#code", code_at(secret, datetime.now(UTC) + timedelta(seconds=30)))
    page.keyboard.press("Enter")
    page.locator("#stacks").wait_for()
    write(page, "#iin", iin)
    page.keyboard.press("Enter")
    press(page, "[data-does=serve] [type=submit]")
    expect(page.locator("#answer .title")).to_have_text("Marked as served")


def test_a_voter_votes_from_the_code_to_the_receipt(counter: Counter, hall: Hall) -> None:
    opened = hall.open_round(BallotForm(BallotType.APPROVAL, 3))
    kiosk = counter.kiosk()
    page = kiosk.page
    kiosk.begin(opened.slips[CITY.kato][0])
    kiosk.at("choose")
    press(page, "[data-project='4'] .mark", "Space")
    press(page, "[data-project='1'] .mark")
    press(page, "[data-action=review]")
    press(page, "[data-action=cast]")
    kiosk.at("recorded")
    expect(page.locator(".codes dd")).to_have_count(2)
    press(page, "[data-action=done]")
    kiosk.at("resting")
    assert [choices for _, choices in hall.ballots(opened.round_id)] == [["1", "4"]]
