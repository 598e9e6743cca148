"""What leaves the portal: the feed of a unit's rounds, the card in other sites' frames, its picture."""

from io import BytesIO
from pathlib import Path
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from api.portal.headline import Headline
from api.portal.picture import HEIGHT, WIDTH, drawn
from application.settings import Settings
from tests.api.reading import Site, site_of, voting
from tests.elections import Election
from tests.engine import Engine
from tests.examples import CITY
from tests.server import Server, serve

ATOM = "{http://www.w3.org/2005/Atom}"
MOST_PICTURE_BYTES = 100_000


@pytest.fixture
def site(server: Server) -> Site:
    return site_of(server)


def test_the_feed_has_an_entry_for_every_step_of_the_unit_s_rounds(site: Site) -> None:
    election = voting(site.engine).closed()
    answer = site.get(f"/v1/units/{CITY}/rounds.atom?lang=ru")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.content)  # noqa: S314 - our own words
    entries = feed.findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(ids) == len(set(ids))
    of_round = [
        entry
        for entry in entries
        if str(election.id) in entry.find(f"{ATOM}link").attrib["href"]  # type: ignore[union-attr]
    ]
    assert "Голосование завершено" in (of_round[0].findtext(f"{ATOM}title") or "")
    assert site.get("/v1/units/990000001/rounds.atom").status_code == 404


def test_the_card_says_what_was_funded_and_may_be_framed_by_any_site(site: Site) -> None:
    election = voting(site.engine)
    before = site.get(f"/embed/rounds/{election.id}?lang=en").text
    assert "Voting is under way" in before
    assert "Project 4" not in before
    answer = (election.closed(), site.get(f"/embed/rounds/{election.id}?lang=en"))[1]
    assert "2 / 4" in answer.text
    assert "Project 1" in answer.text
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert "<form" not in answer.text
    assert "set-cookie" not in answer.headers
    assert site.get(f"/embed/rounds/{uuid4()}").status_code == 404


def test_the_operator_may_name_the_sites_that_frame_cards(engine: Engine, tmp_path: Path) -> None:
    with serve(engine, tmp_path, embedded_by="https://tengri.example https://qala.example") as server:
        site = site_of(server)
        policy = site.get(f"/embed/rounds/{voting(engine).id}").headers.get_list("content-security-policy")
    assert any("frame-ancestors https://tengri.example https://qala.example" in each for each in policy)


@pytest.mark.parametrize(
    "sites", ["*", "https://a.example; script-src *", "javascript:alert(1)", "https://a,https://b"]
)
def test_only_sites_can_be_named(sites: str) -> None:
    with pytest.raises(ValueError, match="embedded_by"):
        Settings(embedded_by=sites)


def test_the_picture_is_drawn_once_and_asked_about_with_its_etag(site: Site) -> None:
    election = voting(site.engine).closed()
    address = f"/v1/rounds/{election.id}/card.png?lang=kk"
    answer = site.get(address)
    picture = Image.open(BytesIO(answer.content))
    assert (picture.format, picture.size) == ("PNG", (WIDTH, HEIGHT))
    assert len(answer.content) < MOST_PICTURE_BYTES
    again = site.get(address, if_none_match=answer.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert site.get(f"/v1/rounds/{election.id}/card.png?lang=ru").headers["etag"] != answer.headers["etag"]
    assert site.get(address).content == answer.content


@pytest.mark.parametrize(
    "title", ["Ә", "W" * 300, "Халық қатысатын бюджет " * 13, "\u0301\u202e<script>", " "]
)
def test_whatever_a_title_holds_there_is_a_picture(title: str) -> None:
    figures = (("999 999 999 999 999,99 ₸", "очень длинная подпись, которой не хватает места " * 3),) * 3
    assert Image.open(BytesIO(drawn(Headline(title, "Официальные результаты", figures, ())))).size == (
        WIDTH,
        HEIGHT,
    )


def test_a_round_without_figures_has_a_picture(site: Site) -> None:
    election = Election(site.engine).drafted()
    assert site.get(f"/v1/rounds/{election.id}/card.png").status_code == 200
