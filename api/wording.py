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
    "not_found": N_("There is no such round"),
    "not_found_detail": N_("Check the address, or start from the list of rounds."),
    "not_yet": N_("Voting has not ended"),
    "not_yet_detail": N_("This page opens when voting has ended and the votes are counted."),
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
    "status_provisional": N_("Provisional results"),
    "status_concluded": N_("Conclusion approved"),
    "status_published": N_("Official results"),
    "status_corrected": N_("Official results, corrected"),
    "turnout": N_("Turnout"),
    "rank": N_("Rank"),
    "project": N_("Project"),
    "cost": N_("Cost"),
    "votes": N_("Votes"),
    "voters": N_("Voters"),
    "points": N_("Points"),
    "decision": N_("Decision"),
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
    "state_approved": NP_("version", "approved"),
    "state_published": N_("published on {at}"),
    "no_trail": N_("Nothing public under this id"),
    "no_trail_detail": N_(
        "Check the id. A ballot is shown only when voting has closed: until then its entry is withheld."
    ),
    "no_such_entry": N_("There is no such entry"),
    "no_such_entry_detail": N_("Check the address, or start from the list of units."),
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


def days_until(at: datetime, now: datetime) -> int:
    """Midnights between the two, in Kazakhstan: 0 is today, less is over."""
    return (at.astimezone(KAZAKHSTAN).date() - now.astimezone(KAZAKHSTAN).date()).days
