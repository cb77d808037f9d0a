"""Found by plain run and generated Python: `m[i] = x` judges the index before the item; both are outside here."""

from uringcheck import Map, Model, action, ints, map_of, one_of


class IndexBeforeItem(Model):
    """A map that is written with an index and an item which may both be outside."""

    m: Map[int, int] = map_of(ints(0, 1), ints(0, 1))

    @action
    def write(self, index: int = one_of(0, 2), item: int = one_of(0, 2)) -> None:
        """The message says which of the two it was."""
        self.m[index] = item

    @action
    def add(self, index: int = one_of(0, 2)) -> None:
        """The same in one operator."""
        self.m[index] += 2
