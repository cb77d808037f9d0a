from uringcheck import Model, action, always, interchangeable, map_of, Map, one_of, require

class Broken(Model):
    """An order among names."""

    Buffer = interchangeable(0, 2)
    held: Map[int, bool] = map_of(Buffer, bool)

    @action
    def go(self, b: int = one_of(Buffer), c: int = one_of(Buffer)) -> None:
        """A step."""
        require(b < c)  # <-
        self.held[b] = True
