"""Every limit and every place Dauys is configured with: named, with its unit, in one frozen object read from `DAUYS_…`."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

KiB = 1024


class Settings(BaseSettings):
    """Values come from the environment, never from a file that might be committed. Sizes in bytes, times in seconds."""

    model_config = SettingsConfigDict(env_prefix="DAUYS_", frozen=True, extra="ignore")

    home: Path = Path(".dauys")
    """Keys, and the embedded database's data when `database_url` is not set."""
    database_url: SecretStr | None = None
    """Any PostgreSQL 15 or newer; unset: the embedded one."""
    database_admin_url: SecretStr | None = None
    """The owner's connection, for migrations only; unset: `database_url`."""
    log_origin: Annotated[str, Field(pattern=r"^[a-z0-9.-]+(/[a-z0-9._-]+)*$", max_length=200)] = (
        "dauys.local/log"
    )
    """The name in every checkpoint (C2SP tlog-checkpoint); the public address of the log, without a scheme."""
    audience: Annotated[str, Field(max_length=200)] = "dauys.local"
    """What a delivery's `aud` must say, so that a delivery for another deployment is refused."""

    policy_file: Path | None = None
    """Whose cosignatures checkpoints need and where those witnesses are (C2SP tlog-policy); unset: nobody is asked."""
    witness_pause_seconds: Annotated[float, Field(gt=0)] = 1.0
    """Between two checkpoints that witnesses are asked about; what is signed in between needs no asking."""
    witness_longest_pause_seconds: Annotated[float, Field(gt=0)] = 300.0
    """A witness that fails is asked after pauses that double up to this."""
    witness_answer_seconds: Annotated[float, Field(gt=0)] = 5.0
    """For all of a witness's answer, however it trickles in."""
    witness_answer_bytes: Annotated[int, Field(ge=KiB)] = 16 * KiB

    pool_connections: Annotated[int, Field(ge=2, le=50)] = 6
    """Per process, beside the ballot box's own; behind the log's lock a second one reads the paper, so one is too few."""
    reconnect_seconds: Annotated[float, Field(gt=0)] = 2.0
    """So long the pool tries by itself, ever more rarely; after that whoever asks makes it try at once."""
    connect_seconds: Annotated[float, Field(gt=0)] = 10.0
    lock_seconds: Annotated[int, Field(ge=1)] = 10
    statement_seconds: Annotated[int, Field(ge=1)] = 300
    request_statement_seconds: Annotated[int, Field(ge=1)] = 15
    """In a process that answers HTTP, where somebody waits."""

    embedded_by: Annotated[str, Field(pattern=r"^(https?://[a-z0-9.:*-]+ ?)*$", max_length=2_000)] = ""
    """Sites that may show results cards in a frame of theirs, as origins with spaces between; empty: any site."""

    api_docs: bool = False
    """Serve the OpenAPI page under /docs. Its script comes from another site, so not where staff sign in."""
    delivery_bytes: Annotated[int, Field(ge=KiB)] = 512 * KiB
    delivery_ballots: Annotated[int, Field(ge=1, le=500)] = 500
    batch_ballots: Annotated[int, Field(ge=1)] = 1_000
    """Ballots in one transaction; the next delivery waits for the next one."""
    gather_pause_seconds: Annotated[float, Field(gt=0)] = 0.001
    """Under load a transaction is put off until all kiosks of the last one are back, or such a pause brings nobody, …"""
    gather_seconds: Annotated[float, Field(ge=0)] = 0.01
    """… but no longer than this in all, …"""
    gather_ballots: Annotated[int, Field(ge=1)] = 64
    """… nor once so many ballots wait: more would hardly make each cheaper."""
    waiting_deliveries: Annotated[int, Field(ge=1)] = 2_000
    """Deliveries waiting for a transaction; more are refused with 503 and sent again by the kiosk."""
    batch_retry_seconds: Annotated[float, Field(ge=0)] = 10.0
    """How long a batch is tried again while the database is away, before its kiosks are told to send again."""
    batch_pause_seconds: Annotated[float, Field(gt=0)] = 0.1
    answer_seconds: Annotated[float, Field(gt=0)] = 20.0
    """How long a delivery waits for its transaction before its kiosk is told to send again; kiosks hang up after 30."""
    body_bytes: Annotated[int, Field(ge=KiB)] = 64 * KiB
    """Any request body other than a delivery."""

    projection_events: Annotated[int, Field(ge=1)] = 50_000
    """Events a projection takes in one transaction."""
    projection_pause_seconds: Annotated[float, Field(gt=0)] = 0.25
    stream_pause_seconds: Annotated[float, Field(gt=0)] = 0.5
    stream_readers: Annotated[int, Field(ge=1)] = 500
    page_items: Annotated[int, Field(ge=1)] = 200

    password_memory_kib: Annotated[int, Field(ge=8)] = 64 * KiB
    """Argon2id, the second choice of RFC 9106, 4: 64 MiB, three passes, four lanes."""
    password_passes: Annotated[int, Field(ge=1)] = 3
    password_lanes: Annotated[int, Field(ge=1, le=16)] = 4
    password_hashes_at_once: Annotated[int, Field(ge=1)] = 2
    """Per process, each taking `password_memory_kib`; …"""
    password_waiting: Annotated[int, Field(ge=0)] = 8
    """… so many more wait, each in a thread that other pages need too, …"""
    password_wait_seconds: Annotated[float, Field(gt=0)] = 5.0
    """… and so long; who comes after them is told at once to try again."""
    session_idle_seconds: Annotated[int, Field(ge=60)] = 15 * 60
    session_seconds: Annotated[int, Field(ge=60)] = 8 * 3600
    """A session ends then, however busy it is."""
    session_touch_seconds: Annotated[int, Field(ge=1)] = 30
    """Use of a session is written down no more often; it may end as much too early."""
    sign_in_seconds: Annotated[int, Field(ge=60)] = 10 * 60
    """From the password to the one-time code, and from the set-up code to the end of the set-up."""
    setup_code_seconds: Annotated[int, Field(ge=60)] = 3 * 24 * 3600
    """A set-up code that was handed over and not used ends then."""
    sign_in_free_failures: Annotated[int, Field(ge=1)] = 5
    """For a login or a device; after that each failure makes the next attempt wait, …"""
    sign_in_first_delay_seconds: Annotated[int, Field(ge=1)] = 2
    """… first so long, then twice that, and so on, …"""
    sign_in_longest_delay_seconds: Annotated[int, Field(ge=1)] = 15 * 60
    """… and never longer than this."""
    sign_in_forget_failures_seconds: Annotated[int, Field(ge=60)] = 24 * 3600

    desk_look_ups_per_minute: Annotated[float, Field(gt=0)] = 6.0
    """People whom one desk's account looks up on the roll, …"""
    desk_look_ups_burst: Annotated[int, Field(ge=1)] = 60
    """… after so many at once: a full hall in the morning, and no list of who may vote for whoever stole the session."""

    kiosk_idle_seconds: Annotated[int, Field(ge=10)] = 300
    """Without a touch, until a kiosk in a browser asks whether the voter is still there, …"""
    kiosk_reset_seconds: Annotated[int, Field(ge=1)] = 45
    """… and from then until its screen is the next voter's."""
    kiosk_receipt_seconds: Annotated[int, Field(ge=5)] = 30
    """A receipt stays on its screen so long after the last touch."""
    kiosk_answer_seconds: Annotated[int, Field(ge=1)] = 8
    """A voter waits so long for the server; then the kiosk says that the vote is kept and will be sent."""
    kiosk_heartbeat_seconds: Annotated[int, Field(ge=5)] = 30
    """Between two words of a kiosk about itself."""
    kiosk_silence_seconds: Annotated[int, Field(ge=10)] = 100
    """A kiosk not heard for so long is shown as silent: within two minutes, whenever one looks."""

    site_url: Annotated[str, Field(pattern=r"^(https?://[^/]+)?$", max_length=200)] = ""
    """Where people find this deployment, `https://…` without a slash at the end; letters and identity providers lead there."""
    letters_from: Annotated[str, Field(max_length=200)] = "dauys@localhost"
    letters_command: tuple[str, ...] = ()
    """A program that takes a letter on its standard input (`["sendmail","-t"]`); empty: letters are files in `home/outbox`."""
    letters_pause_seconds: Annotated[float, Field(gt=0)] = 60.0
    """Between two looks for residents who are to be written to."""
    resident_years: Annotated[int, Field(ge=14)] = 18
    """Who is younger by the certificate of their signature does not propose."""
    ncanode_url: Annotated[str, Field(pattern=r"^(https?://.+)?$", max_length=200)] = ""
    """An NCANode 3 that checks electronic signatures; empty: residents sign in by codes alone."""
    trusted_proxies: tuple[str, ...] = (
        "127.0.0.0/8",
        "::1/128",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "fc00::/7",
    )
    """Networks of the proxies in front; what they say in X-Forwarded-For of where a request comes from is believed."""
    rate_limit_keys: Annotated[int, Field(ge=100)] = 50_000
    """Addresses, browsers and accounts that a process counts at a time; those that came longest ago are forgotten."""
    address_per_second: Annotated[float, Field(gt=0)] = 50.0
    """Requests from one address without a cookie of ours, …"""
    address_burst: Annotated[int, Field(ge=1)] = 600
    """… after so many at once: a village may share one."""
    newcomers_per_second: Annotated[float, Field(gt=0)] = 2.0
    """Browsers from one address with a cookie that was not seen before, …"""
    newcomers_burst: Annotated[int, Field(ge=1)] = 200
    device_per_second: Annotated[float, Field(gt=0)] = 10.0
    """Requests of one browser with a cookie of ours, …"""
    device_burst: Annotated[int, Field(ge=1)] = 200
    account_acts_per_minute: Annotated[float, Field(gt=0)] = 30.0
    """What one resident changes, on however many devices, …"""
    account_acts_burst: Annotated[int, Field(ge=1)] = 60
    oidc_issuer: Annotated[str, Field(pattern=r"^(https?://.+)?$", max_length=200)] = ""
    """An OpenID Connect provider that vouches for staff, exactly as it names itself; empty: nobody does. Needs `site_url`."""
    oidc_client_id: Annotated[str, Field(max_length=200)] = ""
    oidc_client_secret_file: Path | None = None
    oidc_login_claim: Annotated[str, Field(max_length=100)] = "preferred_username"
    """The claim of the ID token that holds the login of an account here."""
    photo_body_bytes: Annotated[int, Field(ge=KiB)] = 11 * KiB * KiB
    """A request that brings a photo of at most 10 MB and the rest of its form."""

    roll_line_bytes: Annotated[int, Field(ge=20)] = 200
    roll_lines: Annotated[int, Field(ge=1)] = 5_000_000
    import_chunk: Annotated[int, Field(ge=1)] = 5_000
    """Rows sent to the database at a time while a roll or a credential list is read."""
    faults_told: Annotated[int, Field(ge=1)] = 1_000
    """Bad lines reported one by one; the rest are only counted."""
    enrolment_seconds: Annotated[int, Field(ge=60)] = 24 * 3600

    @model_validator(mode="after")
    def _provider_is_whole(self) -> Self:
        """A half-configured identity provider is found at the start, not by the first person who wants to sign in."""
        if self.oidc_issuer and not (self.site_url and self.oidc_client_id and self.oidc_client_secret_file):
            raise ValueError(
                "DAUYS_OIDC_ISSUER needs DAUYS_SITE_URL, DAUYS_OIDC_CLIENT_ID and DAUYS_OIDC_CLIENT_SECRET_FILE"
            )
        return self
