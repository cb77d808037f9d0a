"""Ring-provided buffers of more than one byte."""

from typing import Final

from uringcheck import Map, Model, Queue, ints, map_of, param, queue, toggle
from uringcheck.spec.buffer_sizes import SIZE
from uringcheck.spec.sizes import NB, M


class SizedPool(Model):
    """One group, shared as a ring, whose buffers hold several bytes.

    A receive may fill part of a buffer, or several. With incremental consumption (IOU_PBUF_RING_INC, 6.12) a buffer
    stays in the ring until it is full: the kernel advances the address and the length in the shared entry
    (io_uring/kbuf.c:io_kbuf_inc_commit).
    """

    INC: Final[bool] = toggle(False, "buffers are consumed incrementally")
    SHORTER: Final[int] = param(0, 0, 7, "bytes by which buffer 0 is shorter than the others")

    #: The entries between head and tail, by buffer id. Nobody checks that they are no more than there are buffers, so
    #: there is room for one more.
    ring: Queue[int] = queue(NB + 1, ints(0, NB - 1))
    #: How far the address in the entry has advanced.
    used: Map[int, int] = map_of(ints(0, NB - 1), ints(0, SIZE))
    #: The byte of the stream last written to each place, until the application has read it; 0 is nothing of interest.
    content: Map[int, int] = map_of(ints(0, NB * SIZE - 1), ints(0, M))

    def size_of(self, bid: int) -> int:
        """How many bytes the buffer holds."""
        return SIZE - self.SHORTER if bid == 0 else SIZE

    def room_in(self, entries: int) -> int:
        """How many bytes fit into the first entries of the ring."""
        return sum(
            self.size_of(self.ring[place]) - self.used[self.ring[place]]
            for place in range(NB)
            if place < entries and place < len(self.ring)
        )

    @property
    def unfinished(self) -> bool:
        """The next entry is partly used: what a commit answers, and IORING_CQE_F_BUF_MORE says."""
        return not self.ring.empty and self.used[self.ring.head] > 0

    def provide(self, bid: int) -> None:
        """The application adds a buffer at the tail, with its whole length."""
        self.ring.push(bid)
        self.used[bid] = 0

    def write(self, first: int, amount: int) -> None:
        """That many bytes of the stream, from the `first` on, are copied into the entries from the head on."""
        done = 0
        for place in range(NB):
            if place < len(self.ring):
                bid = self.ring[place]
                for offset in range(SIZE):
                    if done < amount and self.used[bid] <= offset and offset < self.size_of(bid):
                        self.content[bid * SIZE + offset] = first + done
                        done += 1

    def commit(self, amount: int) -> None:
        """The kernel moves the head past what was used.

        io_uring/kbuf.c:io_kbuf_commit, 6.10 and later: past every entry that was touched, or past those that are full.
        """
        left = amount
        for _ in range(NB):
            if left > 0:
                bid = self.ring.head
                room = self.size_of(bid) - self.used[bid]
                if self.INC and left < room:
                    self.used[bid] += left
                    left = 0
                else:
                    self.ring.pop()
                    self.used[bid] = 0
                    left -= min(left, room)
