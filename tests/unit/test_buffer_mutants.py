"""Seeded bugs in the models of provided buffers: what is there for a bug finds it, and finds nothing without it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.unit.test_spec_mutants import verdict
from uringcheck import Model, part, replace
from uringcheck.lang.tree import elaborate
from uringcheck.run.check import check
from uringcheck.run.question import Question, Subject
from uringcheck.run.verdicts import Verdict
from uringcheck.spec.buffer_commit import BufferCommit
from uringcheck.spec.parts.cqe import ENOBUFS, Cqe, Request
from uringcheck.spec.parts.sized_pool import SizedPool
from uringcheck.spec.parts.sized_recv_handler import SizedRecvHandler
from uringcheck.spec.read_failing import ReadFailing
from uringcheck.spec.read_incremental import ReadIncremental
from uringcheck.spec.recv_groups import RecvGroups
from uringcheck.spec.recv_multishot import RecvMultishot
from uringcheck.spec.recv_poll_first import RecvPollFirst
from uringcheck.spec.recv_provided import RecvProvided
from uringcheck.spec.recv_sized import RecvSized
from uringcheck.spec.recv_waitall import RecvWaitall
from uringcheck.spec.recvmsg_incremental import RecvmsgIncremental


class WritesInFront(SizedPool):
    """Copies to the beginning of a buffer that is partly used."""

    def write(self, first: int, amount: int) -> None:
        """Overwrite what the application may not have read."""
        self.content[self.ring.head * 2] = first


class SkipsEntries(SizedPool):
    """Moves the head too far."""

    def commit(self, amount: int) -> None:
        """Move it past the next entry, too."""
        SizedPool.commit(self, amount)
        if not self.ring.empty:
            self.ring.pop()


class SeesEnd(SizedRecvHandler):
    """Takes data for the end of the stream."""

    def receive_bytes(self) -> None:
        """Post 0."""
        self.receive_nothing()


class GivesUp(SizedRecvHandler):
    """Says that there is no buffer when there is no data."""

    def receive_nothing(self) -> None:
        """Post -ENOBUFS."""
        self.end(Cqe(request=Request.SUBJECT, gen=self.poll.gen, res=-ENOBUFS, bid=None, more=False))


class ReceivesOnce(SizedRecvHandler):
    """Does not go round again."""

    def receive_bytes(self) -> None:
        """Receive, and wait for the next wake."""
        SizedRecvHandler.receive_bytes(self)
        if self.poll.runs_handler:
            self.wait()


class NamesTheNext(SizedRecvHandler):
    """Names the buffer behind the one that was filled."""

    def end(self, cqe: Cqe) -> None:
        """End with another buffer's id."""
        SizedRecvHandler.end(self, cqe if cqe.bid is None else replace(cqe, bid=(cqe.bid + 1) % 3))


class InFront(RecvSized):
    """Partly used buffers are overwritten."""

    pool: WritesInFront = part(INC=True)


class Skipping(RecvSized):
    """Buffers are lost."""

    pool: SkipsEntries = part()


class Ending(RecvSized):
    """The end comes too early."""

    handler: SeesEnd = part()


class Starving(RecvSized):
    """There are buffers, and it is said that there are none."""

    handler: GivesUp = part()


class Sleeping(RecvSized):
    """Data waits and nobody looks."""

    handler: ReceivesOnce = part()


class Misnaming(RecvSized):
    """The last completion names the wrong buffer."""

    handler: NamesTheNext = part()


Given = Mapping[str, object]

NONE: Given = {}
INC: Given = {"INC": True}
TAKES: Given = {**INC, "client": "takes_unfinished"}
SHORTER: Given = {"SHORTER": 1}
WORKER: Given = {"handler.ASYNC": True, "other.SIZE": 0}

#: A model and parameters under which the property holds, and others under which it does not.
MUTANTS: tuple[tuple[str, type[Model], Given, type[Model], Given], ...] = (
    ("bytes_in_order", RecvSized, INC, InFront, NONE),
    ("none_lost", RecvSized, NONE, Skipping, NONE),
    ("entries_come_back", RecvSized, NONE, Skipping, NONE),
    ("end_after_all_bytes", RecvSized, NONE, Ending, NONE),
    ("enobufs_means_none_left", RecvSized, NONE, Starving, NONE),
    ("never_stuck_reading", RecvSized, NONE, Sleeping, NONE),
    ("bytes_eventually_delivered", RecvSized, NONE, Sleeping, NONE),
    ("end_eventually_told", RecvSized, NONE, Sleeping, NONE),
    ("next_buffer_named", RecvSized, NONE, Misnaming, NONE),
    ("short_means_drained", RecvSized, {**SHORTER, "len_reset": True}, RecvSized, SHORTER),
    ("owned_once", RecvSized, INC, RecvSized, TAKES),
    ("ring_not_overfull", RecvSized, INC, RecvSized, TAKES),
    ("next_buffer_named", ReadIncremental, NONE, ReadIncremental, {"empty_commit_keeps": False}),
    ("group_left_alone", RecvGroups, NONE, RecvGroups, {"bgid": False}),
    ("enobufs_means_empty", RecvGroups, {**WORKER, "cache_bgid": True}, RecvGroups, WORKER),
    ("eof_after_all_data", RecvProvided, NONE, RecvProvided, {"EMPTY": 1}),
    ("more_eventually_clears", RecvPollFirst, NONE, RecvPollFirst, {"hint_stop": True, "hup_ref": True}),
    ("buffers_not_shared", RecvWaitall, NONE, RecvWaitall, {"partial_commit": False}),
    ("received_intact", RecvWaitall, NONE, RecvWaitall, {"partial_commit": False}),
    ("no_buffer_without_data", ReadFailing, NONE, ReadFailing, {"failed_read_recycles": False}),
    ("commit_ends", BufferCommit, NONE, BufferCommit, {"commit_stops": False}),
)


@pytest.mark.parametrize(("wanted", "model", "sound", "mutant", "given"), MUTANTS)
def test_the_seeded_bug_is_found(
    wanted: str, model: type[Model], sound: Given, mutant: type[Model], given: Given
) -> None:
    """The property holds of the model, at the same sizes, and is violated by the mutant."""
    assert verdict(model, sound, wanted) is Verdict.HOLDS
    assert verdict(mutant, given, wanted) is Verdict.VIOLATED


def test_a_rest_that_is_named_is_not_used() -> None:
    """Without min_left a recvmsg stays in front of a rest for ever; with it everything is delivered."""
    assert verdict(RecvmsgIncremental, {"min_left": True}, "data_eventually_delivered") is Verdict.VIOLATED
    given = {"min_left": True, "handler.NAMED": True}
    assert verdict(RecvmsgIncremental, given, "data_eventually_delivered") is Verdict.HOLDS


def graph(model: type[Model], given: Given) -> tuple[int, int]:
    """How many states and transitions a model has."""
    subject = Subject(model.__name__, None, elaborate(model, given), ())
    result = check(Question(model.__name__, properties=("in_order",)), subject)
    assert result.complete
    return result.states, result.transitions


def test_a_list_that_answers_nothing_is_a_ring() -> None:
    """And so is a second group that nobody touches: the graphs are those of plain multishot receive."""
    plain = graph(RecvMultishot, {})
    assert graph(RecvProvided, {"pool": "ring"}) == plain
    assert graph(RecvProvided, {"pool": "legacy", "pool.ANSWERS": False}) == plain
    assert graph(RecvGroups, {}) == plain
