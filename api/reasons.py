"""Why a project was funded or not, as a phrase of `api.wording` and the numbers behind it."""

from api.views import LineView
from api.wording import number, tenge
from domain.allocation import Line, Reason, Tie
from domain.paper import Rules


def reason_of(line: Line | LineView, rules: Rules, ties: tuple[Tie, ...]) -> tuple[str, dict[str, object]]:
    """The phrase's key and its facts; `ties` are those of the line's outcome."""
    reason: tuple[str, dict[str, object]] = (line.reason.value, {})
    match line.reason:
        case Reason.BELOW_LOCAL_THRESHOLD if line.voters < rules.minimum_voters:
            reason = "below_minimum_voters", {"minimum": number(rules.minimum_voters)}
        case Reason.BELOW_LOCAL_THRESHOLD:
            reason = "below_score", {"threshold": number(rules.score_threshold)}
        case Reason.DID_NOT_FIT if line.stopped_by:
            reason = "stopped_by", {"project": line.stopped_by}
        case Reason.DID_NOT_FIT:
            reason = "did_not_fit", {"left": tenge(line.left_tiyn or 0)}
        case Reason.LOST_TIE if line.tie is not None:
            reason = f"lost_tie_{ties[line.tie].resolved_by}", {}
        case Reason.EXCLUDED_BY_ANOTHER:
            reason = "excluded_by_another", {"project": line.excluded_by}
    return reason
