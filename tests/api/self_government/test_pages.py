"""Pages of self-government: one per kind of thing, in three languages, without scripts; every link leads somewhere."""

import re

import pytest

from api.self_government.tables import COLUMNS, REGISTERS, Kind
from api.self_government.words import saying_self_government
from api.web.languages import LANGUAGES
from domain.self_government.call import Level
from domain.self_government.decision import DecisionState
from domain.self_government.gathering import GatheringState
from domain.self_government.initiating import Ground
from domain.self_government.initiative_course import InitiativeState
from domain.self_government.motion import ItemKind, Rating
from domain.self_government.office import LeaveReason
from domain.self_government.report_meeting import Settlement, StatusKind
from domain.self_government.rollcall import Vote
from domain.self_government.sitting import SittingState
from domain.self_government.substance import DecisionKind, RegulatedMatter
from domain.self_government.unit import UnitKind
from projections.self_government.offices import PublicOffice
from tests.api.self_government.conftest import ToldSite
from tests.self_government import ELSEWHERE, UNIT


def addresses(site: ToldSite) -> list[str]:
    story = site.story
    gatherings = site.get("/v1/gatherings").json()["items"]
    return [
        *("/units", f"/units/{UNIT}", f"/units/{ELSEWHERE}"),
        *(f"/units/{unit}/{kind}" for unit in (UNIT, ELSEWHERE) for kind in Kind),
        *(f"/councils/{story.council}", f"/sittings/{story.sitting}"),
        *(f"/decisions/{each}" for each in (story.in_force, story.repealed, story.rejected)),
        *(f"/dismissals/{each}" for each in (story.failed, story.ended)),
        *(f"/report-meetings/{story.meeting}", f"/executions/{story.execution}"),
        *(f"/gatherings/{each['id']}" for each in gatherings),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_thing_has_a_page_in_every_language(told: ToldSite, language: str) -> None:
    for address in addresses(told):
        answer = told.get(f"/{language}{address}")
        assert answer.status_code == 200, address
        assert answer.headers["content-language"] == language
        assert not re.findall(r"<script|<style| style=| on\w+=", answer.text), address
        assert not re.findall(r"[a-z]+_(?:state|title)_?[a-z]*", answer.text), address
        assert told.get(f"/{language}{address}", if_none_match=answer.headers["etag"]).status_code == 304


def test_every_link_leads_somewhere(told: ToldSite) -> None:
    links = {
        link
        for address in addresses(told)
        for link in re.findall(r'href="(/[^"]*)"', told.get(f"/en{address}").text)
    }
    assert len(links) > 60
    assert {link: told.lead(link) for link in links} == dict.fromkeys(links, 200)


def test_a_decision_s_page_tells_what_it_rests_on(told: ToldSite) -> None:
    shown = told.get(f"/en/decisions/{told.story.repealed}").text
    for said in (
        "6 of 7; quorum 4",
        "for 5, against 0, abstained 0; 3 needed",
        "recused",
        "Мүше m.1",
        "sanitation",
    ):
        assert said in shown
    assert f"/decisions/{told.story.in_force}" in shown  # which repealed it
    assert "not adopted" in told.get(f"/en/decisions/{told.story.rejected}").text


def test_an_initiative_s_page_tells_its_whole_way_with_proofs(told: ToldSite) -> None:
    shown = told.get(f"/en/dismissals/{told.story.ended}").text
    assert len(re.findall(r"/log/proof/\d+", shown)) == 9
    assert "12 of 15 deputies; for 8" in shown
    assert "dismissal." not in shown  # no step is told by its topic
    before = told.get(f"/en/dismissals/{told.story.failed}?at=2026-02-24").text
    assert "deputies" not in before


def test_a_gathering_s_page_names_candidates_and_localities(told: ToldSite) -> None:
    council = told.get(f"/v1/councils/{told.story.council}").json()["council"]
    shown = told.get(f"/en/gatherings/{council['gathering_id']}").text
    for said in ("10 of 10; quorum 6", "for 10, against 0", "Candidates", "Мүше m.7", "Separate gathering"):
        assert said in shown
    assert f'<a href="/en/units/{UNIT}">Zhana Auyl</a>' in shown


def test_a_unit_s_page_is_as_of_a_day(told: ToldSite) -> None:
    then = told.get(f"/en/units/{UNIT}?at=2026-03-20").text
    assert f"/decisions/{told.story.repealed}" in then
    assert "Мүше m.7" in then
    later = told.get(f"/en/units/{UNIT}?at=2026-12-01").text
    assert f"/decisions/{told.story.repealed}" not in later
    assert f"/decisions/{told.story.in_force}" in later
    assert "Мүше m.8" in later


def test_overdue_questions_and_tasks_are_seen(told: ToldSite) -> None:
    assert "2026-04" in told.get(f"/en/report-meetings/{told.story.meeting}?at=2026-05-02").text
    assert "Overdue" in told.get(f"/en/executions/{told.story.execution}?at=2026-04-30").text


@pytest.mark.parametrize(
    "path",
    [
        "/units/999999999",
        "/units/%00",
        "/units/%00/offices",
        "/units/101033100/nothing",
        "/decisions/7",
        "/gatherings/nonsense",
    ],
)
def test_what_is_not_there_is_a_page_and_a_404(told: ToldSite, path: str) -> None:
    answer = told.get(f"/ru{path}")
    assert answer.status_code == 404
    assert "Такой записи нет" in answer.text


def test_every_kind_and_state_has_its_words() -> None:
    keys = {
        *(f"unit_{each}" for each in UnitKind),
        *(f"office_{each}" for each in PublicOffice),
        *(f"left_{each}" for each in LeaveReason),
        *(f"gathering_{each}" for each in Level),
        *(f"item_{each}" for each in ItemKind),
        *(f"vote_{each}" for each in Vote),
        *(f"rating_{each}" for each in Rating),
        *(f"decision_{each}" for each in DecisionKind),
        *(f"regulates_{each}" for each in RegulatedMatter),
        *(f"ground_{each}" for each in Ground),
        *(f"status_{each}" for each in StatusKind),
        *(f"settled_{each}" for each in Settlement),
        *(f"gathering_state_{each}" for each in GatheringState),
        *(f"sitting_state_{each}" for each in SittingState),
        *(f"decision_state_{each}" for each in DecisionState),
        *(f"initiative_state_{each}" for each in InitiativeState),
        *(column for columns in COLUMNS.values() for column in columns),
        *Kind,
    }
    for language in LANGUAGES:
        say = saying_self_government(language)
        for key in keys:
            assert say(key), key
    assert set(REGISTERS) == set(COLUMNS) == set(Kind)
