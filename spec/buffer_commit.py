"""Committing to an incremental ring while the application writes to its entries."""

import enum
from typing import Final

from uringcheck import Fair, Map, Model, action, final, ints, leads_to, map_of, one_of, require, temporal, toggle, var
from uringcheck.spec.buffer_sizes import SIZE
from uringcheck.spec.buffer_toggles import commit_stops
from uringcheck.spec.kernels import V6_12
from uringcheck.spec.since import kernels_since
from uringcheck.spec.sizes import NB


class Phase(enum.Enum):
    """Where the kernel is with one receive."""

    RECEIVING = "it has mapped the entries and copies data into the buffers"
    COMMITTING = "it says in the entries how much of each buffer is used"
    DONE = "the receive is over"


class BufferCommit(Model):
    """One receive into a ring of NB entries, which are shared memory: nobody keeps the application from writing there.

    What one step is: one turn of the loop in io_uring/kbuf.c:io_kbuf_inc_commit (6.12). It reads the length in the
    entry at the head anew, so it need not be what was mapped.
    """

    PRESETS = kernels_since(V6_12, "incremental consumption of buffers")

    HOSTILE: Final[bool] = toggle(True, "the application sets lengths to 0 while the kernel uses them")

    phase: Phase = var(Phase.RECEIVING)
    #: The length in each entry.
    length: Map[int, int] = map_of(ints(0, NB - 1), ints(0, SIZE), start=SIZE)
    #: The entry at the head; the kernel counts on, and what it counts is masked.
    head: int = var(0, NB - 1)
    #: Bytes that were received and not committed yet.
    left: int = var(0, NB * SIZE)

    @action
    def receive(self, amount: int = one_of(1, NB * SIZE)) -> None:
        """Data was received into the mapped buffers."""
        require(self.phase == Phase.RECEIVING)
        self.left = amount
        self.phase = Phase.COMMITTING

    @action(lane="client")
    def set_to_zero(self, entry: int = one_of(0, NB - 1)) -> None:
        """The application writes 0 into the length of an entry."""
        require(self.HOSTILE and self.phase != Phase.DONE)
        self.length[entry] = 0

    @action(fair=Fair.WEAK)
    def commit_entry(self) -> None:
        """The kernel commits to the entry at the head: partly, which is the end, or all of it."""
        require(self.phase == Phase.COMMITTING)
        amount = min(self.left, self.length[self.head])
        if amount < self.length[self.head] or (commit_stops and amount == 0):
            self.length[self.head] -= amount
            self.left = 0
        else:
            self.length[self.head] = 0
            self.head = (self.head + 1) % NB
            self.left -= amount
        if self.left == 0:
            self.phase = Phase.DONE


@temporal
def commit_ends(model: BufferCommit) -> bool:
    """Committing comes to an end, whatever the application does."""
    return leads_to(model.phase == Phase.COMMITTING, model.phase == Phase.DONE)


@final
def nothing_after_commit(model: BufferCommit) -> bool:
    """Nothing happens when the receive is over."""
    return model.phase == Phase.DONE
