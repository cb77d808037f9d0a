"""Prisoners and two switches: one counts, and declares when all have been in the room."""

from typing import Final

from uringcheck import (
    Map,
    Model,
    action,
    always,
    eventually,
    implies,
    init,
    ints,
    map_of,
    one_of,
    param,
    temporal,
    var,
    weak,
    weak_each,
)


class Prisoners(Model):
    """A counter and OTHERS further prisoners who meet only through the switches of a room.

    Whoever is led in must move exactly one switch. Switch A carries the message, switch B is there for those who have
    none. Nobody knows how the switches stood at first, so everyone moves A up twice.
    """

    OTHERS: Final[int] = param(3, 1, 8, "prisoners besides the counter")
    a_up: bool = var(False)
    b_up: bool = var(False)
    switched: Map[int, int] = map_of(ints(1, OTHERS), ints(0, 2))
    count: int = var(0, 2 * OTHERS + 1)

    @init
    def some_position(self, a: bool = one_of(bool), b: bool = one_of(bool)) -> None:
        """The switches stand in any position."""
        self.a_up = a
        self.b_up = b

    @action
    def counter_visits(self) -> None:
        """The counter moves A down and counts it, or moves B."""
        if self.a_up:
            self.a_up = False
            self.count += 1
        else:
            self.b_up = not self.b_up

    @action
    def other_visits(self, who: int = one_of(1, OTHERS)) -> None:
        """Another prisoner moves A up, twice in all, or moves B."""
        if not self.a_up and self.switched[who] < 2:
            self.a_up = True
            self.switched[who] += 1
        else:
            self.b_up = not self.b_up

    def done(self) -> bool:
        """Whether the counter declares that all have been here."""
        return self.count == 2 * self.OTHERS


@always
def declared_means_all_were_here(m: Prisoners) -> bool:
    """When the counter declares, every prisoner has been in the room."""
    return implies(m.done(), all(m.switched[who] > 0 for who in m.switched))


@always
def count_follows_switch_a(m: Prisoners) -> bool:
    """The count is the number of times A was moved up, less one if it is up, plus one if it was up at first."""
    return m.count + (1 if m.a_up else 0) - sum(m.switched[who] for who in m.switched) in (0, 1)


@temporal()
def declared_without_fairness(m: Prisoners) -> bool:
    """The counter declares some time, though nobody need ever be led in."""
    return eventually(m.done())


@temporal(weak(Prisoners.counter_visits, Prisoners.other_visits))
def declared_if_somebody_visits(m: Prisoners) -> bool:
    """The counter declares some time, as long as somebody is led in again and again."""
    return eventually(m.done())


@temporal(weak_each(Prisoners.other_visits))
def declared_if_the_others_visit(m: Prisoners) -> bool:
    """The counter declares some time, as long as each other prisoner is led in again and again."""
    return eventually(m.done())


@temporal(weak(Prisoners.counter_visits), weak_each(Prisoners.other_visits))
def declared_if_everybody_visits(m: Prisoners) -> bool:
    """The counter declares some time, as long as everybody is led in again and again."""
    return eventually(m.done())
