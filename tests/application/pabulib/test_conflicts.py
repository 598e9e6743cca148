"""Which projects a comment says exclude each other."""

import pytest

from application.pabulib.conflicts import named_conflicts

BEMOWO = (
    "#1: About 2022. #2: According to the report of 2022, projects 7 and 12 near ul. Main could not be implemented "
    "simultaneously. Project 7 received more votes, so project 12 was not selected. Therefore rule x is applied."
)
IDS = ["7", "12", "26", "2022", "L21/06/XII", "RD-IX.1"]


@pytest.mark.parametrize(
    ("comment", "conflicts"),
    [
        (
            BEMOWO,
            [("7", "12")],
        ),
        ("#1: Projects 12, 7 and 26 are mutually exclusive.", [("12", "7", "26")]),
        (
            "#1: projects 7 & 12 conflict, so do projects L21/06/XII and RD-IX.1.",
            [("7", "12"), ("L21/06/XII", "RD-IX.1")],
        ),
        ("#1: Project 26 conflicts with project 7.", [("26", "7")]),
        ("#1: It happens that two projects are mutually exclusive.", []),
        ("#1: Projects 7 and 12 are nice. #2: Others exclude each other.", []),
        ("#1: Projects 7 and 99 are mutually exclusive.", []),
        ("", []),
    ],
)
def test_conflicts_are_read_from_remarks_about_exclusion(
    comment: str, conflicts: list[tuple[str, ...]]
) -> None:
    assert named_conflicts(comment, IDS) == conflicts
