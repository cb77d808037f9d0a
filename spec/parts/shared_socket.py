"""A stream socket that two requests of one ring poll."""

from uringcheck import action, link
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.parts.stream_socket import StreamSocket


class SharedSocket(StreamSocket):
    """Neither request waits exclusively, so whatever happens wakes both.

    io_uring/poll.c:__io_queue_proc, 6.0; only an accept sets EPOLLEXCLUSIVE.
    """

    second: PolledRequest = link()

    @action(lane="peer")
    def peer_send(self) -> None:
        """The peer sends one unit."""
        StreamSocket.peer_send(self)
        self.second.wake()

    @action(lane="peer")
    def peer_eof(self) -> None:
        """The peer closes its side."""
        StreamSocket.peer_eof(self)
        self.second.wake()


class FirstRequest(PolledRequest):
    """One of the two. Task work runs a handler under uring_lock, so never both handlers at the same time."""

    second: PolledRequest = link()

    @property
    def may_run(self) -> bool:
        """The other one's handler does not run."""
        return not self.second.runs_handler


class SecondRequest(PolledRequest):
    """The other one."""

    poll: PolledRequest = link()

    @property
    def may_run(self) -> bool:
        """The first one's handler does not run."""
        return not self.poll.runs_handler
