from uringcheck import Model, action, cost, var


class Broken(Model):
    """A model with one mistake."""

    n: int = var(0, 3)

    @action
    def go(self) -> None:
        """A step."""
        self.n = 3 - self.n


@cost
def climbed(before: Broken, after: Broken) -> int:  # <-
    """What it costs to climb, and what coming down gives back."""
    return after.n - before.n
