"""Why a project was funded or not, and what would have made it win, in a person's language and with the numbers behind it.

Everything said here is computed by `domain`: the reason stands in the conclusion, the near miss is held to the allocation.
"""

from api.views import LineView
from api.web.words import gettext_for
from api.wording import number, tenge
from domain.allocation import Line, Outcome, Reason, Tie, TieBreak
from domain.near_miss import NearMiss
from domain.paper import TEN_VOTER_MINIMUM, BallotType, Paper

SEED_DIGITS = 12
"""Of the lot's seed beside a reason; the whole of it stands with the ties."""


class Explainer:
    """Speaks about one outcome in one of `LANGUAGES`."""

    def __init__(self, language: str, paper: Paper, outcome: Outcome) -> None:
        self._words = gettext_for(language)
        self._paper = paper
        self._ties = outcome.ties
        self._funded = set(outcome.funded)
        self._has_points = has_points(paper)

    def why(self, line: Line | LineView) -> str:
        """The reason of a line."""
        gettext = self._words.gettext
        match line.reason:
            case Reason.FUNDED:
                said = gettext("Funded")
            case Reason.WITHDRAWN:
                said = gettext("Withdrawn by its author")
            case Reason.FEWER_THAN_TEN_VOTERS:
                said = self._too_few(line.voters, TEN_VOTER_MINIMUM)
            case Reason.BELOW_LOCAL_THRESHOLD:
                said = self._below_local(line)
            case Reason.EXCLUDED_BY_ANOTHER:
                said = gettext("Not built beside № %(project)s, which is funded")
                said %= {"project": line.excluded_by}
            case Reason.DID_NOT_FIT if line.stopped_by:
                said = gettext("The money stopped at № %(project)s, which did not fit")
                said %= {"project": line.stopped_by}
            case Reason.DID_NOT_FIT:
                short_tiyn = line.cost_tiyn - (line.left_tiyn or 0)
                said = gettext("%(amount)s more than was left") % {"amount": tenge(short_tiyn)}
            case Reason.LOST_TIE:
                said = self._lost_tie(line)
        return said

    def instead(self, line: Line | LineView, miss: NearMiss | None) -> str:
        """What would have made it win; empty where nothing is to be said."""
        if miss is None:
            return ""
        gettext = self._words.gettext
        ways = self._ways(miss)
        if not ways:
            if line.reason is Reason.EXCLUDED_BY_ANOTHER:
                return gettext("No number of votes and no lower cost would have changed that.")
            return gettext("No single change would have made it win.")
        return gettext("Would have won with: %(ways)s.") % {"ways": gettext(" or ").join(ways)}

    def tie(self, tie: Tie, unit_name: str) -> str:
        """A tie that mattered, and what put it in order."""
        gettext = self._words.gettext
        facts = {
            "unit": unit_name,
            "score": number(tie.score),
            "projects": ", ".join(f"№ {project}" for project in tie.projects),
            "seed": self._paper.lot_seed,
        }
        match tie.resolved_by:
            case TieBreak.LOT:
                said = gettext(
                    "%(unit)s, %(score)s each: %(projects)s. Decided by the lot drawn before voting opened; seed %(seed)s."
                )
            case TieBreak.LOWER_COST:
                said = gettext("%(unit)s, %(score)s each: %(projects)s. The lower cost goes first.")
            case TieBreak.LISTED_ORDER:
                said = gettext("%(unit)s, %(score)s each: %(projects)s. Taken in the order of the paper.")
        return said % facts

    def _too_few(self, voters: int, minimum: int) -> str:
        said = self._words.ngettext(
            "%(count)s voter — at least %(minimum)s needed",
            "%(count)s voters — at least %(minimum)s needed",
            voters,
        )
        return said % {"count": number(voters), "minimum": number(minimum)}

    def _below_local(self, line: Line | LineView) -> str:
        rules = self._paper.rules
        if line.voters < rules.minimum_voters:
            return self._too_few(line.voters, rules.minimum_voters)
        said = self._words.ngettext(
            "%(count)s point — at least %(minimum)s needed",
            "%(count)s points — at least %(minimum)s needed",
            line.score,
        )
        return said % {"count": number(line.score), "minimum": number(rules.score_threshold)}

    def _lost_tie(self, line: Line | LineView) -> str:
        gettext = self._words.gettext
        tie = None if line.tie is None else self._ties[line.tie]
        if tie is None:
            return gettext("Lost a tie")
        winners = ", ".join(f"№ {project}" for project in tie.projects if project in self._funded)
        match tie.resolved_by:
            case TieBreak.LOT:
                facts = {"winners": winners, "seed": f"{self._paper.lot_seed[:SEED_DIGITS]}…"}
                return gettext("Lost the tie with %(winners)s by lot: seed %(seed)s") % facts
            case TieBreak.LOWER_COST:
                return gettext("Lost the tie with %(winners)s: the lower cost goes first") % {
                    "winners": winners
                }
            case TieBreak.LISTED_ORDER:
                return gettext("Lost the tie with %(winners)s: first on the paper goes first") % {
                    "winners": winners
                }

    def _ways(self, miss: NearMiss) -> list[str]:
        ways = []
        if miss.voters is not None:
            ways.append(self._more_voters(miss.voters))
        if miss.points is not None:
            said = self._words.ngettext(
                "%(count)s more point from its voters", "%(count)s more points from its voters", miss.points
            )
            ways.append(said % {"count": number(miss.points)})
        if miss.cheaper_tiyn is not None:
            ways.append(
                self._words.gettext("a cost lower by %(amount)s") % {"amount": tenge(miss.cheaper_tiyn)}
            )
        return ways

    def _more_voters(self, voters: int) -> str:
        if self._has_points:
            said = self._words.ngettext(
                "%(count)s more voter with one point", "%(count)s more voters with one point each", voters
            )
        else:
            said = self._words.ngettext("%(count)s more vote", "%(count)s more votes", voters)
        return said % {"count": number(voters)}


def has_points(paper: Paper) -> bool:
    """Whether a project's score is something else than the number of people who chose it."""
    return paper.form.type in (BallotType.CUMULATIVE, BallotType.RANKED)
