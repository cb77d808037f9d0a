"""Peterson's lock for two processes."""

from enum import Enum

from uringcheck import Map, Model, action, always, implies, ints, map_of, one_of, require, var


class At(Enum):
    """Where a process is in its loop."""

    IDLE = 0
    CLAIM = 1
    YIELD = 2
    WAIT = 3
    CRITICAL = 4
    RELEASE = 5


class Peterson(Model):
    """Two processes that announce a claim, give way to the other, and wait until it does not want in or gives way."""

    at: Map[int, At] = map_of(ints(1, 2), At)
    claim: Map[int, bool] = map_of(ints(1, 2), bool)
    turn: int = var(1, 2)

    @action
    def wake(self, me: int = one_of(1, 2)) -> None:
        """A process begins to want the critical section."""
        require(self.at[me] == At.IDLE)
        self.at[me] = At.CLAIM

    @action
    def raise_claim(self, me: int = one_of(1, 2)) -> None:
        """A process announces its claim."""
        require(self.at[me] == At.CLAIM)
        self.claim[me] = True
        self.at[me] = At.YIELD

    @action
    def give_way(self, me: int = one_of(1, 2)) -> None:
        """A process gives the turn to the other."""
        require(self.at[me] == At.YIELD)
        self.turn = 3 - me
        self.at[me] = At.WAIT

    @action
    def enter(self, me: int = one_of(1, 2)) -> None:
        """A process enters, as the other has no claim or has given way."""
        require(self.at[me] == At.WAIT)
        require(not self.claim[3 - me] or self.turn == me)
        self.at[me] = At.CRITICAL

    @action
    def leave(self, me: int = one_of(1, 2)) -> None:
        """A process is done in the critical section."""
        require(self.at[me] == At.CRITICAL)
        self.at[me] = At.RELEASE

    @action
    def drop_claim(self, me: int = one_of(1, 2)) -> None:
        """A process takes its claim back."""
        require(self.at[me] == At.RELEASE)
        self.claim[me] = False
        self.at[me] = At.IDLE

    def holds_lock(self, me: int) -> bool:
        """Whether a process is past the wait and has not released yet."""
        return self.at[me] in (At.CRITICAL, At.RELEASE)


@always
def mutual_exclusion(m: Peterson) -> bool:
    """The two processes never hold the lock together."""
    return not (m.holds_lock(1) and m.holds_lock(2))


@always
def claims_are_announced(m: Peterson) -> bool:
    """A claim stands exactly while its process is between announcing and dropping it."""
    return all(m.claim[p] == (m.at[p] in (At.YIELD, At.WAIT, At.CRITICAL, At.RELEASE)) for p in m.at)


@always
def holder_was_let_in(m: Peterson) -> bool:
    """Whoever holds the lock has the turn, or the other has not given way yet."""
    return all(implies(m.holds_lock(p), m.turn == p or m.at[3 - p] in (At.IDLE, At.CLAIM, At.YIELD)) for p in m.at)
