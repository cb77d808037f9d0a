"""Found while looking at enums without members: a second name for a member was counted as a second value."""

import enum

from uringcheck import Model, action, one_of, var


class Colour(enum.Enum):
    """Two colours, one of them under two names."""

    RED = 1
    CRIMSON = RED
    BLUE = 2


class SecondNameOfAMember(Model):
    """A colour that changes."""

    colour: Colour = var(Colour.RED)

    @action
    def paint(self, to: Colour = one_of(Colour)) -> None:
        """In any colour."""
        self.colour = to

    @action
    def blush(self) -> None:
        """In the first colour, by its second name."""
        self.colour = Colour.CRIMSON
