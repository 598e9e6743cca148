"""What a decision decides, in a reader's words: each fact of its kind as a label and a value, with what it refers to."""

from collections.abc import Iterator

from api.self_government.sheet import Cell, Link
from api.wording import Say, number, tenge
from domain.self_government.substance import Substance

Fact = tuple[str, Cell]

_PAGES = {"decision": "decisions", "round": "rounds"}
_BASIS_POINTS_PER_CENT = 100


def facts_of(say: Say, substance: Substance) -> Iterator[Fact]:
    yield from _tables(say, substance)
    if substance.agreed:
        agreed = substance.agreed
        yield say("agreed_by"), Link(agreed.key, f"/gatherings/{agreed.gathering_id}")
    if substance.appointment:
        named = substance.appointment
        yield say("appointment"), f"{named.name}: {named.post}, {named.institution}"
    if substance.regulates:
        yield say("regulates"), say(f"regulates_{substance.regulates}")
    if substance.envelope:
        yield (
            say("envelope_of"),
            Link(tenge(substance.envelope.envelope_tiyn), f"/rounds/{substance.envelope.round_id}"),
        )
    if substance.noted:
        yield say("conclusion_of"), Link(f"№ {substance.noted.number}", f"/rounds/{substance.noted.round_id}")
    if substance.controlled:
        heard = substance.controlled
        yield say("controlled"), Link(str(heard.id), f"/{_PAGES[heard.kind]}/{heard.id}")
    if substance.akim:
        yield say("akim"), substance.akim


def _tables(say: Say, substance: Substance) -> Iterator[Fact]:
    for rate in substance.rates:
        least, most = _per_cent(rate.least_basis_points), _per_cent(rate.most_basis_points)
        yield rate.rate, say("rate_in_range", rate=_per_cent(rate.basis_points), least=least, most=most)
    if substance.ranges_basis:
        yield say("ranges_basis"), substance.ranges_basis
    for transfer in substance.transfers:
        yield (
            transfer.programme,
            ("+" if transfer.change_tiyn > 0 else "−") + tenge(abs(transfer.change_tiyn)),
        )
    for tariff in substance.tariffs:
        yield tariff.service, f"{tenge(tariff.amount_tiyn)} / {tariff.per}"
    for position in substance.positions:
        yield position.post, f"{number(position.number)} × {tenge(position.pay_tiyn)}"


def _per_cent(basis_points: int) -> str:
    sign, points = ("−" if basis_points < 0 else ""), abs(basis_points)
    whole, rest = divmod(points, _BASIS_POINTS_PER_CENT)
    return f"{sign}{whole}{f',{rest:02}' if rest else ''}\u00a0%"
