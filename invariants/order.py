"""What an application may rely on when it takes completions in the order in which it finds them."""

from uringcheck import always, implies, step
from uringcheck.invariants.observation import consumed
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.event_loop import EventLoop
from uringcheck.spec.sizes import G


@step
def in_order(before: Application, after: Application) -> bool:
    """The application receives the units of the stream in order, without a gap and without a duplicate."""
    if not consumed(before, after):
        return True
    return implies(before.cq.ring.head.res > 0, before.cq.ring.head.res == before.delivered + 1)


@step
def eof_after_all_data(before: Application, after: Application) -> bool:
    """The application is told of the end of the stream only when there is one and it has received every unit sent."""
    if not consumed(before, after):
        return True
    return implies(
        before.takes_for_end(before.cq.ring.head),
        before.socket.fin and before.delivered == before.socket.sent,
    )


@step
def nothing_after_final(before: EventLoop, after: EventLoop) -> bool:
    """The application finds no completion of a generation after the one without F_MORE."""
    if not consumed(before, after):
        return True
    return before.cq.ring.head.gen in before.outstanding


@always
def one_final(client: EventLoop) -> bool:
    """A generation has at most one completion without F_MORE."""
    return all(
        sum(1 for cqe in client.cq.ring if cqe.of(gen) and not cqe.more)
        + sum(1 for cqe in client.cq.overflow if cqe.of(gen) and not cqe.more)
        <= (1 if gen in client.outstanding else 0)
        for gen in range(G)
    )
