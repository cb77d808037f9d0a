"""Two jugs without marks, a tap, and four gallons to measure."""

from typing import Final

from uringcheck import (
    Model,
    action,
    always,
    always_eventually,
    eventually,
    implies,
    leads_to,
    param,
    step,
    strong,
    temporal,
    var,
    weak,
)


class DieHard(Model):
    """A big and a small jug that can be filled, emptied and poured into each other."""

    BIG: Final[int] = param(5, 1, 50, "gallons the big jug holds")
    SMALL: Final[int] = param(3, 1, 50, "gallons the small jug holds")
    GOAL: Final[int] = param(4, 0, 50, "gallons that the heroes need in the big jug")
    big: int = var(0, BIG)
    small: int = var(0, SMALL)

    @action
    def fill_small(self) -> None:
        """The small jug is filled at the tap."""
        self.small = self.SMALL

    @action
    def fill_big(self) -> None:
        """The big jug is filled at the tap."""
        self.big = self.BIG

    @action
    def empty_small(self) -> None:
        """The small jug is poured out."""
        self.small = 0

    @action
    def empty_big(self) -> None:
        """The big jug is poured out."""
        self.big = 0

    @action
    def small_to_big(self) -> None:
        """The small jug is poured into the big one until one is empty or the other full."""
        poured = min(self.small, self.BIG - self.big)
        self.small -= poured
        self.big += poured

    @action
    def big_to_small(self) -> None:
        """The big jug is poured into the small one until one is empty or the other full."""
        poured = min(self.big, self.SMALL - self.small)
        self.big -= poured
        self.small += poured


@always
def not_four_gallons(m: DieHard) -> bool:
    """The big jug never holds what the heroes need."""
    return m.big != m.GOAL


@step
def a_jug_ends_empty_or_full(before: DieHard, after: DieHard) -> bool:
    """Every change leaves a jug empty or full: there is nothing else to measure by."""
    return implies(
        after.big != before.big or after.small != before.small,
        after.big == 0 or after.big == after.BIG or after.small == 0 or after.small == after.SMALL,
    )


@temporal(
    weak(
        DieHard.fill_small,
        DieHard.fill_big,
        DieHard.empty_small,
        DieHard.empty_big,
        DieHard.small_to_big,
        DieHard.big_to_small,
    )
)
def solved_if_they_never_stop(m: DieHard) -> bool:
    """Heroes who go on for ever measure four gallons some time."""
    return eventually(m.big == m.GOAL)


@temporal(strong(DieHard.fill_big), strong(DieHard.big_to_small), strong(DieHard.empty_small))
def big_empty_again_and_again(m: DieHard) -> bool:
    """The big jug is empty again and again if filling, pouring over and emptying the small one are not neglected."""
    return always_eventually(m.big == 0)


@temporal(strong(DieHard.fill_big), strong(DieHard.big_to_small), strong(DieHard.empty_small))
def four_gallons_do_not_last(m: DieHard) -> bool:
    """Four gallons do not stay in the big jug if filling, pouring over and emptying the small one are not neglected."""
    return leads_to(m.big == m.GOAL, m.big != m.GOAL)
