"""What becomes of accepted connections."""

from uringcheck import always, final, implies, step
from uringcheck.invariants.observation import consumed
from uringcheck.spec.parts.accept_application import AcceptApplication
from uringcheck.spec.sizes import M


@step
def connections_in_order(before: AcceptApplication, after: AcceptApplication) -> bool:
    """The application is told of the connections in the order in which they were accepted, and of nothing else."""
    if not consumed(before, after):
        return True
    return implies(before.cq.ring.head.res > 0, before.cq.ring.head.res == before.delivered + 1)


@always
def connections_conserved(client: AcceptApplication) -> bool:
    """Every file descriptor that the kernel installed is in exactly one completion."""
    return (
        client.delivered
        + sum(1 for cqe in client.cq.ring if 0 < cqe.res <= M)
        + sum(1 for cqe in client.cq.overflow if 0 < cqe.res <= M)
        == client.socket.accepted
    )


@final
def never_stuck_accepting(client: AcceptApplication) -> bool:
    """Everything stops only when the application was told of every connection."""
    return client.delivered == client.socket.connected
