"""The application that arms again, with the same user_data, when its cancellation is answered."""

from uringcheck.spec.parts.cqe import Cqe
from uringcheck.spec.parts.shared_user_data_application import SharedUserDataApplication


class RearmsOnCancel(SharedUserDataApplication):
    """Takes the completion of the cancellation for the end of the request that it cancels.

    As described in libxev#233, 2026-08: what a cancellation is about is ambiguous when `user_data` is used again.
    """

    def answered(self, cqe: Cqe) -> None:
        """The request is gone, as it believes."""
        self.believed = False
