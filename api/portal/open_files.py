"""A round's open data as files: what there is of it in its present phase, and what describes it to programs.

`datapackage.json` follows Frictionless Data Package v1, the page's data block schema.org's Dataset. Both name the same files, each
with its SHA-256, so that a copy can be held against the original.
"""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any, Final

import msgspec

from api.csv_table import csv_table
from api.downloads import RESULTS_COLUMNS, results_csv
from api.views import ResultsView
from application.log import canonical
from projections.results import Results
from projections.rounds import RegisteredRound
from projections.turnout import HourOfTurnout

DESCRIPTION: Final = "datapackage.json"
_TURNOUT_COLUMNS: Final = ("unit", "unit_name", "hour", "ballots")
_WHOLE_NUMBERS: Final = frozenset(
    {"rank", "cost_tiyn", "voters", "score", "balance_tiyn", "as_of", "ballots"}
)
_MOMENTS: Final = frozenset({"hour"})
_ARCHIVED: Final = (1980, 1, 1, 0, 0, 0)
"""One time for all members, the earliest the format knows, so that the same data gives the same bytes."""


@dataclass(frozen=True, slots=True)
class OpenFile:
    """`name`: in an archive; `path`: below the round's address; `columns`: of a table, else empty."""

    name: str
    path: str
    media_type: str
    body: bytes
    columns: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        return sha256(self.body).hexdigest()


def files_of(
    round_: RegisteredRound, hours: Sequence[HourOfTurnout], paper: bytes | None, results: Results | None
) -> list[OpenFile]:
    """What is public of the round now; `paper`: the frozen bytes."""
    found = []
    if results is not None:
        found += [
            OpenFile("results.csv", "results.csv", "text/csv", results_csv(results), RESULTS_COLUMNS),
            OpenFile(
                "results.json", "results", "application/json", msgspec.json.encode(ResultsView.of(results))
            ),
        ]
    if paper is not None:
        body = turnout_csv(round_, hours)
        found += [
            OpenFile("paper.json", "paper", "application/json", paper),
            OpenFile("turnout.csv", "turnout.csv", "text/csv", body, _TURNOUT_COLUMNS),
        ]
    return found


def turnout_csv(round_: RegisteredRound, hours: Sequence[HourOfTurnout]) -> bytes:
    """A row per unit and hour that had ballots; hours in UTC."""
    names = {unit.kato: unit.name for unit in round_.terms.units}
    return csv_table(
        _TURNOUT_COLUMNS, ((each.unit, names[each.unit], each.hour, each.ballots) for each in hours)
    )


def data_package(round_: RegisteredRound, files: Sequence[OpenFile], *, archived: bool = False) -> bytes:
    """The description beside the files: by their addresses, or by their names where they are `archived` with it."""
    return canonical.encode(
        {
            "profile": "data-package",
            "name": f"round-{round_.round_id}",
            "id": str(round_.round_id),
            "title": round_.terms.title,
            "version": str(round_.changed),
            "resources": [_resource(file, file.name if archived else file.path) for file in files],
        }
    )


def dataset(round_: RegisteredRound, files: Sequence[OpenFile], page: str, api: str) -> dict[str, Any]:
    """schema.org's Dataset; `page`: its address for people, `api`: the round's for programs, without a slash at the end."""
    terms = round_.terms
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": terms.title,
        "description": terms.title,
        "identifier": f"urn:uuid:{round_.round_id}",
        "url": page,
        "version": str(round_.changed),
        "isAccessibleForFree": True,
        "dateModified": max(step.at for step in round_.steps).isoformat(),
        "temporalCoverage": f"{terms.voting_opens.isoformat()}/{terms.voting_closes.isoformat()}",
        "spatialCoverage": [unit.name for unit in terms.units if unit.parent is None],
        "distribution": [
            {
                "@type": "DataDownload",
                "name": file.name,
                "contentUrl": f"{api}/{file.path}",
                "encodingFormat": file.media_type,
                "contentSize": f"{len(file.body)} B",
                "sha256": file.sha256,
            }
            for file in files
        ],
    }


def archive(round_: RegisteredRound, files: Sequence[OpenFile]) -> bytes:
    """All of it with its description; the same bytes for the same data."""
    described = OpenFile(
        DESCRIPTION, DESCRIPTION, "application/json", data_package(round_, files, archived=True)
    )
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in (described, *files):
            packed.writestr(zipfile.ZipInfo(file.name, _ARCHIVED), file.body, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _resource(file: OpenFile, path: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": file.name.replace(".", "-"),
        "path": path,
        "format": file.name.rpartition(".")[2],
        "mediatype": file.media_type,
        "encoding": "utf-8",
        "bytes": len(file.body),
        "hash": f"sha256:{file.sha256}",
    }
    if file.columns:
        fields = [{"name": column, "type": _type_of(column)} for column in file.columns]
        described |= {"profile": "tabular-data-resource", "schema": {"fields": fields}}
    return described


def _type_of(column: str) -> str:
    if column in _WHOLE_NUMBERS:
        return "integer"
    return "datetime" if column in _MOMENTS else "string"
