"""Policies: which logs are believed, and whose cosignatures a checkpoint needs (c2sp.org/tlog-policy).

A file of lines `log`, `witness`, `group`, `quorum`; names mean something only inside it and may be any octets. Each name is a
member of one group at most and each key stands behind one name, so no witness counts twice.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from application.log.cosignature import Cosignature, WitnessVerifier, cosignatures_of
from application.log.note import Checkpoint, NoteInvalid, Verifier, open_checkpoint, parse_note

MAX_POLICY_BYTES = 65_536
MAX_COMPONENTS = 32
"""Logs, witnesses and groups, of each; as many as every implementation should take."""

_NO_QUORUM = "none"
_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_NUMBER = re.compile(r"[1-9][0-9]{0,2}")


class PolicyInvalid(ValueError):  # noqa: N818 - reads as the answer it is
    """Not a policy; the message says which line, and why, and repeats nothing of it."""


class QuorumMissed(ValueError):  # noqa: N818 - as PolicyInvalid
    """Too few of the witnesses that the policy asks for have cosigned the checkpoint."""


@dataclass(frozen=True, slots=True)
class Witness:
    """`name` within the policy; `url`: the submission prefix of its tlog-witness interface, empty when unknown."""

    name: str
    verifier: WitnessVerifier
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Has witnessed what at least `needed` of its members, witnesses or groups, have witnessed."""

    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """`groups` by name. `quorum`: name of a witness or group, or `none`."""

    logs: tuple[Verifier, ...]
    witnesses: tuple[Witness, ...]
    groups: dict[str, Group]
    quorum: str

    def check(self, note: str) -> tuple[Checkpoint, list[Cosignature]]:
        """The checkpoint and its cosignatures, if one of the logs has signed it and the quorum has cosigned it.

        NoteInvalid when it is of none of the logs or some known signature is wrong, QuorumMissed when cosignatures are lacking.
        """
        _, signatures = parse_note(note)
        log = next((log for log in self.logs if any(each.is_by(log) for each in signatures)), None)
        if log is None:
            raise NoteInvalid("the checkpoint is signed by no log of the policy")
        checkpoint = open_checkpoint(note, log)
        cosignatures = cosignatures_of(note, [witness.verifier for witness in self.witnesses])
        if not self.is_met_by({cosignature.witness for cosignature in cosignatures}):
            raise QuorumMissed("too few of the policy's witnesses have cosigned the checkpoint")
        return checkpoint, cosignatures

    def is_met_by(self, cosigners: Collection[WitnessVerifier]) -> bool:
        """Whether these have witnessed enough."""
        witnessed = {witness.name for witness in self.witnesses if witness.verifier in cosigners}
        for name, group in self.groups.items():  # a group only refers to names above it
            if len(witnessed.intersection(group.members)) >= group.needed:
                witnessed.add(name)
        return self.quorum == _NO_QUORUM or self.quorum in witnessed


def parse_policy(data: bytes) -> Policy:
    """The policy that a file holds, or PolicyInvalid."""
    if len(data) > MAX_POLICY_BYTES:
        raise PolicyInvalid(f"the policy is longer than {MAX_POLICY_BYTES} bytes")
    reading = _Reading()
    for number, line in enumerate(data.split(b"\n"), start=1):
        try:
            reading.take(line)
        except (NoteInvalid, PolicyInvalid) as wrong:
            raise PolicyInvalid(f"line {number}: {wrong}") from None
    if reading.quorum is None:
        raise PolicyInvalid("the policy has no quorum line")
    return Policy(tuple(reading.logs), tuple(reading.witnesses.values()), reading.groups, reading.quorum)


@dataclass(slots=True)
class _Reading:
    """What the lines so far have defined."""

    logs: list[Verifier] = field(default_factory=list)
    witnesses: dict[str, Witness] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    quorum: str | None = None

    def take(self, line: bytes) -> None:
        if _FORBIDDEN.search(line):
            raise PolicyInvalid("a control character")
        # Octets that are not UTF-8 must survive as parts of names; only spaces and tabs part words.
        words = [word for word in re.split(r"[ \t]+", line.decode("utf-8", "surrogateescape")) if word]
        if not words or words[0].startswith("#"):
            return
        match words:
            case ["log", key] | ["log", key, _]:
                self._log(Verifier.parse(key))
            case ["witness", name, key]:
                self._witness(Witness(name, WitnessVerifier.parse(key)))
            case ["witness", name, key, url]:
                self._witness(Witness(name, WitnessVerifier.parse(key), url.rstrip("/")))
            case ["group", name, needed, *members] if members:
                self._group(name, needed, tuple(members))
            case ["quorum", name]:
                self._quorum(name)
            case _:
                raise PolicyInvalid("not a log, witness, group or quorum line")

    def _log(self, log: Verifier) -> None:
        if log.public_key in {each.public_key for each in self.logs}:
            raise PolicyInvalid("this log's key stands on a line above")
        if len(self.logs) == MAX_COMPONENTS:
            raise PolicyInvalid(f"more than {MAX_COMPONENTS} logs")
        self.logs.append(log)

    def _witness(self, witness: Witness) -> None:
        self._refuse_name(witness.name)
        if witness.verifier.public_key in {each.verifier.public_key for each in self.witnesses.values()}:
            raise PolicyInvalid("this witness's key stands on a line above")
        if len(self.witnesses) == MAX_COMPONENTS:
            raise PolicyInvalid(f"more than {MAX_COMPONENTS} witnesses")
        self.witnesses[witness.name] = witness

    def _group(self, name: str, needed: str, members: tuple[str, ...]) -> None:
        self._refuse_name(name)
        if len(self.groups) == MAX_COMPONENTS:
            raise PolicyInvalid(f"more than {MAX_COMPONENTS} groups")
        for member in members:
            if not self._is_defined(member):
                raise PolicyInvalid("a member is not defined on a line above")
            if member in self.members:
                raise PolicyInvalid("a member belongs to a group already")
            self.members.add(member)
        least = {"any": "1", "all": str(len(members))}.get(needed, needed)
        if not _NUMBER.fullmatch(least) or int(least) > len(members):
            raise PolicyInvalid("a group needs any, all, or a number of its members")
        self.groups[name] = Group(int(least), members)

    def _quorum(self, name: str) -> None:
        if self.quorum is not None:
            raise PolicyInvalid("a second quorum line")
        if name != _NO_QUORUM and not self._is_defined(name):
            raise PolicyInvalid("the quorum is not defined on a line above")
        self.quorum = name

    def _is_defined(self, name: str) -> bool:
        return name in self.witnesses or name in self.groups

    def _refuse_name(self, name: str) -> None:
        if name == _NO_QUORUM or self._is_defined(name):
            raise PolicyInvalid("this name is taken")
