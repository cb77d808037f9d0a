"""When the kernel says that it has no buffer."""

from uringcheck import reachable
from uringcheck.spec.parts.cqe import ENOBUFS
from uringcheck.spec.recv_provided import RecvProvided


@reachable
def enobufs_with_data(model: RecvProvided) -> bool:
    """A request runs out of buffers while data waits."""
    return any(cqe.res == -ENOBUFS for cqe in model.cq.ring) and model.socket.unread > 0


@reachable
def enobufs_without_data(model: RecvProvided) -> bool:
    """A request ends for want of a buffer on a socket that has nothing to receive: the buffer comes first."""
    return any(cqe.res == -ENOBUFS for cqe in model.cq.ring) and not model.socket.readable
