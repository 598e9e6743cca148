"""A round's way and a funded project's way, from the first act to the last, in a person's language; each act with its entry."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from api.web.words import N_, gettext_for, translated
from api.wording import local_time, per_cent, tenge
from domain.implementation import WHOLE_PER_CENT
from domain.round import Phase
from projections.implementations import Act, RegisteredImplementation
from projections.photos import ShownPhoto
from projections.rounds import RegisteredRound

_OF_ROUND: Final = MappingProxyType(
    {
        "drafted": N_("The round was announced"),
        "intake_opened": N_("The intake of proposals began"),
        "review_started": N_("The expert council began its review"),
        "lot_drawn": N_("The lot for ties was drawn"),
        "voting_opened": N_("Voting opened on a frozen paper"),
        "voting_closed": N_("Voting closed"),
        "concluded": N_("The conclusion was approved"),
        "published": N_("The conclusion was published"),
        "implementation_started": N_("The funded projects were taken up"),
        "completed": N_("The funded projects are done"),
        "cancelled": N_("The round was cancelled"),
    }
)
"""Steps that people are told of; the others stand in the round's trail."""
_OF_PROJECT: Final = MappingProxyType(
    {
        "started": N_("Taken up"),
        "contracted": N_("Contract signed"),
        "progressed": N_("Work reported"),
        "delayed": N_("Delayed"),
        "pictured": N_("Photos of the work"),
        "completed": N_("Work reported as done"),
        "acceptance_refused": N_("Not accepted by the residents' commission"),
        "accepted": N_("Accepted by the residents' commission"),
    }
)
_COURSE: Final = (
    (N_("Proposals"), (Phase.DRAFTED, Phase.INTAKE)),
    (N_("Review"), (Phase.REVIEW,)),
    (N_("Voting"), (Phase.VOTING,)),
    (N_("Results"), (Phase.CLOSED, Phase.CONCLUDED)),
    (N_("Building"), (Phase.PUBLISHED, Phase.IMPLEMENTING)),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """What happened, when, and at which entry of the log; `detail` has the facts of this act, if any, `views` its photos."""

    what: str
    at: datetime
    position: int
    detail: str = ""
    views: tuple["View", ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """A photo, and what it shows."""

    photo: ShownPhoto
    shows: str


def of_round(round_: RegisteredRound, language: str) -> list[Moment]:
    """In the order of the log."""
    return [
        Moment(translated(language, _OF_ROUND[step.step]), step.at, step.position, step.reason)
        for step in round_.steps
        if step.step in _OF_ROUND
    ]


def of_project(
    implementation: RegisteredImplementation, language: str, photos: Mapping[str, ShownPhoto]
) -> list[Moment]:
    """`photos` by digest; one that is not there, because it was unlawful to show, leaves its words in the log alone."""
    return [
        Moment(
            translated(language, _OF_PROJECT[act.step]),
            act.at,
            act.position,
            " · ".join(_facts(act, language)),
            tuple(View(photos[each.digest], each.shows) for each in act.pictures if each.digest in photos),
        )
        for act in implementation.acts
    ]


def course(phase: Phase, language: str) -> tuple[Sequence[str], int]:
    """The stages that every round takes, in words, and the place of the one it is at; past the last when all is done."""
    stages = [translated(language, stage) for stage, _ in _COURSE]
    at = next((place for place, (_, phases) in enumerate(_COURSE) if phase in phases), len(stages))
    return stages, at


def _facts(act: Act, language: str) -> Iterator[str]:
    gettext = gettext_for(language).gettext
    if act.contractor:
        yield act.contractor
    if act.amount_tiyn is not None:
        yield tenge(act.amount_tiyn)
    if act.per_cent is not None:
        yield gettext("%(share)s done") % {"share": per_cent(act.per_cent, WHOLE_PER_CENT)}
    if act.due is not None:
        yield gettext("due %(day)s") % {"day": local_time(act.due)}
    if act.note:
        yield act.note
    if act.reason:
        yield act.reason
