"""Everything that people read is said in Kazakh and Russian, with the same facts, and the catalogs hold nothing else."""

from importlib.resources.abc import Traversable
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from api.web import catalogs, words
from api.web.words import LANGUAGES, NP_, gettext_for, translated

HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"
"""
SAID = catalogs.Said("a.html:1", "", "Voting: %(day)s")
COUNTED = catalogs.Said("a.html:2", "", "%(n)s day", "%(n)s days")
MEANT = catalogs.Said("a.html:3", "sitting", "held")
GOOD = """
msgid "Voting: %(day)s"
msgstr "Голосование: %(day)s"

msgid "%(n)s day"
msgid_plural "%(n)s days"
msgstr[0] "%(n)s день"
msgstr[1] "%(n)s дня"
msgstr[2] "%(n)s дней"

msgctxt "sitting"
msgid "held"
msgstr "состоялось"
"""


def test_every_message_is_said_in_every_language_and_no_entry_is_left_over() -> None:
    told = catalogs.faults()
    assert not told, "\n".join(["python -m api.web.catalogs tells it too:", *told])


def test_messages_are_found_wherever_they_are_said() -> None:
    places = {Path(each.place.partition(":")[0]).suffix for each in catalogs.said().values()}
    assert places == {".html", ".py", ".js"}


@pytest.fixture
def russian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalog of its own, where one can go wrong."""
    catalog = tmp_path / "ru.po"
    catalog.write_text(HEADER + GOOD)
    monkeypatch.setattr(catalogs, "catalogs", lambda language: [catalog] if language == "ru" else [])
    return catalog


def faults_of(catalog: Path, old: str = "", new: str = "") -> list[str]:
    text = catalog.read_text()
    assert old in text
    catalog.write_text(text.replace(old, new, 1) if old else text + new)
    used = {each.key: each for each in (SAID, COUNTED, MEANT)}
    return list(catalogs._faults("ru", used))


def test_a_whole_catalog_has_no_fault(russian: Path) -> None:
    assert faults_of(russian) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('msgctxt "sitting"\n', "", "not in api/locale/ru: 'held' (sitting)"),
        ('"Голосование: %(day)s"', '""', "'Voting: %(day)s' is not said"),
        (
            '"Голосование: %(day)s"',
            '"Голосование: %(dau)s"',
            "has ['%(day)s'], and its translation ['%(dau)s']",
        ),
        ('"%(n)s дня"', '"дня"', "has ['%(n)s'], and its translation []"),
        ('"%(n)s дня"', '"%(n)s дня 5%"', "write %%"),
        ('msgid "Voting', '#, fuzzy\nmsgid "Voting', "marked fuzzy"),
        ('msgstr[2] "%(n)s дней"\n', "", "is not said"),
        ("", '\nmsgid "Old"\nmsgstr "Старое"\n', "nobody says 'Old'"),
    ],
)
def test_a_fault_is_told(russian: Path, old: str, new: str, fault: str) -> None:
    assert any(fault in each for each in faults_of(russian, old, new))


def test_a_message_said_in_two_ways_needs_a_context(
    russian: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "z.po"
    other.write_text(HEADER + GOOD.replace("состоялось", "прошло"))
    monkeypatch.setattr(catalogs, "catalogs", lambda _: [russian, other])
    assert any("said otherwise" in each for each in faults_of(russian))


def test_each_language_says_what_was_marked() -> None:
    held = {language: translated(language, NP_("sitting", "held")) for language in LANGUAGES}
    assert held == {"kk": "өтті", "ru": "состоялось", "en": "held"}
    assert translated("ru", NP_("gathering", "held")) == "состоялся"


def test_a_language_counts_alike_in_all_its_catalogs() -> None:
    for language in ("kk", "ru"):
        heads = {_head(catalog) for catalog in words.catalogs(language)}
        assert len(heads) == 1


def _head(catalog: Traversable) -> str:
    with catalog.open("rb") as source:
        return read_po(source).plural_forms


def test_what_no_catalog_says_is_said_in_english() -> None:
    for language in LANGUAGES:
        assert gettext_for(language).gettext("nobody says this") == "nobody says this"
        assert gettext_for(language).ngettext("{n} day", "{n} days", 2) == "{n} days"
