"""The small checks that every typed value passes: texts, identifiers, digests, KATO codes, amounts, times."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from domain.errors import Refused
from domain.kato import KatoInvalid, check_kato
from domain.money import MOST_TIYN, AmountInvalid, check_tiyn
from domain.text import (
    DigestInvalid,
    IdentifierInvalid,
    TextInvalid,
    check_actor,
    check_identifier,
    check_optional_text,
    check_sha256,
    check_text,
)
from domain.times import TimeInvalid, check_time
from tests.examples import DURING, digest
from tests.given import refused

IIN = "990101100010"


def test_a_text_is_trimmed_and_keeps_its_lines() -> None:
    assert check_text("note", " бір\n\tекі ", 20) == "бір\n\tекі"
    assert check_optional_text("note", "  ", 20) == ""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("x" * 21, "too_long"),
        ("a\x00b", "control_character"),
        ("a\rb", "control_character"),
        ("a\x1bb", "control_character"),
        ("a\x85b", "control_character"),
        ("a\u2028b", "control_character"),
        ("a\ud800b", "control_character"),
        (IIN, "personal_number"),
        (f"ЖСН{IIN}.", "personal_number"),
        (f"IIN:{IIN}", "personal_number"),
        (f"8, {IIN}; 9", "personal_number"),
    ],
)
def test_a_text_with_a_problem_is_refused_and_not_echoed(text: str, problem: str) -> None:
    with refused(TextInvalid, field="note", problem=problem) as caught:
        check_text("note", text, 20)
    assert not text.strip() or text.strip() not in f"{caught.value}{caught.value!r}{caught.value.facts}"


@pytest.mark.parametrize("text", ["990440000010", f"{IIN}7", f"1{IIN}", f"a{IIN}", "8 701 123 45 67"])
def test_numbers_that_are_no_iin_may_be_written(text: str) -> None:
    assert check_text("note", text, 30) == text


@forall(st.text())
def test_what_a_text_check_lets_through_it_lets_through_unchanged(text: str) -> None:
    try:
        checked = check_optional_text("note", text, 10)
    except TextInvalid:
        return
    assert checked == text.strip()
    assert check_optional_text("note", checked, 10) == checked
    assert len(checked) <= 10
    checked.encode()


@pytest.mark.parametrize("text", ["7", "p-12", "A:b_c/d#1", "~" * 64])
def test_an_identifier_is_printable_ascii(text: str) -> None:
    assert check_identifier("project", text) == text


@pytest.mark.parametrize("text", ["", "a b", "a\n", "қ", "x" * 65, "a\x7f", IIN])
def test_other_identifiers_are_refused_and_not_echoed(text: str) -> None:
    with refused(IdentifierInvalid, field="project") as caught:
        check_identifier("project", text)
    assert caught.value.facts == {"field": "project"}


@pytest.mark.parametrize("actor", ["", "Clerk", ".clerk", "clerk 1", "clerk\n", "х", "c" * 65, IIN])
def test_an_actor_is_a_lower_case_reference(actor: str) -> None:
    assert check_actor("clerk-1_a.b") == "clerk-1_a.b"
    with refused(IdentifierInvalid, field="by"):
        check_actor(actor)


@pytest.mark.parametrize(
    "text", ["", "ab", digest("x").upper(), digest("x") + "0", digest("x") + "\n", "٠" * 64]
)
def test_a_digest_is_64_lower_case_hex_digits(text: str) -> None:
    assert check_sha256("root", digest("x")) == digest("x")
    with refused(DigestInvalid, field="root"):
        check_sha256("root", text)


@pytest.mark.parametrize("code", ["750000000", "710000000", "101033102", "000000000"])
def test_a_kato_code_is_nine_digits(code: str) -> None:
    assert check_kato(code) == code


@pytest.mark.parametrize("code", ["", "75000000", "7500000000", "75000000x", "٧٥٠٠٠٠٠٠٠", IIN])
def test_other_codes_are_refused_and_not_echoed_even_in_part(code: str) -> None:
    with refused(KatoInvalid) as caught:
        check_kato(code)
    assert caught.value.facts == {}


@pytest.mark.parametrize("amount_tiyn", [0, 1, MOST_TIYN])
def test_money_is_whole_tiyn(amount_tiyn: int) -> None:
    assert check_tiyn("cost_tiyn", amount_tiyn) == amount_tiyn


@pytest.mark.parametrize("amount_tiyn", [-1, MOST_TIYN + 1, 1.0, True, "1", None])
def test_money_is_nothing_else(amount_tiyn: Any) -> None:
    with refused(AmountInvalid, field="cost_tiyn", least=0, most=MOST_TIYN):
        check_tiyn("cost_tiyn", amount_tiyn)


def test_money_may_have_to_be_more_than_nothing() -> None:
    with refused(AmountInvalid, least=1):
        check_tiyn("cost_tiyn", 0, least=1)


def test_a_time_is_taken_to_utc() -> None:
    almaty = DURING.astimezone(timezone(timedelta(hours=5)))
    assert check_time("due", almaty).isoformat() == DURING.isoformat()


@pytest.mark.parametrize(
    "when", [DURING.replace(tzinfo=None), datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)]
)
def test_a_time_without_a_zone_or_out_of_all_reason_is_refused(when: datetime) -> None:
    with refused(TimeInvalid, field="due"):
        check_time("due", when)


@pytest.mark.parametrize(
    ("refuse", "told"),
    [
        (lambda: check_kato("x"), "kato_invalid"),
        (lambda: check_actor(""), "identifier_invalid (field=by)"),
        (lambda: check_text("title", "", 9), "text_invalid (field=title, problem=empty)"),
    ],
)
def test_a_refusal_reads_as_its_code_and_facts(refuse: Callable[[], object], told: str) -> None:
    with pytest.raises(Refused) as caught:
        refuse()
    assert str(caught.value) == told
