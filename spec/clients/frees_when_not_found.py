"""The application that frees the state of a request when a cancellation does not find the request."""

from uringcheck.spec.parts.cqe import ENOENT, Cqe
from uringcheck.spec.parts.freeing_application import FreeingApplication


class FreesWhenNotFound(FreeingApplication):
    """Waits for the request's own last completion where the cancellation succeeded.

    -ENOENT says that the request has ended, which its last completion says, too. That one is older.
    """

    def answered(self, cqe: Cqe) -> None:
        """Not found: there is no request, so nothing of it can follow, as it believes."""
        if cqe.res == -ENOENT:
            self.free(cqe.gen)
