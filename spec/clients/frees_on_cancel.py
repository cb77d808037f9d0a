"""The application that frees the state of a request when its cancellation is answered."""

from uringcheck.spec.parts.cqe import Cqe
from uringcheck.spec.parts.freeing_application import FreeingApplication


class FreesOnCancel(FreeingApplication):
    """Takes the completion of the cancellation for the last one of the request that it cancels."""

    def answered(self, cqe: Cqe) -> None:
        """The request is gone, as it believes."""
        self.free(cqe.gen)
