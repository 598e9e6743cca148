"""Money is whole tiyn (1 ₸ = 100 tiyn), never a float and never negative."""

from typing import ClassVar

from domain.errors import Refused

MOST_TIYN = 10**17
"""A thousand trillion tenge: far above any budget, far below what 64 bits and JavaScript's BigInt hold."""


class AmountInvalid(Refused):
    code: ClassVar[str] = "amount_invalid"


def check_tiyn(field: str, amount_tiyn: int, *, least: int = 0) -> int:
    whole = type(amount_tiyn) is int  # isinstance would let a bool through
    if not whole or not least <= amount_tiyn <= MOST_TIYN:
        raise AmountInvalid(field=field, least=least, most=MOST_TIYN)
    return amount_tiyn
