"""`dauys demo`: a made-up city's election from the first proposal to the published conclusion, in under a minute.

Exit codes: 0 all checks hold; 1 one does not, or the election could not be finished.
"""

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from api.cli.console import out
from api.cli.homes import home
from api.cli.options import Temporary
from api.cli.output import emit, say
from api.cli.show import Lang, Language
from api.cli.telling import Narrator, show_check
from api.cli.year import show_year
from api.composition import open_engine
from api.election.from_log import DownloadFailed
from api.election.hall import HallFailed, serving
from api.election.plan import Plan
from api.election.run import AnotherRoundOpen, Held, hold
from api.election.sample import sample
from domain.allocation import Reason
from domain.roll import SlipCount

_EXIT_DIFFERS = 1
_MILLION_TIYN = 100_000_000

_WORDS = {
    Reason.FUNDED: "[green]funded[/]",
    Reason.FEWER_THAN_TEN_VOTERS: "[red]fewer than ten voters[/]",
    Reason.BELOW_LOCAL_THRESHOLD: "[red]below the local threshold[/]",
    Reason.DID_NOT_FIT: "did not fit: {left} m left",
    Reason.LOST_TIE: "[yellow]lost a tie[/]: {left} m left",
    Reason.EXCLUDED_BY_ANOTHER: "excluded by {excluded_by}",
    Reason.WITHDRAWN: "[dim]withdrawn[/]",
}


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    *,
    temporary: Temporary = False,
    self_government: Annotated[
        bool, typer.Option("--self-government", help="A rural district's year instead of a city's election.")
    ] = False,
    lang: Lang = Language.EN,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Take the built-in sample election from the roll to the published results, and check every step."""
    if self_government:
        show_year(temporary=temporary, lang=lang, as_json=as_json)
        return
    plan, narrator = sample(), Narrator()
    people = sum(plan.people(unit.kato) for unit in plan.units)
    narrator.fact(
        f"{plan.title}: {len(plan.units) - 1} districts, {people:,} people on the roll, up to"
        f" {plan.form.max_choices} choices each. The city is made up; the database, the signatures and HTTP are real."
    )
    try:
        with home(temporary=temporary) as settings, open_engine(settings) as engine, serving(settings) as url:
            held = hold(engine, url, plan, narrator)
    except (AnotherRoundOpen, HallFailed, DownloadFailed) as why:
        say(str(why))
        raise typer.Exit(_EXIT_DIFFERS) from None
    if as_json:
        emit(_facts(held), as_json=True)
    else:
        _show(plan, held)
    if held.differences:
        raise typer.Exit(_EXIT_DIFFERS)


def _facts(held: Held) -> dict[str, object]:
    return {
        "round_id": held.round_id,
        "conclusion": held.conclusion,
        "slips": held.slips,
        "ballots_per_second": held.ballots_per_second,
        "refused": held.refused,
        "receipts_checked": held.recomputed.receipts,
        "checkpoint": held.recomputed.checkpoint,
        "identical_from_log": not held.differences,
        "differences": held.differences,
    }


def _show(plan: Plan, held: Held) -> None:
    titles = {
        planned.number: (planned.revised or planned.sketch).title
        for planned in plan.proposals
        if planned.number
    }
    names = {unit.kato: unit.name for unit in plan.units}
    out.print(results_table(held.conclusion, titles, names))
    for tie in held.conclusion["ties"]:
        tied = " and ".join(tie["projects"])
        out.print(
            f"A tie that mattered: {tied} have {tie['score']} votes each; {_how(tie['resolved_by'])} first."
        )
    out.print(_slips_table(held.slips, names))
    refused = ", ".join(f"{number} {code}" for code, number in sorted(held.refused.items()))
    out.print(f"Refused, as they had to be: {refused}.", markup=False)
    if not held.differences:
        out.print(
            f"Receipts: {held.recomputed.receipts} of {held.cast:,} drawn and checked against their entries in the log."
        )
    show_check(held)
    Narrator().fact(
        f"Look round: dauys serve, then http://127.0.0.1:8000 · Check again: dauys round verify {held.round_id}"
    )


def results_table(conclusion: dict[str, Any], titles: dict[str, str], names: dict[str, str]) -> Table:
    """Every project with its votes and the reason for what became of it; units with their money. Millions of tenge."""
    table = Table(title=escape(conclusion["title"]), title_style="bold")
    table.add_column("no.", justify="right")
    table.add_column("project")
    table.add_column("votes", justify="right")
    table.add_column("m ₸", justify="right")
    table.add_column("outcome")
    for money in conclusion["units"]:
        spent, envelope = _millions(money["spent_tiyn"]), _millions(money["envelope_tiyn"])
        table.add_section()
        table.add_row(
            "",
            f"[bold]{escape(names[money['unit']])}[/]",
            "",
            f"[bold]{envelope}[/]",
            f"[bold]{spent} m spent[/]",
        )
        for line in conclusion["lines"]:
            if line["unit"] == money["unit"]:
                table.add_row(
                    line["project"],
                    escape(titles[line["project"]]),
                    str(line["voters"]),
                    _millions(line["cost_tiyn"]),
                    _outcome(line),
                )
    return table


def _outcome(line: dict[str, Any]) -> str:
    left = "" if line["left_tiyn"] is None else _millions(line["left_tiyn"])
    return _WORDS[Reason(line["reason"])].format(left=left, excluded_by=line["excluded_by"])


def _slips_table(slips: tuple[SlipCount, ...], names: dict[str, str]) -> Table:
    table = Table("slips", title="Voting slips, reconciled", title_style="bold")
    for heading in ("printed", "handed out", "unused", "spoiled", "cast", "adds up"):
        table.add_column(heading, justify="right")
    for count in slips:
        piles = (count.printed, count.handed_out, count.unused, count.spoiled, count.cast)
        table.add_row(names[count.unit], *(f"{pile:,}" for pile in piles), "yes" if count.adds_up else "NO")
    return table


def _how(resolved_by: str) -> str:
    return {"lower_cost": "the lower cost goes", "lot": "the drawn lot goes"}[resolved_by]


def _millions(tiyn: int) -> str:
    whole, hundredths = divmod(tiyn * 100 // _MILLION_TIYN, 100)
    return f"{whole:,}.{hundredths:02}".rstrip("0").rstrip(".")
