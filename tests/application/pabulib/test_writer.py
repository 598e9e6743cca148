"""Exports: the official checker finds no error, and reading them back gives the same counts and winners."""

import contextlib
import io
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pabulib.checker import Checker  # type: ignore[import-untyped]

from application.pabulib.analysis import analysis_of
from application.pabulib.writer import Heading, NotExportable, write_pb
from domain.allocation import decide
from domain.ballot_form import Choices
from domain.paper import Allocation, BallotForm, BallotType, Paper, TieRule
from domain.tally import count
from tests.application.pabulib.files import parsed
from tests.domain.papers import a_paper, with_districts

HEADING = Heading("Participatory budget", "Almaty", "2026", date(2026, 5, 1), date(2026, 5, 20))
COSTS = {"P-1": 6_000_000, "P-2": 5_000_050, "P-3": 4_000_000, "P-4": 1_000_000}
Ballots = list[Choices]


def exported(paper: Paper, ballots: Ballots, withdrawn: frozenset[str] = frozenset()) -> str:
    outcome = decide(paper, count(paper, ballots), withdrawn)
    out = io.StringIO(newline="")
    write_pb(out, HEADING, paper, outcome, ballots)
    return out.getvalue()


def checker_errors(text: str) -> dict[str, dict[int, str]]:
    with contextlib.redirect_stdout(io.StringIO()):
        results = Checker().process_files([text])
    (checked,) = (found for key, found in results.items() if key not in ("metadata", "summary"))
    errors: dict[str, dict[int, str]] = checked["results"].get("errors", {})
    return errors


def cast(**of: int) -> Ballots:
    ids = [id_.replace("_", "-") for id_, many in of.items() for _ in range(many)]
    return [[id_] for id_ in ids]


def test_a_plain_round() -> None:
    text = exported(a_paper(COSTS, 10_000_000), cast(P_1=30, P_2=20, P_3=15, P_4=9))
    assert checker_errors(text) == {}
    assert text.splitlines()[:3] == ["META", "key;value", "description;Participatory budget"]
    assert "rule;greedy-threshold" in text
    assert "min_project_score_threshold;10" in text
    assert "P-2;50000.50;20;Project P-2;0" in text
    assert parsed(text.encode()).official == ("P-1", "P-3")


def test_voters_are_numbered_in_the_order_given_and_blank_ballots_left_out() -> None:
    text = exported(a_paper(COSTS, 10_000_000), [["P-1"], [], ["P-3", "P-1"], ["P-1"]])
    assert text.split("VOTES\n")[1] == "voter_id;vote\n1;P-1\n2;P-1,P-3\n3;P-1\n"
    assert "num_votes;3\n" in text


def test_ties_stand_in_resolved_order() -> None:
    paper = a_paper(dict.fromkeys(["a", "b", "c", "d"], 6_000), 6_000, tie_rule=TieRule.COST_THEN_LOT)
    text = exported(paper, cast(a=12, b=12, c=12, d=12))
    assert checker_errors(text) == {}
    election = parsed(text.encode())
    assert election.official == (election.projects[0].id,)


def test_a_project_above_the_budget_is_marked_and_its_cost_told() -> None:
    text = exported(a_paper({"huge": 99_000_000, "small": 500}, 1_000), cast(huge=50, small=20))
    assert checker_errors(text) == {}
    assert "huge;999999999;50" in text
    assert "The cost of project huge, above the whole budget, was 990000." in text


def test_a_withdrawn_project_is_marked() -> None:
    paper = a_paper(COSTS, 300_000_000_000)
    text = exported(paper, cast(P_1=30, P_2=20, P_3=15, P_4=12), frozenset({"P-1"}))
    assert checker_errors(text) == {}
    assert parsed(text.encode()).withdrawn == {"P-1"}


def test_money_for_all_is_flagged() -> None:
    text = exported(a_paper(COSTS, 100_000_000), cast(P_1=30, P_2=20, P_3=15, P_4=12))
    assert checker_errors(text) == {}
    assert "fully_funded;1" in text


def test_several_envelopes_are_a_rule_of_their_own() -> None:
    paper = with_districts(a_paper(COSTS, 6_000_000), ["P-3"], envelope=4_000_000)
    text = exported(paper, cast(P_1=30, P_2=20, P_3=15, P_4=12))
    assert checker_errors(text) == {}
    assert "rule;greedy-custom" in text
    assert "P-3;40000;15;Project P-3;1;District" in text


def test_exclusions_are_told_so_that_they_can_be_read_back() -> None:
    paper = a_paper(COSTS, 9_000_000, excludes={"P-1": ("P-3",)})
    text = exported(paper, cast(P_1=30, P_2=20, P_3=15, P_4=12))
    assert checker_errors(text) == {}
    analysis = analysis_of(parsed(text.encode()), "x.pb")
    assert (analysis.rule, analysis.matches_official) == ("greedy-exclusive", True)


def test_points_without_people_make_a_custom_rule() -> None:
    paper = replace(a_paper(COSTS, 10_000_000), form=BallotForm(BallotType.CUMULATIVE, 4, max_points=90))
    few: Ballots = [{"P-1": 90}] * 9
    many: Ballots = [{"P-3": 2, "P-4": 1}] * 12
    text = exported(paper, few + many)
    assert checker_errors(text) == {}
    assert "rule;greedy-custom" in text
    assert "fewer than 10 voters" in text
    assert set(parsed(text.encode()).official or ()) == {"P-3", "P-4"}


def test_odd_titles_and_categories_stay_one_cell() -> None:
    paper = a_paper(COSTS, 10_000_000)
    first = replace(paper.projects[0], title=' A "park"; and\na pond ', category="sport, parks")
    text = exported(
        replace(paper, projects=(first, *paper.projects[1:])), cast(P_1=30, P_2=20, P_3=15, P_4=12)
    )
    assert checker_errors(text) == {}
    assert parsed(text.encode()).projects[0].name == 'A "park"; and a pond'


@pytest.mark.parametrize(("costs", "ballots"), [({"a,b": 1}, cast(x=1)), ({"a": 1}, [])])
def test_what_the_format_cannot_hold_is_refused(costs: dict[str, int], ballots: Ballots) -> None:
    paper = a_paper(costs)
    with pytest.raises(NotExportable):
        write_pb(io.StringIO(), HEADING, paper, decide(paper, count(paper, [])), ballots)


@st.composite
def rounds(draw: st.DrawFn) -> tuple[Paper, Ballots]:
    """Small rounds of every form and rule, money tight, many ties."""
    ids = [f"P/{number}" for number in range(draw(st.integers(1, 5)))]
    form = draw(
        st.sampled_from(
            [
                BallotForm(BallotType.APPROVAL, 3),
                BallotForm(BallotType.CHOOSE_ONE, 1),
                BallotForm(BallotType.RANKED, 3),
                BallotForm(BallotType.CUMULATIVE, 3, max_points=9),
            ]
        )
    )
    paper = a_paper(
        {id_: draw(st.integers(1, 6)) * 1_050 for id_ in ids},
        draw(st.integers(1, 12)) * 1_050,
        allocation=draw(st.sampled_from(Allocation)),
        tie_rule=draw(st.sampled_from(TieRule)),
        minimum_voters=draw(st.sampled_from([10, 12])),
        score_threshold=draw(st.sampled_from([0, 14])),
    )
    paper = replace(paper, form=form)
    if draw(st.integers(0, 3)) == 0:
        paper = with_districts(paper, draw(st.sets(st.sampled_from(ids))), draw(st.integers(0, 6)) * 1_050)
    some = st.lists(st.sampled_from(ids), unique=True, min_size=1, max_size=form.max_choices)
    if form.type is BallotType.CUMULATIVE:
        kinds = st.dictionaries(st.sampled_from(ids), st.integers(1, 3), min_size=1, max_size=3)
        styles: list[Choices] = list(draw(st.lists(kinds, min_size=1, max_size=4)))
    else:
        styles = [
            chosen if form.type is BallotType.RANKED else sorted(chosen)
            for chosen in draw(st.lists(some, min_size=1, max_size=4))
        ]
    ballots: Ballots = [choices for choices in styles for _ in range(draw(st.integers(5, 13)))]
    return paper, ballots


@settings(max_examples=80, deadline=None)
@given(rounds())
def test_written_and_read_back_counts_and_winners_are_the_same(a_round: tuple[Paper, Ballots]) -> None:
    paper, ballots = a_round
    tallies = count(paper, ballots)
    text = exported(paper, ballots)
    election = parsed(text.encode())
    assert election.tally() == tallies
    assert set(election.official or ()) == set(decide(paper, tallies).funded)
    analysis = analysis_of(election, "x.pb")
    assert analysis.unsupported is not None or analysis.matches_official
    assert checker_errors(text) == {}
