from uringcheck import Model, Queue, action, always, interchangeable, map_of, Map, one_of, queue, require, var

class Broken(Model):
    """Buffers are provided in the order of their numbers."""

    Buffer = interchangeable(0, 2)
    ring: Queue[int] = queue(3, Buffer)

    @action
    def provide(self) -> None:
        """A step."""
        require(self.ring.empty)
        for b in self.Buffer:
            self.ring.push(b)  # <-
