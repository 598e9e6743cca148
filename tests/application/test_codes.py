"""Voting codes: the frozen derivation, what a tired person may type, and what is refused without being repeated."""

import hmac
from hashlib import sha256
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given as forall
from hypothesis import strategies as st

from application.codes import (
    CODE_BYTES,
    CodeInvalid,
    credential,
    credential_key,
    format_code,
    new_code,
    parse_code,
)

ROUND = UUID("6f1c1e8a-2b7d-4a53-9a5e-0d4b7c2f9a11")
VECTORS = [
    (
        "00" * 10,
        "0000-0000-0000-0000-0",
        "cfb597aefe7287aa7d9264a1692da4602a7818a5a23c48ac7882c00c1f7bbe2b",
        "wqvOD5OEclI7vCMuNNayMuZE6kEMMWsgkPyFAJpYuc8",
    ),
    (
        "0102030405060708090a",
        "0410-6105-0R3G-G28A-Z",
        "3f003aee5f0e2b30580687390307dcf2b33898182cc2d4f192af5dd47fc9c768",
        "ER1BSQSk5Du-Ve4VBKzGp2tN3dvJz-l4amcM1c2Uo8g",
    ),
    (
        "ff" * 10,
        "ZZZZ-ZZZZ-ZZZZ-ZZZZ-~",
        "77a889ef34ecde3bae67def411beeb08d70992eb083cee08b7e6d4c69614feda",
        "nluk4s1qCfEd2hft64kmWX4MfwJ10dKTzGymur79_8s",
    ),
]
SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

secrets_of_codes = st.binary(min_size=CODE_BYTES, max_size=CODE_BYTES)


@pytest.mark.parametrize(("secret", "code", "seed", "public"), VECTORS)
def test_the_derivation_is_frozen(secret: str, code: str, seed: str, public: str) -> None:
    assert format_code(bytes.fromhex(secret)) == code
    assert parse_code(code).hex() == secret
    assert credential_key(code, ROUND).private_bytes_raw().hex() == seed
    assert credential(code, ROUND) == public


@forall(secrets_of_codes, st.uuids())
def test_the_seed_is_rfc_5869_spelt_out(secret: bytes, round_id: UUID) -> None:
    extracted = hmac.digest(round_id.bytes, secret, sha256)
    seed = hmac.digest(extracted, b"dauys credential v1\x01", sha256)
    key = credential_key(format_code(secret), round_id)
    assert key.private_bytes_raw() == Ed25519PrivateKey.from_private_bytes(seed).private_bytes_raw()


@forall(secrets_of_codes, st.data())
def test_case_spaces_dashes_and_lookalikes_are_forgiven(secret: bytes, data: st.DataObject) -> None:
    lookalikes = {"0": "0oO", "1": "1iIlL"}
    typed = "".join(
        data.draw(st.sampled_from(lookalikes.get(symbol, symbol + symbol.lower())))
        + data.draw(st.sampled_from(["", "-", " ", " - "] if at % 5 == 0 else [""]))
        for at, symbol in enumerate(format_code(secret).replace("-", ""))
    )
    assert parse_code(typed) == secret


@forall(secrets_of_codes, st.integers(0, 15), st.sampled_from(SYMBOLS))
def test_one_wrong_symbol_is_always_noticed(secret: bytes, at: int, wrong: str) -> None:
    symbols = list(format_code(secret).replace("-", ""))
    mistyped = "".join([*symbols[:at], wrong, *symbols[at + 1 :]])
    if wrong == symbols[at]:
        assert parse_code(mistyped) == secret
    else:
        with pytest.raises(CodeInvalid):
            parse_code(mistyped)


@forall(secrets_of_codes, st.integers(0, 14))
def test_two_neighbours_swapped_are_always_noticed(secret: bytes, at: int) -> None:
    symbols = format_code(secret).replace("-", "")
    swapped = symbols[:at] + symbols[at + 1] + symbols[at] + symbols[at + 2 :]
    if swapped != symbols:
        with pytest.raises(CodeInvalid):
            parse_code(swapped)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0410-6105-0R3G-G28A",
        "0410-6105-0R3G-G28A-ZZ",
        "0410-6105-0R3G-G28U-Z",
        "0410_6105_0R3G_G28A_Z",
        "0410-6105-0R3G-G28A-Z" + " " * 64,
        "0410-6105-0R3G-G28A-Ζ",  # a Greek zeta
        "٠410-6105-0R3G-G28A-Z",  # an Arabic nought
        "0410\n6105\n0R3G\nG28A\nZ",
    ],
)
def test_what_is_no_code_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(CodeInvalid) as caught:
        parse_code(typed)
    assert str(caught.value) == "code_invalid"
    assert not caught.value.facts


@forall(secrets_of_codes)
def test_a_code_is_another_credential_in_another_round(secret: bytes) -> None:
    code = format_code(secret)
    assert credential(code, ROUND) != credential(code, UUID(int=ROUND.int + 1))


def test_new_codes_are_well_formed_and_differ() -> None:
    codes = {new_code() for _ in range(1_000)}
    assert len({parse_code(code) for code in codes}) == len(codes) == 1_000
