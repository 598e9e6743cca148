"""What every `Identifier` keeps to, whichever way it lets a resident prove who they are."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import pytest

from application.identity.challenges import ChallengeOver, Identifier, ProofInvalid
from domain.errors import Refused
from tests.engine import Engine
from tests.residents import HandClock


class Prover(Protocol):
    """The resident's side: what to claim, and the answer to a challenge, right or wrong."""

    def claim(self, person: int) -> str: ...

    def answer(self, person: int, text: str) -> str: ...

    def wrong(self, person: int, text: str) -> str: ...


@dataclass(frozen=True)
class Way:
    """An identifier under test, with a clock that the test moves."""

    identifier: Identifier
    prover: Prover
    clock: HandClock
    seconds: int
    tries: int

    def begin(self, person: int) -> tuple[UUID, str]:
        self.clock.pass_by(timedelta(seconds=1))  # so that letters have an order
        challenge = self.identifier.begin(self.prover.claim(person), "kk")
        return challenge.challenge_id, challenge.text


class ContractOfIdentifier:
    """A subclass brings the fixture `way`."""

    def test_the_same_person_is_the_same_whenever_they_prove_it(self, way: Way) -> None:
        first, again, other = (self.proven(way, person) for person in (1, 1, 2))
        assert first == again != other
        assert len(first) == len(other) == 32

    def test_a_wrong_answer_proves_nothing_and_the_right_one_still_does(self, way: Way) -> None:
        challenge_id, text = way.begin(1)
        with pytest.raises(ProofInvalid) as told:
            way.identifier.prove(challenge_id, way.prover.wrong(1, text))
        assert told.value.facts == {"tries_left": way.tries - 1}
        way.identifier.prove(challenge_id, way.prover.answer(1, text))

    def test_a_challenge_is_answered_once(self, way: Way) -> None:
        challenge_id, text = way.begin(1)
        answer = way.prover.answer(1, text)
        way.identifier.prove(challenge_id, answer)
        with pytest.raises(ChallengeOver):
            way.identifier.prove(challenge_id, answer)

    def test_of_right_answers_sent_at_once_one_proves(self, way: Way) -> None:
        challenge_id, text = way.begin(1)
        answer = way.prover.answer(1, text)

        def prove(_: int) -> bool:
            try:
                way.identifier.prove(challenge_id, answer)
            except ChallengeOver:
                return False
            return True

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(prove, range(4))) == [False, False, False, True]

    def test_after_too_many_wrong_answers_the_right_one_is_too_late(self, way: Way) -> None:
        challenge_id, text = way.begin(1)
        for _ in range(way.tries):
            with pytest.raises(ProofInvalid):
                way.identifier.prove(challenge_id, way.prover.wrong(1, text))
        with pytest.raises(ChallengeOver):
            way.identifier.prove(challenge_id, way.prover.answer(1, text))

    def test_an_answer_after_its_time_is_too_late(self, way: Way) -> None:
        challenge_id, text = way.begin(1)
        answer = way.prover.answer(1, text)
        way.clock.pass_by(timedelta(seconds=way.seconds))
        with pytest.raises(ChallengeOver):
            way.identifier.prove(challenge_id, answer)

    def test_the_answer_to_one_challenge_is_none_to_another(self, way: Way) -> None:
        _, text = way.begin(1)
        other_id, _ = way.begin(1)
        with pytest.raises(ProofInvalid):
            way.identifier.prove(other_id, way.prover.answer(1, text))

    def test_a_challenge_that_was_never_asked_is_over(self, way: Way) -> None:
        _, text = way.begin(1)
        with pytest.raises(ChallengeOver):
            way.identifier.prove(UUID(int=5), way.prover.answer(1, text))

    def test_what_ran_out_is_forgotten_with_the_next_challenge(self, way: Way, engine: Engine) -> None:
        way.begin(1)
        way.clock.pass_by(timedelta(seconds=way.seconds))
        way.begin(2)
        assert len(stored(engine)) == 1

    def test_nothing_kept_or_refused_tells_who_it_is(self, way: Way, engine: Engine) -> None:
        challenge_id, text = way.begin(1)
        answer, claim = way.prover.answer(1, text), way.prover.claim(1)
        kept = str(stored(engine))
        with pytest.raises(Refused) as told:
            way.identifier.prove(challenge_id, way.prover.wrong(1, text))
        proven = way.identifier.prove(challenge_id, answer)
        assert answer not in kept
        assert not claim or claim not in kept
        for shown in (repr(proven), str(told.value), repr(told.value.facts)):
            assert proven.person.hex() not in shown
            assert repr(proven.person) not in shown
            assert not claim or claim not in shown

    def proven(self, way: Way, person: int) -> bytes:
        challenge_id, text = way.begin(person)
        return way.identifier.prove(challenge_id, way.prover.answer(person, text)).person


def stored(engine: Engine) -> list[dict[str, object]]:
    with engine.datastore.rows("SELECT * FROM dauys.identity_challenges") as rows:
        return list(rows)
