"""A handler of which only the return value matters."""

import enum
from typing import Final

from uringcheck import Fair, action, link, one_of, require, toggle
from uringcheck.spec.parts.cqe import ECANCELED
from uringcheck.spec.parts.handler import Handler
from uringcheck.spec.parts.polled_request import Phase
from uringcheck.spec.parts.stream_socket import StreamSocket
from uringcheck.spec.toggles import positive_is_no_verdict


class Return(enum.Enum):
    """What a handler returns to task work."""

    ZERO = "nothing more to do for now"
    NEGATIVE = "an error, which ends the request"
    POSITIVE = "a number, as a handler would return that forgets that its callers read it"


class ReturningHandler(Handler):
    """Any multishot handler: it takes what is there and returns something."""

    POSITIVE: Final[bool] = toggle(False, "under task work the handler may return a positive number")

    socket: StreamSocket = link()

    @action(fair=Fair.WEAK)
    def run(self, ret: Return = one_of(Return)) -> None:
        """The handler runs once and returns."""
        require(self.poll.runs_handler)
        require(ret != Return.POSITIVE or (self.POSITIVE and self.poll.polled))
        if self.socket.unread > 0:
            self.socket.take()
        if ret == Return.NEGATIVE:
            self.poll.complete(-ECANCELED, None)
        elif ret == Return.ZERO or positive_is_no_verdict:
            self.poll.wait()
        else:
            self.return_at_once()

    def return_at_once(self) -> None:
        """Task work returns without dropping the poll references, as if it had seen that nothing was to be done.

        io_uring/poll.c:io_poll_check_events, 5.19: `if (ret) return ret`, and io_apoll_task_func takes a positive
        number for its own code for that.
        """
        self.poll.seen = 0
        self.poll.phase = Phase.WAITING
