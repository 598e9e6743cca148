"""Residents at a real browser: from signing in to the second version of a proposal, on a phone and at a desk, in each language."""

import re
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Final, Literal
from uuid import UUID, uuid4

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from api.web.access import COOKIE
from domain.round import Round
from tests.api.residents.visiting import Site, Visit
from tests.browser.chromium import forget, viewport_of, window
from tests.browser.looking import barriers, outside_the_window, small_targets, walked
from tests.browser.screens import DESKTOP, PHONE, ZOOMED, Screen, Size
from tests.browser.screenshots import keep, name_of, untouched
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
Scheme = Literal["light", "dark"]
SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")


@dataclass(frozen=True)
class Reader:
    """`axe_in`: the colour scheme in which axe looks. Colours have neither language nor size, so readers share the schemes, and
    every page is looked at in both.
    """

    language: str
    size: Size
    axe_in: Scheme


READERS = (Reader("kk", PHONE, "light"), Reader("ru", DESKTOP, "dark"), Reader("en", DESKTOP, "light"))


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


def language_of(page: Page) -> str:
    """That its address asks for."""
    return page.url.removeprefix("http://").split("/")[1]


def look(page: Page, size: Size, name: str, *, axe_in: Collection[Scheme] = SCHEMES) -> None:
    """It has no barrier, fits, and is kept as a picture: whole on a phone in the light, else what the window shows."""
    language = language_of(page)
    untouched(page)
    spoken = page.evaluate("document.documentElement.lang")
    found = {"outside": outside_the_window(page), "small": small_targets(page)}
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        if scheme in axe_in:
            found[f"barriers {scheme}"] = barriers(page)
        screen = Screen(f"residents-{name}", page.url)
        keep(page, name_of(screen, language, scheme, size), whole=(size, scheme) == (PHONE, "light"))
    page.emulate_media(color_scheme="light")
    assert {what: where for what, where in found.items() if where} == {}, f"{name} in {language}"
    assert spoken == language, name


def look_as(page: Page, reader: Reader, name: str) -> None:
    look(page, reader.size, name, axe_in=[reader.axe_in])


def as_everybody(page: Page) -> Iterator[Reader]:
    """The page as it came, then as the others read it; whoever walks on does so as the last of them."""
    [first] = (place for place, reader in enumerate(READERS) if reader.language == language_of(page))
    for reader in (*READERS[first:], *READERS[:first]):
        page.set_viewport_size(viewport_of(reader.size))
        if reader.language != language_of(page):
            page.goto(page.url.replace(f"/{language_of(page)}/", f"/{reader.language}/", 1))
        yield reader


def look_as_everybody(page: Page, name: str) -> None:
    for reader in as_everybody(page):
        look_as(page, reader, name)


def ask_for_code(page: Page, site: Site, name: str, language: str) -> None:
    page.goto(f"/{language}/my")
    page.locator("#address").fill(site.address(name))
    page.locator("#adult").check()
    page.locator("main .button.primary").click()
    page.locator("#answer").wait_for()


def enter_code(page: Page, site: Site, name: str) -> None:
    page.locator("#answer").fill(Visit(site, site.visitor()).code_for(site.address(name)))
    page.locator("main .button.primary").click()
    expect(page).to_have_url(re.compile("/my$"))


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
    image.resize((800, 600)).save(out, "JPEG")
    return out.getvalue()


def test_a_resident_proposes_is_asked_to_revise_and_does(page: Page, site: Site) -> None:
    """One way, that changes its language at every step and is looked at there in all of them."""
    for reader in READERS:
        page.set_viewport_size(viewport_of(reader.size))
        ask_for_code(page, site, f"author-{reader.language}", reader.language)
        look_as(page, reader, "code")
    enter_code(page, site, f"author-{READERS[-1].language}")
    look_as_everybody(page, "mine-empty")
    page.locator("form[action$='/my/drafts'] .button").first.click()
    expect(page).to_have_url(re.compile("/my/drafts/"))
    look_as_everybody(page, "draft-empty")
    write(page)
    for reader in as_everybody(page):
        look_as(page, reader, "draft-written")
        reckon(page)
    page.locator("button[value=preview]").click()
    expect(page.locator("article.panel h2")).to_have_text("Абай саябағына жарық шамдар орнату")
    assert page.locator(".banner.wait a").count() >= 1
    look_as_everybody(page, "preview")
    page.locator("form[action$='/hand-in'] .button").click()
    expect(page).to_have_url(re.compile(r"/my/proposals/"))
    look_as_everybody(page, "my-proposal")

    proposal_id = UUID(page.url.rpartition("/")[2])
    site.proposals.return_for_revision(
        proposal_id, "Шамдар нақты қай жолға қойылады? Санын азайтыңыз.", by=CLERK
    )
    site.follow_log()
    page.goto(f"/{language_of(page)}/my/notices")
    look_as_everybody(page, "notices")
    page.goto(f"/{language_of(page)}/my")
    look_as_everybody(page, "mine")
    page.goto(f"/{language_of(page)}/my/proposals/{proposal_id}")
    page.locator("form[action$='/revise'] .button").click()
    page.locator("#description").fill(BETTER)
    page.locator("button[value=preview]").click()
    page.locator("form[action$='/hand-in'] .button").click()
    page.goto(f"/{language_of(page)}/proposals/{proposal_id}")
    assert page.locator("ins").count() >= 2
    assert page.locator(".plan li").count() >= len(EARLIER)
    look_as_everybody(page, "proposal")
    page.goto(f"/{language_of(page)}/my/letters")
    look_as_everybody(page, "letters")


def write(page: Page) -> None:
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
    page.locator("#estimate").fill("15 000 000")
    language = language_of(page)
    page.locator("#photo").set_input_files({"name": "park.jpg", "mimeType": "image/jpeg", "buffer": park()})
    page.locator("button[value=photo]").click()
    expect(page.locator(".pictures img")).to_have_count(1)
    expect(page.locator(".pictures img")).to_have_js_property("naturalWidth", 480)
    expect(page.locator("html")).to_have_attribute("lang", language)


def reckon(page: Page) -> None:
    """The rough sum is told beside the costs."""
    page.locator("summary").click()
    page.locator("#costs input").first.fill("30")
    expect(page.locator("#sum")).not_to_be_empty()


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
    page.set_viewport_size(viewport_of(ZOOMED))
    ask_for_code(page, site, "keyboard", "kk")
    assert outside_the_window(page) == []
    assert small_targets(page) == []
    enter_code(page, site, "keyboard")
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
