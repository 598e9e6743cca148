"""Setting up: the bootstrap code makes the first sysadmin once; an invitation makes one account active once."""

import threading

import psycopg
import pytest

from application.accounts.accounts import LoginInvalid, LoginTaken
from application.accounts.actor import NotSignedIn
from application.accounts.one_time_codes import CodeWrong, code_at
from application.accounts.passwords import PasswordUnfit
from application.accounts.roles import Role
from application.accounts.setting_up import SysadminExists
from application.accounts.setup_codes import SetupCodeWrong
from domain.errors import Refused
from tests.application.accounts.conftest import DEVICE, Office
from tests.signed_in import PASSWORD


def test_there_is_no_account_before_the_bootstrap(office: Office) -> None:
    assert office.accounts.page(10) == []


def test_the_bootstrap_code_makes_a_sysadmin_and_nothing_else(office: Office) -> None:
    actor = office.set_up(office.setup.bootstrap_code(), "s.akhmetova").signed_in.actor
    assert (actor.login, actor.roles) == ("s.akhmetova", frozenset({Role.SYSADMIN}))
    assert not actor.units
    assert office.told() == [("s.akhmetova", "set_up_account", "s.akhmetova", "done", "")]


def test_there_is_no_bootstrap_where_there_is_a_sysadmin(office: Office) -> None:
    code = office.setup.bootstrap_code()
    office.set_up(code, "s.akhmetova")
    with pytest.raises(SysadminExists):
        office.setup.bootstrap_code()
    with pytest.raises(SetupCodeWrong):
        office.setup.begin(code)


def test_a_new_bootstrap_code_ends_the_one_before(office: Office) -> None:
    first = office.setup.bootstrap_code()
    begun = office.setup.begin(first)
    office.setup.bootstrap_code()
    with pytest.raises(SetupCodeWrong):
        office.setup.begin(first)
    with pytest.raises(NotSignedIn):
        office.setup.pending(begun)


def test_when_the_last_sysadmin_is_suspended_bootstrap_works_again(office: Office) -> None:
    actor = office.set_up(office.setup.bootstrap_code(), "s.akhmetova").signed_in.actor
    office.accounts.suspend(actor.account_id, "left", by=None)
    assert office.set_up(office.setup.bootstrap_code(), "b.omarov").login == "b.omarov"


def test_of_two_who_use_one_bootstrap_code_at_once_one_becomes_sysadmin(office: Office) -> None:
    code = office.setup.bootstrap_code()
    tokens = [office.setup.begin(code) for _ in range(2)]
    secrets = [office.setup.pending(token).secret for token in tokens]
    outcomes: list[str] = []

    def finish(number: int) -> None:
        one_time = code_at(secrets[number], office.clock())
        try:
            office.setup.finish(tokens[number], PASSWORD, one_time, DEVICE, login=f"a{number}", name="А")
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=finish, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "setup_code_wrong"]
    assert len(office.accounts.page(10)) == 1


def test_a_code_may_be_typed_small_with_spaces_and_lookalikes(office: Office) -> None:
    code = office.accounts.invite("a.seitkali", "А", [Role.DESK], [], by=None).code
    typed = code.replace("-", " ").lower().replace("o", "0").replace("i", "1")
    assert office.setup.pending(office.setup.begin(typed)).login == "a.seitkali"


@pytest.mark.parametrize("wrong", ["", "AAAA-AAAA-AAAA-AAAA", "қ", "A" * 16 + "=", "x" * 40])
def test_any_other_code_is_refused(office: Office, wrong: str) -> None:
    office.accounts.invite("a.seitkali", "А", [Role.DESK], [], by=None)
    with pytest.raises(SetupCodeWrong):
        office.setup.begin(wrong)


def test_a_code_ends_after_three_days(office: Office) -> None:
    code = office.accounts.invite("a.seitkali", "А", [Role.DESK], [], by=None).code
    office.clock.pass_(days=3)
    with pytest.raises(SetupCodeWrong):
        office.setup.begin(code)


def test_a_set_up_that_takes_longer_than_ten_minutes_begins_again(office: Office) -> None:
    token = office.setup.begin(office.setup.bootstrap_code())
    office.clock.pass_(minutes=10)
    with pytest.raises(NotSignedIn):
        office.setup.pending(token)


def test_a_set_up_session_is_no_session(office: Office) -> None:
    token = office.setup.begin(office.accounts.invite("a.seitkali", "А", [Role.DESK], [], by=None).code)
    with pytest.raises(NotSignedIn):
        office.signing_in.with_code(token, "000000", DEVICE)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"password": "short"}, PasswordUnfit),
        ({"code": "000000"}, CodeWrong),
        ({"login": "Қазақша"}, LoginInvalid),
        ({"login": "d.desk"}, LoginTaken),
    ],
)
def test_what_is_refused_leaves_the_code_good(
    office: Office, changed: dict[str, str], refusal: type[Refused]
) -> None:
    office.person("d.desk", Role.DESK)
    token = office.setup.begin(office.setup.bootstrap_code())
    right = {"password": PASSWORD, "login": "s.akhmetova"}
    right["code"] = code_at(office.setup.pending(token).secret, office.clock())
    tried = right | changed
    with pytest.raises(refusal):
        office.setup.finish(
            token, tried["password"], tried["code"], DEVICE, login=tried["login"], name="Сәуле"
        )
    office.setup.finish(token, PASSWORD, right["code"], DEVICE, login=right["login"], name="Сәуле")


def test_nothing_secret_is_stored_as_it_is(office: Office) -> None:
    invitation = office.accounts.invite("a.seitkali", "А", [Role.DESK], [], by=None)
    person = office.set_up(invitation.code)
    with psycopg.connect(office.engine.url) as owner:
        stored = b"".join(
            bytes(str(row), "utf-8")
            for table in ("accounts", "sessions", "setup_codes", "known_devices", "access_log")
            for row in owner.execute(f"SELECT * FROM dauys.{table}")
        )
    secrets = [
        PASSWORD,
        person.signed_in.token,
        DEVICE,
        invitation.code,
        str(person.secret),
        person.secret.hex(),
    ]
    assert not [secret for secret in secrets if secret.encode() in stored]
    assert PASSWORD not in repr(office.accounts.find("a.seitkali"))
    assert "argon2" not in repr(office.accounts.find("a.seitkali"))
    assert person.signed_in.token not in repr(person.signed_in)
