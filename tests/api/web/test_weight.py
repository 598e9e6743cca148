"""A public page weighs little on a village's line: with all its styles, scripts and icons at most 100 kB as they are sent."""

import re
from urllib.parse import urljoin

import httpx
import pytest

from tests.api.reading import Site, site_of, voting
from tests.elections import Election
from tests.server import Server

MOST_BYTES = 100_000
BROWSER = {"Accept": "text/html", "Accept-Encoding": "gzip"}
NAMED = re.compile(
    r'(?:<link rel="(?:stylesheet|icon|manifest)"[^>]*href|<(?:script|img|use)[^>]* (?:src|href))="([^"#]+)'
)
IMPORTED = re.compile(r'(?:\bfrom|\bimport)\s*\(?"(\.{1,2}/[^"]+)"')


@pytest.fixture(scope="module")
def site(server: Server) -> Site:
    return site_of(server)


@pytest.fixture(scope="module")
def published(site: Site) -> Election:
    return voting(site.engine).closed().concluded().published()


def sent(client: httpx.Client, address: str) -> tuple[int, str]:
    """Bytes on the line, and the text they are."""
    with client.stream("GET", address, headers=BROWSER) as answer:
        assert answer.status_code == 200, address
        raw = sum(map(len, (chunks := list(answer.iter_raw()))))
        decoder = httpx.Response(200, headers=answer.headers, content=b"".join(chunks))
    return raw, decoder.text


def weights(client: httpx.Client, page: str) -> dict[str, int]:
    """Bytes of a page and of everything that it makes the browser fetch, by address."""
    weighed: dict[str, int] = {}
    waiting = [page]
    while waiting:
        address = waiting.pop()
        if address in weighed:
            continue
        weighed[address], text = sent(client, address)
        names = NAMED if address == page else IMPORTED
        waiting += [urljoin(address, name) for name in names.findall(text) if not name.startswith("data:")]
    return weighed


@pytest.mark.parametrize(
    "page",
    [
        "/",
        "/rounds/{round}",
        "/rounds/{round}/data",
        "/rounds/{round}/anomalies",
        "/trail/{round}",
        "/check",
        "/units",
        "/residents/sign-in",
        "/sign-in",
    ],
)
@pytest.mark.parametrize("language", ["kk", "en"])
def test_a_public_page_is_light(site: Site, published: Election, page: str, language: str) -> None:
    address = f"/{language}{page.format(round=published.id)}"
    site.get(address)  # the projections follow
    weighed = weights(site.server.client, address)
    assert len(weighed) > 3
    assert sum(weighed.values()) <= MOST_BYTES, weighed
