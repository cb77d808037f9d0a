"""Two sockets with a multishot receive each, and one task to run their task work."""

from typing import Final

from uringcheck import (
    Fair,
    Map,
    Model,
    Queue,
    action,
    always,
    interchangeable,
    ints,
    leads_to,
    map_of,
    maybe,
    one_of,
    param,
    queue,
    require,
    temporal,
    var,
)
from uringcheck.spec.kernels import V6_0
from uringcheck.spec.since import kernels_since
from uringcheck.spec.toggles import requeue


class TwoSockets(Model):
    """Peers that never stop sending, and the order in which their data is received.

    Buffers and queue entries are always there: how long one socket may keep the other one waiting does not depend on
    them. A receive that finds nothing drops its references in the same step; what a wake in between does is the matter
    of the models of one socket.
    """

    PRESETS = kernels_since(V6_0, "multishot receive")

    RETRIES: Final[int] = param(2, 1, 8, "receives after the first one in a run; MULTISHOT_MAX_RETRY is 32")
    UNITS: Final[int] = param(2, 1, 8, "units that fit into a socket")

    Socket = interchangeable(0, 1)

    #: Units in each socket's receive queue.
    unread: Map[int, int] = map_of(Socket, ints(0, UNITS))
    #: The task work that waits, oldest first, by socket.
    work: Queue[int] = queue(2, Socket)
    #: The socket whose handler runs.
    running: int | None = var(maybe(Socket))
    #: Receives of this run so far, where they are counted.
    turns: int = var(0, RETRIES)
    #: Units that the other socket was given since this one has been waiting; more are not told apart.
    bypassed: Map[int, int] = map_of(Socket, ints(0, RETRIES + 2))

    @action(lane="peer")
    def peer_send(self, socket: int = one_of(Socket)) -> None:
        """A peer sends one unit, which queues task work unless there is some already."""
        require(self.unread[socket] < self.UNITS)
        self.unread[socket] += 1
        if socket not in self.work and self.running != socket:
            self.work.push(socket)

    @action(fair=Fair.WEAK)
    def start(self) -> None:
        """The task runs the oldest task work (io_uring/io_uring.c:handle_tw_list, __io_run_local_work)."""
        require(self.running is None and not self.work.empty)
        socket = self.work.pop()
        self.running = socket
        self.turns = 0
        self.bypassed[socket] = 0

    @action(fair=Fair.WEAK_EACH)
    def receive(self, socket: int = one_of(Socket)) -> None:
        """The handler receives once: it ends its run when the socket is empty, or goes on until it has to queue again.

        io_uring/net.c:io_recv_finish: 6.8 and later count, and return IOU_REQUEUE after MULTISHOT_MAX_RETRY.
        """
        require(self.running == socket)
        if self.unread[socket] == 0:
            self.running = None
        else:
            self.unread[socket] -= 1
            for other in self.Socket:
                if other != socket and other in self.work:
                    if self.unread[other] > 0 and self.bypassed[other] < self.RETRIES + 2:
                        self.bypassed[other] += 1
            if requeue and self.turns == self.RETRIES:
                self.work.push(socket)
                self.running = None
            elif requeue:
                self.turns += 1


@always
def bounded_bypass(sockets: TwoSockets) -> bool:
    """While a socket waits with data, the other one is given at most one run's units."""
    return all(sockets.bypassed[socket] <= sockets.RETRIES + 1 for socket in sockets.Socket)


@temporal
def each_socket_served(sockets: TwoSockets) -> bool:
    """A socket with data is eventually received from."""
    return all(leads_to(sockets.unread[socket] > 0, sockets.running == socket) for socket in sockets.Socket)
