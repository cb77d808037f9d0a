"""Two values that alternate for ever: told apart, none lasts; merged by symmetry, the only state there is lasts."""

from enum import Enum

from uringcheck import Model, action, eventually_always, init, interchangeable, one_of, require, temporal, var, weak


@interchangeable
class Side(Enum):
    """Two values that look alike to every action."""

    LEFT = 0
    RIGHT = 1


class SymmetryHidesACycle(Model):
    """A value that only ever becomes the other one."""

    x: Side = var(Side.LEFT)

    @init
    def either(self, side: Side = one_of(Side)) -> None:
        """Either side."""
        self.x = side

    @action
    def change(self, to: Side = one_of(Side)) -> None:
        """The other side."""
        require(to != self.x)
        self.x = to


# Violated. A checker that merges the two sides sees one state with a self-loop, and `x == that` for ever.
@temporal(weak(SymmetryHidesACycle.change))
def settles(m: SymmetryHidesACycle) -> bool:
    """The value settles on some side."""
    return any(eventually_always(m.x == side) for side in Side)
