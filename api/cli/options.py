"""The options and arguments that many commands take: the same name, meaning and help everywhere."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
By = Annotated[str, typer.Option("--by", envvar="DAUYS_BY", help="The staff account that acts.")]
Temporary = Annotated[
    bool, typer.Option("--temporary", help="In a home and database of its own, gone afterwards.")
]
RoundId = Annotated[UUID, typer.Argument(help="The round's id.")]
OfRound = Annotated[UUID, typer.Option("--round", help="The round's id.")]
ProposalId = Annotated[UUID, typer.Argument(help="The proposal's id.")]
Minutes = Annotated[Path, typer.Option(help="The expert council's minutes (a file; only its hash is kept).")]
