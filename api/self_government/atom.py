"""Atom (RFC 4287): a feed of what a unit has published. Ids are the things' own and never change; times are UTC."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from xml.etree.ElementTree import Element, SubElement, tostring

MEDIA_TYPE: Final = "application/atom+xml; charset=utf-8"
_ATOM: Final = "http://www.w3.org/2005/Atom"
_NOT_XML: Final = re.compile("[\ufffe\uffff]")
"""What a text of an event may hold and XML 1.0 may not."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`published`: when it appeared; `updated`: when that was recorded; `url`: its page; `kind`: a word for programs."""

    id: UUID
    title: str
    kind: str
    summary: str
    url: str
    published: datetime
    updated: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """`url` is the feed's own address; `since`: what it tells when there is nothing in it yet."""

    id: UUID
    title: str
    author: str
    language: str
    url: str
    page: str
    since: datetime


def document(feed: Feed, entries: Sequence[Entry]) -> bytes:
    root = Element("feed", {"xmlns": _ATOM, "xml:lang": feed.language})
    _add(root, "id", feed.id.urn)
    _add(root, "title", feed.title)
    _add(root, "updated", _time(max((each.updated for each in entries), default=feed.since)))
    _add(SubElement(root, "author"), "name", feed.author)
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": feed.url})
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": feed.page})
    for each in entries:
        entry = SubElement(root, "entry")
        _add(entry, "id", each.id.urn)
        _add(entry, "title", each.title)
        _add(entry, "published", _time(each.published))
        _add(entry, "updated", _time(each.updated))
        _add(entry, "summary", each.summary)
        SubElement(entry, "category", {"term": each.kind})
        SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": each.url})
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _add(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = _NOT_XML.sub("\ufffd", text)


def _time(when: datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")
