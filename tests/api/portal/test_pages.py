"""The portal's pages: what a resident sees in each phase and language, without scripts, and nothing run that somebody typed."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from api.design import SHEETS
from api.web.assets import asset
from api.web.languages import LANGUAGES
from api.wording import _PHRASES, days_until, local_time, number, tenge
from application.clock import now
from domain.allocation import Reason, TieBreak
from domain.round import Phase, Round
from projections.results import Status
from tests.api.reading import COSTS, Site, site_of, voting
from tests.deliveries import enrol
from tests.elections import Election
from tests.examples import AFTER, CITY, CLERK, EARLY, HEAD, MINUTES, OPENS, TERMS
from tests.findings import tell_findings
from tests.implementations import begun, tell_implementation
from tests.server import Server

SPACE = "\u00a0"
AFTER_VOTING = list(Phase)[list(Phase).index(Phase.VOTING) :]


@pytest.fixture
def site(server: Server) -> Site:
    return site_of(server)


def page(site: Site, election: Election, lang: str = "en") -> str:
    answer = site.get(f"/{lang}/rounds/{election.id}")
    assert answer.status_code == 200
    return answer.text


def in_phase(site: Site, phase: Phase) -> Election:
    """A round that has got there the way rounds do."""
    election = Election(site.engine)
    if phase is Phase.CANCELLED:
        return voting(site.engine).cancelled()
    if phase is Phase.REVIEW:
        return election.drafted().reviewed({"1": 500})
    if phase is Phase.DRAFTED:
        with site.engine.store.deciding() as decision:
            decision.save(Round.draft(election.id, election.terms, by=CLERK, at=EARLY))
        return election
    if phase is Phase.INTAKE:
        return election.drafted()
    election = voting(site.engine)
    for step in (Election.closed, Election.concluded, Election.published)[: AFTER_VOTING.index(phase)]:
        step(election)
    if phase in (Phase.IMPLEMENTING, Phase.COMPLETED):
        begun(election, "1", COSTS["1"])
    if phase is Phase.COMPLETED:
        with site.engine.store.deciding() as decision:
            round_ = decision.get(Round, election.id)
            round_.complete(by=CLERK, at=AFTER)
            decision.save(round_)
    return election


def test_while_voting_is_open_it_shows_turnout_and_projects_but_no_count(site: Site) -> None:
    shown = page(site, voting(site.engine))
    assert "Voting is under way" in shown
    assert f"6,0{SPACE}%" in shown  # 30 of 500
    assert "Project 4" in shown
    for count in ("Votes", "Funded", ">21<"):
        assert count not in shown


def test_while_voting_is_open_it_says_how_many_days_are_left(site: Site) -> None:
    closes = now() + timedelta(days=3, minutes=1)
    terms = replace(TERMS, voting_closes=closes)
    election = Election(site.engine, terms=terms).drafted().reviewed({"1": 500}).opened()
    before = days_until(closes, now())
    shown = page(site, election), site.get("/en/").text
    after = days_until(closes, now())  # midnight may have passed
    assert all(f"{before} days left" in each or f"{after} days left" in each for each in shown)


def test_once_the_announced_end_has_passed_nothing_is_said_of_days(site: Site) -> None:
    assert "left" not in page(site, voting(site.engine))


def test_days_are_counted_by_midnights_in_kazakhstan() -> None:
    late = datetime(2026, 9, 1, 18, 30, tzinfo=UTC)  # 23:30 there
    assert days_until(late + timedelta(minutes=29), late) == 0
    assert days_until(late + timedelta(hours=1), late) == 1
    assert days_until(late, late + timedelta(hours=1)) == -1


def test_each_status_has_its_banner(site: Site) -> None:
    election = voting(site.engine)
    election.closed()
    assert "Provisional results" in page(site, election)
    election.concluded()
    assert "not published yet" in page(site, election)
    election.published()
    assert "Official results" in page(site, election)
    assert "akimat.example" in page(site, election)
    election.corrected("3", voters=8, score=8)
    shown = page(site, election)
    assert "Official results, corrected" in shown
    assert "miscounted" in shown
    assert "What the correction changed" in shown
    assert f"/v1/rounds/{election.id}/conclusions/2" in shown


def test_the_table_says_why_with_its_numbers(site: Site) -> None:
    shown = page(site, voting(site.engine).closed())
    assert "9 voters — at least 10 needed" in shown
    assert "Would have won with: 1 more vote." in shown
    assert f"7{SPACE}000{SPACE}000{SPACE}₸ more than was left" in shown
    assert f"15{SPACE}000{SPACE}000,50{SPACE}₸" in shown
    assert f"2{SPACE}999{SPACE}999,50{SPACE}₸" in shown  # unspent
    assert "/log/checkpoint" in shown


def test_a_cancelled_round_says_why(site: Site) -> None:
    shown = page(site, voting(site.engine).cancelled())
    assert "Cancelled" in shown
    assert "no money" in shown


def test_a_round_before_its_paper_is_shown(site: Site) -> None:
    assert "Proposals are taken in" in page(site, Election(site.engine).drafted())


def test_an_unknown_round_is_a_page_and_a_404(site: Site) -> None:
    for path in ("/rounds/00000000-0000-0000-0000-000000000009", "/rounds/nonsense"):
        answer = site.get(f"/ru{path}")
        assert answer.status_code == 404
        assert "Такого голосования нет" in answer.text


def test_the_index_lists_rounds_with_links(site: Site) -> None:
    election = voting(site.engine)
    shown = site.get("/en/").text
    assert f"/en/rounds/{election.id}" in shown


def test_what_residents_typed_is_text(site: Site) -> None:
    typed = {"1": "<script>alert(1)</script>"}
    election = Election(site.engine).drafted().reviewed({"1": 500}, titles=typed).opened()
    shown = page(site, election) + page(site, election.closed())
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown


def test_nothing_on_a_page_needs_a_script_or_an_inline_style(site: Site) -> None:
    election = voting(site.engine).closed()
    answer = site.get(f"/en/rounds/{election.id}")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.findall(r"<script|<style| style=| on\w+=", answer.text)
    sheets = {*(asset(f"design/{sheet}.css") for sheet in SHEETS), asset("portal/portal.css")}
    assert set(re.findall(r'(?:src|stylesheet" href)="([^"]+)', answer.text)) == sheets


def test_every_link_of_a_results_page_leads_somewhere(site: Site) -> None:
    election = voting(site.engine).closed().concluded().published()
    shown = page(site, election)
    links = set(re.findall(r'href="(/[^"]*)"', shown))
    assert len(links) > 8
    answers = {link: site.get(link.replace("&amp;", "&")).status_code for link in links}
    assert answers == {link: 401 if link in ("/en/staff", "/en/my") else 200 for link in links}


@pytest.mark.parametrize("phase", Phase)
def test_a_round_has_a_page_in_every_phase_and_language(site: Site, phase: Phase) -> None:
    election = in_phase(site, phase)
    for language in LANGUAGES:
        assert election.terms.title in page(site, election, language)


def test_a_round_that_is_drafted_says_how_to_take_part_and_where(site: Site) -> None:
    enrol(site.engine, uuid4().hex)
    shown = page(site, Election(site.engine).drafted())
    assert "How to take part" in shown
    assert "choose up to 3 projects" in shown
    assert "<span>Hall</span>" in shown


def test_proposals_are_listed_with_where_they_stand_and_why(site: Site) -> None:
    election = Election(site.engine).drafted()
    election.proposals["a"] = election.propose("A <b>bench</b>")
    election.decide("a", "reject", "not the akimat's land", minutes_digest=MINUTES, by=HEAD)
    shown = page(site, election)
    assert "A &lt;b&gt;bench&lt;/b&gt;" in shown
    assert "Not admitted: not the akimat&#39;s land" in shown


def test_a_project_s_way_is_told_from_the_contract_to_the_opening(site: Site) -> None:
    election = voting(site.engine).closed().concluded().published()
    page(site, election)
    tell_implementation(election, "1", COSTS["1"])
    shown = page(site, election)
    assert "From the vote to the opening" in shown
    assert "ЖШС «Жарық»" in shown
    assert "Accepted by the residents&#39; commission" in shown


def test_a_unit_s_rounds_are_on_one_page_and_other_units_rounds_are_not(site: Site) -> None:
    election = voting(site.engine)
    assert f"/en/rounds/{election.id}" in site.get(f"/en/units/{CITY}/rounds").text
    assert site.get("/en/units/990000001/rounds").status_code == 404


def test_a_finding_about_a_round_is_linked_from_it(site: Site) -> None:
    election = voting(site.engine).closed()
    tell_findings(site.engine, election.id)
    assert "Findings of the revision commission" in page(site, election)


def test_a_page_of_results_is_drawn_again_after_every_change(site: Site) -> None:
    election = voting(site.engine).closed()
    assert "Provisional results" in page(site, election)
    first = site.get(f"/en/rounds/{election.id}")
    again = site.get(f"/en/rounds/{election.id}", if_none_match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    election.decide("1", "withdraw", "built already", at=AFTER)
    assert "Withdrawn by its author" in page(site, election)
    election.concluded().published()
    assert "Official results" in page(site, election)


def test_a_link_with_something_added_to_it_is_its_reader_s_own_and_as_new_as_any(site: Site) -> None:
    election = voting(site.engine).closed()
    links = [f"/en/rounds/{election.id}?reader={reader}" for reader in "ab"]
    for link in links:
        assert f'href="{link}"' in site.get(link).text
    election.decide("1", "withdraw", "built already", at=AFTER)
    assert all("Withdrawn by its author" in site.get(link).text for link in links)


@pytest.mark.parametrize("asked", ["", "?reader=a"])
def test_a_page_of_results_is_the_same_packed_and_not(site: Site, asked: str) -> None:
    link = f"/ru/rounds/{voting(site.engine).closed().id}{asked}"
    plain = site.get(link, accept_encoding="identity")
    for _ in range(2):
        packed = site.get(link, accept_encoding="gzip")
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.headers["etag"] == f"W/{plain.headers['etag']}"
        assert packed.content == plain.content
    assert "Accept-Encoding" in plain.headers["vary"]
    unchanged = site.get(link, if_none_match=packed.headers["etag"])
    assert (unchanged.status_code, unchanged.content) == (304, b"")


def test_every_phase_status_and_reason_has_its_phrase() -> None:
    plain = {reason for reason in Reason if reason not in (Reason.LOST_TIE, Reason.BELOW_LOCAL_THRESHOLD)}
    needed = {
        *(f"phase_{phase}" for phase in Phase),
        *(f"status_{status}" for status in Status),
        *(f"lost_tie_{tie}" for tie in TieBreak),
        *(reason.value for reason in plain),
    }
    assert needed <= set(_PHRASES)


def test_money_numbers_and_times_are_written_as_here() -> None:
    assert tenge(5_830_000_000) == f"58{SPACE}300{SPACE}000{SPACE}₸"
    assert tenge(105) == f"1,05{SPACE}₸"
    assert tenge(0) == f"0{SPACE}₸"
    assert number(11_067) == f"11{SPACE}067"
    assert local_time(OPENS) == f"01.09.2026{SPACE}09:00"
