"""The calendar holds to RFC 5545 and the feed to RFC 4287, whatever people typed; both say the same until something happens."""

import re
from datetime import UTC, datetime
from uuid import UUID
from xml.etree.ElementTree import Element, fromstring

from hypothesis import given
from hypothesis import strategies as st

from api.self_government.atom import Entry, Feed, document
from api.self_government.icalendar import Event, calendar
from domain.self_government.sitting import Sitting
from tests.api.self_government.conftest import ToldSite
from tests.self_government import ELSEWHERE, UNIT

NOON = datetime(2026, 6, 30, 7, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
typed = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), min_size=1, max_size=300
)
"""What `check_text` lets into an event."""


def event(text: str = "Sitting 1") -> Event:
    return Event(
        UUID(int=1), NOON, 0, NOON, text, text, text, "http://dauys.example/sittings/1", cancelled=False
    )


def unfolded(body: bytes) -> list[tuple[str, str]]:
    """Content lines as (name with parameters, value), read as RFC 5545, 3.1 says."""
    text = body.decode().replace("\r\n ", "")
    assert text.endswith("\r\n")
    return [(line.partition(":")[0], line.partition(":")[2]) for line in text.split("\r\n")[:-1]]


def plain(text: str) -> str:
    """A TEXT value unescaped, as RFC 5545, 3.3.11 says."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], text)


@given(typed)
def test_any_text_survives_folding_and_escaping(text: str) -> None:
    body = calendar("Calendar", "kk", [event(text)])
    for line in body.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()  # fails if a character is split
        assert b"\n" not in line
    lines = dict(unfolded(body))
    for name in ("SUMMARY;LANGUAGE=kk", "DESCRIPTION", "LOCATION"):
        assert plain(lines[name]) == text
        assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", lines[name])


def test_a_calendar_has_what_must_be_there_and_no_more_than_once() -> None:
    lines = unfolded(calendar("Calendar", "en", [event()]))
    names = [name.partition(";")[0] for name, _ in lines]
    assert names[0] == names[-1].replace("END", "BEGIN") == "BEGIN"
    assert len(set(names) - {"BEGIN", "END"}) == len(names) - 4
    assert {"VERSION", "PRODID", "UID", "DTSTAMP", "DTSTART"} <= set(names)
    assert dict(lines)["DTSTART"] == "20260630T070000Z"
    assert len(unfolded(calendar("Nothing yet", "en", []))) == 6


def test_sittings_are_in_the_calendar_with_a_lasting_uid(told: ToldSite) -> None:
    path = f"/v1/units/{UNIT}/sittings.ics"
    answer = told.get(f"{path}?lang=ru")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert told.get(f"{path}?lang=ru", if_none_match=answer.headers["etag"]).status_code == 304
    lines = unfolded(answer.content)
    uids = [value for name, value in lines if name == "UID"]
    assert len(uids) == len(set(uids)) == 6
    assert str(told.story.sitting) in uids
    sitting = told.engine.store.load(Sitting, told.story.sitting)
    after = lines[lines.index(("UID", str(sitting.id))) :]
    assert dict(reversed(after))["DTSTART"] == sitting.held_at.strftime("%Y%m%dT%H%M%SZ")
    assert [value for name, value in lines if name == "STATUS"].count("CANCELLED") == 1
    assert next(value for name, value in lines if name == "SUMMARY;LANGUAGE=ru").startswith("Заседание")
    assert r"Тариф\; су\, жарық" in answer.text.replace("\r\n ", "")
    for name, value in lines:
        if name == "URL":
            assert told.server.client.get(value).status_code == 200
    assert told.get("/v1/units/999999999/sittings.ics").status_code == 404


def feed(**changed: str) -> Feed:
    facts = {
        "title": "Feed",
        "author": "Unit",
        "language": "kk",
        "url": "http://a/f",
        "page": "http://a/",
    } | changed
    return Feed(UUID(int=1), since=NOON, **facts)


def only(parent: Element, tag: str) -> Element:
    (found,) = parent.findall(ATOM + tag)
    return found


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=100))
def test_any_text_is_well_formed_xml(text: str) -> None:
    entry = Entry(UUID(int=2), text, "decision", text, "http://a/d", NOON, NOON)
    root = fromstring(document(feed(title=text, author=text), [entry]))  # noqa: S314 - our own bytes
    assert only(only(root, "entry"), "title").text == re.sub("[\ufffe\uffff]", "\ufffd", text)


def test_publications_are_in_the_feed_the_last_first(told: ToldSite) -> None:
    path = f"/v1/units/{UNIT}/publications.atom?lang=en"
    answer = told.get(path)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert told.get(path, if_none_match=answer.headers["etag"]).status_code == 304
    root = fromstring(answer.content)  # noqa: S314 - our own bytes
    for parent in (root, *root.findall(f"{ATOM}entry")):
        for tag in ("id", "title", "updated"):
            assert only(parent, tag).text
    assert only(only(root, "author"), "name").text == "Zhana Auyl"
    entries = root.findall(f"{ATOM}entry")
    assert [only(each, "category").get("term") for each in entries] == ["gathering", "decision", "decision"]
    assert [only(each, "id").text for each in entries[1:]] == [
        told.story.in_force.urn,
        told.story.repealed.urn,
    ]
    updated = [only(each, "updated").text or "" for each in entries]
    assert updated == sorted(updated, reverse=True)
    assert only(root, "updated").text == updated[0]
    for link in root.iter(f"{ATOM}link"):
        assert told.server.client.get(link.get("href") or "").status_code == 200


def test_the_maslikhat_s_decisions_are_in_the_feed(told: ToldSite) -> None:
    root = fromstring(told.get(f"/v1/units/{ELSEWHERE}/publications.atom").content)  # noqa: S314 - our own bytes
    entries = root.findall(f"{ATOM}entry")
    assert [only(each, "id").text for each in entries] == [told.story.ended.urn, told.story.failed.urn]


def test_a_feed_of_nothing_says_since_when(told: ToldSite) -> None:
    root = fromstring(told.get("/v1/units/101030000/publications.atom").content)  # noqa: S314 - our own bytes
    assert root.findall(f"{ATOM}entry") == []
    assert only(root, "updated").text == "2026-02-24T05:00:00Z"
