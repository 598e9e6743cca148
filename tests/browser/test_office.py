"""Two people of the office at browsers without JavaScript: a round drafted by form, the vote opened by both, a kiosk invited.

What only comes as an answer to a form, and so is on no list of screens, is looked at by axe here.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from typing import Protocol
from uuid import UUID

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from api.worker import catch_up
from application.accounts.roles import Role
from domain.round import Phase, Round
from tests.browser.chromium import viewport_of
from tests.browser.looking import barriers, outside_the_window
from tests.browser.screens import DESKTOP, PHONE, Screen
from tests.browser.screenshots import picture
from tests.browser.world import World
from tests.elections import Election, times
from tests.engine import open_engine
from tests.examples import CITY
from tests.implementations import DUE, begun, went_on
from tests.office_desk import ready_to_open
from tests.postgres import fresh_database
from tests.server import serve


@pytest.fixture(scope="module")
def world(cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home = tmp_path_factory.mktemp("office") / "home"
    with fresh_database(cluster, template) as url, open_engine(url) as engine, serve(engine, home) as server:
        yield World(server, {})


class AtDesk(Protocol):
    def __call__(self, role: Role, *, scripts: bool = False) -> Page: ...


@pytest.fixture(scope="module")
def desks(chromium: Browser, world: World) -> Iterator[dict[bool, Page]]:
    """Two browsers, by whether they run scripts, at which people sit down by turns."""
    with ExitStack() as leaving:
        yield {
            scripts: leaving.enter_context(_desk(chromium, world, scripts=scripts))
            for scripts in (False, True)
        }


@pytest.fixture
def at_desk(desks: dict[bool, Page], world: World) -> AtDesk:
    """A browser at which somebody in this role is signed in, in place of who was before; its window as wide as a desk's."""

    def sat(role: Role, *, scripts: bool = False) -> Page:
        page = desks[scripts]
        world.sign_in(page.context, role)
        page.set_viewport_size(viewport_of(DESKTOP))
        return page

    return sat


@contextmanager
def _desk(chromium: Browser, world: World, *, scripts: bool) -> Iterator[Page]:
    context = chromium.new_context(base_url=world.address, java_script_enabled=scripts)
    try:
        yield context.new_page()
    finally:
        context.close()


def test_a_round_is_drafted_by_form_and_what_is_wrong_is_mended_where_it_stands(
    world: World, at_desk: AtDesk
) -> None:
    page = at_desk(Role.OFFICE)
    page.goto("/ru/office/rounds")
    page.get_by_role("link", name="Подготовить тур").click()
    page.get_by_label("Название", exact=True).fill("Алматы: бюджет 2027")
    page.get_by_label("Начало голосования").fill("2027-03-14T09:00")
    page.get_by_label("Конец голосования").fill("2027-03-01T20:00")
    page.locator("#kato-0").fill(CITY)
    page.locator("#unit_name-0").fill("Алматы")
    page.locator("#envelope-0").fill("1 500 000 000")
    page.get_by_role("button", name="Проверить и продолжить").click()
    page.get_by_role("link", name="Голосование должно закрываться после открытия.").click()
    expect(page.locator("#kato-0")).to_have_value(CITY)
    page.get_by_label("Конец голосования").fill("2027-03-28T20:00")
    page.get_by_role("button", name="Проверить и продолжить").click()
    expect(page.get_by_role("heading", name="Что произойдёт")).to_be_visible()
    page.get_by_role("button", name="Записать условия").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Алматы: бюджет 2027")
    round_id = page.url.rpartition("/")[2]
    [drafted] = world.server.engine.recorder.select_events(UUID(round_id))
    assert drafted.topic == "round.drafted.v1"


def test_two_people_open_the_vote(world: World, at_desk: AtDesk) -> None:
    election = ready_to_open(world.server)
    clerk = at_desk(Role.OFFICE)
    clerk.goto(f"/kk/office/rounds/{election.id}")
    clerk.get_by_role("link", name="Дауыс беруді ашуды сұрау").click()
    clerk.get_by_label("Себебі").fill("Тізім де, талондар да бекітілді.")
    clerk.get_by_role("button", name="Екінші адамнан сұрау").click()
    expect(clerk.get_by_text("Бұл — сіздің өз сұрауыңыз")).to_be_visible()
    expect(clerk.get_by_role("button", name="Келісу және қазір орындау")).to_have_count(0)
    head = at_desk(Role.OFFICE_APPROVER)
    head.goto("/kk/office/approvals")
    head.get_by_role("link", name="Дауыс беруді ашу").click()
    expect(head.get_by_text("Тізім де, талондар да бекітілді.")).to_be_visible()
    head.get_by_role("link", name="Не бекітілетінін қарау").click()
    expect(head.get_by_role("heading", name="Project 1")).to_be_visible()
    head.go_back()
    head.get_by_role("button", name="Келісу және қазір орындау").click()
    expect(head.get_by_text("Келісілді және орындалды.")).to_be_visible()
    assert world.server.engine.store.load(Round, election.id).phase is Phase.VOTING


def test_a_kiosks_code_stands_on_one_page_once(world: World, at_desk: AtDesk) -> None:
    operator = at_desk(Role.OPERATOR)
    operator.goto("/en/office/kiosks")
    operator.get_by_label("Label on the device").fill("Hall 3")
    operator.get_by_label("Place", exact=True).fill("Community centre, 12 Abai street")
    operator.get_by_label("Unit (KATO)").select_option(CITY)
    operator.get_by_label("Reason").fill("A second kiosk for the hall.")
    operator.get_by_role("button", name="Ask a second person").click()
    head = at_desk(Role.OFFICE_APPROVER, scripts=True)
    head.goto("/en/office/approvals")
    head.get_by_role("link", name="Invite a kiosk").click()
    head.get_by_role("button", name="Approve, and do it now").click()
    code = head.locator("output").inner_text()
    assert re.fullmatch(r"[0-9a-f]{32}\.[\w-]{20}", code)
    assert not barriers(head)
    for size in (PHONE, DESKTOP):
        head.set_viewport_size(viewport_of(size))
        picture(head, Screen("office-code", ""), "en", "light", size)
    catch_up(world.server.engine.datastore, world.server.settings)
    head.get_by_role("link", name="Done, to the kiosks").click()
    expect(head.get_by_role("cell", name="Community centre, 12 Abai street")).to_be_visible()
    assert code not in head.content()


def test_the_page_before_an_act_has_no_barriers(world: World, at_desk: AtDesk) -> None:
    election = ready_to_open(world.server)
    page = at_desk(Role.OFFICE, scripts=True)
    page.goto(f"/en/office/rounds/{election.id}/steps/cancel")
    page.get_by_label("Reason").fill(" ")
    page.get_by_role("button", name="Cancel the round").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert not barriers(page)
    picture(page, Screen("office-refused", ""), "en", "light", DESKTOP)


def street(light: int) -> bytes:
    """Something to see: the sky darker upwards, and a road."""
    image = Image.radial_gradient("L").resize((800, 600)).point(lambda shade: min(255, shade // 2 + light))
    image.paste(70, (0, 413, 800, 600))
    out = BytesIO()
    image.convert("RGB").save(out, "JPEG")
    return out.getvalue()


def test_photos_of_the_work_are_added_one_by_one_and_shown_to_everybody(
    world: World, at_desk: AtDesk
) -> None:
    election = Election(world.server.engine).drafted().reviewed({"1": 900_000_000}).opened()
    election.cast(times(**{"1": 12})).closed().concluded().published()
    begun(election, "1", 900_000_000)
    went_on(election, "1", "contract", "ЖШС «Жарық»", 800_000_000, DUE, by="clerk-1")
    page = at_desk(Role.OFFICE, scripts=True)
    page.goto(f"/kk/office/rounds/{election.id}/projects/1/progress")
    page.locator("#per_cent").fill("40")
    page.locator("#note").fill("Бағандар тұр.")
    for light, shows in ((90, "Жаңа шам бағандары, солтүстік жақ"), (30, "Сол жер кешке")):
        page.locator("#photo").set_input_files(
            {"name": "1.jpg", "mimeType": "image/jpeg", "buffer": street(light)}
        )
        page.locator("#photo_shows").fill(shows)
        page.get_by_role("button", name="Осы суретті қосу").click()
        expect(page.get_by_role("img", name=shows)).to_be_visible()
    look(page, "office-photos")
    page.get_by_role("button", name="Тексеріп, жалғастыру").click()
    page.get_by_role("button", name="Журналға енгізу").click()
    page.wait_for_url(f"**/office/rounds/{election.id}/projects")
    catch_up(world.server.engine.datastore, world.server.settings)
    page.goto(f"/kk/rounds/{election.id}")
    shown = page.get_by_role("img", name="Жаңа шам бағандары, солтүстік жақ")
    shown.scroll_into_view_if_needed()
    shown.evaluate("image => image.decode()")
    look(page, "round-photos")


def look(page: Page, name: str) -> None:
    """Without barriers, and kept as a picture, in both sizes."""
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(viewport_of(size))
        assert not outside_the_window(page), name
        assert not barriers(page), name
        picture(page, Screen(name, ""), "kk", "light", size)
