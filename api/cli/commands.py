"""Which command is where. A command's module, and all that it stands on, is imported when the command is asked for.

Importing them all takes longer than most of them run.
"""

from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_group

_GROUPS: Final = {
    "round": ("round", "A round, from draft to completion"),
    "roll": ("roll", "The roll: import, seal, mark served, reconcile"),
    "codes": ("codes", "Voting slips and their public credentials"),
    "kiosk": ("kiosk", "Kiosks: invite, enrol, list, revoke, resend"),
    "audit": ("audit", "For revision commissions"),
    "unit": ("units", "Units: register, population, local rules"),
    "office": ("offices", "Offices of a unit: who takes and leaves them"),
    "gathering": ("gatherings", "Gatherings: call, open, vote, close, publish"),
    "council": ("councils", "The Council: form, fill, chair, interests, dissolve"),
    "sitting": ("sittings", "Sittings of the Council: convene, open, close"),
    "decision": ("decisions", "Decisions of the Council: propose, vote, sign, publish"),
    "dismissal": ("dismissals", "Initiatives to end an akim's powers early"),
    "report-meeting": ("report_meetings", "The akim's yearly report and its questions"),
    "execution": ("executions", "Tasks that the Council's decisions give"),
    "account": ("accounts", "Accounts of staff: the first one, list, suspend, reset"),
    "witness": ("witness", "A witness that a commission runs elsewhere"),
}
"""Command with commands of its own → its module, whose `app` they are, and what it is for."""

_SINGLE: Final = {
    "demo": "demo",
    "replay": "replay",
    "sample": "sample",
    "scenario": "scenario",
    "allocate": "allocate",
    "export-pb": "export_pb",
    "serve": "server",
    "worker": "server",
    "migrate": "server",
    "status": "server",
    "rebuild": "rebuild",
}
"""Command → its module, whose `register` adds it to an application."""


class Commands(TyperGroup):
    """The commands of `dauys`, in the order of the tables above."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the library's interface
        return [*_SINGLE, *_GROUPS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - as above
        if cmd_name not in self.commands and cmd_name in (*_SINGLE, *_GROUPS):
            self.commands[cmd_name] = _brought(cmd_name)
        return self.commands.get(cmd_name)


def _brought(name: str) -> Any:
    shell = typer.Typer()
    if name in _SINGLE:
        import_module(f"api.cli.{_SINGLE[name]}").register(shell)
    else:
        module, purpose = _GROUPS[name]
        shell.add_typer(import_module(f"api.cli.{module}").app, name=name, help=purpose)
    return get_group(shell).commands[name]
