"""The public RFC 8785 vectors (../shared/vectors/jcs): exact bytes where all numbers are integers, refused where not.

For the files with fractions the test puts a number formatter of its own (ES6, which we do not need) into our encoding, so
that their strings, order and layout are checked too.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from application.log.canonical import NotCanonical, encode
from tests.shared import SHARED, needs_shared

VECTORS = (SHARED or Path("absent")) / "vectors/jcs"
WITH_FRACTIONS = {"structures", "values"}

pytestmark = needs_shared


def es6_number(value: float) -> str:
    """ECMAScript Number::toString, from the shortest digits that read back as `value`, which `repr` finds."""
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    point = len(whole) + int(exponent or 0)
    digits = whole + ("" if fraction == "0" else fraction)
    point -= len(digits) - len(digits.lstrip("0"))
    digits = digits.lstrip("0").rstrip("0")
    if 0 < point <= 21:
        text = digits.ljust(point, "0") if len(digits) <= point else f"{digits[:point]}.{digits[point:]}"
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        text = digits[0] + ("." + digits[1:] if len(digits) > 1 else "") + f"e{point - 1:+}"
    return ("-" if value < 0 else "") + text


def expected(name: str) -> bytes:
    return bytes.fromhex((VECTORS / "outhex" / f"{name}.txt").read_text())


@pytest.mark.parametrize(
    "name", sorted(file.stem for file in VECTORS.glob("input/*") if file.stem not in WITH_FRACTIONS)
)
def test_integers_only(name: str) -> None:
    data = (VECTORS / "input" / f"{name}.json").read_bytes()
    assert encode(json.loads(data)) == expected(name)


@pytest.mark.parametrize("name", sorted(WITH_FRACTIONS))
def test_fractions(name: str) -> None:
    data = (VECTORS / "input" / f"{name}.json").read_bytes()
    with pytest.raises(NotCanonical, match="float has no canonical form"):
        encode(json.loads(data))

    numbers: list[str] = []

    def stand_in(literal: str) -> str:
        numbers.append(es6_number(float(literal)))
        return f"number {len(numbers) - 1}"

    value: Any = json.loads(data, parse_float=stand_in)
    encoded = encode(value)
    for index, number in enumerate(numbers):
        encoded = encoded.replace(f'"number {index}"'.encode(), number.encode())
    assert encoded == expected(name)


@pytest.mark.parametrize("file", sorted(VECTORS.glob("output/*.json")), ids=lambda file: file.stem)
def test_the_two_forms_of_an_expected_output_agree(file: Path) -> None:
    assert file.read_bytes() == expected(file.stem)


@pytest.mark.parametrize(
    ("ieee", "text"),
    [
        ("4340000000000001", "9007199254740994"),
        ("4340000000000002", "9007199254740996"),
        ("444b1ae4d6e2ef50", "1e+21"),
        ("3eb0c6f7a0b5ed8d", "0.000001"),
        ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
        ("8000000000000000", "0"),
        ("0", "0"),
    ],
)
def test_the_readmes_sample_numbers(ieee: str, text: str) -> None:
    value = memoryview(int(ieee, 16).to_bytes(8, "little")).cast("d")[0]
    assert es6_number(value) == text
