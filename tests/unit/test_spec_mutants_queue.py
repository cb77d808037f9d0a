"""Seeded bugs in the models of one mechanism, for the properties that no switch of a kernel breaks."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.unit.test_spec_mutants import verdict
from uringcheck import Fair, Model, action, part, require
from uringcheck.run.verdicts import Verdict
from uringcheck.spec.closed_fd import ClosedFd
from uringcheck.spec.deferred_completions import DeferredCompletions
from uringcheck.spec.parts.cqe import ECONNRESET, Cqe, Request
from uringcheck.spec.parts.ending_handler import EndingHandler
from uringcheck.spec.parts.ending_socket import EndingSocket
from uringcheck.spec.parts.fallible_queue import FallibleQueue
from uringcheck.spec.parts.linked_request import LinkedRequest
from uringcheck.spec.parts.stream_socket import StreamSocket
from uringcheck.spec.parts.task_context import TaskRequest
from uringcheck.spec.recv_dropped import RecvDropped
from uringcheck.spec.recv_endings import RecvEndings
from uringcheck.spec.recv_linked import RecvLinked
from uringcheck.spec.recv_task_run import RecvTaskRun
from uringcheck.spec.reissue import Place, Reissue
from uringcheck.spec.resubmission import Resubmission, Turn
from uringcheck.spec.sizes import NB, G


class TellsResetFirst(EndingHandler):
    """Looks at the socket's error before its data, and leaves it there."""

    @action(fair=Fair.WEAK)
    def receive(self) -> None:
        """A reset is told as soon as it is known."""
        require(self.poll.runs_handler)
        if self.ending.reset:
            self.poll.complete(-ECONNRESET, None)
        elif not self.socket.readable:
            self.poll.wait()
        elif self.socket.unread == 0:
            self.receive_nothing()
        elif self.pool.ring.empty:
            self.poll.wait()
        else:
            self.receive_unit()


class EndsAfterOne(EndingHandler):
    """Ends the multishot with its first unit."""

    def report(self, unit: int, bid: int) -> None:
        """What was received is the last completion."""
        self.poll.complete(unit, bid)


class ReceiveTellingResetFirst(RecvEndings):
    """Multishot receive with that handler."""

    socket: EndingSocket = part(RESET=True)
    handler: TellsResetFirst = part(ending=socket)


class ReceiveEndingAfterOne(RecvEndings):
    """Multishot receive with that handler."""

    socket: EndingSocket = part(RESET=True)
    handler: EndsAfterOne = part(ending=socket)


class ForgetsToCount(FallibleQueue):
    """Drops completions without a word."""

    def post(self, cqe: Cqe) -> None:
        """What does not fit is gone while memory is short."""
        if self.has_slot:
            self.ring.push(cqe)
        elif not self.short:
            self.overflow.push(cqe)


class CountsButForgets(FallibleQueue):
    """Counts what it drops, and forgets that somebody has to be told."""

    @action(lane="kernel")
    def memory_is_back(self) -> None:
        """There is memory again, and all is well."""
        require(self.short)
        self.short = False
        self.dropped = False


class DroppedWithoutCount(RecvDropped):
    """A queue that does not count."""

    cq: ForgetsToCount = part(PARKED=G + NB + 2)


class DroppedAndForgotten(RecvDropped):
    """A queue that forgets."""

    cq: CountsButForgets = part(PARKED=G + NB + 2)


class WaitsForQuiet(LinkedRequest):
    """A successor that runs only while nobody has submitted anything since."""

    @action(fair=Fair.WEAK)
    def run_linked(self) -> None:
        """It misses its turn when the application is faster."""
        require(self.waits and not self.free and not self.poll.live)
        self.waits = False
        self.cq.post(Cqe(request=Request.NOP, gen=0, res=0, bid=None, more=False))


class LinkedMissingItsTurn(RecvLinked):
    """Multishot receive with that successor."""

    successor: WaitsForQuiet = part(LINKS=1)


class RunsAnyway(TaskRequest):
    """Task work that does not wait for the application to enter."""

    @property
    def may_run(self) -> bool:
        """At any time."""
        return True


class TaskRunAnyway(RecvTaskRun):
    """A deferred ring that runs task work at once."""

    socket: StreamSocket = part()
    poll: RunsAnyway = part(file=socket)


class ArmsBlindly(Reissue):
    """Arms without asking the socket."""

    @action(fair=Fair.WEAK)
    def arm(self) -> None:
        """What came in between is not noticed."""
        require(self.place == Place.ARMING)
        self.polled = True
        self.place = Place.ARMED


class FlushLoses(Resubmission):
    """A flush that forgets what it moves."""

    @action(fair=Fair.WEAK)
    def flush(self) -> None:
        """The parked completion is taken out of the list."""
        require(self.turn == Turn.FLUSHING and not self.parked.empty and not self.ring.full)
        self.parked.pop()


class NeverReopens(ClosedFd):
    """An application that keeps its first connection."""

    @action(fair=Fair.WEAK)
    def reopen(self) -> None:
        """It waits for something that does not happen."""
        require(self.current > 2)
        self.current = 2


class ForgetsToReap(DeferredCompletions):
    """An application that leaves the last completion where it is."""

    @action(fair=Fair.WEAK)
    def reap(self) -> None:
        """Consume while there are two."""
        require(len(self.ring) > 1)
        self.ring.pop()
        self.consumed += 1


SMALL = {"M": 2, "NB": 2, "G": 2}

MUTANTS: tuple[tuple[type[Model], type[Model], Mapping[str, object], str], ...] = (
    (RecvEndings, ReceiveTellingResetFirst, SMALL, "reset_means_reset"),
    (RecvEndings, ReceiveTellingResetFirst, SMALL, "end_after_all_data"),
    (RecvEndings, ReceiveEndingAfterOne, SMALL, "data_ends_when_refused"),
    (RecvDropped, DroppedWithoutCount, {"M": 3, "G": 2}, "lost_only_if_counted"),
    (RecvDropped, DroppedWithoutCount, {"M": 3, "G": 2}, "buffers_missed_only_if_counted"),
    (RecvDropped, DroppedAndForgotten, {"M": 3, "G": 2}, "drop_is_told"),
    (RecvLinked, LinkedMissingItsTurn, SMALL, "linked_successor_runs"),
    (RecvTaskRun, TaskRunAnyway, SMALL, "deferred_runs_in_enter"),
    (Reissue, ArmsBlindly, {"issue_flag": True}, "armed_means_empty"),
    (Resubmission, FlushLoses, {"order_rule": True}, "no_request_lost"),
    (ClosedFd, NeverReopens, {}, "second_opened"),
    (DeferredCompletions, ForgetsToReap, {}, "all_told"),
)


@pytest.mark.parametrize(("model", "mutant", "given", "wanted"), MUTANTS)
def test_the_seeded_bug_is_found(
    model: type[Model], mutant: type[Model], given: Mapping[str, object], wanted: str
) -> None:
    """The property holds of the model under the same parameters, and is violated by the mutant."""
    assert verdict(model, given, wanted) is Verdict.HOLDS
    assert verdict(mutant, given, wanted) is Verdict.VIOLATED
