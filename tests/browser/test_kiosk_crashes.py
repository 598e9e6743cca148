"""A kiosk whose browser is killed with -9 at each step of a vote: afterwards exactly one ballot, or none and the voter may vote.

Never two, never a lost one, and never the screen of whoever stood there. Steps that lie between two lines of ours are reached by
breaking what is below the kiosk: the browser's storage, or the server and its answers.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Error

from application.codes import credential
from domain.ballot_form import Choices
from domain.paper import BallotForm, BallotType
from tests.browser.chromium import ARGUMENTS, OWN_BROWSER, as_people_have_it, viewport_of
from tests.browser.counter import WAITING
from tests.browser.hall import CITY, TITLES, Hall, Kiosk
from tests.browser.screens import KIOSK
from tests.dauys import eventually

APPROVAL = BallotForm(BallotType.APPROVAL, 3)
PATIENCE_SECONDS = 30.0
VOTERS = 8
"""One a test, and one to spare."""
_HANG_FROM_WRITE = """number => {
  const begin = IDBDatabase.prototype.transaction
  let writes = 0
  IDBDatabase.prototype.transaction = function (stores, mode, ...rest) {
    if (mode !== "readwrite" || ++writes < number) return begin.call(this, stores, mode, ...rest)
    document.title = "hanging"
    const deaf = () => undefined
    return {objectStore: () => ({add: deaf, put: deaf, delete: deaf})}
  }
}"""
"""From this write on the disk takes nothing and says nothing."""


@dataclass(frozen=True)
class Voter:
    hall: Hall
    round_id: UUID
    code: str

    def ballots(self) -> list[Choices]:
        """Theirs in the log, each with its choices."""
        own = credential(self.code, self.round_id)
        return [choices for by, choices in self.hall.ballots(self.round_id) if by == own]


class Device:
    """A kiosk whose memory outlives its browser. It is enrolled once, and killed in one test after another, each with a voter of
    its own in a round that they share.
    """

    def __init__(self, chromium: Browser, path: str, hall: Hall, profiles: Path) -> None:
        self._chromium = chromium
        self._path = path
        self._hall = hall
        self._profiles = profiles
        self._profile = profiles
        self._context: BrowserContext | None = None
        self._at_rest: Kiosk | None = None
        self._round_id = UUID(int=0)
        self._codes: list[str] = []
        self._voters = 0

    def next_voter(self) -> tuple[Kiosk, Voter]:
        """Before the kiosk, switched on and with nothing waiting; it is enrolled anew if the last test did not `put_back`."""
        kiosk, self._at_rest = self._at_rest, None
        if not (kiosk and self._codes and self._hall.is_open(self._round_id)):
            kiosk = self._new_kiosk()
        self._voters += 1
        return kiosk, Voter(self._hall, self._round_id, self._codes.pop())

    def _new_kiosk(self) -> Kiosk:
        self.switch_off()
        opened = self._hall.open_round(APPROVAL, voters=VOTERS)
        self._round_id, self._codes, self._voters = opened.round_id, list(opened.slips[CITY.kato]), 0
        self._profile = self._profiles / uuid4().hex
        return self.switch_on().enrol()

    def put_back(self, kiosk: Kiosk) -> None:
        """At the end of a test that left nothing on it."""
        kiosk.done()
        assert kiosk.module("database.js", WAITING) == 0
        assert len(self._hall.ballots(self._round_id)) == self._voters
        self._at_rest = kiosk

    def switch_on(self) -> Kiosk:
        self._context = self._chromium.browser_type.launch_persistent_context(
            self._profile,
            executable_path=self._path,
            args=list(ARGUMENTS),
            viewport=viewport_of(KIOSK),
        )
        self._context.set_default_timeout(20_000)
        return Kiosk(self._context.pages[0], self._hall)

    def kill(self) -> None:
        """Every process of this browser at once, as when the power goes; the profile stays as it is."""
        for pid in self._pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.switch_off()

    def switch_off(self) -> None:
        if self._context:
            with suppress(Error):  # of a browser that was killed
                self._context.close()
        self._context = None

    def _pids(self) -> list[int]:
        mark = f"--user-data-dir={self._profile}".encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark in (process / "cmdline").read_bytes().split(b"\0"):
                    found.append(int(process.name))
        assert found
        return found


@pytest.fixture(scope="module")
def shared_device(
    chromium: Browser, shared_hall: Hall, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Device]:
    path = as_people_have_it()
    if path is None:
        pytest.skip(
            f"no Chromium here as a kiosk has it: apt-get install chromium, or name one in {OWN_BROWSER}"
        )
    device = Device(chromium, path, shared_hall, tmp_path_factory.mktemp("profiles"))
    yield device
    device.switch_off()


@pytest.fixture
def device(shared_device: Device, hall: Hall) -> Device:  # noqa: ARG001 - recovers when the device is done
    return shared_device


def before_review(kiosk: Kiosk, code: str) -> None:
    kiosk.begin(code)
    kiosk.choose("1")


def after_the_tap(kiosk: Kiosk, code: str) -> None:
    kiosk.page.evaluate(_HANG_FROM_WRITE, 1)
    kiosk.vote(code, "1")
    kiosk.page.wait_for_function("() => document.title === 'hanging'")
    kiosk.at("casting")


def after_the_spool(kiosk: Kiosk, code: str) -> None:
    kiosk.hall.stop()
    kiosk.vote(code, "1")
    kiosk.at("kept")


def after_sending(kiosk: Kiosk, code: str) -> None:
    kiosk.hall.gate.hold = "before"
    kiosk.vote(code, "1")
    assert kiosk.hall.gate.reached.wait(PATIENCE_SECONDS)


def after_it_was_taken(kiosk: Kiosk, code: str) -> None:
    kiosk.hall.gate.hold = "after"
    kiosk.vote(code, "1")
    assert kiosk.hall.gate.reached.wait(PATIENCE_SECONDS)


def before_the_answer_is_noted(kiosk: Kiosk, code: str) -> None:
    kiosk.page.evaluate(_HANG_FROM_WRITE, 2)
    kiosk.vote(code, "1")
    kiosk.page.wait_for_function("() => document.title === 'hanging'")


def after_the_answer(kiosk: Kiosk, code: str) -> None:
    kiosk.vote(code, "1")
    kiosk.at("recorded")


Step = Callable[[Kiosk, str], None]


def killed(device: Device, hall: Hall, step: Step) -> tuple[Kiosk, Voter]:
    """The same device after it was killed at the step, switched on again, with the server there for it; and who voted then."""
    kiosk, voter = device.next_voter()
    step(kiosk, voter.code)
    device.kill()
    hall.stop()
    hall.start()
    kiosk = device.switch_on().open()
    kiosk.at("resting")
    assert TITLES[0] not in kiosk.page.content()
    return kiosk, voter


@pytest.mark.parametrize("step", [before_review, after_the_tap])
def test_a_vote_that_was_not_on_disk_is_not_cast_and_can_be(device: Device, hall: Hall, step: Step) -> None:
    kiosk, voter = killed(device, hall, step)
    assert voter.ballots() == []
    kiosk.vote(voter.code, "2")
    kiosk.at("recorded")
    assert voter.ballots() == [["2"]]
    device.put_back(kiosk)


@pytest.mark.parametrize(
    "step",
    [after_the_spool, after_sending, after_it_was_taken, before_the_answer_is_noted, after_the_answer],
)
def test_a_vote_that_was_on_disk_is_cast_once(device: Device, hall: Hall, step: Step) -> None:
    kiosk, voter = killed(device, hall, step)
    eventually("all is answered", lambda: kiosk.module("database.js", WAITING) == 0)
    kiosk.vote(voter.code, "2")
    kiosk.at("refused")
    assert voter.ballots() == [["1"]]
    device.put_back(kiosk)
