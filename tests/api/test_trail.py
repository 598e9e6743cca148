"""The trail of one thing as programs and people read it: every event in words, with what proves it, and no ballot too early."""

import json
import re
from dataclasses import replace
from string import Formatter
from typing import Any
from uuid import UUID

import pytest

from api.rounds import MOST_BY_DEFAULT
from api.trail_words import EACH, FORMS, NOTHING, name_of, phrases, words_of
from api.web.languages import LANGUAGES
from application.log.merkle import leaf_hash
from application.log.receipt import parse_receipt, verify_receipt
from domain.ballot import Ballot
from domain.conclusion import Conclusion
from domain.finding import SubjectKind
from domain.roll import Roll
from domain.round import Round
from tests.api.reading import Site, site_of, voting
from tests.elections import Election
from tests.examples import CLERK, EARLY, TERMS
from tests.findings import tell_findings
from tests.house.files import ROOT
from tests.server import Server

GOLDEN = ROOT / "tests" / "golden"
FORMATS = json.loads((GOLDEN / "event_formats.json").read_bytes())
"""Of every event there is: tests/domain/test_stored_formats.py sees to that."""
TOPICS = sorted(FORMATS)

each_topic = pytest.mark.parametrize("topic", TOPICS)


@pytest.fixture
def site(server: Server) -> Site:
    return site_of(server)


def golden(topic: str) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads((GOLDEN / "entries" / f"{topic}.json").read_bytes())
    return entry


@each_topic
def test_every_event_has_words_in_every_language(topic: str) -> None:
    assert topic in phrases(), f"add [{topic!r}] to api/events.toml"
    words = words_of(topic, golden(topic)["state"])
    said = [getattr(words, language) for language in LANGUAGES]
    assert len(set(said)) == len(LANGUAGES)
    for sentence in said:
        assert re.search(r"\w", sentence)
        assert not re.search(r"[{}]|\bNone\b|\['", sentence)


@each_topic
def test_every_language_tells_the_same_facts(topic: str) -> None:
    told = {tuple(sorted(fields(template))) for template in phrases()[topic]}
    assert len(told) == 1


@each_topic
def test_every_value_of_a_closed_list_has_words(topic: str) -> None:
    for path, spec in fields(phrases()[topic][0]):
        shape = FORMATS[topic]
        for name in path:
            shape = shape[name]
        if is_part(spec):
            missing = {f"{spec}_{value}" for value in closed_list(shape)} - phrases().keys()
            assert not missing, "add them to api/events.toml"


def fields(template: str) -> list[tuple[tuple[str, ...], str]]:
    """(path into the event's state, how it is told) of every field; a name in the reader's language is one fact."""
    return [
        (tuple(re.findall(r"\w+", re.sub(r"\[(kk|ru|en)\]", "[kk]", name))), spec or "")
        for _, name, spec, _ in Formatter().parse(template)
        if name is not None
    ]


def is_part(spec: str) -> bool:
    return bool(spec) and spec not in FORMS and not spec.startswith(EACH)


def closed_list(shape: Any) -> list[str]:
    """The values that a field may have: of an enumeration, of a truth, of a list of these."""
    while isinstance(shape, dict):
        (shape, *_) = next(iter(shape.values()))
    values: list[str] = ["true", "false"] if shape == "bool" else shape.removeprefix("str ").split("|")
    assert len(values) > 1
    return values


@each_topic
def test_every_kind_of_thing_has_a_name(topic: str) -> None:
    kind = topic.split(".", maxsplit=1)[0]
    assert f"thing_{kind}" in phrases(), f"add [thing_{kind}] to api/events.toml"
    assert str(UUID(int=5)) in name_of(kind, UUID(int=5)).kk


def test_no_words_are_kept_for_what_nobody_says() -> None:
    specs = {spec for topic in TOPICS for _, spec in fields(phrases()[topic][0]) if is_part(spec)}
    things = {f"thing_{kind}" for kind in (*SubjectKind, *(topic.split(".")[0] for topic in TOPICS))}
    unused = phrases().keys() - set(TOPICS) - things - {"slips_of_unit"}
    assert {key for key in unused if not key.startswith(tuple(f"{spec}_" for spec in specs))} == set()


def test_an_event_without_words_is_told_by_its_topic() -> None:
    assert words_of("round.renamed.v9", {}).en == "round.renamed.v9"
    assert name_of("treaty", UUID(int=5)).ru == f"treaty {UUID(int=5)}"


def test_what_was_not_given_is_a_dash_and_points_stand_behind_their_project() -> None:
    closed = words_of("round.voting_closed.v1", {"early_reason": "", "by": "clerk-1"})
    assert closed.en == f"Voting closed. Reason for closing early: {NOTHING}."
    ballot = {"unit": "750000000", "choices": {"12": 3, "5": 7}}
    assert "12 (3), 5 (7)" in words_of("ballot.cast.v1", ballot).kk
    assert NOTHING in words_of("ballot.cast.v1", {**ballot, "choices": []}).ru


def test_a_finding_about_entries_names_them() -> None:
    state = golden("finding.opened.v1")["state"]
    state["subject"] = {"kind": "entries", "id": None, "first": 3, "last": 9}
    assert "entries 3–9 of the log" in words_of("finding.opened.v1", state).en


def trail(site: Site, thing_id: UUID, query: str = "") -> Any:
    answer = site.get(f"/v1/trail/{thing_id}{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def everything(election: Election) -> list[UUID]:
    """Ids of one thing of each kind."""
    findings = tell_findings(election.engine, election.id)
    return [
        election.id,
        election.proposals["1"],
        Roll.create_id(election.id),
        Ballot.create_id(election.id, f"{1:043}"),
        Conclusion.create_id(election.id),
        findings[-1],
    ]


def test_each_kind_of_thing_has_its_trail(site: Site) -> None:
    election = voting(site.engine).closed().concluded().published()
    for thing_id in everything(election):
        told = trail(site, thing_id)
        assert told["next"] is None
        assert str(thing_id) in told["name"]["en"]
        for item in told["items"]:
            assert item["topic"].startswith(f"{told['kind']}.")
            assert item["words"].keys() == LANGUAGES.keys()
    (ballot,) = trail(site, Ballot.create_id(election.id, f"{1:043}"))["items"]
    assert ballot["words"]["en"].endswith("Projects chosen: 1, 2.")
    assert ballot["by"] is None


def test_a_step_holds_what_proves_it(site: Site) -> None:
    election = voting(site.engine).closed()
    opened = trail(site, election.id)["items"][-2]
    assert (opened["topic"], opened["by"]) == ("round.voting_opened.v1", "clerk-1")
    receipt = parse_receipt(site.get(opened["proof"]).text)
    assert receipt.index == opened["position"] - 1
    verify_receipt(receipt, leaf_hash(opened["entry"].encode()), site.engine.signer.verifier)


def test_a_trail_is_paged(site: Site) -> None:
    election = voting(site.engine).closed()
    whole = trail(site, election.id)["items"]
    paged, query = [], "?limit=2"
    while True:
        page = trail(site, election.id, query)
        paged += page["items"]
        if page["next"] is None:
            break
        query = f"?limit=2&after={page['next']}"
    assert paged == whole
    assert trail(site, election.id, f"?after={whole[-1]['position']}")["items"] == []


def test_a_trail_is_kept_until_something_happens(site: Site) -> None:
    election = voting(site.engine)
    etag = site.get(f"/v1/trail/{election.id}").headers["etag"]
    assert site.get(f"/v1/trail/{election.id}", if_none_match=etag).status_code == 304
    election.closed()
    assert site.get(f"/v1/trail/{election.id}", if_none_match=etag).status_code == 200


def test_a_ballot_of_an_open_round_looks_like_one_that_was_never_cast(site: Site) -> None:
    election = voting(site.engine)
    cast, never = (Ballot.create_id(election.id, f"{number:043}") for number in (1, 999))
    for path in ("/v1/trail", "/en/trail"):
        hidden, absent = site.get(f"{path}/{cast}"), site.get(f"{path}/{never}")
        assert hidden.status_code == absent.status_code == 404
        assert hidden.text.replace(str(cast), str(never)) == absent.text
        assert "A ballot is shown only when voting has closed" in hidden.text
    assert site.get(f"/v1/trail/{cast}").json()["code"] == "no_trail"
    election.closed()
    assert site.get(f"/v1/trail/{cast}").status_code == site.get(f"/en/trail/{cast}").status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_the_same_in_every_language(site: Site, language: str) -> None:
    election = voting(site.engine).closed().concluded()
    told = trail(site, election.id)
    shown = site.get(f"/{language}/trail/{election.id}")
    assert shown.status_code == 200
    assert f'<html lang="{language}">' in shown.text
    assert told["name"][language] in shown.text
    for item in told["items"]:
        assert item["words"][language].replace("'", "&#39;") in shown.text
        assert f'href="{item["proof"]}"' in shown.text


def test_every_link_of_a_trail_page_leads_somewhere(site: Site) -> None:
    election = voting(site.engine).closed()
    links = set(re.findall(r'href="(/[^"]*)"', site.get(f"/en/trail/{election.id}").text))
    assert len(links) > 8
    assert {link: site.lead(link) for link in links} == dict.fromkeys(links, 200)
    assert f"/ru/trail/{election.id}" in site.get(f"/ru/rounds/{election.id}").text


def test_a_long_trail_is_shown_in_pages(site: Site) -> None:
    election = Election(site.engine).drafted()
    with site.engine.store.deciding() as decision:
        round_ = decision.get(Round, election.id)
        for number in range(MOST_BY_DEFAULT):
            round_.change_terms(replace(TERMS, title=f"Try {number}"), by=CLERK, at=EARLY)
        decision.save(round_)
    shown = site.get(f"/en/trail/{election.id}").text
    (later,) = re.findall(r'href="([^"]*)"[^<]*>(?:<[^>]*>|\s)*Later ones', shown)
    rest = site.get(later.replace("&amp;", "&")).text
    assert "Later ones" not in rest
    proofs = re.findall(r'href="(/log/proof/\d+)"', shown) + re.findall(r'href="(/log/proof/\d+)"', rest)
    assert proofs == [item["proof"] for item in trail(site, election.id, "?limit=1000")["items"]]


@pytest.mark.parametrize("what", ["nonsense", str(UUID(int=9)), "' OR 1=1", "<script>"])
def test_what_is_no_thing_has_a_page_that_says_so(site: Site, what: str) -> None:
    answer = site.get(f"/ru/trail/{what}")
    assert answer.status_code == 404
    assert "Открытых записей нет" in answer.text
    assert "<script" not in answer.text


def test_what_people_typed_is_text(site: Site) -> None:
    typed = {"1": "<script>alert(1)</script> {sketch[unit]} {0} %s"}
    election = Election(site.engine).drafted().reviewed({"1": 500}, titles=typed)
    shown = site.get(f"/en/trail/{election.proposals['1']}").text
    assert "<script" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {sketch[unit]} {0} %s" in shown
