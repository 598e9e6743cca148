"""The check-in desk in a browser: whom it is told of, one slip for each person, and what it says when something is cut off."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from application.accounts.roles import Role
from application.desk.serving import AlreadyServed
from tests.browser.check_in import CheckIn, Desk
from tests.browser.chromium import viewport_of
from tests.browser.looking import barriers, outside_the_window, pale, small_targets, walked
from tests.browser.screens import PHONE
from tests.examples import CITY, DISTRICT
from tests.people import iin
from tests.signed_in import account, browser, with_session


@pytest.fixture(scope="module")
def check_in(site: CheckIn) -> CheckIn:
    """The round that the site began with; each test serves people of its own in it."""
    return site


@pytest.fixture
def desk(check_in: CheckIn, machine: Page) -> Iterator[Desk]:
    with check_in.desk(machine) as desk:
        yield desk


def served(check_in: CheckIn) -> int:
    return sum(check_in.engine.registrar.status(check_in.round_id).handed_out.values())


def test_a_person_is_found_served_and_then_known_as_served_wherever_that_was(
    desk: Desk, check_in: CheckIn
) -> None:
    assert desk.look_up(0) == "On the roll, no slip yet"
    assert desk.serve() == "Marked as served"
    expect(desk.page.locator("#answer")).to_contain_text("from the pile, without choosing: Алматы")
    assert desk.look_up(0) == "Has had a slip"
    desk.look_up(6)
    check_in.engine.serving.serve(check_in.round_id, iin(6), by="another")
    assert desk.serve() == "Has had a slip"


NO_SLIP = {
    iin(99): "Not on this round's roll",
    "120101500016": "Under age on the voting day",
    iin(20): "Votes in another unit",
    "990101100011": "Invalid IIN",
}
"""What is said of whom at a desk of the city."""


def test_the_desk_is_told_why_somebody_gets_no_slip_and_the_number_is_gone_from_the_page(
    check_in: CheckIn, machine: Page
) -> None:
    with check_in.desk(machine, CITY) as desk:
        for digits, said in NO_SLIP.items():
            assert desk.look_up_digits(digits) == said
            expect(desk.page.locator("[data-does=serve]")).to_have_count(0)
            named = desk.page.locator("#answer").get_by_text("Алмалы ауданы")
            expect(named).to_have_count(int(said == "Votes in another unit"))
            assert_gone(desk, digits)
        desk.look_up_digits(iin(1))
        assert_gone(desk, iin(1))
        assert not [url for url, _, _ in desk.sent if re.search(r"\d{12}", url)]


def assert_gone(desk: Desk, digits: str) -> None:
    expect(desk.page.locator("#iin")).to_have_value("")
    expect(desk.page.locator("#iin")).to_have_attribute("autocomplete", "off")
    assert digits not in desk.page.content()


def test_without_scripts_the_same_is_done_page_by_page(check_in: CheckIn, chromium: Browser) -> None:
    with chromium.new_context(base_url=check_in.address, java_script_enabled=False) as plain:
        check_in.sign_in(plain)
        page = plain.new_page()
        page.goto(f"/en/desk/{check_in.round_id}")
        page.locator("#iin").fill(iin(2))
        page.locator("#find [type=submit]").click()
        assert iin(2) not in page.content()
        page.get_by_role("button", name="Mark as served and hand over a slip").click()
        expect(page.locator("main")).to_contain_text("Take one slip")
        page.get_by_role("link", name="Next person").click()
        page.locator("#iin").fill("99")
        page.locator("#find [type=submit]").click()
        expect(page.locator("main")).to_contain_text("Invalid IIN")
        expect(page.locator("#iin")).to_have_value("")
        page.locator("#iin").fill(iin(2))
        page.locator("#find [type=submit]").click()
        page.get_by_label("Lost after it was handed over").check()
        page.get_by_role("button", name="Ask a second person for a slip").click()
        expect(page.locator("main")).to_contain_text("A second person has been asked.")


# What is cut off


def lose_answer(desk: Desk, path: str, *, before: bool) -> None:
    """The next request to `path` does not come to the server, or its answer does not come back."""

    def lose(route: Route) -> None:
        if not before:
            route.fetch()
        route.abort("connectionreset")

    desk.page.route(f"**{path}", lose, times=1)


def test_an_answer_that_is_lost_is_found_out_by_looking_again(desk: Desk, check_in: CheckIn) -> None:
    """To a look, which records nothing; to serving, before the server has it and after."""
    lose_answer(desk, "/find", before=True)
    assert desk.look_up(5) == "No answer"
    assert desk.look_up(5) == "On the roll, no slip yet"
    find_out_whether_served(desk, check_in, 3, before=True)
    find_out_whether_served(desk, check_in, 4, before=False)


def find_out_whether_served(desk: Desk, check_in: CheckIn, person: int, *, before: bool) -> None:
    """Told that nothing is known and nothing to be handed out; looking again tells what to do, and there is one slip at most."""
    desk.look_up(person)
    lose_answer(desk, "/serve", before=before)
    assert desk.serve() == "No answer: it is not known whether the person was marked"
    expect(desk.page.locator("#answer")).to_contain_text("Hand out nothing yet")
    if before:
        assert desk.look_up(person) == "On the roll, no slip yet"
        assert desk.serve() == "Marked as served"
    else:
        assert desk.look_up(person) == "Has had a slip"
        expect(desk.page.get_by_label("Never handed over")).to_be_visible()
    with pytest.raises(AlreadyServed):
        check_in.engine.serving.serve(check_in.round_id, iin(person), by="another")


def test_two_desks_that_press_at_once_hand_out_one_slip(
    desk: Desk, check_in: CheckIn, next_machine: Page
) -> None:
    """Two windows of two desks, both before the same person; the presses meet at the server."""
    before = served(check_in)
    with check_in.desk(next_machine) as other:
        for each in (desk, other):
            each.look_up(7)
        asked: list[dict[str, Any]] = [
            each.page.evaluate(
                "() => { const form = document.querySelector('[data-does=serve]');"
                " return {url: form.action, data: Object.fromEntries(new FormData(form))} }"
            )
            for each in (desk, other)
        ]
        with ThreadPoolExecutor(2) as pressing:
            answers = list(pressing.map(_post, asked, [_cookies(desk), _cookies(other)]))
    assert sorted(answers) == [200, 409]
    assert served(check_in) == before + 1


def _cookies(desk: Desk) -> dict[str, str]:
    return {each["name"]: each["value"] for each in desk.page.context.cookies()}


def _post(asked: dict[str, Any], cookies: dict[str, str]) -> int:
    headers = {
        "accept": "application/json",
        "sec-fetch-site": "same-origin",
        "cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
    }
    return httpx.post(asked["url"], data=asked["data"], headers=headers, trust_env=False).status_code


# Second slips


def test_a_lost_slip_is_replaced_by_two_people_at_two_desks(
    check_in: CheckIn, machine: Page, next_machine: Page
) -> None:
    before = served(check_in)
    with (
        check_in.desk(machine, login="first.desk") as desk,
        check_in.desk(next_machine, login="second.desk") as second,
    ):
        desk.look_up(8)
        desk.serve()
        desk.look_up(8)
        desk.page.get_by_label("Lost after it was handed over").check()
        desk.page.get_by_role("button", name="Ask a second person for a slip").click()
        desk.page.get_by_text("A second person has been asked").wait_for()

        desk.page.goto(f"/en/desk/{check_in.round_id}/second-slips")
        own = desk.page.locator("article", has_text="first.desk")
        expect(own.get_by_role("button", name="Grant a second slip")).to_have_count(0)
        second.page.goto(f"/en/desk/{check_in.round_id}/second-slips")
        card = second.page.locator("article", has_text="first.desk")
        assert "Алматы" in card.inner_text()
        card.get_by_role("button", name="Grant a second slip").click()
        expect(second.page.locator("main")).to_contain_text("Granted.")

        desk.open()
        desk.page.locator("#due").get_by_role("button", name="Hand over now").click()
        assert desk.answer() == "Marked as served"
        expect(desk.page.locator("#due li")).to_have_count(0)
        desk.press("refresh")
        desk.page.locator("#due").wait_for(state="hidden")
    assert served(check_in) == before + 2


def test_a_granted_slip_whose_answer_was_lost_is_not_drawn_twice(
    check_in: CheckIn, machine: Page, next_machine: Page
) -> None:
    with (
        check_in.desk(machine, login="third.desk") as desk,
        check_in.desk(next_machine, login="fourth.desk") as second,
    ):
        for _ in range(2):
            desk.look_up(9)
            if desk.page.locator("[data-does=serve]").count():
                desk.serve()
        desk.page.get_by_label("Never handed over").check()
        desk.page.get_by_role("button", name="Ask a second person for a slip").click()
        desk.page.get_by_text("A second person has been asked").wait_for()
        second.page.goto(f"/en/desk/{check_in.round_id}/second-slips")
        second.page.locator("article", has_text="third.desk").get_by_role("button", name="Grant").click()
        desk.press("refresh")
        hand_over = desk.page.locator("#due").get_by_role("button", name="Hand over now")
        hand_over.wait_for()
        lose_answer(desk, "/due/*", before=False)
        hand_over.click()
        desk.page.get_by_text("it is not known whether the slip is still due").wait_for()
        desk.page.locator("#due").get_by_role("button", name="Hand over now").click()
        desk.page.get_by_text("This slip is not due any more").wait_for()


# The day


def test_a_desk_takes_over_signs_and_prints_its_day(check_in: CheckIn, machine: Page) -> None:
    with check_in.desk(machine, login="day.desk") as desk:
        page = desk.page
        page.goto(f"/en/desk/{check_in.round_id}/days")
        page.locator("#pile-unit").select_option(DISTRICT)
        page.locator("#slips").fill("4")
        page.get_by_role("button", name="Take over").click()
        desk.open()
        desk.look_up(22)
        desk.serve()
        page.goto(f"/en/desk/{check_in.round_id}/days")
        page.locator("#unused").fill("2")
        page.get_by_role("button", name="Sign", exact=True).click()
        expect(page.locator(".errors")).to_contain_text("1 slip is missing.")
        expect(page.locator("#unused")).to_have_value("2")
        page.locator("#spoiled").fill("1")
        page.get_by_role("button", name="Sign", exact=True).click()
        line = page.locator("tr", has_text="day.desk").inner_text().split()
        assert line[:2] == ["day.desk", "Алмалы"]
        assert line[3:10] == ["1", "0", "4", "1", "1", "2", "0"]
        page.emulate_media(media="print")
        expect(page.locator(".signature")).to_be_visible()
        expect(page.get_by_role("button", name="Sign", exact=True)).not_to_be_visible()


def test_the_office_and_auditors_read_the_report_and_sign_nothing(check_in: CheckIn) -> None:
    """Over HTTP, as what they are sent is all there is: where a desk finds the form, they find none."""
    take_over = f'action="/en/desk/{check_in.round_id}/piles"'
    read = {}
    for role in (Role.DESK, Role.OFFICE, Role.AUDITOR):
        with browser(urlsplit(check_in.address).port or 0) as client:
            with_session(client, account(check_in.engine, role, units=(CITY, DISTRICT)))
            answer = client.get(f"/en/desk/{check_in.round_id}/days")
        read[role] = (answer.status_code, take_over in answer.text)
    assert read == {Role.DESK: (200, True), Role.OFFICE: (200, False), Role.AUDITOR: (200, False)}


# For everybody


# One below the other, each with ids of its own.
_SHOW_EVERY_ANSWER = """() => [...document.querySelectorAll("template[id^=answer-]")].map(each => {
    const place = document.getElementById("answer"), one = each.content.cloneNode(true);
    for (const name of ["id", "for", "aria-describedby"]) {
        for (const it of one.querySelectorAll(`[${name}]`)) it.setAttribute(name, `${each.id}-${it.getAttribute(name)}`);
    }
    place.append(one);
    place.hidden = false;
    return each.id;
})"""


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_answer_can_be_read_and_reached_by_everybody(
    check_in: CheckIn, machine: Page, language: str
) -> None:
    """Every kind of answer in the answer's place at once, with the codes' panel open, in both schemes and on a phone."""
    with check_in.desk(machine, language=language) as desk:
        desk.load(DISTRICT, *{"kk": (1, 2), "ru": (3, 4), "en": (5, 6)}[language])
        shown = machine.evaluate(_SHOW_EVERY_ANSWER)
        assert len(shown) == 16
        assert not barriers(machine)
        machine.emulate_media(color_scheme="dark")
        assert not pale(machine)
        machine.set_viewport_size(viewport_of(PHONE))
        assert not barriers(machine)
        assert not small_targets(machine)
        assert not outside_the_window(machine)


def test_a_whole_turn_needs_no_mouse(desk: Desk) -> None:
    desk.page.locator("#iin").focus()
    desk.page.keyboard.type(iin(10))
    desk.page.keyboard.press("Enter")
    desk.page.locator("#answer [data-does=serve]").wait_for()
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.press("Enter")
    desk.page.locator("#answer [data-does=next]").wait_for()
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#iin")).to_be_focused()
    assert walked(desk.page) == {"missed": [], "unseen": []}
