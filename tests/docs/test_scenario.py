"""The page on scenarios names every kind of entry with its keys, and every word of every closed list."""

import re
from enum import StrEnum

import msgspec
import pytest

from application.self_government.scenario.entry import Entry
from application.self_government.scenario.reading import KINDS, read_scenario
from domain.self_government.call import Level
from domain.self_government.initiating import Ground
from domain.self_government.motion import ItemKind, Rating
from domain.self_government.office import LeaveReason, OfficeKind
from domain.self_government.report_meeting import Settlement, StatusKind
from domain.self_government.rollcall import Vote
from domain.self_government.substance import DecisionKind, RegulatedMatter
from domain.self_government.unit import UnitKind
from tests.house.files import ROOT

PAGE = (ROOT / "docs" / "scenario.md").read_text(encoding="utf-8")
COMMON = set(Entry.__struct_fields__)
LISTS = (
    UnitKind,
    OfficeKind,
    LeaveReason,
    Level,
    ItemKind,
    Rating,
    Vote,
    RegulatedMatter,
    Ground,
    StatusKind,
    Settlement,
)


def example() -> bytes:
    return PAGE.partition("```yaml\n")[2].partition("```")[0].encode()


def test_every_kind_of_entry_is_on_the_page_with_its_keys_and_none_in_vain() -> None:
    rows = re.findall(r"^\| `(\w+\.\w+)` \| (.+?) \| ", PAGE, re.MULTILINE)
    told = {
        kind: (set(re.findall(r"(?<!\()`(\w+)`", keys)), set(re.findall(r"\(`(\w+)`\)", keys)))
        for kind, keys in rows
    }
    taken = {
        word: (
            {each.encode_name for each in msgspec.structs.fields(kind) if each.required},
            {each.encode_name for each in msgspec.structs.fields(kind) if not each.required} - COMMON,
        )
        for word, kind in KINDS.items()
    }
    assert told == taken
    assert len(rows) == len(told)


@pytest.mark.parametrize("words", LISTS, ids=lambda words: words.__name__)
def test_every_closed_list_is_on_the_page_whole(words: type[StrEnum]) -> None:
    assert f"| {', '.join(words)} |" in PAGE


def test_every_kind_of_decision_has_its_matter_on_the_page() -> None:
    matters = PAGE.partition("A `matter` is")[2].partition("## ")[0]
    rows = re.findall(r"^\| (`.+?`) \| ", matters, re.MULTILINE)
    assert {kind for row in rows for kind in re.findall(r"`(\w+)`", row)} - {"kind"} == set(DecisionKind)


def test_the_example_is_a_scenario() -> None:
    assert read_scenario(example()).lines[-1].entry.word == "report_meeting.question_settled"
