from uringcheck import Model, action, always, interchangeable, map_of, Map, one_of, require, var

class Broken(Model):
    """One buffer is the first to be used."""

    Buffer = interchangeable(0, 2)
    current: int = var(Buffer)  # <-

    @action
    def go(self, b: int = one_of(Buffer)) -> None:
        """A step."""
        require(b != self.current)
        self.current = b
