"""At least one lie for every failure that the verifier can tell: what was done, the step that must fail, and by which failure.

Each is told by a careful liar: everything that follows from it is told anew and signed again (`Forgery`), so that only the lie
itself can give it away. Where no key could have made the lie, it is damage: the bundle was changed on its way.
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from application import base64url
from application.log import canonical
from application.log.cosignature import WitnessSigner
from application.log.note import LogSigner
from tests.audit.election import CITY, DISTRICT, Good
from tests.audit.forgery import CAST, Forgery, Json, Told
from tests.deliveries import text_of

OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
OTHER_LOG = "elsewhere.example/log"
ANOTHER_ROUND = UUID(int=4)


@dataclass(frozen=True)
class Lie:
    """`since`: what the auditor holds from before, if the lie can only be seen against it."""

    name: str
    step: int
    failure: str
    tell: Callable[[Forgery], object]
    since: Callable[[Good], bytes] | None = None


LIES: list[Lie] = []
Tell = Callable[[Forgery], object]


def lie(step: int, failure: str, *, since: Callable[[Good], bytes] | None = None) -> Callable[[Tell], Tell]:
    """The function's docstring says, for docs/auditors.md, what was done."""

    def remember(tell: Tell) -> Tell:
        LIES.append(Lie((tell.__doc__ or "").strip().rstrip("."), step, failure, tell, since))
        return tell

    return remember


def replacing(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def replaced(body: bytes) -> bytes:
        assert old in body
        return body.replace(old, new, 1)

    return replaced


def gone(_: bytes) -> None:
    """For a file that is left out."""


def edited(change: Callable[[Any], object]) -> Callable[[bytes], bytes]:
    """A change to a JSON file."""

    def changed(body: bytes) -> bytes:
        value = json.loads(body)
        change(value)
        return canonical.encode(value)

    return changed


def of(round_id: UUID, name: str) -> str:
    return f"rounds/{round_id}/{name}"


def line(document: Json, project: str) -> Json:
    found: Json = next(each for each in document["lines"] if each["project"] == project)
    return found


def on_documents(change: Callable[[Json], object], *numbers: int) -> Callable[[int, Json], None]:
    """A change to the documents of these places: 0 the rejected draft, 1 the conclusion, 2 its correction. None given: to all."""

    def changed(place: int, document: Json) -> None:
        if not numbers or place in numbers:
            change(document)

    return changed


def unused_key(forgery: Forgery) -> Ed25519PrivateKey:
    """Behind a slip of the published round's city that nobody used."""
    round_id = str(forgery.good.published)
    used = {each.state["credential"] for each in forgery.of(CAST)}
    return next(
        key
        for (of_round, text), key in forgery.good.keys.items()
        if of_round == round_id and text not in used
    )


def own(each: Told) -> Told:
    """A copy that can be changed without its original."""
    return Told(deepcopy(each.event))


# Step 1: completeness.


@lie(1, "file_missing")
def a_file_was_lost(forgery: Forgery) -> None:
    """A file that the manifest names was taken out of the ZIP."""
    forgery.damages[of(forgery.good.published, "results.pb")] = gone


@lie(1, "file_missing")
def results_left_out(forgery: Forgery) -> None:
    """A closed round's results were left out, manifest and all."""
    forgery.file_lies[of(forgery.good.provisional, "results.json")] = gone


@lie(1, "file_extra")
def a_file_was_added(forgery: Forgery) -> None:
    """A file that the manifest does not name was added."""
    forgery.damages[of(forgery.good.open, "results.pb")] = lambda _: b"META\n"


@lie(1, "file_differs")
def a_file_was_altered(forgery: Forgery) -> None:
    """A byte of a file was changed on its way."""
    forgery.damages["README.txt"] = replacing(b"Dauys", b"Dauyz")


@lie(1, "counts_differ")
def counts_miscounted(forgery: Forgery) -> None:
    """The manifest counts one withheld entry fewer."""
    forgery.manifest_lie = lambda manifest: manifest["counts"].update(withheld=2)


@lie(1, "counts_differ")
def manifest_of_another_root(forgery: Forgery) -> None:
    """The manifest names another root than the checkpoint."""
    forgery.manifest_lie = lambda manifest: manifest.update(root="00" * 32)


@lie(1, "round_missing")
def a_round_left_out(forgery: Forgery) -> None:
    """A closed round's folder was left out of a bundle of all rounds."""
    for name in ("paper.json", "credentials.csv", "results.json", "results.csv", "results.pb"):
        forgery.file_lies[of(forgery.good.provisional, name)] = gone


@lie(1, "withheld_differs")
def a_withheld_leaf_left_out(forgery: Forgery) -> None:
    """The leaf hash of a withheld entry was left out."""
    forgery.file_lies["log/withheld.jsonl"] = lambda body: body.split(b"\n", 1)[1]


@lie(1, "withheld_differs")
def a_leaf_too_many(forgery: Forgery) -> None:
    """The list of withheld entries names one that is there to be read."""
    forgery.file_lies["log/withheld.jsonl"] = lambda body: (
        body + b'{"leaf":"' + b"00" * 32 + b'","position":1}\n'
    )


@lie(1, "withheld_needlessly")
def an_entry_hidden_before_any_vote(forgery: Forgery) -> None:
    """An entry from before any voting is withheld."""
    forgery.one("kiosk.invited.v1", label="Kiosk that nobody enrolled").hidden = True


@lie(1, "withheld_too_many")
def a_ballot_hidden_behind_the_open_round(forgery: Forgery) -> None:
    """Ballots are withheld beyond what the open rounds can have."""
    forgery.ballot(forgery.good.cancelled).hidden = True


@lie(1, "ballot_shown")
def a_ballot_shown_too_early(forgery: Forgery) -> None:
    """A ballot of a round still open is shown."""
    forgery.ballot(forgery.good.open).hidden = False


# Step 2: authenticity.


@lie(2, "key_malformed")
def a_key_that_is_none(forgery: Forgery) -> None:
    """The log's key has the id of another."""
    forgery.files["log/key.txt"] = re.sub(rb"\+[0-9a-f]{8}\+", b"+00000000+", forgery.files["log/key.txt"])


@lie(2, "key_malformed")
def a_key_without_a_secret(forgery: Forgery) -> None:
    """The log's key is a point for which anybody can sign."""
    name = forgery.signer.origin
    blob = b"\x01\x01" + bytes(31)
    key_id = sha256(name.encode() + b"\n" + blob).digest()[:4].hex()
    forgery.files["log/key.txt"] = f"{name}+{key_id}+{b64encode(blob).decode()}\n".encode()


@lie(2, "note_malformed")
def a_checkpoint_with_an_extra_line(forgery: Forgery) -> None:
    """The newest checkpoint has a line too many, which its signature covers."""

    def extended(note: str) -> str:
        text = note.partition("\n\n")[0] + "\nextra\n"
        return f"{text}\n{forgery.signer.signature_line(text)}"

    forgery.newest_lie = extended


@lie(2, "note_unsigned")
def a_checkpoint_signed_by_another_key(forgery: Forgery) -> None:
    """A checkpoint is signed by another key under the log's name."""
    liar = LogSigner(forgery.signer.origin, bytes(32))
    forgery.note_lie = lambda size, note: _signed_anew(note, liar) if size == forgery.sizes[3] else note


@lie(2, "note_unsigned")
def the_newest_checkpoint_with_a_broken_signature(forgery: Forgery) -> None:
    """The newest checkpoint's signature was made over something else."""
    other = forgery.signer.signature_line("something else\n")
    forgery.newest_lie = lambda note: f"{note.partition(chr(10) * 2)[0]}\n\n{other}"


@lie(2, "checkpoint_order")
def checkpoints_out_of_order(forgery: Forgery) -> None:
    """Two checkpoints of the list have changed places."""

    def swapped(body: bytes) -> bytes:
        first, second, rest = body.split(b"\n", 2)
        return b"\n".join([second, first, rest])

    forgery.file_lies["log/checkpoints.jsonl"] = swapped


@lie(2, "policy_malformed")
def a_policy_of_another_log(forgery: Forgery) -> None:
    """The witness policy is about another log."""
    forgery.files["log/policy.txt"] = (
        f"log {LogSigner(OTHER_LOG, bytes(32)).verifier}\nquorum none\n".encode()
    )


@lie(2, "policy_malformed")
def a_policy_without_a_quorum(forgery: Forgery) -> None:
    """The witness policy does not say whose word is needed."""
    forgery.files["log/policy.txt"] = b"# nobody\n"


COSIGNED = 1_800_000_000
"""2027-01-15T08:00:00Z."""
WITNESS = WitnessSigner("witness.example", bytes(range(32)))


def ask_for_the_witness(forgery: Forgery) -> None:
    forgery.files["log/policy.txt"] = (
        f"witness w {WITNESS.verifier}\ngroup all-of-us all w\nquorum all-of-us\n".encode()
    )


def cosigned(note: str, at: int = COSIGNED) -> str:
    return note + WITNESS.signature_line(note.partition("\n\n")[0] + "\n", at)


@lie(2, "quorum_missed")
def a_checkpoint_no_witness_saw(forgery: Forgery) -> None:
    """The policy asks for a witness who has not cosigned."""
    ask_for_the_witness(forgery)


@lie(2, "cosignature_wrong")
def a_forged_cosignature(forgery: Forgery) -> None:
    """A witness's cosignature is of another checkpoint, beside a right one."""
    ask_for_the_witness(forgery)
    forgery.newest_lie = lambda note: cosigned(note) + WITNESS.signature_line("another\n", COSIGNED)


def _signed_anew(note: str, signer: LogSigner) -> str:
    text = note.partition("\n\n")[0] + "\n"
    return f"{text}\n{signer.signature_line(text)}"


# Step 3: integrity. The entry that nobody else speaks of is an invitation that no kiosk followed.


def invitation(forgery: Forgery) -> Told:
    return forgery.one("kiosk.invited.v1", label="Kiosk that nobody enrolled")


@lie(3, "not_canonical")
def an_entry_with_a_space(forgery: Forgery) -> None:
    """An entry is written with a space that does not belong there."""
    invitation(forgery).alter_bytes = lambda body: body.replace(b",", b", ", 1)


@lie(3, "not_canonical")
def an_entry_with_a_key_twice(forgery: Forgery) -> None:
    """An entry says one thing twice, differently."""
    invitation(forgery).alter_bytes = replacing(b'"label":', b'"label":"Kiosk","label":')


@lie(3, "not_canonical")
def a_ballot_out_of_order(forgery: Forgery) -> None:
    """A ballot's members are not in their order."""
    forgery.ballot(forgery.good.published).alter_bytes = lambda body: json.dumps(
        dict(reversed(json.loads(body).items())), separators=(",", ":")
    ).encode()


@lie(3, "not_canonical")
def an_entry_with_a_fraction(forgery: Forgery) -> None:
    """An entry holds a number that is not whole."""
    invitation(forgery).alter_bytes = replacing(b'"version":1', b'"version":1.0')


@lie(3, "not_canonical")
def an_entry_that_is_no_text(forgery: Forgery) -> None:
    """An entry is not even text."""
    invitation(forgery).alter_bytes = lambda _: b"\xff\xfe"


@lie(3, "entry_form")
def an_entry_with_another_member(forgery: Forgery) -> None:
    """An entry has a member that no entry has."""
    invitation(forgery).alter = lambda event: event.update(note="hidden")


@lie(3, "entry_form")
def an_event_of_nothing(forgery: Forgery) -> None:
    """An event speaks of a proposal that was never submitted."""
    withdrawn = own(forgery.of("proposal.withdrawn.v1")[-1])
    withdrawn.event |= {"id": str(UUID(int=9)), "version": 1}
    withdrawn.uncounted = True
    forgery.insert(len(forgery.told), withdrawn)


@lie(3, "entry_form")
def an_event_unheard_of(forgery: Forgery) -> None:
    """Something happened to a proposal that cannot happen to one."""
    withdrawn = forgery.of("proposal.withdrawn.v1")[-1]
    state = {"timestamp": withdrawn.state["timestamp"], "by": "head"}
    forgery.insert_event(withdrawn, withdrawn, "proposal.restored.v1", state).uncounted = True


@lie(3, "entry_form")
def an_event_that_names_a_person(forgery: Forgery) -> None:
    """An event holds more than it may, such as who was served at a desk."""
    forgery.one("round.lot_drawn.v1").alter = lambda event: event["state"].update(served="resident-7")


@lie(3, "position_gap")
def an_entry_at_another_position(forgery: Forgery) -> None:
    """An entry says another position than it stands at."""
    invitation(forgery).alter = lambda event: event.update(position=event["position"] + 1)


@lie(3, "version_gap")
def an_event_left_out_of_a_life(forgery: Forgery) -> None:
    """The versions of one thing have a gap: an event of it is gone."""
    forgery.remove(forgery.one("conclusion.draft_rejected.v1"))


@lie(3, "version_gap")
def a_ballot_of_a_second_version(forgery: Forgery) -> None:
    """A ballot pretends to be a later version of itself."""
    forgery.ballot(forgery.good.cancelled).event["version"] = 2


@lie(3, "tile_order")
def a_bundle_of_another_width(forgery: Forgery) -> None:
    """An entry bundle's name says that it holds fewer entries."""
    whole, last = divmod(len(forgery.told), 256)
    kept: list[bytes] = []

    def taken(body: bytes) -> None:
        kept.append(body)

    forgery.file_lies[f"log/tile/entries/{whole:03}.p/{last}"] = taken
    forgery.file_lies[f"log/tile/entries/{whole:03}.p/{last - 1}"] = lambda _: kept[0]


@lie(3, "size_differs")
def a_checkpoint_of_fewer_entries(forgery: Forgery) -> None:
    """The newest checkpoint was left out, so entries stand under none."""
    forgery.sizes.pop()


@lie(3, "root_differs")
def an_old_root(forgery: Forgery) -> None:
    """The newest checkpoint is signed over the root of the one before."""

    def old_root(size: int, note: str) -> str:
        roots[size] = note.split("\n")[2]
        if size != forgery.sizes[-1]:
            return note
        text = f"{forgery.signer.origin}\n{size}\n{roots[forgery.sizes[-2]]}\n"
        return f"{text}\n{forgery.signer.signature_line(text)}"

    roots: dict[int, str] = {}
    forgery.note_lie = old_root


@lie(3, "root_differs")
def a_swapped_leaf(forgery: Forgery) -> None:
    """An entry was exchanged for another after its checkpoint was signed."""
    forgery.file_lies["log/tile/entries/000"] = replacing(b"moved away", b"m0ved away")


@lie(3, "root_differs")
def a_forked_checkpoint(forgery: Forgery) -> None:
    """One earlier checkpoint is of another log than the later ones."""

    def forked(size: int, note: str) -> str:
        if size != forgery.sizes[3]:
            return note
        text = f"{forgery.signer.origin}\n{size}\n{b64encode(bytes(32)).decode()}\n"
        return f"{text}\n{forgery.signer.signature_line(text)}"

    forgery.note_lie = forked


# Step 4: append-only, against what the auditor took home before.


def older(good: Good) -> bytes:
    return good.older_note


def of_another_log(good: Good) -> bytes:
    forgery = Forgery(good)
    forgery.signer = LogSigner(OTHER_LOG, bytes(32))
    forgery.files["log/key.txt"] = f"{forgery.signer.verifier}\n".encode()
    forgery.files["log/policy.txt"] = b"quorum none\n"
    return forgery.written()


def with_a_changed_root(good: Good) -> bytes:
    origin, size, _, _, signature, _ = good.older_note.decode().split("\n")
    return f"{origin}\n{size}\n{b64encode(bytes(32)).decode()}\n\n{signature}\n".encode()


def newest_of(good: Good) -> bytes:
    with ZipFile(BytesIO(good.bundle)) as bundle:
        return bundle.read("log/checkpoint.txt")


@lie(4, "older_changed", since=older)
def a_ballot_dropped_everywhere(forgery: Forgery) -> None:
    """A ballot was dropped and everything else made to agree, but the auditor has an older copy."""
    forgery.remove(forgery.ballot(forgery.good.published))


@lie(4, "older_changed", since=older)
def a_ballot_altered_by_its_voter_everywhere(forgery: Forgery) -> None:
    """A ballot was exchanged for another that its voter signed, and everything else made to agree."""
    forgery.signed(forgery.ballot(forgery.good.published, DISTRICT), ["9"])


@lie(4, "older_changed", since=older)
def a_proposal_dropped_everywhere(forgery: Forgery) -> None:
    """A rejected proposal never was, and everything else agrees."""
    rejected = forgery.one("proposal.rejected.v1")
    for each in [one for one in forgery.told if one.event["id"] == rejected.event["id"]]:
        forgery.remove(each)


@lie(4, "older_changed", since=older)
def a_rejection_dropped_everywhere(forgery: Forgery) -> None:
    """That a draft of the conclusion was rejected was struck out, and everything else agrees."""
    forgery.forget(forgery.one("conclusion.draft_rejected.v1"))


@lie(4, "older_longer", since=newest_of)
def the_newest_entries_dropped(forgery: Forgery) -> None:
    """The newest entry is gone, and with it the checkpoint over it."""
    forgery.remove(forgery.told[-1])
    forgery.sizes = [size for size in forgery.sizes if size <= len(forgery.told)]


@lie(4, "older_vanished", since=older)
def a_checkpoint_unsigned_again(forgery: Forgery) -> None:
    """A checkpoint that the auditor holds is no longer among those ever signed."""
    forgery.sizes.remove(int(forgery.good.older_note.split(b"\n")[1]))


@lie(4, "older_other_log", since=of_another_log)
def another_deployment(_: Forgery) -> None:
    """The bundle is of another deployment than the older copy."""


@lie(4, "older_forged", since=with_a_changed_root)
def an_older_checkpoint_nobody_signed(_: Forgery) -> None:
    """The older checkpoint that is held against the log was never signed by it."""


# Step 5: the paper.


@lie(5, "paper_digest")
def a_paper_edited_after_opening(forgery: Forgery) -> None:
    """The paper was edited after the opening froze it."""
    forgery.file_lies[of(forgery.good.published, "paper.json")] = edited(
        lambda paper: paper["projects"][0].update(cost_tiyn=1)
    )


@lie(5, "paper_content")
def a_paper_of_another_roll(forgery: Forgery) -> None:
    """The frozen paper names another roll than the log."""
    forgery.set_paper(forgery.good.published, lambda paper: paper.update(roll_root="00" * 32))


@lie(5, "paper_content")
def a_project_miscounted_at_the_opening(forgery: Forgery) -> None:
    """The opening event counts more projects than the paper has."""
    forgery.one("round.voting_opened.v1", forgery.good.published).state["projects"] = 99


@lie(5, "paper_content")
def opened_without_a_roll(forgery: Forgery) -> None:
    """Voting was opened in a round that has no sealed roll."""
    sealed = forgery.one("roll.sealed.v1", forgery.good.cancelled)
    for each in [one for one in forgery.told if one.event["id"] == sealed.event["id"]]:
        forgery.remove(each)


@lie(5, "paper_twice")
def opened_twice(forgery: Forgery) -> None:
    """Voting was opened a second time."""
    opened = forgery.one("round.voting_opened.v1", forgery.good.published)
    forgery.insert_event(opened, opened, opened.topic, dict(opened.state))


@lie(5, "paper_touched")
def terms_changed_after_opening(forgery: Forgery) -> None:
    """The terms were changed after the opening."""
    drafted = forgery.one("round.drafted.v1", forgery.good.published)
    opened = forgery.one("round.voting_opened.v1", forgery.good.published)
    state = {name: deepcopy(drafted.state[name]) for name in ("by", "terms", "timestamp")}
    forgery.insert_event(opened, opened, "round.terms_changed.v1", state)


@lie(5, "paper_late")
def a_ballot_before_the_opening(forgery: Forgery) -> None:
    """A ballot was taken before the paper was frozen."""
    ballot = forgery.ballot(forgery.good.published)
    ballot.uncounted = True
    opened = forgery.told.index(forgery.one("round.voting_opened.v1", forgery.good.published))
    forgery.move(ballot, opened - 2)  # before it was asked for: behind a grant stands what was granted


@lie(5, "paper_elsewhere")
def a_conclusion_on_another_paper(forgery: Forgery) -> None:
    """A conclusion names another paper than the one voted on."""
    forgery.document_lie = on_documents(lambda document: document.update(paper_digest="00" * 32), 2)


@lie(5, "lot_after")
def a_project_admitted_after_the_lot(forgery: Forgery) -> None:
    """A project was given its number when the lot was known."""
    lot = forgery.one("round.lot_drawn.v1", forgery.good.published)
    admitted = forgery.of("proposal.admitted.v1", project="9")[0]
    forgery.move(lot, forgery.told.index(admitted))


@lie(5, "below_ten")
def a_minimum_below_ten(forgery: Forgery) -> None:
    """The rules of the round ask for five voters only."""
    forgery.one("round.drafted.v1", forgery.good.published).state["terms"]["rules"]["minimum_voters"] = 5
    forgery.set_paper(forgery.good.published, lambda paper: paper["rules"].update(minimum_voters=5))


# Step 6: every ballot.


@lie(6, "ballot_form")
def a_ballot_that_names_its_kiosk(forgery: Forgery) -> None:
    """A ballot says by which kiosk it came."""
    forgery.ballot(forgery.good.cancelled).state["kiosk"] = str(UUID(int=7))


@lie(6, "ballot_form")
def a_ballot_with_a_short_salt(forgery: Forgery) -> None:
    """A ballot's salt is shorter than it must be, so that its hash could be guessed."""
    forgery.ballot(forgery.good.cancelled).state["salt"] = "AAAA"


@lie(6, "ballot_time")
def a_ballot_timed_to_the_minute(forgery: Forgery) -> None:
    """A ballot says the minute at which it was cast."""
    state = forgery.ballot(forgery.good.cancelled).state
    state["timestamp"] = state["timestamp"].replace(":00:00Z", ":42:00Z")


@lie(6, "ballot_round")
def a_ballot_of_no_round(forgery: Forgery) -> None:
    """A ballot is of a round that never was."""
    ballot = forgery.ballot(forgery.good.cancelled)
    key = forgery.good.keys[ballot.state["round_id"], ballot.state["credential"]]
    ballot.state["round_id"] = str(ANOTHER_ROUND)
    forgery.of_another(ballot, key)


@lie(6, "ballot_late")
def a_ballot_moved_past_the_closing(forgery: Forgery) -> None:
    """A ballot stands behind the closing of its round."""
    ballot = forgery.ballot(forgery.good.published)
    ballot.uncounted = True
    forgery.move(ballot, forgery.told.index(forgery.one("round.voting_closed.v1", forgery.good.published)))


@lie(6, "window_early")
def voting_opened_before_its_day(forgery: Forgery) -> None:
    """Voting was opened before the announced day."""
    terms = forgery.one("round.drafted.v1", forgery.good.published).state["terms"]
    terms["voting_opens"] = terms["voting_closes"]


@lie(6, "window_early")
def voting_closed_early_without_a_word(forgery: Forgery) -> None:
    """Voting was closed before the announced end and no reason given."""
    forgery.one("round.voting_closed.v1", forgery.good.published).state["early_reason"] = ""


@lie(6, "credentials_differ")
def another_list_of_credentials(forgery: Forgery) -> None:
    """In the public list an unused credential was exchanged for another."""
    unused = base64url.to_text(unused_key(forgery).public_key().public_bytes_raw())
    other = base64url.to_text(OTHER_KEY.public_key().public_bytes_raw())
    name = of(forgery.good.published, "credentials.csv")
    forgery.file_lies[name] = replacing(unused.encode(), other.encode())


@lie(6, "credentials_differ")
def a_credential_more(forgery: Forgery) -> None:
    """The public list has one credential more than was registered."""
    name = of(forgery.good.published, "credentials.csv")
    other = base64url.to_text(OTHER_KEY.public_key().public_bytes_raw())
    forgery.file_lies[name] = lambda body: body + f"{DISTRICT},{other}\n".encode()


@lie(6, "credentials_late")
def credentials_registered_after_opening(forgery: Forgery) -> None:
    """Credentials were registered a second time, after the opening."""
    registered = forgery.one("roll.credentials_registered.v1", by="election-clerk")
    opened = forgery.one("round.voting_opened.v1", forgery.good.open)
    forgery.insert_event(opened, registered, registered.topic, dict(registered.state))


@lie(6, "unregistered")
def a_ballot_of_nobody(forgery: Forgery) -> None:
    """A ballot was added whose credential was never registered."""
    ballot = own(forgery.ballot(forgery.good.published))
    forgery.of_another(ballot, OTHER_KEY)
    forgery.insert(forgery.told.index(forgery.ballot(forgery.good.published)), ballot)


@lie(6, "other_unit")
def a_ballot_of_another_unit(forgery: Forgery) -> None:
    """A ballot claims another unit than its credential was registered for."""
    forgery.ballot(forgery.good.cancelled).state["unit"] = DISTRICT


@lie(6, "signature_wrong")
def a_ballot_with_other_choices(forgery: Forgery) -> None:
    """A ballot's choices were altered."""
    forgery.ballot(forgery.good.published).state["choices"] = ["7"]


@lie(6, "signature_wrong")
def a_ballot_signed_again_by_another_key(forgery: Forgery) -> None:
    """A ballot's choices were altered and signed again with another key."""
    forgery.signed(forgery.ballot(forgery.good.published), ["7"], OTHER_KEY)


@lie(6, "signature_wrong")
def a_ballot_signed_for_another_round(forgery: Forgery) -> None:
    """A ballot's signature was made for another round."""
    ballot = forgery.ballot(forgery.good.published)
    key = forgery.good.keys[ballot.state["round_id"], ballot.state["credential"]]
    signed = {"choices": ballot.state["choices"], "round": str(ANOTHER_ROUND), "salt": ballot.state["salt"]}
    ballot.state["signature"] = text_of(key.sign(b"dauys.ballot.v1\n" + canonical.encode(signed)))


def cast_wrongly(forgery: Forgery, round_id: UUID, choices: object, unit: str | None = None) -> None:
    """By its own voter; the office does not count it, but the log holds it."""
    ballot = forgery.ballot(round_id, unit)
    ballot.uncounted = True
    forgery.signed(ballot, choices)


@lie(6, "choices_form")
def points_on_an_approval_ballot(forgery: Forgery) -> None:
    """An approval ballot gives points."""
    cast_wrongly(forgery, forgery.good.published, {"1": 3})


@lie(6, "choices_number")
def four_choices_of_three(forgery: Forgery) -> None:
    """A ballot makes four choices where three are allowed."""
    cast_wrongly(forgery, forgery.good.published, ["1", "2", "3", "4"])


@lie(6, "choices_number")
def a_blank_ballot(forgery: Forgery) -> None:
    """A ballot makes no choice where one is the least."""
    cast_wrongly(forgery, forgery.good.published, [])


@lie(6, "choices_unknown")
def a_choice_off_the_paper(forgery: Forgery) -> None:
    """A ballot chooses what is not on the paper."""
    cast_wrongly(forgery, forgery.good.published, ["77"])


@lie(6, "choices_unit")
def a_choice_of_another_unit(forgery: Forgery) -> None:
    """A voter of the city chooses a project of a district."""
    cast_wrongly(forgery, forgery.good.published, ["9"], CITY)


@lie(6, "choices_order")
def one_project_chosen_twice(forgery: Forgery) -> None:
    """A ballot chooses one project twice."""
    cast_wrongly(forgery, forgery.good.published, ["1", "1"])


@lie(6, "choices_order")
def choices_out_of_order(forgery: Forgery) -> None:
    """An approval ballot's list is not in its one order, which could carry a mark."""
    cast_wrongly(forgery, forgery.good.published, ["2", "1"])


@lie(6, "choices_points")
def more_points_than_allowed(forgery: Forgery) -> None:
    """A ballot gives more points than it has."""
    cast_wrongly(forgery, forgery.good.provisional, {"1": 6})


@lie(6, "choices_points")
def no_points_given(forgery: Forgery) -> None:
    """A ballot gives no points to what it chooses."""
    cast_wrongly(forgery, forgery.good.provisional, {"1": 0})


# Step 7: no credential twice.


@lie(7, "credential_twice")
def a_voter_counted_twice(forgery: Forgery) -> None:
    """A second ballot of one credential is in the log and in the count."""
    first = forgery.ballot(forgery.good.published)
    second = own(first)
    second.state["salt"] = text_of(bytes(16))
    forgery.signed(second, ["7"])
    forgery.insert(forgery.told.index(first) + 1, second)


@lie(7, "credential_twice")
def a_ballot_counted_twice(forgery: Forgery) -> None:
    """The same ballot is in the log twice, and in the count."""
    first = forgery.ballot(forgery.good.published)
    forgery.insert(forgery.told.index(first) + 1, own(first))


@lie(7, "ballot_id")
def a_ballot_under_another_id(forgery: Forgery) -> None:
    """A ballot has an id under which its voter could be stored a second time."""
    forgery.ballot(forgery.good.published).event["id"] = str(UUID(int=5, version=5))


# Step 8: two registers.


def slips_of(forgery: Forgery) -> Json:
    slips: Json = forgery.one("roll.slips_reconciled.v1").state["slips"][0]
    return slips


def altered_slips(forgery: Forgery, **counts: int) -> None:
    forgery.one("roll.slips_reconciled.v1").alter = lambda event: event["state"]["slips"][0].update(counts)


@lie(8, "slips_few")
def fewer_slips_than_people(forgery: Forgery) -> None:
    """There are more people on the roll than credentials for them."""
    forgery.one("roll.sealed.v1", forgery.good.published).state["people"][CITY] = 50


@lie(8, "slips_few")
def more_spares_than_allowed(forgery: Forgery) -> None:
    """There are more spare credentials than the rule allows."""
    forgery.one("roll.sealed.v1", forgery.good.published).state["people"][CITY] = 28


@lie(8, "slips_differ")
def a_slip_in_no_pile(forgery: Forgery) -> None:
    """A printed slip is in no pile and nobody explains it."""
    altered_slips(forgery, unused=slips_of(forgery)["unused"] - 1)


@lie(8, "slips_differ")
def more_ballots_than_slips(forgery: Forgery) -> None:
    """More ballots were cast than slips handed out, and nobody explains it."""
    altered_slips(forgery, handed_out=40, unused=7)


@lie(8, "slips_replaced")
def a_slip_replaced_by_one_person(forgery: Forgery) -> None:
    """Who asked for a second slip granted it too."""
    state = forgery.of("roll.slip_replaced.v1")[0].state
    state["approved_by"] = state["by"]


@lie(8, "slips_replaced")
def a_slip_replaced_without_a_spare(forgery: Forgery) -> None:
    """A slip was replaced by one that somebody on the roll was due."""
    last = forgery.of("roll.slip_replaced.v1")[-1]
    forgery.insert_event(last, last, last.topic, {**last.state, "fate": "lost"})


@lie(8, "slips_replaced")
def a_slip_replaced_after_closing(forgery: Forgery) -> None:
    """A second slip was handed out when voting was over."""
    closed = forgery.one("round.voting_closed.v1", forgery.good.published)
    replaced = forgery.of("roll.slip_replaced.v1")[-1]
    forgery.insert_event(closed, replaced, replaced.topic, {**replaced.state, "fate": "not_handed_over"})


@lie(8, "slips_replaced")
def a_slip_replaced_before_there_were_any(forgery: Forgery) -> None:
    """A second slip was handed out before slips were registered."""
    replaced = forgery.of("roll.slip_replaced.v1")[0]
    sealed = forgery.one("roll.sealed.v1", forgery.good.published)
    forgery.insert_event(sealed, replaced, replaced.topic, {**replaced.state, "fate": "not_handed_over"})


@lie(8, "slips_printed")
def a_slip_more_than_registered(forgery: Forgery) -> None:
    """More slips were printed than credentials registered."""
    altered_slips(forgery, printed=slips_of(forgery)["printed"] + 1, spoiled=slips_of(forgery)["spoiled"] + 1)


@lie(8, "slips_cast")
def ballots_miscounted_at_reconciling(forgery: Forgery) -> None:
    """The reconciliation counts fewer ballots than the log holds."""
    altered_slips(forgery, cast=43)


@lie(8, "kiosk_differs")
def a_kiosk_with_another_key(forgery: Forgery) -> None:
    """A kiosk is listed with another key than it enrolled with."""
    forgery.file_lies["kiosks.json"] = edited(lambda kiosks: kiosks[0].update(public_key="00" * 32))


@lie(8, "kiosk_differs")
def a_kiosk_left_out(forgery: Forgery) -> None:
    """A kiosk that was enrolled, and delivered nothing, is not listed."""
    enrolled = forgery.one("kiosk.enrolled.v1")
    second = own(invitation(forgery))
    second.event |= {"topic": enrolled.topic, "version": 2, "state": dict(enrolled.state)}
    forgery.insert(len(forgery.told), second)


@lie(8, "kiosk_counts")
def more_recorded_than_delivered(forgery: Forgery) -> None:
    """More ballots of a kiosk were recorded than it delivered."""
    forgery.file_lies["kiosks.json"] = edited(
        lambda kiosks: kiosks[0].update(recorded=kiosks[0]["delivered"] + 1)
    )


@lie(8, "ballots_undelivered")
def ballots_from_nowhere(forgery: Forgery) -> None:
    """The log holds five ballots that no kiosk delivered."""

    def fewer(kiosks: list[Json]) -> None:
        kiosks[0]["delivered"] = kiosks[0]["recorded"] = kiosks[0]["recorded"] - 5

    forgery.file_lies["kiosks.json"] = edited(fewer)


@lie(8, "malformed")
def kiosks_of_no_form(forgery: Forgery) -> None:
    """The list of kiosks is not one."""
    forgery.file_lies["kiosks.json"] = lambda _: b"[1]"


# Step 9: the recount.


def funds(document: Json, project: str) -> None:
    """Fund it as if it had been its turn, and let the money agree."""
    told = line(document, project)
    told |= {"reason": "funded", "left_tiyn": None, "excluded_by": None, "stopped_by": None}
    money = next(unit for unit in document["units"] if unit["unit"] == told["unit"])
    money["spent_tiyn"] += told["cost_tiyn"]
    money["left_tiyn"] -= told["cost_tiyn"]


@lie(9, "rules_unknown")
def rules_of_another_version(forgery: Forgery) -> None:
    """The round is held under a version of the rules that nobody knows."""
    forgery.one("round.drafted.v1", forgery.good.published).state["terms"]["rules"]["version"] = "other-1"
    forgery.set_paper(forgery.good.published, lambda paper: paper["rules"].update(version="other-1"))


@lie(9, "lines_differ")
def a_project_left_out_of_the_conclusion(forgery: Forgery) -> None:
    """The conclusion leaves a project out."""
    forgery.document_lie = on_documents(lambda document: document["lines"].remove(line(document, "5")))


@lie(9, "lines_differ")
def lines_in_another_order(forgery: Forgery) -> None:
    """The conclusion's lines stand in another order than their ranks."""
    forgery.document_lie = on_documents(
        lambda document: document["lines"].insert(0, document["lines"].pop(1)), 1
    )


@lie(9, "votes_differ")
def a_tenth_voter_made_up(forgery: Forgery) -> None:
    """The conclusion gives a project with nine voters a tenth."""
    forgery.document_lie = on_documents(lambda document: line(document, "5").update(voters=10, score=10))


@lie(9, "fewer_than_ten_voters")
def a_winner_with_nine_voters(forgery: Forgery) -> None:
    """A project with nine voters is funded."""
    forgery.document_lie = on_documents(lambda document: funds(document, "5"))


@lie(9, "below_local_threshold")
def a_winner_below_the_local_threshold(forgery: Forgery) -> None:
    """A project with eleven voters is funded where twelve are asked for."""
    forgery.document_lie = on_documents(lambda document: funds(document, "6"))


@lie(9, "withdrawn")
def a_withdrawn_winner(forgery: Forgery) -> None:
    """A project that was withdrawn is funded."""
    forgery.document_lie = on_documents(lambda document: funds(document, "8"), 2)


@lie(9, "excluded_by_another")
def both_of_two_that_exclude_each_other(forgery: Forgery) -> None:
    """Two projects that exclude each other are both funded."""
    forgery.document_lie = on_documents(lambda document: funds(document, "2"))


@lie(9, "tie_differs")
def a_tie_flipped(forgery: Forgery) -> None:
    """Of two projects with equal votes and costs the one that lost the lot is funded."""

    def flipped(document: Json) -> None:
        tied = [line(document, project) for project in document["ties"][0]["projects"]]
        first, second = (document["lines"].index(each) for each in tied)
        verdict = ("rank", "reason", "left_tiyn")
        winner, loser = ({name: each[name] for name in verdict} for each in tied)
        tied[0].update(loser)
        tied[1].update(winner)
        document["lines"][first], document["lines"][second] = tied[1], tied[0]
        document["ties"][0]["projects"].reverse()

    forgery.document_lie = on_documents(flipped, 1)


@lie(9, "tie_differs")
def a_tie_hushed_up(forgery: Forgery) -> None:
    """A tie that mattered is told as decided by the cost when it was the lot."""
    forgery.document_lie = on_documents(
        lambda document: document["ties"][0].update(resolved_by="lower_cost"), 1
    )


@lie(9, "verdict_differs")
def a_winner_that_does_not_fit(forgery: Forgery) -> None:
    """The favourite is funded although its unit's money does not reach."""
    forgery.document_lie = on_documents(lambda document: funds(document, "7"))


@lie(9, "verdict_differs")
def a_winner_denied(forgery: Forgery) -> None:
    """A project that won is told not to have fitted."""
    forgery.document_lie = on_documents(lambda document: line(document, "9").update(reason="did_not_fit"))


@lie(9, "money_differs")
def a_tiyn_missing(forgery: Forgery) -> None:
    """One tiyn of a unit's envelope is gone."""
    forgery.document_lie = on_documents(
        lambda document: document["units"][0].update(left_tiyn=document["units"][0]["left_tiyn"] - 1)
    )


@lie(9, "turnout_differs")
def turnout_improved(forgery: Forgery) -> None:
    """The conclusion tells a higher turnout."""
    forgery.document_lie = on_documents(lambda document: document["turnout"][0].update(people=44))


# Step 10: what was published.


@lie(10, "finding_differs")
def a_conclusion_under_another_title(forgery: Forgery) -> None:
    """The conclusion's document has another title than the round."""
    forgery.document_lie = on_documents(lambda document: document.update(title="Another round"), 1)


@lie(10, "finding_checkpoint")
def a_conclusion_under_a_root_nobody_signed(forgery: Forgery) -> None:
    """A conclusion names a root that was never signed."""
    forgery.document_lie = on_documents(lambda document: document["checkpoint"].update(root="00" * 32), 2)


@lie(10, "finding_early")
def a_conclusion_before_the_closing(forgery: Forgery) -> None:
    """A conclusion stands under a checkpoint from before the closing."""

    def earlier(place: int, document: Json) -> None:
        if place == 1:
            size = forgery.sizes[2]
            document["checkpoint"] |= {"size": size, "root": forgery.roots[size].hex()}

    forgery.document_lie = earlier


@lie(10, "approval_differs")
def approved_by_its_author(forgery: Forgery) -> None:
    """A conclusion was drafted by the one who approved it."""
    approved = forgery.one("conclusion.approved.v1").state
    forgery.one("conclusion.redrafted.v1").state["by"] = approved["by"]


@lie(10, "approval_differs")
def published_without_approval(forgery: Forgery) -> None:
    """A correction was published that nobody had approved."""
    forgery.forget(forgery.of("conclusion.approved.v1")[1])


@lie(10, "approval_differs")
def another_document_published(forgery: Forgery) -> None:
    """Another document was published than the one approved."""
    forgery.of("conclusion.published.v1")[1].alter = lambda event: event["state"].update(
        document_digest="00" * 32
    )


@lie(10, "approval_differs")
def concluded_with_another_document(forgery: Forgery) -> None:
    """The round was concluded with another document than the one approved."""
    forgery.one("round.concluded.v1").alter = lambda event: event["state"].update(conclusion_digest="00" * 32)


@lie(10, "channels_missing")
def not_in_the_press(forgery: Forgery) -> None:
    """The conclusion was published on the site only."""
    for each in forgery.of("conclusion.published.v1"):
        each.state["channels"] = each.state["channels"][:1]


@lie(10, "json_differs")
def another_json(forgery: Forgery) -> None:
    """The JSON download gives a project a vote more."""
    forgery.file_lies[of(forgery.good.published, "results.json")] = edited(
        lambda results: results["lines"][0].update(voters=31)
    )


@lie(10, "json_differs")
def a_provisional_result_improved(forgery: Forgery) -> None:
    """Provisional results are not those of the ballots."""
    forgery.file_lies[of(forgery.good.provisional, "results.json")] = edited(
        lambda results: results["lines"][0].update(score=34)
    )


@lie(10, "json_differs")
def a_version_kept_quiet(forgery: Forgery) -> None:
    """The JSON download does not tell that there was an earlier version."""
    forgery.file_lies[of(forgery.good.published, "results.json")] = edited(
        lambda results: results["versions"].pop(0)
    )


def witnessed(forgery: Forgery) -> None:
    """The results name a witness who is in the policy."""
    ask_for_the_witness(forgery)
    claim = {"witness": "witness.example", "size": forgery.sizes[-1], "at": "2027-01-15T08:00:00Z"}
    forgery.file_lies[of(forgery.good.published, "results.json")] = edited(
        lambda results: results["witnesses"].append(claim)
    )


@lie(10, "json_differs")
def a_witness_who_saw_nothing(forgery: Forgery) -> None:
    """The JSON download names a witness at a time at which nothing was cosigned."""
    witnessed(forgery)
    forgery.note_lie = lambda size, note: cosigned(note, 1_700_000_000) if size == forgery.sizes[-1] else note


@lie(10, "json_differs")
def a_witness_who_saw_something_else(forgery: Forgery) -> None:
    """The JSON download names a witness whose cosignature is of another checkpoint."""
    witnessed(forgery)
    policy = forgery.files["log/policy.txt"]
    forgery.files["log/policy.txt"] = policy.replace(b"quorum all-of-us", b"quorum none")
    forged = WITNESS.signature_line("another\n", COSIGNED)
    forgery.note_lie = lambda size, note: note + forged if size == forgery.sizes[-1] else note
    forgery.newest_lie = lambda note: note.replace(forged, "")


@lie(10, "csv_differs")
def another_csv(forgery: Forgery) -> None:
    """The CSV download differs from the JSON."""
    forgery.file_lies[of(forgery.good.published, "results.csv")] = replacing(b",did_not_fit,", b",funded,")


@lie(10, "csv_differs")
def a_shorter_csv(forgery: Forgery) -> None:
    """The CSV download leaves a project out."""
    forgery.file_lies[of(forgery.good.published, "results.csv")] = lambda body: (
        body.rsplit(b"\r\n", 2)[0] + b"\r\n"
    )


@lie(10, "pb_differs")
def another_winner_in_the_pb(forgery: Forgery) -> None:
    """The .pb download names another winner."""
    forgery.file_lies[of(forgery.good.published, "results.pb")] = lambda body: re.sub(
        rb"(\n5;.*;)0(;)", rb"\g<1>1\2", body, count=1
    )


@lie(10, "pb_differs")
def another_vote_in_the_pb(forgery: Forgery) -> None:
    """The .pb download has a vote fewer."""
    forgery.file_lies[of(forgery.good.published, "results.pb")] = lambda body: (
        body.rsplit(b"\n", 2)[0] + b"\n"
    )


# Step 11: corrections.


@lie(11, "version_missing")
def a_rejected_draft_vanished(forgery: Forgery) -> None:
    """The document of a draft that was rejected is gone."""
    forgery.file_lies[of(forgery.good.published, "conclusions/1.json")] = gone


@lie(11, "version_missing")
def a_replaced_version_vanished(forgery: Forgery) -> None:
    """The version that was corrected is gone."""
    forgery.file_lies[of(forgery.good.published, "conclusions/2.json")] = gone
    forgery.file_lies[of(forgery.good.published, "results.json")] = edited(
        lambda results: results.update(changes=[])
    )


@lie(11, "version_extra")
def a_document_nobody_named(forgery: Forgery) -> None:
    """There is a conclusion's document that no event names."""

    def another(_: bytes) -> bytes:
        return canonical.encode({**json.loads(forgery.documents[forgery.conclusions[0]]), "number": 7})

    forgery.file_lies[of(forgery.good.published, "conclusions/4.json")] = another


@lie(11, "conclusion_twice")
def a_second_conclusion(forgery: Forgery) -> None:
    """A second conclusion of one round was drafted beside the first."""
    second = own(forgery.one("conclusion.drafted.v1"))
    second.event["id"] = str(UUID(int=6))
    forgery.insert(len(forgery.told), second)


@lie(11, "correction_number")
def a_correction_out_of_number(forgery: Forgery) -> None:
    """A correction's number leaves one out, as if there had been another."""
    forgery.one("conclusion.correction_drafted.v1").state["number"] = 3


@lie(11, "correction_replaces")
def a_correction_of_something_else(forgery: Forgery) -> None:
    """A correction names the rejected draft as what it replaces."""
    drafted = forgery.one("conclusion.drafted.v1")
    correction = forgery.one("conclusion.correction_drafted.v1")
    correction.state["replaces"] = drafted.state["finding"]["document_digest"]


@lie(11, "correction_reason")
def a_correction_without_a_reason(forgery: Forgery) -> None:
    """A correction gives no reason."""
    forgery.one("conclusion.correction_drafted.v1").state["reason"] = ""


@lie(11, "correction_reason")
def a_correction_with_two_reasons(forgery: Forgery) -> None:
    """A correction's document gives another reason than its event."""
    forgery.document_lie = on_documents(lambda document: document.update(reason="a slip of the pen"), 2)


@lie(11, "correction_nothing")
def a_correction_of_nothing(forgery: Forgery) -> None:
    """A correction changes nothing."""
    forgery.remove(forgery.of("proposal.withdrawn.v1")[-1])


# Step 12: findings; `tests.audit.lies_of_acts` has the rest.


def found(forgery: Forgery, **closed: str) -> Told:
    """A finding, opened, answered and closed behind all else; the event that opened it."""
    size, subject = forgery.sizes[3], {"kind": "entries", "id": None, "first": 1, "last": 2}
    statement = {"title": "Slips", "summary": "Three are missing.", "text_digest": "00" * 32}
    statement |= {"legal_basis": "", "severity": "minor"}
    opened: Json = {"by": "auditor-1", "statement": statement, "subject": subject}
    opened |= {"checkpoint_root": "", "checkpoint_size": size, "originator_topic": "finding"}
    answered: Json = {"by": "clerk-1", "document_digest": "00" * 32, "number": 1, "summary": "Found again."}
    closing: Json = {"by": "auditor-1", "outcome": "mended", "reason": "Counted again."} | closed
    told = []
    for version, name in enumerate(("opened", "answered", "closed"), start=1):
        state = {"timestamp": "2026-09-01T00:00:00Z"} | (opened, answered, closing)[version - 1]
        about: Json = {"id": str(UUID(int=8)), "topic": f"finding.{name}.v1", "version": version}
        told.append(Told(about | {"position": 0, "state": state}, uncounted=True))
        forgery.insert(len(forgery.told), told[-1])
    told[0].alter = lambda event: event["state"].update(checkpoint_root=forgery.roots[size].hex())
    return told[0]


@lie(12, "act_checkpoint")
def a_finding_on_nothing(forgery: Forgery) -> None:
    """A finding names a root that the log never had."""
    found(forgery).alter = lambda event: event["state"].update(checkpoint_root="00" * 32)


@lie(12, "act_sides")
def a_finding_closed_by_the_office(forgery: Forgery) -> None:
    """A finding was closed by the one who answered it."""
    found(forgery, by="clerk-1")
