"""Kiosks over HTTP: a device trades its one-time code for an id, once; and tells of itself ever after."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from api.asgi import BodyTooLarge
from api.engine import EngineOf
from application.kiosk_health import REPORT_BYTES

router = APIRouter(prefix="/v1/kiosks", tags=["kiosks"])


class Enrolment(BaseModel):
    """`public_key`: unpadded base64url of the device's 32-byte Ed25519 key, whose secret half never leaves the device."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    code: str = Field(min_length=1, max_length=100)
    public_key: str = Field(
        min_length=43, max_length=43, json_schema_extra={"pattern": "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"}
    )


class Enrolled(BaseModel):
    """What the device signs its deliveries with: `kiosk_id` as `kid`, `audience` as `aud`; and the log's verifier key."""

    kiosk_id: UUID
    audience: str
    log_key: str


@router.post("", status_code=201, summary="Enrol a device with its one-time code")
def enrol(enrolment: Enrolment, engine: EngineOf) -> Enrolled:
    kiosk_id = engine.kiosks.enrol(enrolment.code, enrolment.public_key)
    return Enrolled(kiosk_id=kiosk_id, audience=engine.settings.audience, log_key=str(engine.signer.verifier))


class Heard(BaseModel):
    """When the report came, by the server's clock."""

    heard: datetime


async def _report(request: Request) -> bytes:
    body = await request.body()
    if len(body) > REPORT_BYTES:
        raise BodyTooLarge(limit_bytes=REPORT_BYTES)
    return body


@router.post(
    "/reports", summary="A kiosk's heartbeat, or its report at opening or closing, signed with its key"
)
def report(body: Annotated[bytes, Depends(_report)], engine: EngineOf) -> Heard:
    return Heard(heard=engine.kiosk_health.hear(body))
