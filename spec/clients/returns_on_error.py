"""The application that returns from its handler on an error, before it looks at IORING_CQE_F_MORE."""

from uringcheck.spec.parts.cqe import Cqe
from uringcheck.spec.parts.tracking_application import TrackingApplication


class ReturnsOnError(TrackingApplication):
    """Handles a failed completion and returns; the test of F_MORE, and with it arming again, comes after that.

    As described in quilkin#1445, 2026-08, for an earlier state of that code.
    """

    def takes_for_last(self, cqe: Cqe) -> bool:
        """An error never gets that far."""
        return cqe.res >= 0 and not cqe.more
