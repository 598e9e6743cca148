"""The `dauys` command: registers every command group and turns refusals into messages and exit codes.

Exit codes: 0 done, 1 refused by a rule, 2 wrong input or usage, 3 storage or address not available, 70 a defect, 130 interrupted.
"""

import sys
from collections.abc import Callable

import typer
from eventsourcing.persistence import PersistenceError
from psycopg import Error as PostgresError
from pydantic import ValidationError

from api.cli import (
    allocate,
    anomalies,
    audit,
    codes,
    councils,
    decisions,
    demo,
    dismissals,
    executions,
    export_pb,
    findings,
    gatherings,
    kiosk,
    offices,
    proof,
    rebuild,
    replay,
    report_meetings,
    roll,
    scenario,
    server,
    show,
    sittings,
    trail,
    units,
    watch,
    witness,
)
from api.cli import round as round_commands
from api.cli.output import say
from api.logs import log_to_stderr
from api.problems import texts
from api.serving import AlreadyServing, CannotListen, ServerBroken
from application.keys import KeyFileUnsafe
from application.log.policy import PolicyInvalid
from application.pabulib.records import PabulibError
from application.storage.schema import SchemaTooNew
from application.storage.unavailable import AWAY, StorageUnavailable
from domain.errors import Refused

REFUSED, WRONG_INPUT, NO_STORAGE, DEFECT, INTERRUPTED = 1, 2, 3, 70, 130

app = typer.Typer(
    name="dauys",
    help="Participatory budgeting with a public, signed log. Try: dauys demo",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for commands in (demo, replay, scenario, allocate, export_pb, server, rebuild):
    commands.register(app)
app.add_typer(round_commands.app, name="round", help="A round, from draft to completion")
app.add_typer(roll.app, name="roll", help="The roll: import, seal, mark served, reconcile")
app.add_typer(codes.app, name="codes", help="Voting slips and their public credentials")
app.add_typer(kiosk.app, name="kiosk", help="Kiosks: invite, enrol, list, revoke, resend")
watch.register(audit.app)
show.register(audit.app)
trail.register(audit.app)
proof.register(audit.app)
anomalies.register(audit.app)
audit.app.add_typer(findings.app, name="finding", help="Findings of the revision commission")
app.add_typer(audit.app, name="audit", help="For revision commissions")
app.add_typer(units.app, name="unit", help="Units: register, population, local rules")
app.add_typer(offices.app, name="office", help="Offices of a unit: who takes and leaves them")
app.add_typer(gatherings.app, name="gathering", help="Gatherings: call, open, vote, close, publish")
app.add_typer(councils.app, name="council", help="The Council: form, fill, chair, interests, dissolve")
app.add_typer(sittings.app, name="sitting", help="Sittings of the Council: convene, open, close")
app.add_typer(decisions.app, name="decision", help="Decisions of the Council: propose, vote, sign, publish")
app.add_typer(dismissals.app, name="dismissal", help="Initiatives to end an akim's powers early")
app.add_typer(report_meetings.app, name="report-meeting", help="The akim's yearly report and its questions")
app.add_typer(executions.app, name="execution", help="Tasks that the Council's decisions give")
app.add_typer(witness.app, name="witness", help="A witness that a commission runs elsewhere")


def main() -> None:
    """Entry point of the console script."""
    log_to_stderr()
    sys.exit(_exit_code(lambda: app(standalone_mode=True)))


def _exit_code(run: Callable[[], object]) -> int:
    code = 0
    try:
        run()
    except Refused as refused:
        title, detail = texts(refused.code, "en")
        facts = ", ".join(f"{name} {value}" for name, value in refused.facts.items())
        say(f"refused: {title} ({refused.code}{': ' + facts if facts else ''})\n{detail}")
        code = REFUSED
    except (PabulibError, PolicyInvalid) as wrong:
        say(f"wrong input: {wrong}")
        code = WRONG_INPUT
    except (
        ValidationError
    ) as wrong:  # of the settings: what was set may be a secret, so only where and why is told
        for error in wrong.errors(include_input=False):
            say(f"wrong input: DAUYS_{'_'.join(map(str, error['loc'])).upper()}: {error['msg']}")
        code = WRONG_INPUT
    except (
        FileNotFoundError,
        IsADirectoryError,
        NotADirectoryError,
        FileExistsError,
        PermissionError,
    ) as wrong:
        say(f"wrong input: {wrong.filename}: {wrong.strerror}")
        code = WRONG_INPUT
    except (
        StorageUnavailable,
        SchemaTooNew,
        KeyFileUnsafe,
        AlreadyServing,
        CannotListen,
        ServerBroken,
    ) as fault:
        say(str(fault))
        code = NO_STORAGE
    except (PersistenceError, PostgresError) as fault:
        code = _database_fault(fault)
    except OSError as fault:
        say(f"this machine refuses: {fault.filename or ''} {fault.strerror}")
        code = NO_STORAGE
    except KeyboardInterrupt:
        say("interrupted")
        code = INTERRUPTED
    return code


def _database_fault(fault: PersistenceError | PostgresError) -> int:
    """Tell what kind it is and no more: its own words may quote values."""
    kind = type(fault).__name__
    if isinstance(fault, AWAY):
        say(f"the database does not answer ({kind}); nothing was half-done, run the command again")
        return NO_STORAGE
    sqlstate = getattr(fault.__cause__ or fault, "sqlstate", None)
    say(f"a defect: the database refuses a statement ({kind}, SQLSTATE {sqlstate}); report it")
    return DEFECT


if __name__ == "__main__":
    main()
