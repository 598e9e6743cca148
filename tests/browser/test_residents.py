"""Residents at a real browser: from signing in to the second version of a proposal, on a phone and at a desk, in each language."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from api.web.access import COOKIE
from domain.round import Round
from tests.api.residents.visiting import Site, Visit
from tests.browser.chromium import forget, viewport_of, window
from tests.browser.looking import barriers, outside_the_window, pale, small_targets, walked
from tests.browser.screens import DESKTOP, PHONE, ZOOMED, Screen, Size
from tests.browser.screenshots import picture
from tests.engine import open_engine
from tests.examples import CLERK, DISTRICT, EARLY, TERMS
from tests.ncanode import ncanode
from tests.postgres import fresh_database
from tests.server import serve

LONG = (
    "Кешке саябақтың ішкі жолдары қараңғы, балалар мен қарт адамдар жүруге қорқады. Отыз шам орнатса, "
    "жол да, балалар алаңы да жарық болады.\n\nШамдар күн сәулесімен қуатталса, токқа шығын аз болады."
)
EARLIER = (
    ("Абай саябағына шам қою", "43.2401", "76.8881"),
    ("Велопарковка у библиотеки", "43.2362", "76.8942"),
    ("Мектеп алдына жаяу жол", "43.2433", "76.8815"),
)
BETTER = LONG.replace("Отыз", "Жиырма төрт").replace("күн сәулесімен қуатталса", "қозғалысты сезсе")


@pytest.fixture(scope="module")
def site(cluster: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("residents") / "home"
    with (
        fresh_database(cluster, template) as url,
        open_engine(url) as engine,
        ncanode() as address,
        serve(engine, home, ncanode_url=address) as server,
    ):
        round_ = Round.draft(uuid4(), replace(TERMS, proposals_per_author=50), by=CLERK, at=EARLY)
        round_.open_intake(by=CLERK, at=EARLY)
        engine.store.save(round_)
        with closing(Site(server, round_.id)) as site:
            for title, latitude, longitude in EARLIER:
                site.resident("earlier").hand_in(title=title, latitude=latitude, longitude=longitude)
            site.follow_log()
            yield site


def address(site: Site) -> str:
    return f"http://127.0.0.1:{site.server.port}"


@pytest.fixture(scope="module")
def residents_window(chromium: Browser, site: Site) -> Iterator[Page]:
    with window(chromium, address(site)) as page:
        yield page


@pytest.fixture
def page(residents_window: Page, site: Site) -> Page:
    """Of somebody who was never here."""
    forget(residents_window, address(site))
    return residents_window


def look(page: Page, size: Size, name: str) -> None:
    """It has no barrier in either scheme, fits, and is kept as a picture. A colour has no language: two tell of the dark ones."""
    language = page.locator("html").get_attribute("lang") or ""
    found = {
        "barriers": barriers(page),
        "outside": outside_the_window(page),
        "small": small_targets(page),
    }
    picture(page, Screen(f"residents-{name}", page.url), language, "light", size)
    page.emulate_media(color_scheme="dark")
    if language != "en":
        found["pale"] = pale(page)
    picture(page, Screen(f"residents-{name}", page.url), language, "dark", size)
    page.emulate_media(color_scheme="light")
    assert {what: where for what, where in found.items() if where} == {}, name


def sign_in(page: Page, site: Site, name: str, language: str, seen: Callable[[str], None]) -> None:
    """By hand; `seen` is told the name of each page on the way that is on no list of screens."""
    page.goto(f"/{language}/my")
    page.locator("#address").fill(site.address(name))
    page.locator("#adult").check()
    page.locator("main .button.primary").click()
    page.locator("#answer").wait_for()
    seen("code")
    page.locator("#answer").fill(Visit(site, site.visitor()).code_for(site.address(name)))
    page.locator("main .button.primary").click()
    expect(page).to_have_url(re.compile(f"/{language}/my$"))


def park() -> bytes:
    """A photo of sorts."""
    image = Image.new("RGB", (1200, 900), "#7fb2d9")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 520, 1200, 900), fill="#5c8a4a")
    draw.polygon([(480, 900), (720, 900), (620, 520), (580, 520)], fill="#b9a88c")
    for x in (180, 330, 900, 1050):
        draw.ellipse((x - 80, 300, x + 80, 520), fill="#38663a")
        draw.rectangle((x - 10, 480, x + 10, 600), fill="#6b4a2f")
    out = BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(("language", "size"), [("kk", PHONE), ("ru", DESKTOP), ("en", DESKTOP)])
def test_a_resident_proposes_is_asked_to_revise_and_does(
    page: Page, site: Site, language: str, size: Size
) -> None:
    page.set_viewport_size(viewport_of(size))
    looked = partial(look, page, size)
    sign_in(page, site, f"author-{language}", language, looked)
    looked("mine-empty")
    page.locator("form[action$='/my/drafts'] .button").first.click()
    looked("draft-empty")
    write(page, language)
    looked("draft-written")
    page.locator("button[value=preview]").click()
    expect(page.locator("article.panel h2")).to_have_text("Абай саябағына жарық шамдар орнату")
    assert page.locator(".banner.wait a").count() >= 1
    looked("preview")
    page.locator("form[action$='/hand-in'] .button").click()
    expect(page).to_have_url(re.compile(r"/my/proposals/"))
    looked("my-proposal")

    proposal_id = UUID(page.url.rpartition("/")[2])
    site.proposals.return_for_revision(
        proposal_id, "Шамдар нақты қай жолға қойылады? Санын азайтыңыз.", by=CLERK
    )
    site.follow_log()
    page.goto(f"/{language}/my/notices")
    looked("notices")
    page.goto(f"/{language}/my")
    looked("mine")
    page.goto(f"/{language}/my/proposals/{proposal_id}")
    page.locator("form[action$='/revise'] .button").click()
    page.locator("#description").fill(BETTER)
    page.locator("button[value=preview]").click()
    page.locator("form[action$='/hand-in'] .button").click()
    page.goto(f"/{language}/proposals/{proposal_id}")
    assert page.locator("ins").count() >= 2
    assert page.locator(".plan li").count() >= len(EARLIER)
    looked("proposal")
    page.goto(f"/{language}/my/letters")
    looked("letters")


def write(page: Page, language: str) -> None:
    page.locator("#title").fill("Абай саябағына жарық шамдар орнату")
    expect(page.locator("#like a").first).to_be_visible()
    page.locator("#description").fill(LONG)
    page.locator("#languages-kk").check()
    page.locator("#unit").select_option(DISTRICT)
    page.locator("#category").select_option("lighting")
    page.locator("#place").fill("Абай саябағы, орталық жол")
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 43.238949, "longitude": 76.889709})
    page.locator("#here").click()
    expect(page.locator("#latitude")).to_have_value("43.238949")
    page.locator("summary").click()
    page.locator("#costs input").first.fill("30")
    expect(page.locator("#sum")).not_to_be_empty()
    page.locator("#estimate").fill("15 000 000")
    page.locator("#photo").set_input_files({"name": "park.jpg", "mimeType": "image/jpeg", "buffer": park()})
    page.locator("button[value=photo]").click()
    expect(page.locator(".pictures img")).to_have_count(1)
    expect(page.locator(".pictures img")).to_have_js_property("naturalWidth", 480)
    expect(page.locator("html")).to_have_attribute("lang", language)


def test_what_is_refused_is_told_beside_its_field(page: Page, site: Site) -> None:
    page.set_viewport_size(viewport_of(PHONE))
    session = site.resident("refused").client.cookies[COOKIE]
    https = address(site).replace("http:", "https:")
    page.context.add_cookies([{"name": COOKIE, "value": session, "url": https, "secure": True}])
    page.goto("/ru/my")
    page.locator("form[action$='/my/drafts'] .button").first.click()
    page.locator("#title").fill("Скамейки")
    page.locator("form[data-round]").evaluate("form => { form.noValidate = true }")
    page.locator("#estimate").fill("много")
    page.locator("button[value=preview]").click()
    expect(page.locator("#estimate")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#title")).to_have_value("Скамейки")
    look(page, PHONE, "draft-refused")


def test_the_form_is_reached_by_keyboard_and_fits_at_400_per_cent(page: Page, site: Site) -> None:
    def fits(name: str) -> None:
        assert outside_the_window(page) == [], name
        assert small_targets(page) == [], name

    page.set_viewport_size(viewport_of(ZOOMED))
    sign_in(page, site, "keyboard", "kk", fits)
    page.locator("form[action$='/my/drafts'] .button").first.click()
    page.locator("#title").wait_for()
    assert outside_the_window(page) == []
    assert walked(page) == {"missed": [], "unseen": []}


def test_all_of_it_works_without_scripts(chromium: Browser, site: Site, tmp_path: Path) -> None:
    photo = tmp_path / "park.jpg"
    photo.write_bytes(park())
    context = chromium.new_context(base_url=address(site), java_script_enabled=False, locale="en")
    with closing(context):
        page = context.new_page()
        page.goto("/en/my")
        page.locator("#address").fill(site.address("plain"))
        page.locator("#adult").check()
        page.locator("main .button.primary").click()
        page.locator("#answer").fill(Visit(site, site.visitor()).code_for(site.address("plain")))
        page.locator("main .button.primary").click()
        page.locator("form[action$='/my/drafts'] .button").first.click()
        page.locator("#title").fill("Benches by the library")
        page.locator("#description").fill("There is nowhere to sit.")
        page.locator("#unit").select_option(DISTRICT)
        page.locator("#category").select_option("greening")
        page.locator("#estimate").fill("900 000")
        page.locator("#photo").set_input_files(photo)
        page.locator("button[value=preview]").click()
        page.locator("form[action$='/hand-in'] .button").click()
        expect(page.locator("h1")).to_have_text("Benches by the library")
        expect(page.locator(".pictures img")).to_have_count(1)


def test_the_signature_is_asked_for_in_three_steps(page: Page) -> None:
    page.set_viewport_size(viewport_of(PHONE))
    page.goto("/kk/residents/sign-in")
    page.locator("form[action$='/eds'] .button").click()
    page.locator("summary").click()
    look(page, PHONE, "eds")
