"""A file whose readiness is all that matters about it."""

from typing import Final

from uringcheck import action, link, require, toggle, var
from uringcheck.spec.parts.cqe import EPOLLHUP, EPOLLIN
from uringcheck.spec.parts.poll_handler import PollHandler
from uringcheck.spec.parts.polled_file import PolledFile
from uringcheck.spec.sizes import M


class EventSource(PolledFile):
    """One end of a pipe that nobody reads from here: what was written stays there, and every write wakes whoever polls.

    fs/pipe.c:pipe_write and pipe_release wake with EPOLLIN and with EPOLLHUP; pipe_poll reports both together.
    """

    EOF: Final[bool] = toggle(False, "the peer may close its side")

    #: Writes so far.
    events: int = var(0, M)
    #: The peer has closed its side.
    closed: bool = var(False)

    handler: PollHandler = link()

    @action(lane="peer")
    def peer_write(self) -> None:
        """The peer writes into the pipe."""
        require(not self.closed and self.events < M)
        self.events += 1
        self.handler.wake(EPOLLIN)

    @action(lane="peer")
    def peer_close(self) -> None:
        """The peer closes its side."""
        require(self.EOF and not self.closed)
        self.closed = True
        self.handler.wake(EPOLLHUP)

    @property
    def readable(self) -> bool:
        """Whether vfs_poll reports anything."""
        return self.mask > 0

    @property
    def hung_up(self) -> bool:
        """Whether vfs_poll reports EPOLLHUP."""
        return self.closed

    @property
    def mask(self) -> int:
        """What vfs_poll reports."""
        return (EPOLLIN if self.events > 0 else 0) + (EPOLLHUP if self.closed else 0)
