"""A round's terms as a form: what was typed, read into terms; terms, as they would be typed."""

from typing import Annotated, Final, Self

from pydantic import Field

from api.office.reading import Reading, typed_moment, typed_tiyn
from api.office.words import PHRASES
from api.problems import texts
from api.web.forms import Posted
from api.wording import saying
from domain.kato import KatoInvalid, check_kato
from domain.paper import Allocation, BallotForm, BallotType, RoundKind, Rules, TieRule, Unit
from domain.terms import MOST_CATEGORIES, MOST_UNITS, CostCap, Terms, TermsInvalid
from domain.text import TITLE_CHARS

MORE_ROWS: Final = 3
"""Empty ones, in which a unit or a category can be added."""
Text = Annotated[str, Field(max_length=TITLE_CHARS)]
_Units = Annotated[list[Text], Field(max_length=MOST_UNITS + MORE_ROWS)]
_Categories = Annotated[list[Text], Field(max_length=MOST_CATEGORIES + MORE_ROWS)]


class TermsForm(Posted):
    """Everything as typed; rows of units and of categories are columns of equal length. `more`: rows are wanted, nothing else."""

    round_id: Text = ""
    title: Text = ""
    kind: RoundKind = RoundKind.CITY
    voting_opens: Text = ""
    voting_closes: Text = ""
    ballot: BallotType = BallotType.APPROVAL
    max_choices: Text = "3"
    min_choices: Text = "1"
    max_points: Text = ""
    allocation: Allocation = Allocation.GREEDY
    tie_rule: TieRule = TieRule.COST_THEN_LOT
    minimum_voters: Text = "10"
    score_threshold: Text = "0"
    proposals_per_author: Text = "10"
    cost_cap: Text = ""
    kato: _Units = Field(default_factory=list)
    unit_name: _Units = Field(default_factory=list)
    envelope: _Units = Field(default_factory=list)
    parent: _Units = Field(default_factory=list)
    category: _Categories = Field(default_factory=list)
    category_cap: _Categories = Field(default_factory=list)
    more: Text = ""
    confirmed: Text = ""

    @classmethod
    def of(cls, terms: Terms) -> Self:
        caps = {cap.category: typed_tiyn(cap.most_tiyn) for cap in terms.cost_caps}
        points = terms.form.max_points
        return cls(
            title=terms.title,
            kind=terms.kind,
            voting_opens=typed_moment(terms.voting_opens),
            voting_closes=typed_moment(terms.voting_closes),
            ballot=terms.form.type,
            max_choices=str(terms.form.max_choices),
            min_choices=str(terms.form.min_choices),
            max_points="" if points is None else str(points),
            allocation=terms.rules.allocation,
            tie_rule=terms.rules.tie_rule,
            minimum_voters=str(terms.rules.minimum_voters),
            score_threshold=str(terms.rules.score_threshold),
            proposals_per_author=str(terms.proposals_per_author),
            cost_cap=caps.get("", ""),
            kato=[unit.kato for unit in terms.units],
            unit_name=[unit.name for unit in terms.units],
            envelope=[typed_tiyn(unit.envelope_tiyn) for unit in terms.units],
            parent=[unit.parent or "" for unit in terms.units],
            category=list(terms.categories),
            category_cap=[caps.get(category, "") for category in terms.categories],
        )

    @property
    def units(self) -> list[tuple[str, str, str, str]]:
        """Rows as typed, the blank ones left out, and blank ones to go on in."""
        rows = zip(self.kato, self.unit_name, self.envelope, self.parent, strict=False)
        return [row for row in rows if any(row)] + [("", "", "", "")] * MORE_ROWS

    @property
    def categories(self) -> list[tuple[str, str]]:
        rows = zip(self.category, self.category_cap, strict=False)
        return [row for row in rows if any(row)] + [("", "")] * MORE_ROWS

    def read(self, reading: Reading, language: str) -> Terms:
        """The terms; where `reading` has noted a problem they are not to be used."""
        caps = [(f"category_cap-{n}", row[1], row[0]) for n, row in enumerate(self.categories)]
        points = reading.whole("max_points", self.max_points) if self.max_points.strip() else None
        terms = Terms(
            kind=self.kind,
            title=self.title,
            units=tuple(
                self._unit(reading, n, row, language) for n, row in enumerate(self.units) if any(row)
            ),
            form=BallotForm(
                self.ballot,
                reading.whole("max_choices", self.max_choices),
                reading.whole("min_choices", self.min_choices),
                points,
            ),
            rules=Rules(
                self.allocation,
                self.tie_rule,
                reading.whole("minimum_voters", self.minimum_voters),
                reading.whole("score_threshold", self.score_threshold),
            ),
            voting_opens=reading.moment("voting_opens", self.voting_opens),
            voting_closes=reading.moment("voting_closes", self.voting_closes),
            categories=tuple(row[0].strip() for row in self.categories if any(row)),
            cost_caps=tuple(
                CostCap(reading.tiyn(field, text), category.strip())
                for field, text, category in [("cost_cap", self.cost_cap, ""), *caps]
                if text.strip()
            ),
            proposals_per_author=reading.whole("proposals_per_author", self.proposals_per_author),
        )
        if not reading.problems:
            _check_whole(reading, terms, language)
        return terms

    def _unit(self, reading: Reading, number: int, row: tuple[str, str, str, str], language: str) -> Unit:
        kato, name, envelope, parent = (text.strip() for text in row)
        try:
            check_kato(kato)
        except KatoInvalid as why:
            reading.note(f"kato-{number}", texts(why.code, language)[1])
        return Unit(kato, name, reading.tiyn(f"envelope-{number}", envelope), parent or None)


def _check_whole(reading: Reading, terms: Terms, language: str) -> None:
    """Which rule of terms is broken, in words of its own; what texts and amounts are refused for is the caller's to tell."""
    try:
        terms.check()
    except TermsInvalid as why:
        problem = why.facts["problem"]
        reading.note(_WHERE.get(problem, ""), saying(language, PHRASES)(f"terms_{problem}"))


_WHERE: Final[dict[object, str]] = {
    "voting_closes_before_it_opens": "voting_closes",
    "proposals_per_author": "proposals_per_author",
    "choices": "max_choices",
    "choose_one_takes_one_choice": "max_choices",
    "points": "max_points",
    "points_only_on_cumulative_ballots": "max_points",
}
"""The field at which a broken rule is told; the others are about several."""
