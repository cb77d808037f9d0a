"""What io_uring polls."""

from uringcheck import Model
from uringcheck.spec.parts.cqe import EPOLLHUP, EPOLLIN


class PolledFile(Model):
    """A file with a wait queue and a readiness that vfs_poll reports."""

    @property
    def readable(self) -> bool:
        """Whether vfs_poll reports EPOLLIN."""
        return False

    @property
    def hung_up(self) -> bool:
        """Whether vfs_poll reports EPOLLHUP or EPOLLRDHUP."""
        return False

    @property
    def mask(self) -> int:
        """What vfs_poll reports."""
        return (EPOLLIN if self.readable else 0) + (EPOLLHUP if self.hung_up else 0)
