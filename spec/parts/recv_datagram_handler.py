"""The handler of multishot receive on a datagram socket."""

from uringcheck import link
from uringcheck.spec.parts.datagram_socket import DatagramSocket
from uringcheck.spec.parts.recv_handler import RecvHandler


class RecvDatagramHandler(RecvHandler):
    """As for a stream. A receive that returned 0 ends the request there, and it does here."""

    datagrams: DatagramSocket = link()

    def receive_unit(self) -> None:
        """The receive took a datagram; nothing in it is 0 bytes (io_uring/net.c:io_recv_finish, 6.0)."""
        if self.datagrams.next_is_empty:
            self.datagrams.take()
            self.receive_nothing()
        else:
            RecvHandler.receive_unit(self)
