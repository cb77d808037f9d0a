"""Seeded bugs in the shipped models: the property that is there for a bug finds it, and finds nothing without it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from uringcheck import Fair, Model, action, part, require
from uringcheck.lang.tree import elaborate
from uringcheck.run.check import check
from uringcheck.run.question import Question, Subject
from uringcheck.run.verdicts import Verdict
from uringcheck.spec.accept_multishot import AcceptMultishot
from uringcheck.spec.clients.contract import Contract
from uringcheck.spec.parts.accept_handler import AcceptHandler
from uringcheck.spec.parts.cqe import Cqe, Request
from uringcheck.spec.parts.poll_handler import PollHandler
from uringcheck.spec.parts.polled_request import Phase, PolledRequest
from uringcheck.spec.poll_multishot import PollMultishot
from uringcheck.spec.recv_multishot import RecvMultishot
from uringcheck.spec.recvmsg_import import Answer, RecvmsgImport
from uringcheck.spec.recvmsg_multishot import RecvmsgMultishot


class AcceptsOnePerRun(AcceptHandler):
    """Leaves what else is in the backlog to a wake that was merged with this one."""

    @action(fair=Fair.WEAK)
    def accept(self) -> None:
        """Accept one connection and wait."""
        require(self.poll.runs_handler)
        if self.socket.readable and self.cq.takes_aux:
            self.socket.accept()
            fd = self.socket.accepted
            self.cq.post(Cqe(request=Request.SUBJECT, gen=self.poll.gen, res=fd, bid=None, more=True))
        self.poll.wait()


class AcceptsIntoNothing(AcceptHandler):
    """Accepts where the completion queue has no room, and tells nobody."""

    @action(fair=Fair.WEAK)
    def accept(self) -> None:
        """Accept one connection, and report it if there is room."""
        require(self.poll.runs_handler)
        if not self.socket.readable:
            self.poll.wait()
        else:
            self.socket.accept()
            if self.cq.takes_aux:
                fd = self.socket.accepted
                self.cq.post(Cqe(request=Request.SUBJECT, gen=self.poll.gen, res=fd, bid=None, more=True))


class ArmsBlindly(PollHandler):
    """Does not ask the file when it arms."""

    @action(fair=Fair.WEAK)
    def add(self) -> None:
        """Wait for the next wake."""
        require(self.poll.phase == Phase.ISSUING)
        self.poll.phase = Phase.WAITING


class NeverFlushes(Contract):
    """Waits for parked completions to come by themselves."""

    @property
    def wants_flush(self) -> bool:
        """Never."""
        return False


class CancelsQuietly(PolledRequest):
    """Marks a request as cancelled and wakes nobody."""

    def cancel(self) -> None:
        """Set the flag."""
        self.cancelled = True


class OnePerRun(AcceptMultishot):
    """Accept with a handler that does not loop."""

    handler: AcceptsOnePerRun = part()


class IntoNothing(AcceptMultishot):
    """Accept with a handler that drops what does not fit."""

    handler: AcceptsIntoNothing = part()


class Blindly(PollMultishot):
    """Poll that misses what was there before."""

    handler: ArmsBlindly = part()


class ReceiveNeverFlushing(RecvMultishot):
    """Receive with an application that ignores IORING_SQ_CQ_OVERFLOW."""

    client: NeverFlushes = part()


class PollCancelledQuietly(PollMultishot):
    """Poll with a cancellation that task work hears of by chance."""

    poll: CancelsQuietly = part()


class RefusesAll(RecvmsgImport):
    """Takes no iovec."""

    @action
    def prepare(self) -> None:
        """Answer -EINVAL."""
        require(self.answer == Answer.PENDING)
        self.answer = Answer.EINVAL if self.iovlen > 0 else Answer.WHOLE_BUFFER


class TakesAll(RecvmsgImport):
    """Takes the first of several iovecs."""

    @action
    def prepare(self) -> None:
        """Answer whatever there is."""
        require(self.answer == Answer.PENDING)
        self.answer = Answer.LENGTH if self.iovlen > 0 else Answer.WHOLE_BUFFER


#: What 6.12 does with an interrupted flush, and an application that arms early.
CACHED: Mapping[str, object] = {
    "order_rule": True, "split_flush": True, "flush_drops_cache": False, "client": "eager",
}  # fmt: skip
HINT: Mapping[str, object] = {"hint_stop": True}

MUTANTS: tuple[tuple[type[Model], type[Model], Mapping[str, object], str], ...] = (
    (AcceptMultishot, OnePerRun, {}, "never_stuck_accepting"),
    (AcceptMultishot, OnePerRun, {}, "connections_eventually_delivered"),
    (AcceptMultishot, IntoNothing, {}, "connections_conserved"),
    (AcceptMultishot, AcceptMultishot, {"allow_overflow": True}, "connections_in_order"),
    (AcceptMultishot, AcceptMultishot, {"stop_code": False}, "ecanceled_means_cancelled"),
    (PollMultishot, Blindly, {}, "never_stuck_polling"),
    (PollMultishot, PollCancelledQuietly, {}, "cancel_eventually_ends"),
    (PollMultishot, PollMultishot, {"result_on_stop": False}, "ecanceled_means_cancelled"),
    (PollMultishot, PollMultishot, {"allow_overflow": True}, "nothing_after_final"),
    (RecvMultishot, RecvMultishot, HINT, "more_eventually_clears"),
    (RecvMultishot, RecvMultishot, {"result_on_stop": False}, "data_eventually_delivered"),
    (RecvMultishot, RecvMultishot, {"unpolled_ok": False}, "buffers_come_back"),
    (RecvMultishot, ReceiveNeverFlushing, {}, "parked_eventually_seen"),
    (RecvMultishot, RecvMultishot, CACHED, "no_slots_while_parked"),
    (RecvMultishot, RecvMultishot, CACHED, "eof_after_all_data"),
    (RecvMultishot, RecvMultishot, {"trace_once": False}, "traced_once"),
    (RecvMultishot, RecvMultishot, {"trace_once": False}, "traced_exists"),
    (RecvMultishot, RecvMultishot, {"DRAINS": 1, "cq_extra_leak": True}, "successor_runs"),
    (RecvmsgImport, RecvmsgImport, {"iovlen0": False}, "no_iovec_is_whole_buffer"),
    (RecvmsgImport, RefusesAll, {}, "one_iovec_is_read"),
    (RecvmsgImport, TakesAll, {}, "more_iovecs_are_refused"),
    (RecvmsgMultishot, RecvmsgMultishot, {"SHORT": 1}, "data_eventually_delivered"),
)


def verdict(model: type[Model], given: Mapping[str, object], wanted: str) -> Verdict:
    """What becomes of one property of a model."""
    question = Question(model.__name__, properties=(wanted,), all_violations=True)
    result = check(question, Subject(model.__name__, None, elaborate(model, given), ()))
    return next(found.verdict for found in result.properties if found.name == wanted)


@pytest.mark.parametrize(("model", "mutant", "given", "wanted"), MUTANTS)
def test_the_seeded_bug_is_found(
    model: type[Model], mutant: type[Model], given: Mapping[str, object], wanted: str
) -> None:
    """The property holds of the model, at the same sizes, and is violated by the mutant."""
    sizes = {name: value for name, value in given.items() if name == "DRAINS"}
    assert verdict(model, sizes, wanted) is Verdict.HOLDS
    assert verdict(mutant, given, wanted) is Verdict.VIOLATED
