"""A bounded queue with an overflow backlog, over a pool of buffers: the model on which engines are compared.

The same model is beside this file in Promela and in Murphi; the three have the same reachable states.
"""

from typing import Final

from uringcheck import (
    Model,
    Queue,
    SetOf,
    action,
    always,
    everything,
    ints,
    leads_to,
    one_of,
    param,
    queue,
    require,
    set_of,
    temporal,
    weak,
    weak_each,
)


class QueueOverPool(Model):
    """A producer takes buffers from a pool and queues them; a consumer holds them for a while and gives them back."""

    NB: Final[int] = param(9, 1, 16, "buffers")
    C: Final[int] = param(4, 1, 16, "entries of the queue")
    O: Final[int] = param(4, 1, 16, "entries of the backlog")  # noqa: E741

    free: SetOf[int] = set_of(ints(0, NB - 1), start=everything)
    held: SetOf[int] = set_of(ints(0, NB - 1))
    ring: Queue[int] = queue(C, ints(0, NB - 1))
    backlog: Queue[int] = queue(O, ints(0, NB - 1))

    @action
    def post(self, b: int = one_of(0, NB - 1)) -> None:
        """A free buffer is filled and queued, behind the backlog if there is one."""
        require(b in self.free)
        require((not self.ring.full and self.backlog.empty) or not self.backlog.full)
        self.free.remove(b)
        if not self.ring.full and self.backlog.empty:
            self.ring.push(b)
        else:
            self.backlog.push(b)

    @action
    def flush(self) -> None:
        """The head of the backlog moves into the queue."""
        require(not self.backlog.empty and not self.ring.full)
        self.ring.push(self.backlog.pop())

    @action
    def reap(self) -> None:
        """The consumer takes the head of the queue."""
        require(not self.ring.empty)
        self.held.add(self.ring.pop())

    @action
    def give_back(self, b: int = one_of(0, NB - 1)) -> None:
        """The consumer returns a buffer to the pool."""
        require(b in self.held)
        self.held.remove(b)
        self.free.add(b)


@always
def one_owner(m: QueueOverPool) -> bool:
    """No buffer is free and held at the same time."""
    return (m.free & m.held).empty


@temporal(weak(QueueOverPool.flush), weak(QueueOverPool.reap), weak_each(QueueOverPool.give_back))
def comes_back(m: QueueOverPool) -> bool:
    """A buffer that was taken comes back to the pool, whatever the producer does."""
    return leads_to(0 not in m.free, 0 in m.free)
