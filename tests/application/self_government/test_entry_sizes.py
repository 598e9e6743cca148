"""The longest lawful acts of a Council fit into the log: what the domain lets through, the log can hold."""

from application.log.entry import entry_bytes
from application.log.mapper import CanonicalMapper
from domain.money import MOST_TIYN
from domain.self_government.matters import MOST_LINES, PER_CHARS, Tariffs
from domain.self_government.sitting import MOST_POINTS, Point, Sitting, Summons
from domain.self_government.substance import Tariff
from domain.text import NAME_CHARS, TITLE_CHARS
from tests.councils import SAT, SUMMONED, chaired, propose
from tests.self_government import the_unit


def test_the_longest_acts_fit_into_one_entry_of_the_log() -> None:
    widest = "\U0001f333"
    tariffs = Tariffs(
        tuple(
            Tariff(f"{number:03}".ljust(NAME_CHARS, widest), widest * PER_CHARS, MOST_TIYN)
            for number in range(MOST_LINES)
        )
    )
    decision = propose(
        tariffs,
        title=widest * TITLE_CHARS,
        legal_basis=widest * TITLE_CHARS,
        number="n" * 64,
        effective_from=SAT,
    )
    agenda = tuple(Point(f"{key:064}", widest * TITLE_CHARS) for key in range(MOST_POINTS))
    sitting = Sitting.convene(
        the_unit(),
        chaired(),
        "n" * 64,
        Summons(widest * NAME_CHARS, SUMMONED, SAT, agenda),
        by="c" * 64,
        at=SUMMONED,
    )
    for event in (*decision.collect_events(), *sitting.collect_events()):
        stored = CanonicalMapper().to_stored_event(event)
        entry_bytes(10**15, decision.id, 1, stored.topic, stored.state)
