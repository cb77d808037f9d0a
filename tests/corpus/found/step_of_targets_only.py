"""Found by random programs with SPIN: the Promela export never judged a step property that names no `before`."""

from uringcheck import Model, action, ints, one_of, step, var


class StepOfTargetsOnly(Model):
    """A number that jumps."""

    level: int = var(0, 2, start=0)

    @action
    def jump(self, to: int = one_of(ints(0, 2))) -> None:
        """To any number."""
        self.level = to


@step
def never_two(before: StepOfTargetsOnly, after: StepOfTargetsOnly) -> bool:
    """Violated by a step to two, whatever it starts from."""
    return after.level != 2
