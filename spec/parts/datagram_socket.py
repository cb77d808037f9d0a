"""A datagram socket and the peer that sends to it."""

from typing import Final

from uringcheck import SetOf, action, ints, param, require, set_of
from uringcheck.spec.parts.stream_socket import StreamSocket
from uringcheck.spec.sizes import M


class DatagramSocket(StreamSocket):
    """Each unit is a datagram, and a datagram may be empty. There is no end."""

    EMPTY: Final[int] = param(1, 0, 4, "empty datagrams that the peer may send")

    #: The numbers of the empty datagrams sent so far.
    empties: SetOf[int] = set_of(ints(1, M))

    @action(lane="peer")
    def peer_send_nothing(self) -> None:
        """The peer sends an empty datagram."""
        require(self.sent < M and len(self.empties) < self.EMPTY)
        self.sent += 1
        self.empties.add(self.sent)
        self.poll.wake()

    @property
    def next_is_empty(self) -> bool:
        """Whether the oldest datagram in the receive queue is empty."""
        return self.taken + 1 in self.empties

    @property
    def reports_empty(self) -> bool:
        """UDP reports nothing about what is left (net/ipv4/udp.c:udp_recvmsg), so the kernel asks again."""
        return False
