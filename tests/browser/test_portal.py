"""The portal in a real browser: live turnout with and without the stream, what pages weigh, and that nothing jumps."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.api.reading import site_of
from tests.browser.chromium import window
from tests.browser.conftest import Opening
from tests.browser.looking import barriers, outside_the_window
from tests.browser.screens import DESKTOP, PHONE, Size
from tests.browser.world import World, told_world
from tests.elections import Election
from tests.examples import DISTRICT, DURING

MOST_BYTES = 100_000
MOST_SHIFT = 0.01
_SHIFT = """() => new Promise(done => {
  let sum = 0
  new PerformanceObserver(list => { for (const each of list.getEntries()) sum += each.value })
    .observe({ type: "layout-shift", buffered: true })
  setTimeout(() => done(sum), 300)
})"""


@pytest.fixture
def own_world(cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with told_world(cluster, template, tmp_path_factory.mktemp("portal")) as world:
        yield world


def five_more(world: World) -> None:
    """Vote in the district of the open round, as the reading side sees it a moment later."""
    election = Election(world.server.engine, id=UUID(world.ids["voting"]), voted=1_000_000)
    election.cast([["1"]] * 5, DISTRICT, DURING + timedelta(hours=60))
    site_of(world.server).get("/v1/rounds")


def cast(page: Page) -> int:
    return int(page.locator(f'[data-unit="{DISTRICT}"] [data-cast]').inner_text().replace("\u00a0", ""))


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "polling"])
def test_turnout_is_live_and_is_asked_for_where_the_stream_does_not_come_through(
    chromium: Browser, own_world: World, *, stream: bool
) -> None:
    with window(chromium, str(own_world.server.client.base_url)) as page:
        if not stream:
            page.route("**/v1/stream", lambda route: route.abort())
        page.clock.install()
        page.goto(f"/en/rounds/{own_world.ids['voting']}")
        before = cast(page)
        if stream:
            page.locator("[data-live]", has_text="Live").wait_for()
        five_more(own_world)
        for _ in range(20):
            page.clock.run_for(5_000)
            if page.locator("[data-live]", has_text="Updated at").count():
                break
            page.wait_for_timeout(200)
        page.locator("[data-live]", has_text="Updated at").wait_for()
        assert cast(page) == before + 5
        page.route("**/turnout", lambda route: route.abort())
        page.clock.run_for(60_000)
        if not stream:
            page.locator("[data-live]", has_text="No connection").wait_for()
            assert cast(page) == before + 5


@pytest.mark.parametrize(
    "path", ["/", "/rounds/{published}", "/rounds/{voting}", "/rounds/{published}/data", "/check"]
)
def test_a_public_page_weighs_at_most_a_hundred_kilobytes_with_all_its_files(
    browser_page: Opening, served: World, path: str
) -> None:
    page = browser_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - playwright takes no builtin
    page.goto(f"/kk{path.format(**served.ids)}")
    page.wait_for_timeout(300)
    weight = sum(
        sum(each.request.sizes()[part] for part in ("responseBodySize", "responseHeadersSize"))
        for each in answers
        if not each.url.endswith("/v1/stream")
    )
    assert 5_000 < weight <= MOST_BYTES


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=lambda size: size.name)
@pytest.mark.parametrize("path", ["/", "/rounds/{published}", "/rounds/{voting}", "/check"])
def test_nothing_jumps_while_a_page_loads(
    browser_page: Opening, served: World, path: str, size: Size
) -> None:
    page = browser_page(size=size)
    page.goto(f"/ru{path.format(**served.ids)}")
    assert page.evaluate(_SHIFT) <= MOST_SHIFT


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_card_for_other_sites_has_no_barriers_and_fits_a_narrow_frame(
    browser_page: Opening, served: World, scheme: str
) -> None:
    page = browser_page(scheme=scheme, size=Size("frame", 320, 480))
    page.goto(f"/embed/rounds/{served.ids['published']}?lang=kk")
    expect(page.locator("html")).to_have_attribute("lang", "kk")
    assert not barriers(page)
    assert not outside_the_window(page)


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


def test_the_card_is_shown_in_a_frame_of_another_site(browser_page: Opening, served: World) -> None:
    address = f"{served.server.client.base_url}/embed/rounds/{served.ids['published']}?lang=en"
    with another_site(f'<link rel="icon" href="data:,"><iframe src="{address}"></iframe>') as site:
        page = browser_page()
        page.goto(site)
        page.frame_locator("iframe").locator("h1").wait_for()


def test_results_are_read_on_paper(browser_page: Opening, served: World) -> None:
    page = browser_page()
    page.goto(f"/en/rounds/{served.ids['published']}")
    page.emulate_media(media="print")
    expect(page.locator("table.results").first).to_be_visible()
    expect(page.locator("nav.languages")).not_to_be_visible()
