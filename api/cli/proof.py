"""`dauys audit proof`: one entry of the log and its receipt, checked against each other and the log's key before they are told."""

from typing import Annotated

import typer

from api.cli.options import AsJson
from api.cli.output import emit
from api.composition import open_engine
from api.log import RoundStillOpen
from application.log.merkle import OutsideTree
from application.log.receipt import parse_receipt, verify_receipt


def register(app: typer.Typer) -> None:
    app.command("proof")(proof)


def proof(
    position: Annotated[int, typer.Argument(min=1, help="The entry's position in the log, from 1.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Prove that an entry is in the log: its bytes, and the receipt (C2SP tlog-proof) that anyone can check against the key."""
    with open_engine() as engine:
        entry = next(engine.log.entries(position - 1, position), None)
        if entry is None:
            raise OutsideTree(position=position, size=engine.log.size())
        if engine.log.is_withheld(position - 1, position):
            raise RoundStillOpen
        receipt, key = engine.log.receipt(position), engine.signer.verifier
        checkpoint = verify_receipt(parse_receipt(receipt), entry.leaf, key)
        emit(
            {
                "position": position,
                "leaf": entry.leaf.hex(),
                "checkpoint_size": checkpoint.size,
                "key": str(key),
                "entry": entry.bytes_.decode(),
                "receipt": receipt,
            },
            as_json=as_json,
        )
