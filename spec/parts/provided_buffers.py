"""What both kinds of buffer groups have in common when a buffer may have no room."""

from typing import Final

from uringcheck import param
from uringcheck.spec.parts.buffer_ring import BufferRing


class ProvidedBuffers(BufferRing):
    """A group of buffers, of which some have length 0.

    Nobody checks the length of an entry of a ring. Selecting such an entry succeeds, and a receive of 0 bytes returns 0
    while data waits (io_uring/kbuf.c:io_ring_buffer_select, 5.19 and later).
    """

    EMPTY: Final[int] = param(0, 0, 8, "buffers, from the first on, of length 0")

    @property
    def head_has_no_room(self) -> bool:
        """Whether the next buffer has length 0."""
        return not self.ring.empty and self.ring.head < self.EMPTY
