"""Found by random programs: native code told whether what a constraint implies was met; a constraint asks nothing."""

from uringcheck import Model, action, constraint, implies, init, ints, one_of, var


class ConstraintAsksNothing(Model):
    """A number that is kept to two of its values."""

    level: int = var(0, 3)

    @init
    def begin(self, level: int = one_of(ints(0, 3))) -> None:
        """Anywhere."""
        self.level = level

    @action
    def jump(self, to: int = one_of(ints(0, 3))) -> None:
        """To any number."""
        self.level = to


@constraint
def inside(model: ConstraintAsksNothing) -> bool:
    """Met by states outside, and by states inside."""
    return implies(model.level > 0, model.level < 2)
