"""Ring-provided buffers: one group, shared between the application and the kernel."""

from uringcheck import Map, Model, Queue, init, ints, map_of, queue
from uringcheck.spec.sizes import NB, M


class BufferRing(Model):
    """The buffers of one group, as IORING_REGISTER_PBUF_RING shares them.

    The application adds at the tail, the kernel takes from the head (io_uring/kbuf.c:io_ring_buffer_select, 6.0).
    Selecting looks at the head entry and leaves it there. Committing moves the head past it; recycling is not to
    commit.
    """

    #: The entries between head and tail, by buffer id.
    ring: Queue[int] = queue(NB, ints(0, NB - 1))

    #: The unit last written into each buffer, until the application has read it; 0 is nothing of interest.
    content: Map[int, int] = map_of(ints(0, NB - 1), ints(0, M))

    @init
    def provide_all(self) -> None:
        """The application has filled the ring before it submits anything."""
        for bid in range(NB):
            self.ring.push(bid)

    def provide(self, bid: int) -> None:
        """The application adds a buffer at the tail."""
        self.ring.push(bid)

    def commit(self) -> None:
        """The kernel moves the head past the selected buffer, which now belongs to a completion.

        io_uring/kbuf.h:io_put_kbuf, 6.0.
        """
        self.ring.pop()

    def write(self, bid: int, unit: int) -> None:
        """The socket's data is copied into the buffer."""
        self.content[bid] = unit

    def read(self, bid: int) -> None:
        """The application has read the buffer; what it holds no longer matters."""
        self.content[bid] = 0

    def takes(self, bid: int) -> bool:
        """Whether the application can give this buffer now: the ring is shared memory, and nobody is asked."""
        return True

    @property
    def head_has_no_room(self) -> bool:
        """Whether the next buffer has length 0, so that a receive into it asks for nothing."""
        return False
