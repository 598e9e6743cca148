"""The problem table has exactly what the code can refuse with: one status and three languages for every code."""

import ast
import importlib
import pkgutil
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

import api
import application
import domain
import projections
from api.errors import problem_of
from api.problems import LANGUAGES, STATUS_BY_CODE, status_of, texts
from api.web.languages import negotiated
from domain.errors import Refused

ROOT = Path(__file__).resolve().parents[2]
TABLE = tomllib.loads((ROOT / "api/problems.toml").read_text(encoding="utf-8"))
TITLE_CHARS, DETAIL_CHARS = 60, 160

KAZAKH_ONLY = set("әғқңөұүһі")


def refusals() -> list[type[Refused]]:
    for package in (domain, application, projections, api):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    return sorted(set(below(Refused)), key=lambda refusal: (refusal.code, refusal.__module__))


def below(refusal: type[Refused]) -> Iterator[type[Refused]]:
    for kind in refusal.__subclasses__():
        if kind.__module__.split(".")[0] != "tests":
            yield kind
            yield from below(kind)


def spoken_directly() -> set[str]:
    """The codes that stand as texts in the edge's own modules, because no refusal carries them."""
    return {
        node.value
        for path in (ROOT / "api").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in TABLE
    }


def test_every_refusal_has_a_status_and_its_words() -> None:
    missing = {refusal.code for refusal in refusals()} - STATUS_BY_CODE.keys()
    assert not missing, f"add to api/problems.toml: {sorted(missing)}"


def test_no_code_that_clients_know_ever_goes() -> None:
    known = (ROOT / "tests/golden/refusal_codes.txt").read_text(encoding="utf-8").split()
    assert set(known) <= {Refused.code} | {refusal.code for refusal in refusals()}


def test_no_two_rules_share_a_code() -> None:
    named = defaultdict(list)
    for refusal in refusals():
        named[refusal.code].append(f"{refusal.__module__}.{refusal.__qualname__}")
    assert {code: names for code, names in named.items() if len(names) > 1} == {}


def test_every_rule_names_its_own_code() -> None:
    assert [refusal for refusal in refusals() if "code" not in vars(refusal)] == []


def test_no_code_stands_in_the_table_that_nobody_says() -> None:
    known = {refusal.code for refusal in refusals()} | spoken_directly() | {Refused.code}
    assert STATUS_BY_CODE.keys() - known == set()


@pytest.mark.parametrize(("code", "entry"), TABLE.items())
def test_an_entry_is_a_status_and_three_languages_in_plain_sentences(
    code: str, entry: dict[str, object]
) -> None:
    assert entry.keys() == {"status", *LANGUAGES}
    assert HTTPStatus(status_of(code)) >= HTTPStatus.BAD_REQUEST
    for language in LANGUAGES:
        title, detail = texts(code, language)
        assert 0 < len(title) <= TITLE_CHARS
        assert title[-1] not in ".!"
        assert 0 < len(detail) <= DETAIL_CHARS
        assert detail.endswith(".")
        assert "{" not in title + detail


def test_the_languages_are_not_mixed_up() -> None:
    for code in TABLE:
        kazakh, russian, english = (" ".join(texts(code, language)).lower() for language in LANGUAGES)
        assert KAZAKH_ONLY & set(kazakh), code
        assert not KAZAKH_ONLY & set(russian), code
        assert set(russian) & set("абвгдежзийклмнопрстуфхцчшщыьэюя"), code
        assert english.isascii(), code


def test_a_code_that_is_not_in_the_table_yet_is_still_a_refusal() -> None:
    class Fresh(Refused):
        code = "fresh"

    status, headers, body = problem_of(Fresh(limit=3), "en")
    assert status == HTTPStatus.BAD_REQUEST
    assert headers["content-type"] == "application/problem+json"
    assert b'"code":"fresh"' in body
    assert b'"limit":3' in body


def test_a_fact_never_overwrites_a_member_of_the_document() -> None:
    _, _, body = problem_of(Refused(status=200, code="fine", title="x", detail="y", type="z"), "en")
    assert b'"status":400' in body
    assert b'"code":"refused"' in body


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("kk", "kk"),
        ("kk-KZ,ru;q=0.8", "kk"),
        ("fr, ru;q=0.5", "ru"),
        ("RU", "ru"),
        ("*", "en"),
        (",;=\x00", "en"),
    ],
)
def test_the_first_language_we_speak_is_the_one(accepted: str, language: str) -> None:
    assert negotiated(accepted, "en") == language
