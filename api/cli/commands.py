"""Which command is where. A command's module, and all that it stands on, is imported when the command is run.

Importing them all takes longer than most of them run.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group


class Place(NamedTuple):
    """Where a command is: its module, with an `app` of more commands or a `register` for this one, and its line in the list."""

    module: str
    purpose: str


class Later(TyperGroup):
    """Commands in the order of `places`; to list them, or to complete a name, none is imported."""

    places: ClassVar[Mapping[str, Place]]

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, place in self.places.items():
            self.add_command(TyperCommand(name, help=place.purpose))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, _, rest = super().resolve_command(ctx, args)
        return name, name and _brought(name, self.places[name].module), rest


def _brought(name: str, module: str) -> Any:
    shell, found = typer.Typer(), import_module(f"api.cli.{module}")
    if isinstance(commands := getattr(found, "app", None), typer.Typer):
        shell.add_typer(commands, name=name)
    else:
        found.register(shell)
    return get_group(shell).commands[name]


class Commands(Later):
    """The commands of `dauys`."""

    places: ClassVar = {
        "demo": Place("demo", "The built-in sample election, from the roll to the published results"),
        "replay": Place("replay", "Hold a published election again, over HTTP, and recount it"),
        "sample": Place("sample", "A made-up city with a round in every phase"),
        "scenario": Place("scenario", "Record what organs of self-government did, from one file"),
        "allocate": Place("allocate", "Tally and allocate Pabulib files; compare with the official winners"),
        "export-pb": Place("export_pb", "A closed round's projects, votes and results as a Pabulib file"),
        "serve": Place("serve", "Serve kiosks, auditors and dashboards until stopped"),
        "worker": Place("worker", "Keep the projections up to date until stopped"),
        "migrate": Place("database", "Bring the database's schema up to date; safe to repeat"),
        "status": Place("database", "Where the data is, how far the log goes, whether it is durable"),
        "rebuild": Place("rebuild", "Rebuild a projection, or all, from the log"),
        "round": Place("round", "A round, from draft to completion"),
        "roll": Place("roll", "The roll: import, seal, mark served, reconcile"),
        "codes": Place("codes", "Voting slips and their public credentials"),
        "kiosk": Place("kiosk", "Kiosks: invite, enrol, list, revoke, resend"),
        "audit": Place("audit", "For revision commissions"),
        "unit": Place("units", "Units: register, population, local rules"),
        "office": Place("offices", "Offices of a unit: who takes and leaves them"),
        "gathering": Place("gatherings", "Gatherings: call, open, vote, close, publish"),
        "council": Place("councils", "The Council: form, fill, chair, interests, dissolve"),
        "sitting": Place("sittings", "Sittings of the Council: convene, open, close"),
        "decision": Place("decisions", "Decisions of the Council: propose, vote, sign, publish"),
        "dismissal": Place("dismissals", "Initiatives to end an akim's powers early"),
        "report-meeting": Place("report_meetings", "The akim's yearly report and its questions"),
        "execution": Place("executions", "Tasks that the Council's decisions give"),
        "account": Place("accounts", "Accounts of staff: the first one, list, suspend, reset"),
        "witness": Place("witness", "A witness that a commission runs elsewhere"),
    }


class AuditCommands(Later):
    """Those of `dauys audit`: who only watches a log needs no database, and few of our modules."""

    places: ClassVar = {
        "watch": Place("watch", "Look at a log at unpredictable times, until it has signed two histories"),
        "check-fork": Place("watch", "Check a proof that it has, trusting nobody"),
        "show": Place("show", "Anything as it stood under a signed checkpoint"),
        "trail": Place("trail", "Everything that happened to one thing"),
        "proof": Place("proof", "One entry of the log, and the receipt that proves it is there"),
        "anomalies": Place("anomalies", "What was unusual in the voting of a round"),
        "export": Place("export", "The auditors' bundle: one ZIP to check without us"),
        "finding": Place("findings", "Findings of the revision commission"),
    }
