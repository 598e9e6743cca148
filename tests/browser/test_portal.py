"""The portal in a real browser: live turnout with and without the stream, what pages weigh, and that nothing jumps."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.api.reading import site_of
from tests.browser.chromium import forget, viewport_of, window
from tests.browser.looking import barriers, outside_the_window, pale, weight_bytes
from tests.browser.screens import DESKTOP, PHONE
from tests.browser.world import World
from tests.elections import Election
from tests.engine import open_engine
from tests.examples import DISTRICT, DURING
from tests.postgres import fresh_database
from tests.server import serve

MOST_BYTES = 100_000
MOST_SHIFT = 0.01
_SHIFT = """() => new Promise(done => {
  let sum = 0
  new PerformanceObserver(list => { for (const each of list.getEntries()) sum += each.value })
    .observe({ type: "layout-shift", buffered: true })
  setTimeout(() => done(sum), 300)
})"""


@pytest.fixture(scope="module")
def readers_window(chromium: Browser, served: World) -> Iterator[Page]:
    with window(chromium, served.address) as page:
        yield page


@pytest.fixture
def page(readers_window: Page, served: World) -> Page:
    forget(readers_window, served.address)
    return readers_window


@pytest.fixture
def voting(cluster: str, template: str, tmp_path: Path) -> Iterator[World]:
    """A world of one round, in which the test votes."""
    with (
        fresh_database(cluster, template) as url,
        open_engine(url) as engine,
        serve(engine, tmp_path / "home") as server,
    ):
        election = Election(engine).drafted().reviewed({"1": 900_000_000}).opened()
        election.cast([["1"]] * 20, DISTRICT)
        site_of(server).get("/v1/rounds")
        yield World(server, {"voting": str(election.id)})


def five_more(world: World) -> None:
    """Vote in the district of the open round, as the reading side sees it a moment later."""
    election = Election(world.server.engine, id=UUID(world.ids["voting"]), voted=1_000_000)
    election.cast([["1"]] * 5, DISTRICT, DURING + timedelta(hours=60))
    site_of(world.server).get("/v1/rounds")


def cast(page: Page) -> int:
    return int(page.locator(f'[data-unit="{DISTRICT}"] [data-cast]').inner_text().replace("\u00a0", ""))


def test_turnout_is_live_and_is_asked_for_where_the_stream_does_not_come_through(
    chromium: Browser, voting: World
) -> None:
    """Two readers: one has the stream, the other's network lets none through."""
    with window(chromium, voting.address) as streamed, window(chromium, voting.address) as polling:
        polling.route("**/v1/stream", lambda route: route.abort())
        before = {}
        for page in (streamed, polling):
            page.clock.install()
            page.goto(f"/en/rounds/{voting.ids['voting']}")
            before[page] = cast(page)
        streamed.locator("[data-live]", has_text="Live").wait_for()
        five_more(voting)
        for page in (streamed, polling):
            for _ in range(20):
                page.clock.run_for(5_000)
                if page.locator("[data-live]", has_text="Updated at").count():
                    break
                page.wait_for_timeout(200)
            page.locator("[data-live]", has_text="Updated at").wait_for()
            assert cast(page) == before[page] + 5
        polling.route("**/turnout", lambda route: route.abort())
        polling.clock.run_for(60_000)
        polling.locator("[data-live]", has_text="No connection").wait_for()
        assert cast(polling) == before[polling] + 5


def test_a_public_page_weighs_at_most_a_hundred_kilobytes_with_all_its_files(
    chromium: Browser, served: World
) -> None:
    """The richest one, headers included, as it comes the first time; and what every screen is weighed with tells the same."""
    answers: list[Response] = []
    with window(chromium, served.address, language="kk") as page:
        page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - playwright takes no builtin
        page.goto(f"/kk/rounds/{served.ids['published']}", wait_until="networkidle")
        came = [each.request.sizes() for each in answers if each.ok]
        bodies = sum(each["responseBodySize"] for each in came)
        assert 5_000 < weight_bytes(page) == bodies
        assert bodies + sum(each["responseHeadersSize"] for each in came) <= MOST_BYTES


def test_nothing_jumps_while_a_page_loads(page: Page, served: World) -> None:
    shifts = {}
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(viewport_of(size))
        for path in ("/", "/rounds/{published}", "/rounds/{voting}", "/check"):
            page.goto(f"/ru{path.format(**served.ids)}")
            shifts[path, size.name] = page.evaluate(_SHIFT)
    assert {where: shift for where, shift in shifts.items() if shift > MOST_SHIFT} == {}


def test_the_card_for_other_sites_has_no_barriers_and_fits_a_narrow_frame(page: Page, served: World) -> None:
    page.set_viewport_size({"width": 320, "height": 480})
    page.goto(f"/embed/rounds/{served.ids['published']}?lang=kk")
    expect(page.locator("html")).to_have_attribute("lang", "kk")
    assert not outside_the_window(page)
    assert not barriers(page)
    page.emulate_media(color_scheme="dark")
    assert not pale(page)


@contextmanager
def another_site(html: str) -> Iterator[str]:
    """Address of a page that another server shows."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_: object) -> None:
            """Nothing: what is asked of it is asserted, not read."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as site:
        thread = Thread(target=site.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{site.server_port}/"
        finally:
            site.shutdown()
            thread.join()


def test_the_card_is_shown_in_a_frame_of_another_site(page: Page, served: World) -> None:
    address = f"{served.server.client.base_url}/embed/rounds/{served.ids['published']}?lang=en"
    with another_site(f'<link rel="icon" href="data:,"><iframe src="{address}"></iframe>') as site:
        page.goto(site)
        page.frame_locator("iframe").locator("h1").wait_for()


def test_results_are_read_on_paper(page: Page, served: World) -> None:
    page.goto(f"/en/rounds/{served.ids['published']}")
    page.emulate_media(media="print")
    expect(page.locator("table.results").first).to_be_visible()
    expect(page.locator("nav.languages")).not_to_be_visible()
