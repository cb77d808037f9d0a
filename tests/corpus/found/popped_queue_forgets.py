"""Kept for the exports and for native code: what was popped must not stay behind the end of a queue."""

from uringcheck import Model, Queue, Record, action, field, one_of, queue, require


class Parcel(Record):
    """Two numbers."""

    size: int = field(0, 1)
    weight: int = field(0, 2)


class PoppedQueueForgets(Model):
    """Items come and go; there are 1 + 6 + 36 states, one for each sequence of up to two."""

    q: Queue[Parcel] = queue(2, Parcel)

    @action
    def push(self, size: int = one_of(0, 1), weight: int = one_of(0, 2)) -> None:
        """A parcel comes."""
        require(not self.q.full)
        self.q.push(Parcel(size=size, weight=weight))

    @action
    def pop(self) -> None:
        """A parcel goes."""
        require(not self.q.empty)
        self.q.pop()
