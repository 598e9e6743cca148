"""The anomalies of a round's voting for people and programs: JSON, a page to print, in Kazakh, Russian and English.

Served when voting has ended and not before; made of counts that name no person and tie no kiosk to a ballot.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response
from psycopg import Connection

from api.anomaly_words import MEASURES, NEXT, PAGE, RULES, TITLES, UNTOLD
from api.caching import json_answer
from api.engine import EngineOf
from api.hour_chart import Chart, hour_chart
from api.rounds import registered
from api.trail_words import Words
from api.web.page import language_of, page
from api.wording import Phrases, local_time, number, per_cent, saying
from application.store import NotFound
from domain.roll import SlipCount
from domain.times import KAZAKHSTAN
from projections.anomalies import find
from projections.anomaly import Anomaly, Kind, Measure, Thresholds, Untold
from projections.results import PaperNotFrozen, ResultsBeingCounted, ResultsNotPublicYet
from projections.rounds import RegisteredRound
from projections.voting_counts import KioskCount, SlipsOfDay, VotingCounts, counts_of

router = APIRouter()

THRESHOLDS: Final = Thresholds()
_PER_MILLE: Final = 1_000
_OF_HOURS: Final = (Kind.BURST, Kind.NIGHT, Kind.LATE, Kind.OUTSIDE, Kind.ORDER)


@dataclass(frozen=True, slots=True)
class Where:
    """A unit by its KATO or a kiosk by its id, with its name; all null: in all."""

    unit: str | None
    kiosk: UUID | None
    name: str | None


@dataclass(frozen=True, slots=True)
class When:
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class AnomalyView:
    """More than `threshold` was `measured`, where `expected` is usual, all in `measure`.

    `rule`: why it is told; `next`: what a commission may do.
    """

    kind: Kind
    where: Where
    when: When | None
    measure: Measure
    measured: int
    expected: int | None
    threshold: int
    rule: Words
    next: Words


@dataclass(frozen=True, slots=True)
class UntoldView:
    code: Untold
    words: Words


@dataclass(frozen=True, slots=True)
class HourView:
    unit: str
    hour: datetime
    ballots: int


@dataclass(frozen=True, slots=True)
class AnomaliesView:
    """`untold`: what the stored counts cannot tell; behind it the counts themselves. `slips`: none before they are reconciled.

    `units`: names by KATO.
    """

    round_id: UUID
    title: str
    units: dict[str, str]
    opened: datetime
    announced_end: datetime
    closed: datetime
    anomalies: list[AnomalyView]
    untold: list[UntoldView]
    thresholds: Thresholds
    hours: list[HourView]
    kiosks: tuple[KioskCount, ...]
    slips: tuple[SlipCount, ...]
    handed_out: tuple[SlipsOfDay, ...]


@router.get(
    "/v1/rounds/{round_id}/anomalies",
    response_model=AnomaliesView,
    summary="What was unusual in the voting, once it has ended",
    tags=["rounds"],
)
def anomalies(round_id: UUID, request: Request, engine: EngineOf) -> Response:
    with engine.datastore.get_connection() as connection:
        view = report(connection, registered(connection, round_id))
    return json_answer(request, view)


@router.get("/rounds/{round_id}/anomalies", include_in_schema=False)
def anomalies_page(round_id: str, request: Request, engine: EngineOf) -> Response:
    with engine.datastore.get_connection() as connection:
        try:
            view = report(connection, registered(connection, UUID(round_id)))
        except (NotFound, ValueError):
            return page(request, "missing.html", status=404, missing="not_found")
        except (ResultsNotPublicYet, ResultsBeingCounted, PaperNotFrozen):
            return page(request, "missing.html", status=403, missing="not_yet")
    facts = page_facts(view, language_of(request))
    return page(request, "anomalies.html", base="layout.html", **facts)


def report(connection: Connection[Any], round_: RegisteredRound) -> AnomaliesView:
    counts = counts_of(connection, round_)
    found = find(counts, THRESHOLDS)
    names = {unit.kato: unit.name for unit in round_.terms.units}
    return AnomaliesView(
        round_id=round_.round_id,
        title=round_.terms.title,
        units=names,
        opened=counts.opened,
        announced_end=counts.announced_end,
        closed=counts.closed,
        anomalies=[_view(anomaly, names, counts) for anomaly in found.anomalies],
        untold=[UntoldView(untold, _words(UNTOLD, untold)) for untold in found.untold],
        thresholds=THRESHOLDS,
        hours=[HourView(hour.unit, hour.hour, hour.ballots) for hour in counts.hours],
        kiosks=counts.kiosks,
        slips=counts.slips,
        handed_out=counts.handed_out,
    )


def _view(anomaly: Anomaly, names: dict[str, str], counts: VotingCounts) -> AnomalyView:
    name = names[anomaly.unit] if anomaly.unit else None
    if anomaly.kiosk:
        name = next(
            (f"{each.label}, {each.place}" for each in counts.kiosks if each.kiosk_id == anomaly.kiosk), None
        )
    when = When(anomaly.since, anomaly.until) if anomaly.since and anomaly.until else None
    return AnomalyView(
        kind=anomaly.kind,
        where=Where(anomaly.unit, anomaly.kiosk, name),
        when=when,
        measure=anomaly.measure,
        measured=anomaly.measured,
        expected=anomaly.expected,
        threshold=anomaly.threshold,
        rule=_words(RULES, anomaly.kind),
        next=_words(NEXT, anomaly.kind),
    )


def _words(phrases: Phrases, key: str) -> Words:
    """In all three languages, with the thresholds' numbers where they are named."""
    facts = {name: number(value) for name, value in asdict(THRESHOLDS).items()}
    shares = {
        name.replace("_mille", "_cent"): per_cent(value, _PER_MILLE)
        for name, value in asdict(THRESHOLDS).items()
        if name.endswith("_mille")
    }
    return Words(*(saying(language, phrases)(key, **facts, **shares) for language in ("kk", "ru", "en")))


def page_facts(view: AnomaliesView, language: str) -> dict[str, Any]:
    """What the template draws: anomalies by kind, the chart, and words in one language."""
    by_kind: dict[Kind, list[AnomalyView]] = {}
    for anomaly in view.anomalies:
        by_kind.setdefault(anomaly.kind, []).append(anomaly)
    return {
        "report": view,
        "by_kind": by_kind,
        "chart": _chart(view),
        "tell": saying(language, PAGE),
        "title_of": saying(language, TITLES),
        "measure_of": saying(language, MEASURES),
        "amount": amount,
        "span": span,
    }


def span(when: When | None) -> str:
    """Local: a day, hours of one, or from one moment to another."""
    if when is None:
        return "–"
    since, until = when.since.astimezone(KAZAKHSTAN), when.until.astimezone(KAZAKHSTAN)
    day = since.strftime("%d.%m.%Y")
    if (since.time(), until - since) == (time(), timedelta(days=1)):
        return day
    if since.date() == (until - timedelta(hours=1)).date():
        return f"{day}, {since:%H:%M}–{until:%H:%M}"
    return f"{local_time(since)} – {local_time(until)}"


def amount(value: int, measure: Measure) -> str:
    return per_cent(value, _PER_MILLE) if measure is Measure.PER_MILLE else number(value)


def _chart(view: AnomaliesView) -> Chart | None:
    ballots: Counter[datetime] = Counter()
    for each in view.hours:
        ballots[each.hour] += each.ballots
    odd = {
        hour
        for anomaly in view.anomalies
        if anomaly.kind in _OF_HOURS and anomaly.when
        for hour in ballots
        if anomaly.when.since <= hour < anomaly.when.until
    }
    night = range(THRESHOLDS.night_begins, THRESHOLDS.night_ends + 24)
    return hour_chart(ballots, odd, view.opened, view.closed, night)
