"""The printable page of voting slips: four A6 slips to an A4 sheet, self-contained, in Kazakh, Russian and English.

A slip shows round, unit, code and QR. It has no number: on paper one would let a desk note who was handed which slip.
"""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

import segno

HOW_TO_VOTE: Final = (
    (
        "kk",
        "QR кодын киоскіде сканерлеңіз немесе кодты енгізіңіз. Бір парақ — бір дауыс. Кодты ешкімге көрсетпеңіз.",
    ),
    ("ru", "Отсканируйте QR на киоске или введите код. Один талон — один голос. Никому не показывайте код."),
    ("en", "Scan the QR at the kiosk or type the code. One slip, one vote. Show the code to nobody."),
)
"""On every slip, in every language at once: (language, text)."""

_QR_MODULE_PIXELS: Final = 4

_HEAD: Final = """<!doctype html>
<html lang="kk">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>
@page {{ size: A4; margin: 0 }}
body {{ margin: 0; display: grid; grid-template-columns: repeat(2, 105mm); font-family: system-ui, sans-serif }}
article {{ box-sizing: border-box; height: 148mm; padding: 8mm; border: 1px dashed #999; break-inside: avoid;
  display: flex; flex-direction: column; gap: 3mm; overflow: hidden; text-align: center }}
h1, h2, p {{ margin: 0 }}
h1 {{ font-size: 12pt; max-height: 16mm; overflow: hidden }}
h2 {{ font-size: 11pt; font-weight: normal }}
svg {{ height: 45mm; flex-shrink: 0; margin: auto }}
.code {{ font: bold 17pt monospace; white-space: nowrap }}
.how {{ font-size: 8.5pt }}
</style>
</head>
<body>
"""

_SLIP: Final = """<article>
<h1>{title}</h1>
<h2>{unit_name}</h2>
{qr}
<p class="code">{code}</p>
{how}
</article>
"""

_FOOT: Final = "</body>\n</html>\n"


def slip_page(title: str, unit_name: str, codes: Sequence[str]) -> Iterator[str]:
    """The page in pieces, a slip per code."""
    title, unit_name = escape(title), escape(unit_name)
    how = "\n".join(f'<p class="how" lang="{language}">{text}</p>' for language, text in HOW_TO_VOTE)
    yield _HEAD.format(title=title)
    for code in codes:
        yield _SLIP.format(title=title, unit_name=unit_name, code=code, qr=_qr(code), how=how)
    yield _FOOT


def _qr(code: str) -> str:
    # Not segno.make: it may choose a Micro QR, which most cameras do not read.
    return segno.make_qr(code, error="m").svg_inline(scale=_QR_MODULE_PIXELS, omitsize=True)
