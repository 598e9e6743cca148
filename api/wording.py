"""Phrases whose key is made of data, as a phase or a reason, and how money, numbers and times are written.

A phrase that needs no key stands in its template. All are English here; `api/locale` says them in Kazakh and Russian.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from api.web.words import N_, NP_, translated
from domain.times import KAZAKHSTAN

_TIYN: Final = 100
_NO_BREAK: Final = "\u00a0"

Say = Callable[..., str]
"""A phrase by its key, with facts put in by their names."""

Phrases = Mapping[str, str]
"""By key: in English, marked by `N_`."""

_PHRASES: Final[Phrases] = {
    "service": N_("Participatory budget"),
    "rounds": N_("Rounds"),
    "no_rounds": N_("There are no rounds yet."),
    "older": N_("Older rounds"),
    "not_found": N_("There is no such round"),
    "not_found_detail": N_("Check the address, or start from the list of rounds."),
    "not_yet": N_("Voting has not ended"),
    "not_yet_detail": N_("This page opens when voting has ended and the votes are counted."),
    "all_rounds": N_("All rounds"),
    "language": N_("Language"),
    "results": N_("Results"),
    "voting_window": N_("Voting: {opens} – {closes}"),
    "time_zone": N_("Astana time"),
    "kind_city": N_("City round"),
    "kind_rural": N_("Contest of a rural district"),
    "phase_drafted": N_("In preparation"),
    "phase_intake": N_("Proposals are taken in"),
    "phase_review": N_("Proposals are under review"),
    "phase_voting": N_("Voting is under way"),
    "phase_closed": N_("Voting closed"),
    "phase_concluded": N_("Conclusion approved"),
    "phase_published": N_("Conclusion published"),
    "phase_implementing": N_("Projects are being carried out"),
    "phase_completed": N_("Completed"),
    "phase_cancelled": N_("Cancelled"),
    "before_results": N_("Results appear when voting has closed. Until then only the turnout is shown."),
    "being_counted": N_("The votes are being counted. Reload this page in a minute."),
    "cancelled": N_("Reason: {reason}"),
    "status_provisional": N_("Provisional results"),
    "provisional_detail": N_(
        "All ballots are counted. The akim's office has not approved its conclusion yet."
    ),
    "status_concluded": N_("Conclusion approved"),
    "concluded_detail": N_("The conclusion is approved but not published yet."),
    "status_published": N_("Official results"),
    "published_detail": N_("The conclusion was published on {at}."),
    "status_corrected": N_("Official results, corrected"),
    "corrected_detail": N_(
        "Version {number} was published on {at} and replaces the one before. Reason of the correction: «{reason}»."
    ),
    "as_of": N_("As of entry {position} of the public log."),
    "where": N_("Published at"),
    "turnout": N_("Turnout"),
    "unit": N_("Unit"),
    "people": N_("On the roll"),
    "cast": N_("Voted"),
    "rank": N_("Rank"),
    "project": N_("Project"),
    "cost": N_("Cost"),
    "votes": N_("Votes"),
    "voters": N_("Voters"),
    "points": N_("Points"),
    "balance": N_("Remaining"),
    "decision": N_("Decision"),
    "projects": N_("Projects on the ballot paper"),
    "envelope": N_("Envelope"),
    "spent": N_("Goes to projects"),
    "left": N_("Left unspent"),
    "no_projects": N_("This unit had no projects."),
    "funded": N_("Funded"),
    "not_funded": N_("Not funded"),
    "fewer_than_ten_voters": N_("Fewer than ten voters"),
    "below_minimum_voters": N_("Below the local threshold: at least {minimum} voters are needed"),
    "below_score": N_("Below the local threshold: at least {threshold} points are needed"),
    "did_not_fit": N_("Did not fit: {left} was left"),
    "stopped_by": N_("The money stopped at project {project}, which did not fit"),
    "lost_tie_lower_cost": N_("Lost a tie: the project of lower cost went first"),
    "lost_tie_lot": N_("Lost a tie: a drawn lot decided"),
    "lost_tie_listed_order": N_("Lost a tie: the listed order decided"),
    "excluded_by_another": N_("Excluded by project {project}, which is funded"),
    "withdrawn": N_("Withdrawn by its author"),
    "ties": N_("Ties that mattered"),
    "tie_lower_cost": N_("{unit}, {score} each: {projects}. The lower cost went first."),
    "tie_lot": N_("{unit}, {score} each: {projects}. A lot drawn before voting opened set the order."),
    "tie_listed_order": N_("{unit}, {score} each: {projects}. Taken in listed order."),
    "changes": N_("What the correction changed"),
    "before": N_("Before"),
    "after": N_("Now"),
    "versions": N_("Versions of the conclusion"),
    "version": N_("Version {number}"),
    "state_approved": NP_("version", "approved"),
    "state_published": N_("published on {at}"),
    "download": N_("Download data"),
    "check": N_("Check it yourself"),
    "check_detail": N_(
        "Every ballot is in a signed public log, from which anyone can compute these results again."
    ),
    "json": N_("Results (JSON)"),
    "csv": N_("Table (CSV)"),
    "anomalies": N_("What was unusual in the voting"),
    "pb": N_("Ballots (Pabulib)"),
    "paper": N_("Ballot paper"),
    "conclusion": N_("Conclusion"),
    "checkpoint": N_("Checkpoint of the log"),
    "no_trail": N_("Nothing public under this id"),
    "no_trail_detail": N_(
        "Check the id. A ballot is shown only when voting has closed: until then its entry is withheld."
    ),
    "no_such_entry": N_("There is no such entry"),
    "no_such_entry_detail": N_("Check the address, or start from the list of units."),
    "self_government": N_("Local self-government"),
    "trail": N_("Everything that happened, entry by entry"),
    "trail_detail": N_(
        "Each entry stands in the signed public log just so. Its proof is a C2SP tlog-proof receipt."
    ),
    "entry": N_("Entry"),
    "when": N_("When"),
    "what_happened": N_("What happened"),
    "acted": N_("Recorded by"),
    "proof": N_("Proof"),
    "later": N_("Later ones"),
}


def saying(language: str, phrases: Phrases = _PHRASES) -> Say:
    """The phrases in a language."""

    def say(key: str, **facts: object) -> str:
        return translated(language, phrases[key]).format(**facts)

    return say


def tenge(tiyn: int) -> str:
    """«58 300 000 ₸», with tiyn behind a comma where there are any."""
    whole, rest = divmod(tiyn, _TIYN)
    return f"{number(whole)}{f',{rest:02}' if rest else ''}{_NO_BREAK}₸"


def number(value: int) -> str:
    return f"{value:,}".replace(",", _NO_BREAK)


def per_cent(part: int, whole: int) -> str:
    """With one decimal; `whole` is not 0."""
    return f"{100 * part / whole:.1f}{_NO_BREAK}%".replace(".", ",")


def local_time(at: datetime) -> str:
    return at.astimezone(KAZAKHSTAN).strftime(f"%d.%m.%Y{_NO_BREAK}%H:%M")
