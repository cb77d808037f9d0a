"""What every application does that polls, apart from its policy."""

from uringcheck import link, var
from uringcheck.spec.parts.cqe import EPOLLHUP, EPOLLIN, Cqe
from uringcheck.spec.parts.event_loop import EventLoop
from uringcheck.spec.parts.event_source import EventSource
from uringcheck.spec.sizes import M


class PollApplication(EventLoop):
    """An event loop around one multishot poll on one file.

    It does not read from the file, so the file stays ready, and a poll that is armed again reports at once.
    """

    #: A completion told of data.
    data_seen: bool = var(False)
    #: A completion told that the peer has closed its side.
    hangup_seen: bool = var(False)

    file: EventSource = link()

    def consume(self, cqe: Cqe) -> None:
        """Note what the mask says."""
        if cqe.res == M + EPOLLIN or cqe.res == M + EPOLLIN + EPOLLHUP:
            self.data_seen = True
        if cqe.res == M + EPOLLHUP or cqe.res == M + EPOLLIN + EPOLLHUP:
            self.hangup_seen = True
