"""The tutorial model: a completion queue of bounded size with an overflow list behind it."""

from typing import Final

from uringcheck import Model, action, always, happens, leads_to, param, reachable, require, temporal, var, weak


class BoundedCq(Model):
    """A completion queue of CAP entries with an overflow list behind it."""

    CAP: Final[int] = param(2, 1, 8, "entries the application can see")
    LIMIT: Final[int] = param(4, 1, 16, "completions in flight")
    ring: int = var(0, CAP)
    parked: int = var(0, LIMIT)

    @action
    def post(self) -> None:
        """The kernel posts one completion."""
        require(self.ring + self.parked < self.LIMIT)
        if self.ring < self.CAP and self.parked == 0:
            self.ring += 1
        else:
            self.parked += 1

    @action
    def reap(self) -> None:
        """The application consumes one completion."""
        require(self.ring > 0)
        self.ring -= 1

    @action
    def flush(self) -> None:
        """The kernel moves one parked completion into the queue."""
        require(self.parked > 0 and self.ring < self.CAP)
        self.parked -= 1
        self.ring += 1


@always
def within_limit(cq: BoundedCq) -> bool:
    """No more completions exist than were in flight."""
    return cq.ring + cq.parked <= cq.LIMIT


@reachable
def overflow_seen(cq: BoundedCq) -> bool:
    """The queue can overflow."""
    return cq.parked > 0


@temporal(weak(BoundedCq.reap), weak(BoundedCq.flush))
def parked_is_seen(cq: BoundedCq) -> bool:
    """When something is parked, a parked completion eventually moves into the queue."""
    return leads_to(cq.parked > 0, happens(BoundedCq.flush))
