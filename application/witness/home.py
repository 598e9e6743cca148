"""Where a witness lives: a folder with its key (mode 0600), its name, and a file for each log it trusts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from application.durable_files import create_file
from application.keys import Keys
from application.log.cosignature import WitnessSigner
from application.witness.witness import Witness


class NoWitness(Exception):  # noqa: N818 - a statement of fact
    """The folder holds no witness, or already another one; the message says what to do."""


@dataclass(frozen=True, slots=True)
class WitnessHome:
    """`keys/witness.key` and `name.txt` make the witness; `logs/` is what it has seen. Neither is of use without the other."""

    folder: Path

    def make(self, name: str) -> WitnessSigner:
        """The witness of this name, made now or before; NoWitness if the folder is another's."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        signer = self._signer(name)  # an unfit name makes no file
        try:
            create_file(self._name_file, f"{name}\n".encode())
        except FileExistsError:
            if self._name() != name:
                raise NoWitness(
                    f"{self.folder} holds a witness of another name; take another folder"
                ) from None
        return signer

    def signer(self) -> WitnessSigner:
        """NoWitness before `make`."""
        return self._signer(self._name())

    def open(self, now: Callable[[], datetime]) -> Witness:
        return Witness(self.folder / "logs", self.signer(), now)

    @property
    def _name_file(self) -> Path:
        return self.folder / "name.txt"

    def _name(self) -> str:
        if not self._name_file.exists():
            raise NoWitness(f"{self.folder} holds no witness; make one with: dauys witness init")
        return self._name_file.read_text("utf-8").removesuffix("\n")

    def _signer(self, name: str) -> WitnessSigner:
        return Keys(self.folder / "keys").witness_signer(name)
