"""Letters to residents: a port, and two ways behind it: a file in a folder, or a program that takes the letter on.

A letter holds a code or a person's address, so no letter is ever logged, and a file of one is for its owner alone.
"""

import os
import secrets
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import ClassVar, Protocol

from application.store import Clock
from domain.errors import Refused

SUBJECT_CHARS = 200
TEXT_CHARS = 20_000
_SEND_SECONDS = 15
_SECRET_FILE = 0o600
_SECRET_FOLDER = 0o700


class LetterNotSent(Refused):
    """The program that sends letters failed or took too long, or the file has no room; nothing is known to have been sent."""

    code: ClassVar[str] = "letter_not_sent"


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """Plain text to one address, which is an e-mail address or a telephone number."""

    to: str
    subject: str
    text: str

    def __repr__(self) -> str:
        return "Letter(hidden)"

    def message(self, sender: str) -> bytes:
        """RFC 5322, ready for a mail program. `email` refuses a line break in a header, so no address adds one."""
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"], message["Subject"] = sender, self.to, self.subject[:SUBJECT_CHARS]
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers it
        message.set_content(self.text[:TEXT_CHARS])
        return bytes(message)


class Sender(Protocol):
    def send(self, letter: Letter) -> None:
        """Returns when the letter is on its way; LetterNotSent when it is not known to be."""


class FileSender:
    """Each letter a file `<time>-<random>.eml` of mode 0600 in one folder, for tests and for whoever fetches them there."""

    def __init__(self, folder: Path, sender: str, clock: Clock) -> None:
        self._folder = folder
        self._sender = sender
        self._clock = clock

    def send(self, letter: Letter) -> None:
        name = f"{self._clock():%Y%m%dT%H%M%S%fZ}-{secrets.token_hex(4)}"
        part = self._folder / f".{name}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=_SECRET_FOLDER)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _SECRET_FILE)
            with os.fdopen(descriptor, "wb") as file:
                file.write(letter.message(self._sender))
            part.rename(self._folder / f"{name}.eml")  # whoever fetches letters never sees half of one
        except OSError:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise LetterNotSent from None


class CommandSender:
    """Hands each letter to a program's standard input, as `sendmail -t` takes it; no shell stands in between."""

    def __init__(self, command: tuple[str, ...], sender: str) -> None:
        self._command = command
        self._sender = sender

    def send(self, letter: Letter) -> None:
        try:
            subprocess.run(  # noqa: S603 - the operator's own setting; the letter is only its input
                self._command,
                input=letter.message(self._sender),
                check=True,
                timeout=_SEND_SECONDS,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # it may echo the address
            )
        except (OSError, subprocess.SubprocessError):
            raise LetterNotSent from None
