"""Photos for tests of those who show them: really developed and stored, public without a proposal that names them."""

from collections.abc import Iterable

from api.composition import Engine
from application.accounts.roles import Role
from application.photos.photos import name_photos
from tests.signed_in import account


def stored(engine: Engine, bodies: Iterable[bytes], *, public: bool = True) -> list[str]:
    """Their digests; of a new account."""
    owner = account(engine, Role.OFFICE).actor.account_id
    digests = [engine.photos.add(owner, body).digest for body in bodies]
    if public:
        with engine.store.deciding() as decision:
            name_photos(decision.transaction, owner, digests)
    return digests
