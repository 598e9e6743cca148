"""The tally: what each project of a closed round got. It is computed when the closing of voting is passed, all at once.

Before that there is no row and nowhere a running sum, so that none can leak. It must equal `domain.tally` on the same ballots.
"""

from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

from domain.paper import BallotForm, BallotType
from domain.round import Round
from domain.tally import ProjectTally
from projections import documents
from projections.projection import HAPPENED, Projection, Step

_CLOSED: Final[LiteralString] = (
    HAPPENED
    + """
SELECT originator_id, opened.notification_id, position, convert_from(opened.state, 'UTF8')::jsonb ->> 'paper_digest'
FROM happened JOIN dauys.events AS opened USING (originator_id) WHERE opened.topic = %(opening)s
"""
)
# One ballot is one person and names a project once, so rows are voters. The rows come back here instead of going straight into
# an INSERT, because PostgreSQL reads for an INSERT in one process only, for a SELECT in several.
_COUNT: Final[LiteralString] = """
SELECT project, count(*), sum({points})::bigint
FROM dauys.events,
    jsonb_to_record(convert_from(state, 'UTF8')::jsonb) AS ballot (round_id uuid, choices jsonb),
    {choices}
WHERE topic = 'ballot.cast.v1' AND notification_id > %(opened)s AND notification_id < %(closed)s AND round_id = %(round_id)s
GROUP BY 1
"""
_LISTED: Final = ("1", "jsonb_array_elements_text(choices) AS chosen (project)")
_WORTH: Final[dict[BallotType, tuple[LiteralString, LiteralString]]] = {
    BallotType.APPROVAL: _LISTED,
    BallotType.CHOOSE_ONE: _LISTED,
    BallotType.RANKED: (
        "%(max_choices)s + 1 - place",
        "jsonb_array_elements_text(choices) WITH ORDINALITY AS chosen (project, place)",
    ),
    BallotType.CUMULATIVE: ("given::bigint", "jsonb_each_text(choices) AS chosen (project, given)"),
}
"""Points a choice gives, and where choices come from: `domain.tally.worth`, said in SQL."""

_KEEP: Final[LiteralString] = """
INSERT INTO {table} (round_id, project, voters, score)
SELECT %(round_id)s, * FROM unnest(%(projects)s::text[], %(voters)s::bigint[], %(scores)s::bigint[])
"""


def _apply(step: Step) -> None:
    closed = step.execute(_CLOSED, topics=[Round.VotingClosed.TOPIC], opening=Round.VotingOpened.TOPIC)
    for round_id, opened_at, closed_at, paper_digest in closed.fetchall():
        _count_round(step, round_id, opened_at, closed_at, paper_digest)


def _count_round(step: Step, round_id: UUID, opened_at: int, closed_at: int, paper_digest: str) -> None:
    paper = documents.paper(step.cursor.connection, paper_digest)
    counted = step.execute(
        _count_by(paper.form),
        opened=opened_at,
        closed=closed_at,
        round_id=round_id,
        max_choices=paper.form.max_choices,
    )
    got = {project: (voters, score) for project, voters, score in counted.fetchall()}
    of_paper = [got.pop(project.id, (0, 0)) for project in paper.projects]
    if got:
        raise AssertionError("a stored ballot names a project that is not on the paper")
    step.execute(
        _KEEP,
        round_id=round_id,
        projects=[project.id for project in paper.projects],
        voters=[voters for voters, _ in of_paper],
        scores=[score for _, score in of_paper],
    )


def _count_by(form: BallotForm) -> LiteralString:
    points, choices = _WORTH[form.type]
    return _COUNT.replace("{points}", points).replace("{choices}", choices)


TALLY: Final = Projection(
    "tally",
    "round_id uuid, project text, voters bigint NOT NULL, score bigint NOT NULL, PRIMARY KEY (round_id, project)",
    _apply,
)


def of_round(connection: Connection[Any], round_id: UUID) -> dict[str, ProjectTally]:
    """What every project of a closed round's paper got; empty until its closing has been passed."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            "SELECT project, voters, score FROM dauys_read.tally WHERE round_id = %s", [round_id]
        ).fetchall()
    return {project: ProjectTally(voters, score) for project, voters, score in rows}
