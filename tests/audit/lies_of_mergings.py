"""Lies about merging twins, for step 12. `merged` tells the truth: a twin of the first proposal ended in it, by consent of both."""

from copy import deepcopy
from uuid import UUID

from tests.audit.forgery import Forgery, Json, Told
from tests.audit.lies import lie
from tests.audit.lies_of_approvals import LIES

__all__ = ["LIES", "merged"]

TWIN, MERGING = str(UUID(int=10)), str(UUID(int=11))
TWINS_AUTHOR, NOBODY = "author-2", "author-3"


def merged(forgery: Forgery, **changed: str) -> dict[str, Told]:
    """The twin's submission, the merging, both consents, and what they did to the two, by name; `changed`: who consented."""
    first = forgery.one("proposal.admitted.v1", None)
    into = next(each for each in forgery.of("proposal.submitted.v1") if each.event["id"] == first.event["id"])
    when, sketch = {"timestamp": into.state["timestamp"]}, into.state["sketch"]
    authors = [into.state["author"], TWINS_AUTHOR]
    asked: Json = {"originator_topic": "merging", "round_id": into.state["round_id"], "authors": authors}
    asked |= {"into": into.event["id"], "into_version": 1, "twin": TWIN, "twin_version": 1}
    asked |= {"sketch": deepcopy(sketch), "reason": "They say the same.", "by": "expert-1"}
    told = {
        "submitted": (TWIN, "proposal.submitted.v1", deepcopy(into.state) | {"author": TWINS_AUTHOR}),
        "proposed": (MERGING, "merging.proposed.v1", asked | when),
        "first": (MERGING, "merging.consented.v1", {"author": authors[0]} | when),
        "last": (MERGING, "merging.consented.v1", {"author": changed.get("last", TWINS_AUTHOR)} | when),
        "absorbed": (
            into.event["id"],
            "proposal.absorbed.v1",
            {"twin": TWIN, "merging": MERGING, "sketch": deepcopy(sketch)} | when,
        ),
        "merged": (TWIN, "proposal.merged.v1", {"into": into.event["id"], "merging": MERGING} | when),
    }
    found: dict[str, Told] = {}
    behind = into
    for name, (id_, topic, state) in told.items():
        owner = Told({"id": id_})
        behind = found[name] = forgery.insert_event(behind, owner, topic, state)
    return found


@lie(12, "merging_consent")
def merged_by_one_author_alone(forgery: Forgery) -> None:
    """Two proposals were merged when only one of their authors had consented."""
    forgery.forget(merged(forgery)["first"])


@lie(12, "merging_consent")
def consented_by_somebody_else(forgery: Forgery) -> None:
    """Somebody who wrote neither consented in an author's place."""
    merged(forgery, last=NOBODY)


@lie(12, "merging_consent")
def only_one_author_asked(forgery: Forgery) -> None:
    """A merging was put to one of the two authors only."""
    told = merged(forgery)
    told["proposed"].state["authors"] = [TWINS_AUTHOR]
    forgery.forget(told["first"])


@lie(12, "merging_consent")
def merged_into_other_words(forgery: Forgery) -> None:
    """The merged proposal says something else than its authors consented to."""
    merged(forgery)["proposed"].state["sketch"]["description"] = "What both consented to."


@lie(12, "merging_consent")
def merged_after_a_rejection(forgery: Forgery) -> None:
    """A proposal that had been rejected was merged all the same."""
    told = merged(forgery)
    minutes = {"reason": "Private land.", "minutes_digest": "00" * 32, "by": "expert-1"}
    state = minutes | {"timestamp": told["submitted"].state["timestamp"]}
    forgery.insert_event(told["submitted"], told["submitted"], "proposal.rejected.v1", state)
    told["proposed"].state["twin_version"] = 2
