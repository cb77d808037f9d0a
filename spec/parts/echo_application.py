"""An application that sends back what it receives."""

from uringcheck import Fair, Queue, action, ints, one_of, queue, require, var
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.cqe import Cqe, Request
from uringcheck.spec.parts.event_loop import EventLoop
from uringcheck.spec.sizes import NB, G


class EchoApplication(Application):
    """Sends each unit from the buffer it was received into, and gives the buffer back when the send is complete.

    The policies over it differ in which of its completions make it arm the receive again. Sends on one stream complete
    in the order in which they were submitted, each with a completion in the same queue.
    """

    #: The buffers that are being sent, oldest first.
    sending: Queue[int] = queue(NB, ints(0, NB - 1))
    #: How many of these sends have a completion that was not consumed yet.
    sent: int = var(0, NB)
    #: The handler of some completion has asked for the receive; so has the start.
    asked: bool = var(True)

    @property
    def wants_arm(self) -> bool:
        """It was asked for, no other is outstanding, and what the same handler gives back was given back."""
        given_back = len(self.held) == len(self.sending)
        return self.asked and given_back and self.outstanding.empty and not self.done

    @property
    def wants_flush(self) -> bool:
        """Whenever the flag is set."""
        return self.cq.flag

    def send_completed(self) -> None:
        """The policy: what it does when a send is complete."""

    def consume(self, cqe: Cqe) -> None:
        """Submit a send of the data."""
        Application.consume(self, cqe)
        if cqe.bid is not None:
            self.sending.push(cqe.bid)

    @action(fair=Fair.WEAK)
    def complete_send(self) -> None:
        """The kernel completes the oldest send, under uring_lock, which task work holds while a handler runs."""
        require(self.sent < len(self.sending) and not self.poll.runs_handler)
        self.sent += 1
        # What was sent is more than nothing, which is what other requests answer.
        self.cq.post(Cqe(request=Request.NOP, gen=0, res=1, bid=None, more=False, buf_more=False))

    @action(fair=Fair.WEAK)
    def arm(self, gen: int = one_of(0, G - 1)) -> None:
        """The application submits the receive."""
        EventLoop.arm(self, gen)
        self.asked = False

    @action(fair=Fair.WEAK)
    def reap(self) -> None:
        """The application consumes the oldest completion in the queue, of the receive or of a send."""
        require(not self.cq.ring.empty)
        cqe = self.cq.ring.head
        EventLoop.reap(self)
        if cqe.request == Request.NOP and cqe.res > 0:
            self.sending.pop()
            self.sent -= 1
            self.send_completed()

    @action(fair=Fair.WEAK_EACH)
    def provide(self, bid: int = one_of(0, NB - 1)) -> None:
        """The application gives a buffer back whose send is complete."""
        require(bid not in self.sending)
        Application.provide(self, bid)
