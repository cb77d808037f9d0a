"""Found by SPIN, which leaves variables out of its states that nothing reads, unless it is told not to."""

from uringcheck import Model, action, one_of, var


class VariableNobodyReads(Model):
    """A variable that is written and never read."""

    x: int = var(0, 2)

    @action
    def write(self, value: int = one_of(0, 2)) -> None:
        """Any value."""
        self.x = value
