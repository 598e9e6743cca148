"""Residents' accounts: one for each person, opaque, of age, and nowhere near the roll."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from application.identity.challenges import Method, Proven
from application.identity.one_time_codes import AddressInvalid
from application.residents.membership import AgeNotDeclared, ResidentUnderAge, Wishes
from tests.application.residents.desk import Desk

PERSON = bytes(range(32))


def proven(*, adult: bool | None) -> Proven:
    return Proven(Method.EDS, PERSON, adult)


def test_the_same_person_has_the_same_opaque_login(desk: Desk) -> None:
    aigul, again, bolat = desk.enter("a@example.kz"), desk.enter("a@example.kz"), desk.enter("b@example.kz")
    assert aigul == again != bolat
    assert re.fullmatch(r"resident-[0-9a-f]{20}", aigul.login)


def test_two_browsers_at_once_make_one_account(desk: Desk) -> None:
    with ThreadPoolExecutor(4) as pool:
        logins = set(pool.map(lambda _: desk.enter("a@example.kz").login, range(4)))
    assert len(logins) == len(desk.rows("accounts")) == 1


@pytest.mark.parametrize("declared", [True, False])
def test_who_is_under_age_by_the_certificate_is_so_whatever_they_say(desk: Desk, *, declared: bool) -> None:
    with pytest.raises(ResidentUnderAge):
        desk.residents.login_of(proven(adult=False), declared_adult=declared, language="kk")
    assert not desk.rows("accounts")


def test_where_the_proof_tells_nothing_of_age_the_resident_must(desk: Desk) -> None:
    with pytest.raises(AgeNotDeclared):
        desk.residents.login_of(proven(adult=None), declared_adult=False, language="kk")
    assert not desk.rows("accounts")
    desk.residents.login_of(proven(adult=None), declared_adult=True, language="kk")
    assert [row["adult_by"] for row in desk.rows("residents")] == ["declared"]
    desk.residents.login_of(proven(adult=None), declared_adult=False, language="kk")


def test_nothing_kept_tells_who_somebody_is(desk: Desk) -> None:
    desk.enter("aigul@example.kz")
    kept = str([desk.rows(table) for table in ("accounts", "residents", "resident_proofs")])
    assert "aigul" not in kept
    assert [row["name"] for row in desk.rows("accounts")] == [""]


def test_letters_go_only_where_the_resident_asked_for_them(desk: Desk) -> None:
    aigul = desk.enter("a@example.kz")
    assert desk.residents.wishes(aigul.account_id) == Wishes(None, "kk")
    desk.residents.wish(aigul.account_id, " News@Example.kz", "ru")
    assert desk.residents.wishes(aigul.account_id) == Wishes("news@example.kz", "ru")
    assert "news@" not in repr(desk.residents.wishes(aigul.account_id))
    with pytest.raises(AddressInvalid):
        desk.residents.wish(aigul.account_id, "nobody", "ru")
    desk.residents.wish(aigul.account_id, "", "ru")
    assert desk.residents.wishes(aigul.account_id).notices_to is None
