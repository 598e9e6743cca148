"""`dauys council …`: a Council from its election to its end."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer

from api.cli.acts import Kato, time_option
from api.cli.options import AsJson, By
from api.cli.output import emit
from api.cli.registers import AtDay, Before, OfUnit, list_register
from api.cli.show import Lang, Language
from api.composition import open_engine
from api.self_government.tables import Kind
from domain.self_government.council import Council
from domain.self_government.rollcall import MemberVote, Vote
from domain.self_government.seating import LocalitySeats

app = typer.Typer(no_args_is_help=True)

CouncilId = Annotated[UUID, typer.Argument(help="The Council's id.")]
Member = Annotated[str, typer.Argument(help="The member's id, as elected.")]
Gathering = Annotated[UUID, typer.Option(help="The gathering's id.")]
Item = Annotated[str, typer.Option(help="The key of the item that the gathering adopted.")]
On = Annotated[datetime, time_option("When", "--on")]


def _seats(text: str) -> LocalitySeats:
    locality, _, seats = text.partition("=")
    if not seats.isdecimal():
        raise typer.BadParameter("seats are given as KATO=NUMBER")
    return LocalitySeats(locality, int(seats))


@app.command()
def form(
    unit: Kato,
    gathering: Gathering,
    item: Item,
    seats: Annotated[
        list[LocalitySeats],
        typer.Option(parser=_seats, metavar="KATO=NUMBER", help="Seats of a locality; once for each."),
    ],
    by: By = "office",
    *,
    as_json: AsJson = False,
) -> None:
    """Form the Council that a gathering elected."""
    with open_engine() as engine:
        council_id = engine.councils.form(unit, gathering, item, tuple(seats), by=by)
        emit({"council_id": council_id}, as_json=as_json)


@app.command()
def fill(council_id: CouncilId, gathering: Gathering, item: Item, by: By = "office") -> None:
    """Seat whom a later gathering elected to vacant seats."""
    with open_engine() as engine:
        engine.councils.fill_vacancies(council_id, gathering, item, by=by)


@app.command()
def leave(
    council_id: CouncilId,
    member: Member,
    on: On,
    reason: Annotated[str, typer.Option(help="Why; it is public.")],
    by: By = "office",
) -> None:
    """Record that a member gives up the seat."""
    with open_engine() as engine:
        engine.councils.leave(council_id, member, on, reason, by=by)


@app.command()
def chair(
    sitting_id: Annotated[UUID, typer.Argument(help="The open sitting's id.")],
    member: Member,
    votes_for: Annotated[list[str], typer.Option("--for", help="A member who voted for; once for each.")],
    against: Annotated[list[str] | None, typer.Option(help="A member who voted against.")] = None,
    abstained: Annotated[list[str] | None, typer.Option(help="A member who abstained.")] = None,
    by: By = "office",
) -> None:
    """Record the roll-call that elects the chair."""
    roll = ((Vote.FOR, votes_for), (Vote.AGAINST, against or ()), (Vote.ABSTAINED, abstained or ()))
    votes = tuple(MemberVote(each, vote) for vote, members in roll for each in members)
    with open_engine() as engine:
        engine.councils.elect_chair(sitting_id, member, votes, by=by)


@app.command(name="leave-chair")
def leave_chair(
    council_id: CouncilId,
    on: On,
    reason: Annotated[str, typer.Option(help="Why; it is public.")],
    by: By = "office",
) -> None:
    """Record that the chair gives up the chair and stays a member."""
    with open_engine() as engine:
        engine.councils.leave_chair(council_id, on, reason, by=by)


@app.command()
def interest(
    council_id: CouncilId,
    key: Annotated[str, typer.Argument(help="The declaration's number, new in this Council.")],
    member: Member,
    matter: Annotated[str, typer.Option(help="In what; it is public.")],
    on: On,
    by: By = "office",
) -> None:
    """Record a member's declaration of a conflict of interest."""
    with open_engine() as engine:
        engine.councils.declare_interest(council_id, key, member, matter, on, by=by)


@app.command()
def dissolve(council_id: CouncilId, gathering: Gathering, item: Item, by: By = "office") -> None:
    """Follow the gathering's resolution that dissolves the Council."""
    with open_engine() as engine:
        engine.councils.dissolve(council_id, gathering, item, by=by)


@app.command(name="list")
def list_(
    unit: OfUnit = None,
    at: AtDay = None,
    before: Before = None,
    lang: Lang = Language.EN,
    *,
    as_json: AsJson = False,
) -> None:
    """The newest Councils; with --at those in office then."""
    list_register(Kind.COUNCILS, lang, as_json=as_json, unit=unit, at=at, before=before)


@app.command()
def show(council_id: CouncilId, *, as_json: AsJson = False) -> None:
    """A Council: its term, seats, members and chairs."""
    with open_engine() as engine:
        council = engine.store.load(Council, council_id)
        emit(
            {
                "council_id": council.id,
                "unit": council.unit,
                "number": council.number,
                "term_from": council.term_from,
                "term_until": council.term_until,
                "dissolved_on": council.dissolved_on,
                "seats": council.seats,
                "members": council.seated,
                "chairs": council.chairings,
                "interests": council.interests,
            },
            as_json=as_json,
        )
