"""A page's language stands in its address: who comes without is sent on, and every page names itself in the other languages."""

import re

import pytest

from api.web.languages import LANGUAGES, split
from tests.api.reading import Site, site_of
from tests.server import Server


@pytest.fixture
def site(server: Server) -> Site:
    return site_of(server)


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("kk-KZ,kk;q=0.9,ru;q=0.8", "kk"),
        ("ru", "ru"),
        ("en-GB", "en"),
        ("fr, ru;q=0.5", "ru"),
        ("de", "en"),
        ("", "kk"),
    ],
)
def test_who_comes_without_a_language_is_sent_to_the_browser_s(
    site: Site, wanted: str, language: str
) -> None:
    answer = site.get("/units?at=2026-03-01&before=101033100", accept_language=wanted)
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/{language}/units?at=2026-03-01&before=101033100"
    assert answer.headers["vary"] == "Accept-Language"
    assert answer.headers["content-language"] == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_address_s_language_wins(site: Site, language: str) -> None:
    answer = site.get(f"/{language}/", accept_language="de, en, ru, kk")
    assert answer.status_code == 200
    assert answer.headers["content-language"] == language
    assert f'<html lang="{language}"' in answer.text
    assert "accept-language" not in answer.headers.get("vary", "").lower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_alone_is_its_first_page(site: Site, language: str) -> None:
    answer = site.get(f"/{language}", accept_language="de")
    assert (answer.status_code, answer.headers["location"]) == (302, f"/{language}/")


def test_a_form_sent_without_a_language_is_not_lost_in_a_redirect(site: Site) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html", "Accept-Language": "ru"}
    answer = site.server.client.post("/units", headers=headers)
    assert (answer.status_code, answer.headers["content-language"]) == (405, "ru")


def test_a_page_names_itself_in_every_language_with_what_was_asked_of_it(site: Site) -> None:
    shown = site.get("/ru/units?before=101033100&at=2026-03-01").text
    for language in LANGUAGES:
        address = f"/{language}/units?before=101033100&amp;at=2026-03-01"
        assert f'<link rel="alternate" hreflang="{language}" href="{address}">' in shown
        assert re.search(rf'<a href="{re.escape(address)}" lang="{language}" hreflang="{language}"', shown)
    assert len(re.findall(r'aria-current="true">Рус<span class="rest">ский', shown)) == 1


@pytest.mark.parametrize(
    "path",
    ["/v1/rounds", "/healthz", "/readyz", "/metrics", "/openapi.json"],
)
def test_what_programs_read_has_one_address(site: Site, path: str) -> None:
    assert site.get(path).status_code == 200
    for language in LANGUAGES:
        assert site.get(f"/{language}{path}").status_code == 404


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("//elsewhere.example/x", "/kk//elsewhere.example/x"),
        ("/%0d%0aSet-Cookie:%20x=1", "/kk/%0D%0ASet-Cookie:%20x=1"),
        ("/\\elsewhere.example", "/kk/%5Celsewhere.example"),
        ("/@elsewhere.example", "/kk/@elsewhere.example"),
    ],
)
def test_nobody_is_sent_to_another_site(site: Site, path: str, location: str) -> None:
    answer = site.server.client.get(f"http://127.0.0.1:{site.server.port}{path}")
    assert (answer.status_code, answer.headers["location"]) == (302, location)
    assert "set-cookie" not in answer.headers


def test_a_language_is_taken_off_once() -> None:
    assert split("/kk/rounds/7") == ("kk", "/rounds/7")
    assert split("/kk") == ("kk", "/")
    assert split("/kk/kk/rounds") == ("kk", "/kk/rounds")
    assert split("/kkk/rounds") == (None, "/kkk/rounds")
    assert split("/kk/v1/rounds") == ("kk", "/kk/v1/rounds")
    assert split("*") == (None, "*")
