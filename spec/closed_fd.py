"""A file descriptor that is closed while a receive on it is armed, and whose number comes back."""

import enum
from typing import Final

from uringcheck import (
    Fair,
    Model,
    Queue,
    Record,
    action,
    field,
    final,
    implies,
    leads_to,
    param,
    queue,
    require,
    step,
    temporal,
    toggle,
    var,
)


class Kind(enum.Enum):
    """What a completion says."""

    DATA = "data, with F_MORE"
    END = "the end of the stream"
    CANCELED = "-ECANCELED"


class Told(Record):
    """A completion. The application sees its kind only: `user_data` is the file descriptor, which is the same."""

    kind: Kind
    #: Which connection it is about, which only the kernel knows.
    second: bool = field(bool)


class ClosedFd(Model):
    """Two connections, one after the other, that get the same file descriptor, with a multishot receive each.

    A request holds the file, not the number: closing the number leaves the request armed, and what the peer of the
    first connection still sends is reported (io_uring/io_uring.c:io_assign_file; seen on 6.18; liburing#1048). This is
    an application that tells its connections apart by the descriptor.
    """

    UNITS: Final[int] = param(1, 1, 4, "units that each peer may send")
    WAITS: Final[bool] = toggle(
        False, "the application cancels the receive, and closes when it has consumed the last completion"
    )

    #: The connection that the application takes completions for: 0 is none yet, then the first, then the second.
    current: int = var(0, 2)
    #: The application has cancelled the first receive.
    cancelled: bool = var(False)
    #: The requests that the kernel has.
    first_armed: bool = var(False)
    second_armed: bool = var(False)
    #: Units that each peer has sent.
    first_sent: int = var(0, UNITS)
    second_sent: int = var(0, UNITS)
    #: The completion queue, with room for everything.
    cq: Queue[Told] = queue(2 * UNITS + 3, Told)

    @action
    def open_first(self) -> None:
        """The first connection is accepted, and a receive armed on it."""
        require(self.current == 0)
        self.current = 1
        self.first_armed = True

    @action(lane="peer")
    def first_sends(self) -> None:
        """The peer of the first connection sends; the receive is armed as long as nobody has ended it."""
        require(self.first_armed and self.first_sent < self.UNITS)
        self.first_sent += 1
        self.cq.push(Told(kind=Kind.DATA, second=False))

    @action(lane="peer")
    def first_closes(self) -> None:
        """The peer of the first connection closes, which ends the receive."""
        require(self.first_armed)
        self.first_armed = False
        self.cq.push(Told(kind=Kind.END, second=False))

    @action(fair=Fair.WEAK)
    def cancel(self) -> None:
        """The application cancels the first receive, whose last completion follows."""
        require(self.WAITS and self.current == 1 and self.first_armed and not self.cancelled)
        self.cancelled = True
        self.first_armed = False
        self.cq.push(Told(kind=Kind.CANCELED, second=False))

    @action(fair=Fair.WEAK)
    def reopen(self) -> None:
        """The application closes the descriptor; the second connection gets its number, and a receive."""
        require(self.current == 1)
        require(not self.WAITS or (not self.first_armed and not any(not cqe.second for cqe in self.cq)))
        self.current = 2
        self.second_armed = True

    @action(lane="peer")
    def second_sends(self) -> None:
        """The peer of the second connection sends."""
        require(self.second_armed and self.second_sent < self.UNITS)
        self.second_sent += 1
        self.cq.push(Told(kind=Kind.DATA, second=True))

    @action(fair=Fair.WEAK)
    def reap(self) -> None:
        """The application consumes the oldest completion and takes it for one of the current connection."""
        require(not self.cq.empty)
        self.cq.pop()


@step
def taken_for_its_connection(before: ClosedFd, after: ClosedFd) -> bool:
    """The application takes every completion for one of the connection that it is about."""
    if before.cq.empty or len(after.cq) >= len(before.cq):
        return True
    return before.cq.head.second == (before.current == 2)


@temporal
def second_opened(model: ClosedFd) -> bool:
    """The second connection is eventually opened."""
    return leads_to(model.current == 1, model.current == 2)


@final
def all_consumed(model: ClosedFd) -> bool:
    """Everything stops only when every completion was consumed."""
    return implies(model.current == 2, model.cq.empty)
