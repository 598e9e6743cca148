"""QR codes drawn in the browser are those that segno draws for printed slips, module by module."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
import segno
import segno.encoder
from playwright.sync_api import Browser, Page

from application.codes import new_code
from tests.browser.chromium import window
from tests.browser.world import World

_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_SYMBOLS = {_ALPHANUMERIC: 1, "abcxyz-/:=?&": 1, "0123456789": 5, "ҚазақшаРусский": 5}
"""Of what our codes and addresses are written in, every length; of the others every fifth, which still ends a group anywhere."""
_LENGTHS = [*range(1, 70), 100, 150, 213, 214, 300, 400, 500, 660]
_MODULES = """async ([address, texts]) => {
    const { modules } = await import(address);
    return texts.map(text => modules(text).map(row => row.map(Number).join("")));
}"""


@pytest.fixture(scope="module")
def page(chromium: Browser, served: World) -> Iterator[Page]:
    with window(chromium, served.address) as page:
        page.goto("/en/units")
        yield page


def drawn(page: Page, texts: list[str]) -> list[list[str]]:
    sheet = page.locator("link[href*='design/tokens.css']").get_attribute("href")
    assert sheet
    rows: list[list[str]] = page.evaluate(_MODULES, [sheet.replace("design/tokens.css", "web/qr.js"), texts])
    return rows


def expected(text: str) -> list[str]:
    qr: Any = segno.make_qr(text, error="m", encoding=None if text.isascii() else "utf-8")
    return ["".join(map(str, row)) for row in qr.matrix]


def test_they_are_the_same_for_texts_of_every_kind_and_length(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    # segno pads a byte of zeros where the text ends on a whole byte (ISO/IEC 18004, 7.4.10 asks for none there).
    monkeypatch.setattr(
        segno.encoder, "write_padding_bits", lambda bits, _, length: bits.extend([0] * (-length % 8))
    )
    chance = Random(18004)
    texts = [new_code() for _ in range(40)] + ["https://dauys.kz/kk/check#ABC-123", "Дауыс берілді"]
    for symbols, step in _SYMBOLS.items():
        longest = max(_LENGTHS) if symbols.isascii() else 300
        texts += [
            "".join(chance.choices(symbols, k=length)) for length in _LENGTHS[::step] if length <= longest
        ]
    for text, rows in zip(texts, drawn(page, texts), strict=True):
        assert rows == expected(text), text


def test_a_text_that_fits_no_symbol_is_refused(page: Page) -> None:
    with pytest.raises(Exception, match="too long for a QR code"):
        drawn(page, ["x" * 667])
