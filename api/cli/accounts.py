"""`dauys account …`: what the operator of a server does with accounts at its console. Each act is a row of the access log."""

from typing import Annotated

import typer

from api.cli.options import AsJson
from api.cli.output import emit, say
from api.composition import open_engine

app = typer.Typer(no_args_is_help=True)

MOST = 1_000

Login = Annotated[str, typer.Argument(help="Login of the account.")]


@app.command()
def bootstrap(*, as_json: AsJson = False) -> None:
    """Give the code with which the first system administrator sets up their account, under /set-up; the former one ends."""
    with open_engine() as engine:
        emit({"setup_code": engine.account_setup.bootstrap_code()}, as_json=as_json)


@app.command("list")
def list_accounts(
    after: Annotated[str, typer.Option(help="Only logins after this one.")] = "", *, as_json: AsJson = False
) -> None:
    """Staff accounts by login, with roles, units and state."""
    with open_engine() as engine:
        found = engine.accounts.page(MOST, after)
    rows = [
        {
            "login": account.login,
            "name": account.name,
            "roles": sorted(account.roles),
            "units": sorted(account.units),
            "state": account.state,
        }
        for account in found
    ]
    emit(rows, as_json=as_json)
    if len(found) == MOST:
        say(f"the first {MOST}; more with --after {found[-1].login}")


@app.command()
def suspend(
    login: Login,
    reason: Annotated[str, typer.Option(help="Why; it stands in the access log.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Let nobody sign in to it any more, and end its sessions. When the last sysadmin is suspended, bootstrap works again."""
    with open_engine() as engine:
        engine.accounts.suspend(engine.accounts.find(login).id, reason, by=None)
        emit({"login": login, "state": engine.accounts.find(login).state}, as_json=as_json)


@app.command()
def reset(login: Login, *, as_json: AsJson = False) -> None:
    """Take password and authenticator away, for who has lost one of them; the new set-up code lets the person choose both again."""
    with open_engine() as engine:
        invitation = engine.accounts.reset(engine.accounts.find(login).id, by=None)
        emit({"login": login, "setup_code": invitation.code}, as_json=as_json)
