"""Accounts on a database of one test alone, with a clock that the test sets and passwords that cost next to nothing."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from application.accounts.access_log import AccessLog
from application.accounts.administration import Accounts
from application.accounts.one_time_codes import code_at
from application.accounts.own_account import OwnAccounts
from application.accounts.passwords import Passwords
from application.accounts.roles import Role
from application.accounts.sessions import Sessions
from application.accounts.setting_up import AccountSetup
from application.accounts.setup_codes import SetupCodes
from application.accounts.signing_in import SignedIn, SigningIn
from application.accounts.throttling import Throttling
from application.keys import Keys
from application.settings import Settings
from tests.engine import Engine
from tests.signed_in import CHEAP, PASSWORD

SETTINGS = Settings(**CHEAP)
DEVICE = "D" * 43


class SetClock:
    def __init__(self) -> None:
        self.at = datetime(2026, 9, 1, 4, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **time: float) -> None:
        self.at += timedelta(**time)


@dataclass(frozen=True)
class Office:
    """All use cases of accounts, as the composition root wires them."""

    engine: Engine
    clock: SetClock
    keys: Keys
    access: AccessLog
    sessions: Sessions
    passwords: Passwords
    throttling: Throttling
    setup: AccountSetup
    accounts: Accounts
    signing_in: SigningIn
    own: OwnAccounts

    def person(self, login: str, *roles: Role, units: tuple[str, ...] = ()) -> "Person":
        """A new account, set up; half a minute later its authenticator shows another code."""
        code = self.accounts.invite(login, "Тестова Айгерім", roles, units, by=None).code
        return self.set_up(code)

    def set_up(self, code: str, login: str = "") -> "Person":
        token = self.setup.begin(code)
        secret = self.setup.pending(token).secret
        signed_in = self.setup.finish(
            token, PASSWORD, code_at(secret, self.clock()), DEVICE, login=login, name="Ахметова Сәуле"
        )
        self.clock.pass_(seconds=30)
        return Person(self, secret, signed_in)

    def told(self) -> list[tuple[str, str, str, str, str]]:
        """The access log, the oldest first, less its times."""
        rows = self.access.page(1_000)
        return [(row.actor, row.act, row.subject, row.outcome, row.reason) for row in reversed(rows)]


@dataclass(frozen=True)
class Person:
    office: Office
    secret: bytes
    signed_in: SignedIn

    @property
    def login(self) -> str:
        return self.signed_in.actor.login

    def code(self) -> str:
        return code_at(self.secret, self.office.clock())

    def sign_in(self, device: str = DEVICE, password: str = PASSWORD) -> SignedIn:
        token = self.office.signing_in.with_password(self.login, password, device)
        signed_in = self.office.signing_in.with_code(token, self.code(), device)
        self.office.clock.pass_(seconds=30)
        return signed_in


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    clock, keys, datastore, random = SetClock(), Keys(tmp_path), engine.datastore, secrets.token_bytes
    access = AccessLog(datastore, clock)
    sessions = Sessions(datastore, SETTINGS, clock, random)
    passwords = Passwords(SETTINGS)
    throttling = Throttling(datastore, SETTINGS, clock)
    codes = SetupCodes(SETTINGS, clock, random)
    return Office(
        engine,
        clock,
        keys,
        access,
        sessions,
        passwords,
        throttling,
        AccountSetup(datastore, keys, codes, sessions, passwords, access, clock, random),
        Accounts(datastore, codes, access, clock),
        SigningIn(datastore, keys, sessions, passwords, throttling, access, clock),
        OwnAccounts(datastore, sessions, passwords, throttling, access),
    )
