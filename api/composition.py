"""The composition root: the only module that knows every concrete class. Server, worker, command line and tests open it.

Nothing is constructed at import. `open_engine` starts or attaches to the database, checks its schema, and closes in order.
"""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypedDict

import psycopg

import projections
from api.residents.letters import code_letter
from application.accounts.access_log import AccessLog
from application.accounts.administration import Accounts
from application.accounts.own_account import OwnAccounts
from application.accounts.passwords import Passwords
from application.accounts.sessions import Sessions
from application.accounts.setting_up import AccountSetup
from application.accounts.setup_codes import SetupCodes
from application.accounts.signing_in import SigningIn
from application.accounts.throttling import Throttling
from application.approvals import Approvals
from application.ballot_box import BallotBox
from application.clock import now
from application.conclusions import Conclusions
from application.desk.piles import Piles
from application.desk.replacing import Replacing
from application.desk.serving import Serving
from application.desk.tickets import Tickets
from application.election_acts import ElectionActs
from application.findings import Findings
from application.identity.challenges import Challenges, Identifier
from application.identity.eds import Eds, EdsLimits
from application.identity.oidc import Oidc, Provider
from application.identity.one_time_codes import CodeLimits, OneTimeCodes
from application.identity.sender import CommandSender, FileSender, Sender
from application.implementations import Implementations
from application.keys import Keys
from application.kiosk_health import KioskHealth
from application.kiosks import Kiosks
from application.log.cosigned import CosignedCheckpoints
from application.log.note import LogSigner
from application.log.reader import LogReader
from application.log.recorder import LogRecorder
from application.mergings import Mergings
from application.photos.photos import Photos
from application.polls import Polls
from application.proposals import Proposals
from application.refused_deliveries import RefusedDeliveries
from application.registrar import Registrar
from application.residents.drafts import Drafts
from application.residents.following import Following
from application.residents.membership import Residents
from application.rounds import Rounds
from application.sealing import Sealing
from application.self_government.councils import Councils
from application.self_government.decisions import Decisions
from application.self_government.dismissals import Dismissals
from application.self_government.executions import Executions
from application.self_government.gatherings import Gatherings
from application.self_government.offices import Offices
from application.self_government.report_meetings import ReportMeetings
from application.self_government.sittings import Sittings
from application.self_government.units import Units
from application.settings import Settings
from application.storage.database import Datastore
from application.storage.documents import Documents
from application.storage.durability import refuse_unless_durable
from application.storage.embedded import EmbeddedPostgres
from application.storage.schema import MIGRATIONS, SchemaTooNew, applied, migrate
from application.storage.unavailable import StorageUnavailable
from application.store import Clock, Store
from application.token_buckets import Rate, TokenBuckets
from domain.approval import TwoPeopleAct


@dataclass(frozen=True, slots=True)
class Engine:
    """Everything a use case is reached through; one per process."""

    settings: Settings
    database_url: str
    datastore: Datastore
    clock: Clock
    store: Store
    log: LogReader
    cosigned: CosignedCheckpoints
    signer: LogSigner
    sealing: Sealing
    documents: Documents
    access: AccessLog
    sessions: Sessions
    signing_in: SigningIn
    account_setup: AccountSetup
    accounts: Accounts
    own_accounts: OwnAccounts
    registrar: Registrar
    serving: Serving
    replacing: Replacing
    piles: Piles
    rounds: Rounds
    proposals: Proposals
    mergings: Mergings
    kiosks: Kiosks
    kiosk_health: KioskHealth
    polls: Polls
    ballot_box: BallotBox
    refused_deliveries: RefusedDeliveries
    conclusions: Conclusions
    implementations: Implementations
    findings: Findings
    approvals: Approvals
    units: Units
    offices: Offices
    gatherings: Gatherings
    dismissals: Dismissals
    report_meetings: ReportMeetings
    executions: Executions
    councils: Councils
    sittings: Sittings
    decisions: Decisions
    sender: Sender
    codes: Identifier
    eds: Eds | None
    oidc: Oidc | None
    residents: Residents
    photos: Photos
    drafts: Drafts
    following: Following


@contextmanager
def open_engine(settings: Settings | None = None) -> Iterator[Engine]:
    """The engine on the configured database; the embedded one is migrated on the way, a server's must be already."""
    settings = settings or Settings()
    with ExitStack() as closing:
        url = closing.enter_context(open_database(settings))
        yield closing.enter_context(attach_engine(settings, url))


@contextmanager
def attach_engine(settings: Settings, url: str) -> Iterator[Engine]:
    """The engine on a database that somebody else watches over. It need not answer now: whoever asks is told so, until it does."""
    # The ballot box has a connection to itself: no crowd of readers can keep it from it, and one that is always the same is a
    # warm one, where a pool goes round all of its own.
    with Datastore(url, settings) as datastore, Datastore(url, settings, connections=1) as of_ballots:
        yield build(settings, url, datastore, of_ballots)


@contextmanager
def open_database(settings: Settings) -> Iterator[str]:
    """The URL of a database that answers and whose schema fits this Dauys."""
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
        _refuse_unless_migrated(url, settings)
        yield url
    else:
        with EmbeddedPostgres(settings.home) as server:
            url = server.url()
            with psycopg.connect(url) as connection:
                _migrate(connection)
            yield url


def migrate_database(settings: Settings) -> int:
    """Bring the configured database's schema up to date; how many migrations ran."""
    url = settings.database_admin_url or settings.database_url
    if url is None:
        with EmbeddedPostgres(settings.home) as server, psycopg.connect(server.url()) as connection:
            return _migrate(connection)
    with psycopg.connect(url.get_secret_value(), connect_timeout=int(settings.connect_seconds)) as connection:
        return _migrate(connection)


PROVIDER_BACK: Final = "/sign-in/provider/back"
"""Where an identity provider sends browsers back to; registered with it behind `site_url`."""


def build(settings: Settings, url: str, datastore: Datastore, of_ballots: Datastore) -> Engine:
    """Wire everything on open datastores."""
    keys = Keys(settings.home / "keys")
    signer = keys.log_signer(settings.log_origin)
    store = Store(LogRecorder(datastore, signer))
    documents = Documents(datastore)
    log = LogReader(datastore)
    polls = Polls(store, documents)
    registrar = Registrar(store, datastore, keys, settings, now)
    tickets = Tickets(keys, now, secrets.token_bytes)
    replacing = Replacing(store, datastore, tickets, now, secrets.token_bytes)
    rounds = Rounds(
        store,
        documents,
        now,
        secrets.token_bytes,
        check_roots=registrar.check_roots,
        check_durable=refuse_unless_durable,
    )
    kiosks = Kiosks(store, settings, now, secrets.token_bytes)
    conclusions = Conclusions(store, log, documents, now)
    proposals = Proposals(store, now, secrets.token_bytes)
    sender = letter_sender(settings)
    challenges = Challenges(datastore, now, secrets.token_bytes)
    acts = {
        **ElectionActs(store, rounds, conclusions, kiosks).by_name(),
        TwoPeopleAct.REPLACE_SLIP: replacing.act(),
    }
    return Engine(
        settings=settings,
        database_url=url,
        datastore=datastore,
        clock=now,
        store=store,
        log=log,
        cosigned=CosignedCheckpoints(datastore),
        signer=signer,
        sealing=keys.sealing(),
        documents=documents,
        registrar=registrar,
        serving=Serving(store, datastore, keys, tickets, _look_ups(settings), now),
        replacing=replacing,
        piles=Piles(store, datastore, now),
        rounds=rounds,
        proposals=proposals,
        mergings=Mergings(store, now, secrets.token_bytes),
        kiosks=kiosks,
        kiosk_health=KioskHealth(
            datastore, kiosks, polls.kiosk_key, now, timedelta(seconds=settings.kiosk_silence_seconds)
        ),
        polls=polls,
        ballot_box=BallotBox(Store(LogRecorder(of_ballots, signer)), log, polls, now),
        refused_deliveries=RefusedDeliveries(datastore, now),
        conclusions=conclusions,
        approvals=Approvals(store, documents, now, secrets.token_bytes, acts),
        implementations=Implementations(store, documents, now),
        findings=Findings(store, log, now, secrets.token_bytes),
        sender=sender,
        codes=OneTimeCodes(challenges, keys, sender, code_letter, secrets.token_bytes, CodeLimits()),
        eds=_eds(settings, challenges, keys),
        oidc=_oidc(settings, datastore),
        residents=Residents(datastore, now, secrets.token_bytes, settings.resident_years),
        photos=Photos(datastore, now),
        drafts=Drafts(store, datastore, proposals, now, secrets.token_bytes),
        following=Following(store, datastore),
        **_accounts(settings, datastore, keys),
        **_self_government(store, documents),
    )


class _AccountUseCases(TypedDict):
    access: AccessLog
    sessions: Sessions
    signing_in: SigningIn
    account_setup: AccountSetup
    accounts: Accounts
    own_accounts: OwnAccounts


def _accounts(settings: Settings, datastore: Datastore, keys: Keys) -> _AccountUseCases:
    access = AccessLog(datastore, now)
    sessions = Sessions(datastore, settings, now, secrets.token_bytes)
    passwords = Passwords(settings)
    throttling = Throttling(datastore, settings, now)
    codes = SetupCodes(settings, now, secrets.token_bytes)
    return {
        "access": access,
        "sessions": sessions,
        "signing_in": SigningIn(datastore, keys, sessions, passwords, throttling, access, now),
        "account_setup": AccountSetup(
            datastore, keys, codes, sessions, passwords, access, now, secrets.token_bytes
        ),
        "accounts": Accounts(datastore, codes, access, now),
        "own_accounts": OwnAccounts(datastore, sessions, passwords, throttling, access),
    }


class _SelfGovernmentUseCases(TypedDict):
    units: Units
    offices: Offices
    gatherings: Gatherings
    dismissals: Dismissals
    report_meetings: ReportMeetings
    executions: Executions
    councils: Councils
    sittings: Sittings
    decisions: Decisions


def _self_government(store: Store, documents: Documents) -> _SelfGovernmentUseCases:
    return {
        "units": Units(store, now),
        "offices": Offices(store, now),
        "gatherings": Gatherings(store, now, secrets.token_bytes),
        "dismissals": Dismissals(store, now),
        "report_meetings": ReportMeetings(store, now),
        "executions": Executions(store, now),
        "councils": Councils(store, now),
        "sittings": Sittings(store, now),
        "decisions": Decisions(store, documents, now),
    }


def letter_sender(settings: Settings) -> Sender:
    """Where letters to residents go."""
    if settings.letters_command:
        return CommandSender(settings.letters_command, settings.letters_from)
    return FileSender(settings.home / "outbox", settings.letters_from, now)


def _look_ups(settings: Settings) -> TokenBuckets:
    rate = Rate(settings.desk_look_ups_per_minute / 60, settings.desk_look_ups_burst)
    return TokenBuckets(rate, settings.rate_limit_keys)


def _oidc(settings: Settings, datastore: Datastore) -> Oidc | None:
    if not settings.oidc_issuer or settings.oidc_client_secret_file is None:
        return None
    provider = Provider(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret_file.read_text(encoding="utf-8").strip(),
        back=f"{settings.site_url}{PROVIDER_BACK}",
        login_claim=settings.oidc_login_claim,
    )
    return Oidc(datastore, now, secrets.token_bytes, provider)


def _eds(settings: Settings, challenges: Challenges, keys: Keys) -> Eds | None:
    if not settings.ncanode_url:
        return None
    limits = EdsLimits(years=settings.resident_years)
    return Eds(challenges, keys, now, secrets.token_bytes, settings.ncanode_url, settings.audience, limits)


def _migrate(connection: psycopg.Connection) -> int:
    ran = migrate(connection)
    projections.prepare(connection)
    return ran


def _refuse_unless_migrated(url: str, settings: Settings) -> None:
    with psycopg.connect(url, connect_timeout=int(settings.connect_seconds)) as connection:
        done = applied(connection)
    if done > len(MIGRATIONS):
        raise SchemaTooNew(done)
    if done < len(MIGRATIONS):
        raise StorageUnavailable("The database's schema is older than this Dauys.", "Run: dauys migrate")
