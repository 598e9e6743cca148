"""Texts compared: likeness of proposals, and what changed between two versions."""

import time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.residents.differences import Change, differences
from application.residents.similarity import LEAST, most_similar, similarity

TEXTS = st.text(max_size=120)
WORDS = st.text("абвг abc,.\n", max_size=80)


@given(TEXTS, TEXTS)
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0 <= similarity(one, other) <= 1
    assert similarity(one, other) == similarity(other, one)


@given(st.text("шамқөлagb5 ", min_size=1).filter(str.strip))
def test_a_text_is_wholly_like_itself_however_it_is_written(text: str) -> None:
    assert similarity(text, text) == 1
    assert similarity(text, f" {text.upper()} !") == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Саябаққа шамдар орнату", "Абай саябағына шам орнату"),
        ("Освещение парка имени Абая", "Осветить парк Абая"),
        ("Қала көгалдандыру", "Кала когалдандыру"),
        ("Playground in the yard", "A playground for our yard"),
    ],
)
def test_the_same_wish_in_other_words_is_like(one: str, other: str) -> None:
    assert similarity(one, other) >= LEAST


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Саябаққа шамдар орнату", "Мектеп алдына жаяу жол"),
        ("Освещение парка", "Ремонт библиотеки"),
        ("Шам", "Қала орталығындағы саябаққа және оның айналасына арналған ұзақ сипаттама"),
        ("", "Освещение парка"),
    ],
)
def test_another_wish_is_not(one: str, other: str) -> None:
    assert similarity(one, other) < LEAST


@given(st.lists(TEXTS, max_size=8), TEXTS)
def test_the_likest_come_first_and_no_more_than_asked(texts: list[str], text: str) -> None:
    candidates = [(UUID(int=number), each) for number, each in enumerate(texts)]
    found = most_similar(text, candidates, most=3)
    assert len(found) <= 3
    assert [each.per_cent for each in found] == sorted((each.per_cent for each in found), reverse=True)
    assert found == most_similar(text, reversed(candidates), most=3)


def test_a_full_round_is_looked_through_while_one_types() -> None:
    candidates = [(UUID(int=n), f"Жоба {n} саябаққа шамдар, көше {n % 97}") for n in range(1_500)]
    most_similar("шамдар", candidates)
    began = time.process_time()
    most_similar("саябаққа шам", candidates)
    assert time.process_time() - began < 2


@given(WORDS, WORDS)
def test_the_pieces_are_both_texts(old: str, new: str) -> None:
    pieces = differences(old, new)
    assert "".join(piece.text for piece in pieces if piece.change is not Change.NEW) == old
    assert "".join(piece.text for piece in pieces if piece.change is not Change.GONE) == new
    assert all(piece.text for piece in pieces)


def test_what_stayed_is_not_told_as_changed() -> None:
    pieces = differences("Саябаққа он шам қою", "Саябаққа жиырма шам қою")
    assert [(piece.change.value, piece.text) for piece in pieces] == [
        ("same", "Саябаққа "),
        ("gone", "он"),
        ("new", "жиырма"),
        ("same", " шам қою"),
    ]


@pytest.mark.parametrize("text", ["а " * 5_000, "абв, " * 2_000, "".join(f"{n} " for n in range(2_000))])
def test_the_longest_texts_are_compared_in_time(text: str) -> None:
    began = time.process_time()
    differences(text, text[::-1])
    assert time.process_time() - began < 20  # what is not bounded takes minutes
