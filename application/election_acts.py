"""What takes two people in an election: opening, closing early, conclusions, their corrections, and a kiosk's invitation."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from application.approvals import Act, ApprovalOutdated, Parameters
from application.conclusions import Conclusions
from application.kiosks import Kiosks
from application.rounds import Rounds, paper_bytes
from application.store import Store
from domain.approval import TwoPeopleAct
from domain.conclusion import Channel, Conclusion, ConclusionState, NothingToCorrect
from domain.round import Phase, Round
from domain.text import NAME_CHARS, REASON_CHARS, check_text


class ElectionActs:
    """Each pair of methods prepares and performs one kind of act; `by_name` is what approvals are told."""

    def __init__(self, store: Store, rounds: Rounds, conclusions: Conclusions, kiosks: Kiosks) -> None:
        self._store = store
        self._rounds = rounds
        self._conclusions = conclusions
        self._kiosks = kiosks

    def by_name(self) -> Mapping[TwoPeopleAct, Act]:
        return {
            TwoPeopleAct.OPEN_VOTING: Act(
                self._prepare_opening, self._open, self._units_of_round, self._rounds.check_ready
            ),
            TwoPeopleAct.CLOSE_EARLY: Act(self._prepare_closing, self._close, units=self._units_of_round),
            TwoPeopleAct.APPROVE_CONCLUSION: Act(
                self._prepare_conclusion, self._approve, units=self._units_of_conclusion
            ),
            TwoPeopleAct.PUBLISH_CORRECTION: Act(
                self._prepare_correction, self._approve_and_publish, units=self._units_of_conclusion
            ),
            TwoPeopleAct.INVITE_KIOSK: Act(_prepare_kiosk, self._invite, units=_unit_of_kiosk),
        }

    def _prepare_opening(self, round_id: UUID, _: Parameters) -> Parameters:
        paper = self._rounds.preview(round_id)
        return {"paper_digest": sha256(paper_bytes(paper)).hexdigest(), "projects": len(paper.projects)}

    def _open(self, round_id: UUID, prepared: Parameters, by: str) -> None:
        if self._rounds.freeze(round_id, by=by) != prepared["paper_digest"]:
            raise ApprovalOutdated

    def _prepare_closing(self, round_id: UUID, given: Parameters) -> Parameters:
        self._store.load(Round, round_id).must_be_in(Phase.VOTING)
        return {"early_reason": check_text("early_reason", given["early_reason"], REASON_CHARS)}

    def _close(self, round_id: UUID, prepared: Parameters, by: str) -> None:
        self._rounds.close_voting(round_id, by=by, early_reason=prepared["early_reason"])

    def _prepare_conclusion(self, conclusion_id: UUID, _: Parameters) -> Parameters:
        return _document_of(self._drafted(conclusion_id))

    def _approve(self, _: UUID, prepared: Parameters, by: str) -> None:
        if self._conclusions.approve(UUID(prepared["round_id"]), by=by) != prepared["document_digest"]:
            raise ApprovalOutdated

    def _prepare_correction(self, conclusion_id: UUID, given: Parameters) -> Parameters:
        """`channels`: kind, where, and when as RFC 3339, as the conclusion's event will hold them."""
        conclusion = self._drafted(conclusion_id)
        if conclusion.number == 1:
            raise NothingToCorrect
        channels = Conclusion.checked_channels(_channels(given))
        return _document_of(conclusion) | {"channels": msgspec.to_builtins(channels)}

    def _approve_and_publish(self, conclusion_id: UUID, prepared: Parameters, by: str) -> None:
        self._approve(conclusion_id, prepared, by)
        self._conclusions.publish(UUID(prepared["round_id"]), _channels(prepared), by=by)

    def _invite(self, kiosk_id: UUID, prepared: Parameters, by: str) -> object:
        return self._kiosks.invite(prepared["label"], prepared["place"], by=by, kiosk_id=kiosk_id)

    def _drafted(self, conclusion_id: UUID) -> Conclusion:
        conclusion = self._store.load(Conclusion, conclusion_id)
        conclusion.must_be(ConclusionState.DRAFTED)
        return conclusion

    def _units_of_round(self, round_id: UUID, _: Parameters) -> frozenset[str]:
        return self._store.load(Round, round_id).terms.roots

    def _units_of_conclusion(self, _: UUID, prepared: Parameters) -> frozenset[str]:
        return self._units_of_round(UUID(prepared["round_id"]), prepared)


def _document_of(conclusion: Conclusion) -> dict[str, Any]:
    return {"round_id": str(conclusion.round_id), "document_digest": conclusion.computation.document_digest}


def _prepare_kiosk(_: UUID, given: Parameters) -> Parameters:
    return {
        "unit": given["unit"],
        "label": check_text("label", given["label"], NAME_CHARS),
        "place": check_text("place", given["place"], NAME_CHARS),
    }


def _unit_of_kiosk(_: UUID, prepared: Parameters) -> frozenset[str]:
    return frozenset({prepared["unit"]})


def _channels(given: Parameters) -> tuple[Channel, ...]:
    return msgspec.convert(given["channels"], tuple[Channel, ...])
