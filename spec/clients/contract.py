"""The application that keeps to the interface's contract."""

from uringcheck.spec.parts.application import Application


class Contract(Application):
    """Arms again only when it has consumed a completion without F_MORE, and never after the end of the stream.

    It gives every buffer back and enters the kernel whenever IORING_SQ_CQ_OVERFLOW is set. Callers of liburing get
    that from io_uring_peek_cqe on an empty queue and from io_uring_submit.
    """

    @property
    def wants_arm(self) -> bool:
        """No generation is left whose last completion was not consumed."""
        return self.outstanding.empty and not self.eof_seen

    @property
    def wants_flush(self) -> bool:
        """Whenever the flag is set."""
        return self.cq.flag
