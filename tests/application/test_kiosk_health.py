"""A kiosk's word about itself counts when the kiosk itself said it, and later than its last; silence shows within two minutes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from eventsourcing.persistence import ProgrammingError

from application.kiosk_health import (
    MOST_REPORTS,
    KioskHealth,
    ReportMalformed,
    ReportSignatureInvalid,
    ReportStale,
    TooManyReports,
)
from application.kiosks import Kiosks
from application.log import canonical
from application.polls import Polls, UnknownKiosk
from application.settings import Settings
from tests.deliveries import Device, enrol, revoke, text_of
from tests.engine import Engine

NOON = datetime(2026, 5, 4, 7, tzinfo=UTC)
SILENCE = timedelta(seconds=100)


class Clock:
    """Stands where it was put."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def health(engine: Engine, clock: Clock) -> KioskHealth:
    kiosks = Kiosks(engine.store, Settings(), clock, lambda size: b"r" * size)
    polls = Polls(engine.store, engine.documents)
    return KioskHealth(engine.datastore, kiosks, polls.kiosk_key, clock, SILENCE)


def report(device: Device, when: datetime, **changed: Any) -> dict[str, Any]:
    """Signed as the kiosk signs it."""
    members = {
        "kind": "heartbeat",
        "kiosk": str(device.id),
        "at": when.isoformat().replace("+00:00", "Z"),
        "clock_offset_ms": -120,
        "round": "",
        "made": 7,
        "waiting": 2,
        "version": "0a1b2c",
        "oldest": "2026-05-04T06:00:00Z",
        **changed,
    }
    signature = device.key.sign(b"dauys.kiosk-report.v1\n" + canonical.encode(members))
    return {**members, "signature": text_of(signature)}


def sent(members: dict[str, Any]) -> bytes:
    return canonical.encode(members)


def test_the_last_heartbeat_is_shown_and_silence_after_it(
    engine: Engine, health: KioskHealth, clock: Clock
) -> None:
    device = enrol(engine)
    [unheard] = health.now()
    assert (unheard.heard, unheard.silent) == (None, True)
    health.hear(sent(report(device, NOON, made=6)))
    clock.now += timedelta(seconds=30)
    health.hear(sent(report(device, NOON + timedelta(seconds=30))))
    [heard] = health.now()
    assert (heard.heard, heard.silent, heard.made, heard.waiting) == (clock.now, False, 7, 2)
    assert heard.oldest == datetime(2026, 5, 4, 6, tzinfo=UTC)
    clock.now += SILENCE
    assert not health.now()[0].silent
    clock.now += timedelta(seconds=1)
    assert health.now()[0].silent


def test_a_heartbeat_recorded_by_somebody_and_sent_again_does_not_hide_silence(
    engine: Engine, health: KioskHealth, clock: Clock
) -> None:
    body = sent(report(enrol(engine), NOON))
    health.hear(body)
    clock.now += SILENCE + timedelta(seconds=1)
    with pytest.raises(ReportStale):
        health.hear(body)
    assert health.now()[0].silent


def test_opening_and_closing_are_kept_as_they_were_signed_and_cannot_be_changed(
    engine: Engine, health: KioskHealth
) -> None:
    device = enrol(engine)
    zero = report(device, NOON, kind="zero", made=0, waiting=0)
    closing = report(device, NOON + timedelta(hours=9), kind="closing")
    for each in (zero, closing, zero):
        health.hear(sent(each))
    assert health.reports(device.id, 10) == [closing, zero]
    with pytest.raises(ProgrammingError), engine.datastore.get_connection() as connection:
        connection.execute("UPDATE dauys.kiosk_reports SET kind = 'zero'")


def test_a_kiosk_cannot_fill_the_disk_with_reports(engine: Engine, health: KioskHealth) -> None:
    device = enrol(engine)
    bodies = [sent(report(device, NOON + timedelta(seconds=n), kind="zero")) for n in range(MOST_REPORTS + 1)]
    for body in bodies[:-1]:
        health.hear(body)
    with pytest.raises(TooManyReports):
        health.hear(bodies[-1])
    health.hear(bodies[0])  # one that is there is only asked about


@pytest.mark.parametrize(
    "spoil",
    [
        lambda members: {**members, "waiting": 0},
        lambda members: {**members, "signature": "A" * 86},
        lambda members: {key: value for key, value in members.items() if key != "signature"},
    ],
    ids=["changed", "forged", "unsigned"],
)
def test_what_the_kiosk_did_not_sign_is_refused(
    engine: Engine, health: KioskHealth, spoil: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    with pytest.raises(ReportSignatureInvalid):
        health.hear(sent(spoil(report(enrol(engine), NOON))))


def test_another_kiosks_signature_is_none(engine: Engine, health: KioskHealth) -> None:
    hall, school = enrol(engine), enrol(engine, "school")
    with pytest.raises(ReportSignatureInvalid):
        health.hear(sent(report(school, NOON, kiosk=str(hall.id))))


def test_a_kiosk_nobody_enrolled_is_unknown(health: KioskHealth) -> None:
    with pytest.raises(UnknownKiosk):
        health.hear(sent(report(Device(), NOON)))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"kind":"heartbeat"}',
        b"[" * 3_000,
        b'{ "kind": "zero" }',
        b"\xff\xfe",
    ],
)
def test_what_is_no_report_is_refused(health: KioskHealth, body: bytes) -> None:
    with pytest.raises(ReportMalformed):
        health.hear(body)


@pytest.mark.parametrize(
    "changed",
    [
        {"made": -1},
        {"waiting": "2"},
        {"version": "v" * 41},
        {"kind": "other"},
        {"at": "2026-05-04T07:00:00"},
        {"extra": 1},
        {"made": 2**60},
    ],
)
def test_a_signed_report_out_of_bounds_is_refused(
    engine: Engine, health: KioskHealth, changed: dict[str, Any]
) -> None:
    with pytest.raises(ReportMalformed):
        health.hear(sent(report(enrol(engine), NOON, **changed)))


def test_a_revoked_kiosk_is_missed_by_nobody(engine: Engine, health: KioskHealth) -> None:
    device = enrol(engine)
    revoke(engine, device)
    assert health.now() == []
