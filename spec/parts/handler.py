"""What the handlers of all opcodes have in common."""

from uringcheck import Model, link
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.cqe import ECANCELED
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.toggles import stop_code, unpolled_ok


class Handler(Model):
    """The functions of one opcode (struct io_issue_def): preparation, and what it does each time it is run."""

    poll: PolledRequest = link()
    cq: CompletionQueue = link()

    @property
    def writes_header(self) -> bool:
        """Whether something precedes the data in the buffer, so that a receive of nothing fills it too."""
        return False

    @property
    def own_buffer(self) -> bool:
        """Whether the request has a buffer of its own instead of a group, so that its completion names none."""
        return False

    def keeps(self, bid: int) -> bool:
        """Whether the request has taken this buffer from its group and not used it yet."""
        return False

    def submit(self, gen: int) -> None:
        """A request of this opcode is prepared and submitted."""
        self.poll.submit(gen)

    def finish(self, res: int, bid: int | None) -> None:
        """The handler ends the multishot with a result of its own."""
        if self.poll.polled and not stop_code:
            # The runner knows errors only, and io_req_complete_failed puts the error in place of result and flags.
            self.poll.complete(-ECANCELED, None)
        elif not self.poll.polled and not unpolled_ok:
            # A byte count is taken for an error: the result survives, the flags do not. 0 happens to be IOU_OK.
            self.poll.complete(res, None if res > 0 else bid)
        else:
            self.poll.complete(res, bid)
