"""One round from a resident's first words to the receipt checked at home, by eight people at browsers and a kiosk in the hall.

Only what stays at the machine (the roll's list, the slips, the worker) is done without a screen, and what many do alike.
The other forms of ballot take over where the voter steps to the kiosk: before that, a form is a word in the round's terms.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from api.election.people import assign, roll_list
from api.election.staff import CLERK, HEAD
from api.web.access import COOKIE
from application.accounts.roles import Role
from application.codes import credential_key
from application.kiosk.client import Kiosk as Device
from application.kiosk.identity import enrol
from application.kiosk.signing import sign_ballot
from application.slips import SlipOrder, codes_of, make_slips
from domain.ballot_form import Choices
from domain.conclusion import Channel, ChannelKind
from domain.paper import BallotForm, BallotType
from domain.proposal import Sketch
from domain.times import KAZAKHSTAN
from tests.browser.chromium import forget, viewport_of, window
from tests.browser.counter import Counter
from tests.browser.hall import PIN, TITLES, Hall, Kiosk, check_ballot, open_hall
from tests.browser.screens import KIOSK, PHONE
from tests.residents import letters_in
from tests.signed_in import account

KATO = "990800000"
PEOPLE, AT_THE_DESK = 12, 0
ADDRESS = "aigul@mail.example"
FIRST, SECOND = "Шамдар: Абай саябағы", "Орындықтар: кітапхана алды"
ASKED = "Нақты қай жолға? Санын азайтыңыз."
CHOSEN = ["1"]
FORMS = [
    pytest.param(BallotForm(BallotType.RANKED, 2), ["1", "2"], ["1", "2"], ["1"], id="ranked"),
    pytest.param(
        BallotForm(BallotType.CUMULATIVE, 2, max_points=4),
        ["1", "1", "2"],
        {"1": 2, "2": 1},
        {"1": 4},
        id="points",
    ),
]
"""The ballot; what the voter at the kiosk presses, and what that is; what the others choose."""


@pytest.fixture
def own_hall(cluster: str, tmp_path: Path) -> Iterator[Hall]:
    with open_hall(cluster, tmp_path) as hall:
        yield hall


class Office:
    """One browser at which staff sit down by turns, each with an account of their own."""

    def __init__(self, page: Page, hall: Hall) -> None:
        self._page = page
        self._hall = hall
        self._sessions: dict[Role, str] = {}

    def at(self, role: Role) -> Page:
        if role not in self._sessions:
            self._sessions[role] = account(self._hall.engine, role, units=(KATO,)).token
        https = self._hall.address.replace("http:", "https:")
        self._page.context.add_cookies(
            [{"name": COOKIE, "value": self._sessions[role], "url": https, "secure": True}]
        )
        return self._page


def local(hours: float) -> str:
    """So many hours from now, as a browser's field has it."""
    return f"{datetime.now(UTC).astimezone(KAZAKHSTAN) + timedelta(hours=hours):%Y-%m-%dT%H:%M}"


def go_on(page: Page) -> None:
    """The one thing to do on a page."""
    page.locator("main form:not(details form) .button:is(.primary, .danger)").last.click()


def draft_round(office: Office) -> UUID:
    clerk = office.at(Role.OFFICE)
    clerk.goto("/en/office/rounds/new")
    for name, value in {
        "title": "Budget of the township",
        "voting_opens": local(-1),
        "voting_closes": local(24),
        "max_choices": "2",
        "kato-0": KATO,
        "unit_name-0": "Қайыңды",
        "envelope-0": "3 000 000",
    }.items():
        clerk.locator(f"#{name}").fill(value)
    clerk.locator("#ballot").select_option(BallotType.APPROVAL)
    go_on(clerk)
    go_on(clerk)
    expect(clerk).to_have_url(re.compile(r"/office/rounds/[0-9a-f-]{36}$"))
    return UUID(clerk.url.rpartition("/")[2])


def step(office: Office, round_id: UUID, name: str, reason: str = "") -> None:
    clerk = office.at(Role.OFFICE)
    clerk.goto(f"/en/office/rounds/{round_id}/steps/{name}")
    if reason:
        clerk.locator("#reason").fill(reason)
    go_on(clerk)


def approve(hall: Hall, office: Office, act: str) -> None:
    hall.catch_up()
    head = office.at(Role.OFFICE_APPROVER)
    head.goto("/en/office/approvals")
    head.get_by_role("link", name=act).first.click()
    head.get_by_role("button", name="Approve, and do it now").click()


def sign_in(hall: Hall, resident: Page) -> None:
    resident.goto("/en/my")
    resident.locator("#address").fill(ADDRESS)
    resident.locator("#adult").check()
    go_on(resident)
    letter = letters_in(hall.engine.settings.home / "outbox")[-1]
    code = re.search(r"\b[0-9]{8}\b", letter.get_content())
    assert code
    resident.locator("#answer").fill(code[0])
    go_on(resident)
    expect(resident).to_have_url(re.compile("/en/my$"))


def propose(hall: Hall, resident: Page, round_id: UUID, title: str) -> UUID:
    hall.catch_up()
    resident.goto("/en/my")
    resident.locator(f"form[action$='/my/drafts']:has([value='{round_id}']) .button").click()
    resident.locator("#title").fill(title)
    resident.locator("#description").fill("Кешке саябақ қараңғы. Отыз шам керек.")
    resident.locator("#languages-kk").check()
    resident.locator("#unit").select_option(KATO)
    resident.locator("#place").fill("Абай көшесі")
    resident.locator("#estimate").fill("1 000 000")
    hand_in(resident)
    return UUID(resident.url.rpartition("/")[2])


def propose_likewise(hall: Hall, round_id: UUID, title: str) -> UUID:
    """Another resident."""
    sketch = Sketch(title, "Кітапхана алдында отыратын жер жоқ.", KATO, 100_000_000, "")
    return hall.engine.proposals.submit(round_id, "resident-2", sketch)


def hand_in(resident: Page) -> None:
    resident.locator("button[value=preview]").click()
    resident.locator("form[action$='/hand-in'] .button").click()
    expect(resident).to_have_url(re.compile(r"/my/proposals/"))


def ask_to_revise(office: Office, proposal_id: UUID) -> None:
    expert = office.at(Role.EXPERT)
    expert.goto(f"/en/expert/proposals/{proposal_id}/return")
    expert.locator("#reason").fill(ASKED)
    go_on(expert)
    go_on(expert)


def revise(resident: Page, proposal_id: UUID) -> None:
    resident.goto(f"/en/my/proposals/{proposal_id}")
    expect(resident.get_by_text(ASKED).first).to_be_visible()
    resident.locator("form[action$='/revise'] .button").click()
    resident.locator("#description").fill("Орталық жолға жиырма төрт шам керек.")
    hand_in(resident)


def admit(hall: Hall, office: Office, proposal_id: UUID, number: str) -> None:
    hall.catch_up()
    expert = office.at(Role.EXPERT)
    expert.goto(f"/en/expert/proposals/{proposal_id}/admit")
    for box in expert.locator("input[name=criteria]").all():
        box.check()
    expert.locator("#project").fill(number)
    expert.locator("#cost").fill("900 000")
    if not expert.locator("#minutes option").count():
        minutes: Any = {
            "name": "minutes.txt",
            "mimeType": "text/plain",
            "buffer": b"Minutes of the council\n",
        }
        expert.locator("#file").set_input_files(minutes)
    else:
        expert.locator("#minutes").select_option(index=1)
    go_on(expert)
    go_on(expert)


def prepare_slips(hall: Hall, round_id: UUID, folder: Path) -> tuple[list[str], list[str]]:
    """At the machine: the roll is sealed, the slips are made and their credentials registered; people and codes."""
    people = assign({KATO: PEOPLE})
    registrar = hall.engine.registrar
    assert registrar.import_roll(round_id, roll_list(people)).bad_lines == 0
    registrar.seal_roll(round_id, by="registrar")
    *_, public = make_slips(SlipOrder(round_id, KATO, PEOPLE, 0, "Budget", "Қайыңды"), folder)
    with public.open("rb") as lines:
        registrar.register_credentials(round_id, lines, by="registrar")
    return [iin for iin, _ in people], codes_of(folder / f"slips-{KATO}.csv")


def serve(hall: Hall, office: Office, round_id: UUID, people: list[str]) -> None:
    """The first at the desk's screen, the others likewise without it."""
    desk = office.at(Role.DESK)
    desk.goto(f"/en/desk/{round_id}")
    desk.locator("#stacks").wait_for()
    desk.locator("#iin").fill(people[AT_THE_DESK])
    desk.locator("#iin").press("Enter")
    desk.locator("[data-does=serve] [type=submit]").click()
    expect(desk.locator("#answer .title")).to_have_text("Marked as served")
    for iin in people[1:]:
        hall.engine.serving.serve(round_id, iin, by="desk")


def invite(hall: Hall, office: Office) -> str:
    operator = office.at(Role.OPERATOR)
    operator.goto("/en/office/kiosks")
    operator.get_by_label("Label on the device").fill("Hall 1")
    operator.get_by_label("Place", exact=True).fill("Community centre")
    operator.get_by_label("Unit (KATO)").select_option(KATO)
    operator.get_by_label("Reason").fill("The hall needs one.")
    operator.get_by_role("button", name="Ask a second person").click()
    approve(hall, office, "Invite a kiosk")
    return office.at(Role.OFFICE_APPROVER).locator("output").inner_text()


def set_up(kiosk: Kiosk, code: str) -> None:
    kiosk.open()
    for field, value in {"enrolment-code": code, "pin": PIN, "pin-again": PIN}.items():
        kiosk.page.locator(f"#{field}").fill(value)
    kiosk.page.locator("[type=submit]").click()
    kiosk.at("resting")


def vote_here(kiosk: Kiosk, code: str, pressed: list[str]) -> str | None:
    """The address on the voter's receipt."""
    kiosk.vote(code, *pressed)
    kiosk.at("recorded")
    receipt = kiosk.page.locator("[data-address]").get_attribute("data-address")
    kiosk.done()
    return receipt


def vote_elsewhere(hall: Hall, round_id: UUID, codes: list[str], choices: Choices, folder: Path) -> None:
    """Ten more people, at a kiosk of another make."""
    enrol(folder, hall.address, hall.engine.kiosks.invite("Hall 2", "School", by="operator").code)
    ballots = [
        sign_ballot(credential_key(code, round_id), round_id, choices, token_bytes(16)) for code in codes
    ]
    with Device(folder) as device:
        device.deliver(ballots)


def conclude_and_publish(hall: Hall, office: Office, round_id: UUID) -> None:
    address = f"/en/office/rounds/{round_id}/conclusion"
    hall.catch_up()
    clerk = office.at(Role.OFFICE)
    clerk.goto(address)
    clerk.get_by_role("button", name="Compute it now").click()
    clerk.locator("#reason").fill("All ballots are counted.")
    clerk.get_by_role("button", name="Ask a second person").click()
    approve(hall, office, "Approve the conclusion")
    hall.catch_up()
    clerk = office.at(Role.OFFICE)
    clerk.goto(address)
    for field, value in {
        "site": "https://akimat.example/budget",
        "site_when": local(0),
        "mass_media": "«Қала тынысы»",
        "mass_media_when": local(0),
    }.items():
        clerk.locator(f"#{field}").fill(value)
    clerk.get_by_role("button", name="Check and go on").click()
    go_on(clerk)
    hall.catch_up()


def conclude_and_publish_likewise(hall: Hall, round_id: UUID) -> None:
    conclusions = hall.engine.conclusions
    conclusions.draft(round_id, by=CLERK)
    conclusions.approve(round_id, by=HEAD)
    at = datetime.now(UTC)
    site = Channel(ChannelKind.SITE, "https://akimat.example/budget", at)
    conclusions.publish(round_id, (site, Channel(ChannelKind.MASS_MEDIA, "«Қала тынысы»", at)), by=HEAD)
    hall.catch_up()


def check_at_home(home: Page, round_id: UUID, receipt: str | None, *titles: str) -> None:
    """The official results, the first project funded and the second not, and the voter's ballot among the counted."""
    home.goto(f"/en/rounds/{round_id}")
    expect(home.locator(".banner .title").first).to_have_text("Official results")
    results = home.locator("main").inner_text()
    first, second = map(results.index, titles)
    assert first < results.index("Funded") < second
    assert re.search(r"[01] voters? — at least 10 needed|[01] voters?", results[second:])
    check_ballot(home, receipt)


def test_a_round_from_a_residents_words_to_the_receipt_checked_at_home(
    chromium: Browser, own_hall: Hall, tmp_path: Path
) -> None:
    hall = own_hall
    with (
        window(chromium, hall.address) as office_page,
        window(chromium, hall.address, size=PHONE) as resident,
        window(chromium, hall.address, size=KIOSK) as hall_page,
    ):
        office = Office(office_page, hall)
        round_id = draft_round(office)
        step(office, round_id, "intake")
        sign_in(hall, resident)
        first = propose(hall, resident, round_id, FIRST)
        hall.catch_up()
        ask_to_revise(office, first)
        hall.catch_up()
        revise(resident, first)
        second = propose_likewise(hall, round_id, SECOND)
        step(office, round_id, "review")
        admit(hall, office, first, "1")
        admit(hall, office, second, "2")
        roll, codes = prepare_slips(hall, round_id, tmp_path / "slips")
        step(office, round_id, "lot")
        clerk = office.at(Role.OFFICE)
        clerk.goto(f"/en/office/rounds/{round_id}/paper")
        expect(clerk.get_by_text(FIRST).first).to_be_visible()
        step(office, round_id, "open", "The roll and the slips are frozen.")
        approve(hall, office, "Open the voting")

        serve(hall, office, round_id, roll)
        kiosk = Kiosk(hall_page, hall)
        set_up(kiosk, invite(hall, office))
        hall.catch_up()
        receipt = vote_here(kiosk, codes[AT_THE_DESK], CHOSEN)
        vote_elsewhere(hall, round_id, codes[1:11], CHOSEN, tmp_path / "device")

        step(office, round_id, "close-early", "Everybody who wanted to has voted.")
        approve(hall, office, "Close the voting early")
        conclude_and_publish(hall, office, round_id)
        assert [choices for _, choices in hall.ballots(round_id)] == [CHOSEN] * 11
        forget(resident, hall.address)
        resident.set_viewport_size(viewport_of(PHONE))
        check_at_home(resident, round_id, receipt, FIRST, SECOND)


@pytest.fixture(scope="module")
def home(chromium: Browser, shared_hall: Hall) -> Iterator[Page]:
    """Of a voter who has looked before, it may be."""
    with window(chromium, shared_hall.address, size=PHONE) as page:
        yield page


@pytest.mark.parametrize(("form", "pressed", "chosen", "others"), FORMS)
def test_a_ballot_of_another_form_from_the_kiosk_to_the_receipt_checked_at_home(
    counter: Counter,
    hall: Hall,
    home: Page,
    tmp_path: Path,
    form: BallotForm,
    pressed: list[str],
    chosen: Choices,
    others: Choices,
) -> None:
    opened = hall.open_round(form, voters=PEOPLE, projects=2)
    [codes] = opened.slips.values()
    receipt = vote_here(counter.kiosk(), codes[AT_THE_DESK], pressed)
    vote_elsewhere(hall, opened.round_id, codes[1:11], others, tmp_path / "device")
    hall.close_round(opened.round_id)
    conclude_and_publish_likewise(hall, opened.round_id)
    cast = [choices for _, choices in hall.ballots(opened.round_id)]
    assert cast == [chosen, *[others] * 10]
    check_at_home(home, opened.round_id, receipt, *TITLES[:2])
