"""Found by the exports, which fell over what stands behind a check that always fails: the index has no item."""

from uringcheck import Map, Model, action, ints, map_of


class CheckThatAlwaysFails(Model):
    """A map that is written where it has no item."""

    m: Map[int, int] = map_of(ints(0, 1), ints(0, 1))

    @action
    def write(self) -> None:
        """The index lies outside."""
        self.m[2] = 1
