"""One-time codes: the contract of every identifier, and what is particular to a code."""

import re
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from application.identity.challenges import Challenges, TooManyChallenges
from application.identity.one_time_codes import AddressInvalid, CodeLimits, OneTimeCodes, check_address
from application.identity.sender import CommandSender, FileSender, Letter, LetterNotSent
from application.keys import Keys
from tests.application.identity.contract import ContractOfIdentifier, Way, stored
from tests.engine import Engine
from tests.faults import no_file_longer_than
from tests.residents import HandClock, letters_in, seeded

LIMITS = CodeLimits(digits=6, seconds=600, tries=5)
FROM = "dauys@example.kz"


class Mailbox:
    """Reads the code out of the newest letter."""

    def __init__(self, outbox: Path) -> None:
        self._outbox = outbox

    def claim(self, person: int) -> str:
        return f"person{person}@example.kz"

    def answer(self, person: int, text: str) -> str:
        del text
        letters = letters_in(self._outbox)
        to_them = [each for each in letters if each["To"] == self.claim(person)]
        code = re.search(r"[0-9]{6}", to_them[-1].get_content())
        assert code
        return code[0]

    def wrong(self, person: int, text: str) -> str:
        return f"{(int(self.answer(person, text)) + 1) % 10**6:06}"


def codes_on(engine: Engine, folder: Path, clock: HandClock) -> OneTimeCodes:
    random = seeded("codes")
    return OneTimeCodes(
        Challenges(engine.datastore, clock, random),
        Keys(folder / "keys"),
        FileSender(folder / "outbox", FROM, clock),
        lambda language, code: (f"Dauys ({language})", f"Код: {code}\n"),
        random,
        LIMITS,
    )


@pytest.fixture
def way(engine: Engine, tmp_path: Path) -> Way:
    clock = HandClock()
    return Way(
        codes_on(engine, tmp_path, clock), Mailbox(tmp_path / "outbox"), clock, LIMITS.seconds, LIMITS.tries
    )


class TestOneTimeCodes(ContractOfIdentifier):
    """The contract, kept by codes."""

    def test_the_answer_to_one_challenge_is_none_to_another(self, way: Way) -> None:
        first, _ = way.begin(1)
        code = way.prover.answer(1, "")
        other, _ = way.begin(2)
        if code != way.prover.answer(2, ""):
            with pytest.raises(Exception, match="proof_invalid"):
                way.identifier.prove(other, code)
        way.identifier.prove(first, code)


def test_spaces_in_a_code_do_not_matter(way: Way) -> None:
    challenge_id, text = way.begin(1)
    code = way.prover.answer(1, text)
    assert way.identifier.prove(challenge_id, f" {code[:3]} {code[3:]}\n").adult is None


def test_one_mailbox_is_not_filled_by_strangers_and_is_free_again_in_time(way: Way) -> None:
    for _ in range(3):
        way.begin(1)
    with pytest.raises(TooManyChallenges) as told:
        way.begin(1)
    assert told.value.facts == {"open": 3, "seconds": 597}
    way.begin(2)
    way.clock.pass_by(timedelta(seconds=600))
    way.begin(1)


def test_the_same_code_has_another_hash_in_every_challenge(engine: Engine, tmp_path: Path) -> None:
    codes = codes_on(engine, tmp_path, HandClock())
    codes._random = bytes
    for person in ("a@example.kz", "b@example.kz"):
        codes.begin(person, "kk")
    assert len({row["secret"] for row in stored(engine)}) == 2


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" Aigul@Example.KZ ", "aigul@example.kz"),
        ("+7 (701) 123-45-67", "+77011234567"),
        ("8 701 123 45 67", "+77011234567"),
    ],
)
def test_an_address_has_one_spelling(typed: str, address: str) -> None:
    assert check_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "aigul",
        "a@b",
        "a@example.kz\nBcc: all@example.kz",
        "a b@example.kz",
        "<a@example.kz>",
        "a@example.kz,b@example.kz",
        f"{'a' * 65}@example.kz",
        f"a@{'b.' * 130}kz",
        "+1 701 123 45 67",
        "+7701123456",
        "901231300123",
    ],
)
def test_what_is_no_address_is_refused_and_not_echoed(typed: str) -> None:
    with pytest.raises(AddressInvalid) as told:
        check_address(typed)
    assert not told.value.facts


def test_a_letter_in_a_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    outbox = tmp_path / "home" / "outbox"
    FileSender(outbox, FROM, HandClock()).send(Letter("a@example.kz", "Тақырып", "Сәлем\n"))
    (file,) = outbox.iterdir()
    assert stat.S_IMODE(outbox.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (letter,) = letters_in(outbox)
    assert (letter["To"], letter["Subject"], letter.get_content()) == (
        "a@example.kz",
        "Тақырып",
        "Сәлем\r\n",
    )
    assert "a@example.kz" not in repr(Letter("a@example.kz", "s", "t"))


@pytest.mark.parametrize("field", ["to", "subject"])
def test_a_line_break_in_a_header_adds_no_header(tmp_path: Path, field: str) -> None:
    letter = {"to": "a@example.kz", "subject": "s", "text": "t"} | {
        field: "x@example.kz\nBcc: all@example.kz"
    }
    sender = FileSender(tmp_path / "outbox", FROM, HandClock())
    with pytest.raises(ValueError, match=r"linefeed|header"):
        sender.send(Letter(**letter))
    assert not letters_in(tmp_path / "outbox")


@pytest.mark.parametrize("room", [0, 100], ids=["nothing is written", "a part is written"])
def test_a_letter_that_the_disk_has_no_room_for_is_told_and_leaves_no_half(tmp_path: Path, room: int) -> None:
    sender = FileSender(tmp_path, FROM, lambda: datetime(2026, 9, 1, tzinfo=UTC))
    letter = Letter("a@example.kz", "Тақырып", "Сәлем\n" * 100)
    with no_file_longer_than(room), pytest.raises(LetterNotSent):
        sender.send(letter)
    assert not list(tmp_path.iterdir())
    sender.send(letter)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_program_gets_the_whole_letter_and_its_failure_is_told(tmp_path: Path) -> None:
    into = tmp_path / "letter"
    command = ("/bin/sh", "-c", 'cat > "$0"', str(into))
    CommandSender(command, FROM).send(Letter("a@example.kz", "Тақырып", "Сәлем\n"))
    assert b"To: a@example.kz\r\n" in into.read_bytes()
    failing: list[Callable[[], CommandSender]] = [
        lambda: CommandSender(("/bin/false",), FROM),
        lambda: CommandSender((str(tmp_path / "missing"),), FROM),
    ]
    for sender in failing:
        with pytest.raises(LetterNotSent):
            sender().send(Letter("a@example.kz", "s", "t"))
