"""The tower of Hanoi: disks on three pegs, never a larger one on a smaller."""

from typing import Final

from uringcheck import Map, Model, action, always, ints, map_of, one_of, param, require


class Hanoi(Model):
    """DISKS disks, 1 the smallest, all on peg 1 at the start.

    As no disk ever lies on a smaller one, where each disk is says everything. Each of the 3 ** DISKS positions allows
    three moves (the smallest disk to either peg, and one move between the other two pegs), save the three with all
    disks on one peg, which allow two.
    """

    DISKS: Final[int] = param(5, 1, 10, "disks")
    peg: Map[int, int] = map_of(ints(1, DISKS), ints(1, 3))

    @action
    def move(self, disk: int = one_of(1, DISKS), to: int = one_of(1, 3)) -> None:
        """A disk with nothing on it goes to another peg where no smaller one lies."""
        require(self.peg[disk] != to)
        require(all(self.peg[other] not in (self.peg[disk], to) for other in range(1, disk)))
        self.peg[disk] = to


@always
def tower_not_moved(m: Hanoi) -> bool:
    """The tower never stands on peg 3 as a whole."""
    return any(m.peg[disk] != 3 for disk in m.peg)
