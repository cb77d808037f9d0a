"""Found by plain run and generated Python: a loop goes over what its container held when it began."""

from uringcheck import Map, Model, Queue, SetOf, action, ints, map_of, queue, require, set_of


class LoopOverWhatItsBodyChanges(Model):
    """Loops that change what they go over."""

    q: Queue[int] = queue(3, ints(0, 2))
    s: SetOf[int] = set_of(ints(0, 3))
    m: Map[int, int] = map_of(ints(0, 1), ints(0, 2))

    @action
    def push(self) -> None:
        """An item comes."""
        require(len(self.q) < 2)
        self.q.push(len(self.q))

    @action
    def rotate(self) -> None:
        """Every item is taken out, and the next number put in."""
        for item in self.q:
            self.q.pop()
            self.q.push((item + 1) % 3)

    @action
    def grow(self) -> None:
        """Every member brings in the next one: by one number a step, not all at once."""
        for member in self.s:
            if member < 3:
                self.s.add(member + 1)
        if self.s.empty:
            self.s.add(0)

    @action
    def add(self) -> None:
        """The items count in a map, and the queue forgets them on the way."""
        for item in self.q:
            self.m[item % 2] = (self.m[item % 2] + 1) % 3
            self.q.clear()
