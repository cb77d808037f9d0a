"""A buffer group that is unregistered while a multishot receive waits."""

import enum
from typing import Final

from uringcheck import Fair, Model, action, always, final, param, require, var
from uringcheck.spec.kernels import V6_0
from uringcheck.spec.since import kernels_since
from uringcheck.spec.toggles import wait_recycles


class Place(enum.Enum):
    """Where the receive is."""

    WAITING = "armed"
    CALLED = "the poll runner is about to call the handler"
    SELECTED = "the handler has looked up the group and chosen a buffer"
    ENDED = "its last completion was posted"


class UnregisterGroup(Model):
    """A request keeps the group that it has looked up (req->buf_list) from one call of its handler to the next.

    Unregistering frees the group (io_uring/kbuf.c:io_unregister_pbuf_ring, under uring_lock, so not within a call).
    """

    PRESETS = kernels_since(V6_0, "multishot receive")

    UNITS: Final[int] = param(2, 1, 4, "units that the peer may send")

    place: Place = var(Place.WAITING)
    sent: int = var(0, UNITS)
    received: int = var(0, UNITS)
    #: The group exists.
    registered: bool = var(True)
    #: The request refers to the group.
    refers: bool = var(False)
    #: The handler has used a group that was freed.
    used_freed: bool = var(False)

    @action(lane="peer")
    def peer_send(self) -> None:
        """The peer sends one unit."""
        require(self.sent < self.UNITS)
        self.sent += 1
        if self.place == Place.WAITING:
            self.place = Place.CALLED

    @action
    def unregister(self) -> None:
        """The application unregisters the group."""
        require(self.registered and self.place != Place.SELECTED)
        self.registered = False

    @action(fair=Fair.WEAK)
    def select(self) -> None:
        """The handler gives back what it still refers to, looks up the group, and chooses a buffer.

        io_uring/kbuf.c:io_kbuf_recycle and io_buffer_select: without the group there is no buffer, and the receive
        ends with -ENOBUFS.
        """
        require(self.place == Place.CALLED)
        if self.refers and not self.registered:
            self.used_freed = True
        self.refers = self.registered
        self.place = Place.SELECTED if self.registered else Place.ENDED

    @action(fair=Fair.WEAK)
    def receive(self) -> None:
        """The handler receives until nothing is left, and the request goes on waiting.

        io_uring/poll.c:io_poll_check_events. A buffer that was chosen for a receive which found nothing stays chosen.
        """
        require(self.place == Place.SELECTED)
        if self.received < self.sent:
            self.received += 1
        else:
            self.place = Place.WAITING
            if wait_recycles:
                self.refers = False


@always
def no_freed_group_used(receive: UnregisterGroup) -> bool:
    """A receive uses no buffer group that was unregistered."""
    return not receive.used_freed


@final
def all_received(receive: UnregisterGroup) -> bool:
    """Everything stops only when all was received, or the receive has ended for lack of the group."""
    return receive.received == receive.sent or receive.place == Place.ENDED
