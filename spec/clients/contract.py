"""The application that keeps to the interface's contract."""

from uringcheck.spec.parts.application import Application


class Contract(Application):
    """Arms again only when it has consumed a completion without F_MORE, and never after the end of the stream.

    It gives every buffer back and flushes whenever IORING_SQ_CQ_OVERFLOW is set, which is what liburing's
    io_uring_peek_cqe and io_uring_submit do for their callers (liburing 2.2 and later).
    """

    @property
    def wants_arm(self) -> bool:
        """No generation is left whose last completion was not consumed."""
        return self.outstanding.empty and not self.eof_seen

    @property
    def wants_flush(self) -> bool:
        """Whenever the flag is set."""
        return self.cq.flag
