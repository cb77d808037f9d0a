"""The application that takes an error, or the end of the stream, for the only way in which a request ends."""

from uringcheck.spec.parts.cqe import Cqe
from uringcheck.spec.parts.tracking_application import TrackingApplication


class WaitsForError(TrackingApplication):
    """Arms again after a result that is an error, and takes data for a sign that there will be more."""

    def takes_for_last(self, cqe: Cqe) -> bool:
        """Data is never the last, whatever F_MORE says."""
        return cqe.res <= 0
