"""Where everything lies in a bundle, and the two texts that are written for it alone: README, and a policy where there is none.

A stored format for ever: old bundles are what auditors compare new ones with.
"""

from typing import Final
from uuid import UUID

from application.log.note import Verifier
from application.log.tiles import TilePath

FORMAT: Final = "dauys.bundle.v1"
EVERY_ROUND: Final = "ALL"

README: Final = "README.txt"
KEY: Final = "log/key.txt"
POLICY: Final = "log/policy.txt"
CHECKPOINT: Final = "log/checkpoint.txt"
CHECKPOINTS: Final = "log/checkpoints.jsonl"
WITHHELD: Final = "log/withheld.jsonl"
KIOSKS: Final = "kiosks.json"

_README: Final = """\
Dauys · {origin} · {size}

KK  Бұл бума жалпы журналдың толық көшірмесі және одан шыққан нәтижелер. Оны бізсіз тексеруге болады:
RU  Это полная копия общего журнала и полученные из него результаты. Проверить их можно без нас:
EN  This is a complete copy of the public log and of the results that follow from it. It can be checked without us:

    python3 -I verify.py BUNDLE.zip

KK  Журналдың кілті төменде. Оны басқа жерден алынған кілтпен салыстырыңыз: https://{origin}/key немесе бұрынғы бума.
RU  Ключ журнала ниже. Сравните его с ключом, полученным в другом месте: https://{origin}/key или прежний комплект.
EN  The log's key is below. Compare it with one from elsewhere: https://{origin}/key, or an older bundle.

    {key}
"""


def entries(tile: TilePath) -> str:
    return f"log/{tile}"


def of_round(round_id: UUID, name: str) -> str:
    """`name` is paper.json, credentials.csv, results.json, results.csv, results.pb, or conclusions/1.json and so on."""
    return f"rounds/{round_id}/{name}"


def readme(log: Verifier, size: int) -> bytes:
    """What this is, how it is checked, and the log's verifier key."""
    return _README.format(origin=log.name, size=size, key=log).encode()


def policy_without_witnesses(log: Verifier) -> bytes:
    """Whose cosignatures are needed (c2sp.org/tlog-policy) where no policy is configured: nobody's."""
    return f"log {log}\nquorum none\n".encode()
