from uringcheck import Model, action, interchangeable, map_of, Map

class Broken(Model):
    """A type without a name."""

    held: Map[int, bool] = map_of(interchangeable(0, 2), bool)  # <-

    @action
    def go(self) -> None:
        """A step."""
        for b in self.held:
            self.held[b] = True
