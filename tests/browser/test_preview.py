"""Before the vote is opened the office walks through the paper as a voter will, up to the receipt; nothing leaves the browser."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from application.accounts.roles import Role
from domain.paper import BallotForm
from tests.browser.chromium import window
from tests.browser.looking import barriers
from tests.browser.screens import DESKTOP, PHONE, Screen
from tests.browser.screenshots import keep, picture
from tests.browser.world import World
from tests.elections import APPROVAL, CHOOSE_ONE, CUMULATIVE, RANKED, Election
from tests.engine import open_engine
from tests.office_desk import around_now
from tests.postgres import fresh_database
from tests.server import serve

BAND = "Алдын ала қарау — ештеңе жазылмайды."
CODE = "0410-6105-0R3G-G28A-Z"
_KEPT = """async () => ({
  databases: (await indexedDB.databases()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
  caches: (await caches.keys()).length,
  stored: localStorage.length + sessionStorage.length,
})"""


@pytest.fixture
def world(cluster: str, template: str, tmp_path: Path) -> Iterator[World]:
    with (
        fresh_database(cluster, template) as url,
        open_engine(url) as engine,
        serve(engine, tmp_path) as server,
    ):
        yield World(server, {})


def test_the_paper_of_every_form_is_walked_through_up_to_a_sample_of_the_receipt(
    chromium: Browser, world: World
) -> None:
    rounds = {form.type: unopened(world, form) for form in (APPROVAL, CHOOSE_ONE, RANKED, CUMULATIVE)}
    size = world.server.engine.reader.size()
    asked: list[tuple[str, str]] = []

    def note(request: Request) -> None:
        asked.append((request.method, request.resource_type))

    with window(chromium, world.address) as page:
        world.sign_in(page.context, Role.OFFICE)
        page.context.on("request", note)
        page.goto(f"/kk/office/rounds/{rounds[APPROVAL.type].id}/paper")
        page.get_by_role("link", name="Оны киоскідегідей көріп шығу").click()
        for form, election in rounds.items():
            if form != APPROVAL.type:
                paper = page.request.get(f"/kk/office/rounds/{election.id}/paper").text()
                assert f'href="/kk/preview/rounds/{election.id}"' in paper
                page.goto(f"/kk/preview/rounds/{election.id}")
            walk(page)
            if form == RANKED.type:
                look(page)
        expect(page.locator("[data-address]")).to_have_attribute("data-address", re.compile("/check#ҮЛГІ[.]"))
        kept = page.evaluate(_KEPT)
    assert kept == {"databases": 0, "workers": 0, "caches": 0, "stored": 0}
    assert {method for method, _ in asked} == {"GET"}
    assert not {kind for _, kind in asked} & {"fetch", "xhr", "ping"}
    assert world.server.engine.reader.size() == size


def unopened(world: World, form: BallotForm) -> Election:
    election = Election(world.server.engine, form, around_now()).drafted()
    return election.reviewed({"1": 1_200_000_000, "2": 900_000_000})


def walk(page: Page) -> None:
    """All of a voter's way, under the band at every step, without a code."""
    page.locator("[data-action=start]").wait_for()
    under_the_band(page, "resting")
    page.locator("[data-action=start]").click()
    under_the_band(page, "code")
    page.get_by_role("button", name="Келесі").click()
    under_the_band(page, "choose")
    for project in ("1", "2"):
        page.locator(f"[data-project='{project}'] :is(.mark, .step:last-child)").click()
    page.locator("[data-action=review]").click()
    under_the_band(page, "review")
    page.locator("[data-action=cast]").click()
    under_the_band(page, "recorded")
    expect(page.locator(".codes dd")).to_have_text(["ҮЛГІ", "ҮЛГІ"])


def under_the_band(page: Page, screen: str) -> None:
    page.locator(f"[data-screen={screen}]").wait_for()
    expect(page.get_by_text(BAND)).to_be_in_viewport()


def look(page: Page) -> None:
    """At the receipt, and on from it with a code as a scanner types one: it opens nothing but the sample."""
    assert not barriers(page)
    for size in (PHONE, DESKTOP):
        page.set_viewport_size({"width": size.width, "height": size.height})
        picture(page, Screen("preview-recorded", ""), "kk", "light", size)
    page.locator("[data-action=done]").click()
    page.locator("[data-action=start]").wait_for()
    page.keyboard.type(CODE)
    under_the_band(page, "choose")
    page.locator("[data-project='2'] .mark").click()
    assert not barriers(page)
    keep(page, "preview-choose-kk-light-desktop")
