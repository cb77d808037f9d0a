"""An application that has something to do while the kernel has no buffer for it."""

from uringcheck.spec.parts.application import Application


class PoolAwareApplication(Application):
    """Decides itself when to try again after -ENOBUFS.

    A request that is armed while the pool is empty ends with -ENOBUFS at once, also on a socket without data, because
    the buffer is selected before the socket is asked (io_uring/net.c:io_recv, 6.0). The policies over it differ in
    what they wait for.
    """

    @property
    def may_try(self) -> bool:
        """The policy: a request that is armed now may find a buffer."""
        return True

    @property
    def wants_arm(self) -> bool:
        """The last completion was consumed, there is something to expect, and it may find a buffer."""
        return self.outstanding.empty and not self.done and self.may_try

    @property
    def wants_flush(self) -> bool:
        """Whenever the flag is set."""
        return self.cq.flag
