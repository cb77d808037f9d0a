"""The application that arms again after every error, whether or not IORING_CQE_F_MORE is set."""

from uringcheck.spec.parts.cqe import Cqe
from uringcheck.spec.parts.tracking_application import TrackingApplication


class RearmsOnError(TrackingApplication):
    """Takes an error for the end of the request even where F_MORE says that it goes on."""

    def takes_for_last(self, cqe: Cqe) -> bool:
        """An error, or no F_MORE."""
        return cqe.res < 0 or not cqe.more
