"""How a command ends that fails: what it says, and the exit code. Imported by those that do, because it knows every layer's faults.

Exit codes: 0 done, 1 refused by a rule, 2 wrong input or usage, 3 storage or address not available, 70 a defect, 130 interrupted.
"""

from eventsourcing.persistence import PersistenceError
from psycopg import Error as PostgresError
from pydantic import ValidationError

from api.cli.output import say
from api.not_serving import NotServing
from api.problems import texts
from application.keys import KeyFileUnsafe
from application.log.policy import PolicyInvalid
from application.pabulib.records import PabulibError
from application.storage.schema import SchemaTooNew
from application.storage.unavailable import AWAY, StorageUnavailable
from domain.errors import Refused

REFUSED, WRONG_INPUT, NO_STORAGE, DEFECT, INTERRUPTED = 1, 2, 3, 70, 130


def tell(stopped_by: BaseException) -> int:
    """Say what stopped a command; its exit code. What nobody foresaw is raised again, to be reported with its traceback."""
    try:
        raise stopped_by
    except Refused as refused:
        title, detail = texts(refused.code, "en")
        facts = ", ".join(f"{name} {value}" for name, value in refused.facts.items())
        say(f"refused: {title} ({refused.code}{': ' + facts if facts else ''})\n{detail}")
        code = REFUSED
    except (PabulibError, PolicyInvalid) as wrong:
        say(f"wrong input: {wrong}")
        code = WRONG_INPUT
    except ValidationError as wrong:
        # Of the settings: what was set may be a secret, so only where and why is told.
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
    except (StorageUnavailable, SchemaTooNew, KeyFileUnsafe, NotServing) as fault:
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
