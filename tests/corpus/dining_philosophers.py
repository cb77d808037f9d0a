"""Dining philosophers who clean a fork and hand it over after use."""

from enum import Enum
from typing import Final

from uringcheck import (
    Map,
    Model,
    action,
    always,
    always_eventually,
    init,
    ints,
    map_of,
    one_of,
    param,
    require,
    temporal,
    weak,
    weak_each,
)


class At(Enum):
    """Where a philosopher is in the loop."""

    LOOK = 0
    EAT = 1
    THINK = 2


class DiningPhilosophers(Model):
    """SEATS philosophers around a table; philosopher p has fork p at the left and fork p + 1 at the right.

    A fork is dirty once used. A dirty fork is owed to the neighbour, who gets it clean; a clean one is kept for a meal.
    """

    SEATS: Final[int] = param(5, 2, 8, "philosophers, and as many forks")
    holder: Map[int, int] = map_of(ints(1, SEATS), ints(1, SEATS))
    clean: Map[int, bool] = map_of(ints(1, SEATS), bool)
    hungry: Map[int, bool] = map_of(ints(1, SEATS), bool, start=True)
    at: Map[int, At] = map_of(ints(1, SEATS), At)

    @init
    def lay_the_table(self) -> None:
        """Every fork lies, dirty, with the lower-numbered of its two philosophers."""
        for fork in self.holder:
            self.holder[fork] = 1 if fork == 2 else fork

    def right(self, seat: int) -> int:
        """The seat, and the fork, to the right."""
        return 1 if seat == self.SEATS else seat + 1

    def left(self, seat: int) -> int:
        """The seat to the left."""
        return self.SEATS if seat == 1 else seat - 1

    def ready(self, seat: int, fork: int) -> bool:
        """Whether a philosopher holds a fork, clean."""
        return self.holder[fork] == seat and self.clean[fork]

    @action
    def look(self, seat: int = one_of(1, SEATS)) -> None:
        """A philosopher hands over a dirty fork if there is one, then goes to eat if hungry with both forks clean, to
        think if not hungry, and otherwise looks again."""
        require(self.at[seat] == At.LOOK)
        both_ready = self.ready(seat, seat) and self.ready(seat, self.right(seat))
        if self.holder[seat] == seat and not self.clean[seat]:
            self.holder[seat] = self.left(seat)
            self.clean[seat] = True
        elif self.holder[self.right(seat)] == seat and not self.clean[self.right(seat)]:
            self.holder[self.right(seat)] = self.right(seat)
            self.clean[self.right(seat)] = True
        if not self.hungry[seat]:
            self.at[seat] = At.THINK
        elif both_ready:
            self.at[seat] = At.EAT

    @action
    def eat(self, seat: int = one_of(1, SEATS)) -> None:
        """A philosopher eats, which leaves both forks dirty."""
        require(self.at[seat] == At.EAT)
        self.hungry[seat] = False
        self.clean[seat] = False
        self.clean[self.right(seat)] = False
        self.at[seat] = At.LOOK

    @action
    def think(self, seat: int = one_of(1, SEATS)) -> None:
        """A philosopher thinks until hungry."""
        require(self.at[seat] == At.THINK)
        self.hungry[seat] = True
        self.at[seat] = At.LOOK


@always
def neighbours_never_eat_together(m: DiningPhilosophers) -> bool:
    """Two philosophers who share a fork are never about to eat at the same time."""
    return all(not (m.at[seat] == At.EAT and m.at[m.right(seat)] == At.EAT) for seat in m.at)


@always
def forks_stay_with_their_philosophers(m: DiningPhilosophers) -> bool:
    """Only the two philosophers beside a fork ever hold it."""
    return all(m.holder[fork] == fork or m.holder[fork] == m.left(fork) for fork in m.holder)


@temporal()
def nobody_starves_without_fairness(m: DiningPhilosophers) -> bool:
    """Every philosopher is sated again and again, though nobody need ever move."""
    return all(always_eventually(not m.hungry[seat]) for seat in m.hungry)


@temporal(weak(DiningPhilosophers.look, DiningPhilosophers.eat, DiningPhilosophers.think))
def nobody_starves_if_somebody_moves(m: DiningPhilosophers) -> bool:
    """Every philosopher is sated again and again, as long as somebody who can move does."""
    return all(always_eventually(not m.hungry[seat]) for seat in m.hungry)


# A philosopher is at one place of the loop and leaves it by its own step only, so fairness of each of its actions is
# the same as fairness of the philosopher.
@temporal(weak_each(DiningPhilosophers.look, DiningPhilosophers.eat, DiningPhilosophers.think))
def nobody_starves_if_everybody_moves(m: DiningPhilosophers) -> bool:
    """Every philosopher is sated again and again, as long as each one who can move does."""
    return all(always_eventually(not m.hungry[seat]) for seat in m.hungry)
