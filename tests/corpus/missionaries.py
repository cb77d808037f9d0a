"""Missionaries and cannibals cross a river in a boat for two."""

from typing import Final

from uringcheck import Map, Model, action, always, ints, map_of, one_of, param, require, var


class Missionaries(Model):
    """People on two banks. Those numbered 1..MISSIONARIES are missionaries, the others cannibals.

    A bank is True where the boat and everybody start. People are told apart, so that the states are sets of people.
    """

    MISSIONARIES: Final[int] = param(3, 0, 8, "missionaries")
    CANNIBALS: Final[int] = param(3, 0, 8, "cannibals")
    boat_at_start: bool = var(True)
    at_start: Map[int, bool] = map_of(ints(1, MISSIONARIES + CANNIBALS), bool, start=True)

    def safe(self, missionaries: int, cannibals: int) -> bool:
        """Whether nobody is eaten where so many meet."""
        return missionaries == 0 or cannibals <= missionaries

    def bank_is_safe(self, side: bool) -> bool:
        """Whether nobody is eaten on a bank."""
        return self.safe(
            sum(1 for who in self.at_start if who <= self.MISSIONARIES and self.at_start[who] == side),
            sum(1 for who in self.at_start if who > self.MISSIONARIES and self.at_start[who] == side),
        )

    def would_be_safe(self, side: bool, one: int, other: int) -> bool:
        """Whether nobody would be eaten on a bank after these two changed theirs."""
        return self.safe(
            sum(
                1
                for who in self.at_start
                if who <= self.MISSIONARIES and (self.at_start[who] == side) != (who in (one, other))
            ),
            sum(
                1
                for who in self.at_start
                if who > self.MISSIONARIES and (self.at_start[who] == side) != (who in (one, other))
            ),
        )

    @action
    def cross(
        self,
        one: int = one_of(1, MISSIONARIES + CANNIBALS),
        other: int = one_of(1, MISSIONARIES + CANNIBALS),
    ) -> None:
        """The boat carries two people over, or one who is named twice."""
        require(one <= other)
        require(self.at_start[one] == self.boat_at_start and self.at_start[other] == self.boat_at_start)
        require(self.would_be_safe(True, one, other) and self.would_be_safe(False, one, other))
        self.boat_at_start = not self.boat_at_start
        self.at_start[one] = self.boat_at_start
        self.at_start[other] = self.boat_at_start


@always
def nobody_is_eaten(m: Missionaries) -> bool:
    """On neither bank do cannibals outnumber missionaries who are there."""
    return m.bank_is_safe(True) and m.bank_is_safe(False)


@always
def somebody_is_left(m: Missionaries) -> bool:
    """Somebody is still where they started."""
    return any(m.at_start[who] for who in m.at_start)
