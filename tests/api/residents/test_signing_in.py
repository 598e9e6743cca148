"""Residents sign in over HTTP: by a code or a signature, as themselves and nobody else, and out again."""

import re
from typing import Any

import pytest

from tests.api.residents.visiting import Site, Visit
from tests.ncanode import signed
from tests.people import iin

AIGUL = "aigul"


def test_a_resident_signs_in_with_a_code_and_out_again(site: Site) -> None:
    visit = site.resident(AIGUL)
    assert "Менің ұсыныстарым" in visit.shown
    visit.post("/kk/sign-out")
    assert "/residents/sign-in" in str(visit.get("/kk/my").url)


def test_the_page_that_was_wanted_comes_after_signing_in_and_no_other_sites(site: Site) -> None:
    for wanted, path in (("/my/notices", "/kk/my/notices"), ("//evil.example", "/kk/my")):
        visit = Visit(site, site.visitor())
        visit.get(f"/kk/residents/sign-in?next={wanted}")
        visit.post(
            "/kk/residents/sign-in/code", address=site.address(AIGUL), adult="yes", next=visit.hidden("next")
        )
        facts: dict[str, Any] = {name: visit.hidden(name) for name in ("challenge", "adult", "next")}
        answer = visit.post(
            "/kk/residents/sign-in/prove", answer=visit.code_for(site.address(AIGUL)), **facts
        )
        assert answer.url.path == path


def test_a_wrong_code_is_told_and_the_right_one_still_holds(site: Site) -> None:
    visit = Visit(site, site.visitor())
    visit.get("/ru/residents/sign-in")
    visit.post("/ru/residents/sign-in/code", address=site.address(AIGUL), adult="yes")
    facts: dict[str, Any] = {name: visit.hidden(name) for name in ("challenge", "adult", "next")}
    wrong = f"{(int(visit.code_for(site.address(AIGUL))) + 1) % 10**6:06}"
    visit.post("/ru/residents/sign-in/prove", 403, answer=wrong, **facts)
    assert 'aria-invalid="true"' in visit.page
    visit.post("/ru/residents/sign-in/prove", answer=visit.code_for(site.address(AIGUL)), **facts)
    assert site.address(AIGUL) not in visit.page


def test_known_or_not_the_answer_looks_the_same(site: Site) -> None:
    site.resident(AIGUL)

    def asked(address: str) -> str:
        visit = Visit(site, site.visitor())
        visit.get("/en/residents/sign-in")
        visit.post("/en/residents/sign-in/code", address=address, adult="yes")
        return re.sub(r'value="[^"]*"', "", visit.page)

    assert asked(site.address(AIGUL)) == asked(site.address("nobody"))


@pytest.mark.parametrize(
    "fields",
    [
        {"address": "aigul", "adult": "yes"},
        {"address": "minor@example.kz"},
        {"address": f"{'a' * 300}@example.kz", "adult": "yes"},
    ],
)
def test_no_code_is_sent_without_an_address_and_an_age(site: Site, fields: dict[str, Any]) -> None:
    visit = Visit(site, site.visitor())
    visit.get("/en/residents/sign-in")
    visit.post("/en/residents/sign-in/code", 422, **fields)
    assert not site.letters_to(fields["address"])


def test_a_form_of_another_site_signs_nobody_in(site: Site) -> None:
    visit = Visit(site, site.visitor())
    visit.get("/en/residents/sign-in")
    visit.page = ""
    assert (
        "form_token_wrong"
        in site.visitor()
        .post(
            "/en/residents/sign-in/code",
            data={"address": site.address(AIGUL)},
            headers={"accept": "application/json"},
        )
        .text
    )
    visit.client.headers["sec-fetch-site"] = "cross-site"
    visit.post("/en/residents/sign-in/code", 403, address=site.address(AIGUL), adult="yes")


def test_a_resident_signs_in_with_a_signature_as_the_same_person_each_time(site: Site) -> None:
    seen = set()
    for number, as_file in ((1, True), (1, False), (2, False)):
        visit = Visit(site, site.visitor())
        visit.get("/en/residents/sign-in")
        answer = visit.post("/en/residents/sign-in/eds")
        path = next(iter(re.findall(r'action="(/en/residents/sign-in/eds/[^"]+)"', visit.page)))
        text = visit.client.get(f"{path}/text")
        assert text.headers["content-disposition"].startswith("attachment")
        cms = signed(text.text, iin(number))
        token = {"csrf_token": visit.hidden("csrf_token"), "next": ""}
        if as_file:
            pem = f"-----BEGIN CMS-----\n{cms}\n-----END CMS-----\n"
            answer = visit.client.post(
                path, data=token, files={"signature": ("../../etc/passwd", pem)}, follow_redirects=True
            )
        else:
            empty = {"signature": ("", b"")}
            answer = visit.client.post(path, data=token | {"answer": cms}, files=empty, follow_redirects=True)
        assert answer.url.path == "/en/my", answer.text
        session = visit.client.cookies
        assert session
        visit.page = answer.text
        seen.add(login_of(site, visit))
    assert len(seen) == 2


def login_of(site: Site, visit: Visit) -> str:
    """Whose proposal it is that this browser hands in."""
    proposal_id = visit.hand_in()
    with site.server.engine.datastore.rows(
        "SELECT convert_from(state, 'UTF8')::jsonb ->> 'author' AS author FROM dauys.events"
        " WHERE originator_id = %s AND originator_version = 1",
        [proposal_id],
    ) as rows:
        return str(next(rows)["author"])


def test_a_signature_that_does_not_hold_signs_nobody_in(site: Site) -> None:
    visit = Visit(site, site.visitor())
    visit.get("/en/residents/sign-in")
    visit.post("/en/residents/sign-in/eds")
    path = next(iter(re.findall(r'action="(/en/residents/sign-in/eds/[^"]+)"', visit.page)))
    text = visit.client.get(f"{path}/text").text
    visit.post(path, 403, answer=signed(text, iin(1), revoked_by=["OCSP"]))
    visit.post(path, 403, answer="<script>alert(1)</script>")
    assert "/residents/sign-in" in str(visit.get("/en/my").url)
    assert iin(1) not in visit.page


def test_nobody_under_age_comes_in_by_signature(site: Site) -> None:
    child = young_iin()
    visit = Visit(site, site.visitor())
    visit.get("/en/residents/sign-in")
    visit.post("/en/residents/sign-in/eds")
    path = next(iter(re.findall(r'action="(/en/residents/sign-in/eds/[^"]+)"', visit.page)))
    visit.post(path, 410, answer=signed(visit.client.get(f"{path}/text").text, child))
    assert child not in visit.page


def young_iin() -> str:
    from domain.iin import is_iin  # noqa: PLC0415 - for this one test

    tries = (f"1501015{serial:04}{check}" for serial in range(10) for check in range(10))
    return next(text for text in tries if is_iin(text))
