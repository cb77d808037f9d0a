"""Kept for native code: an optional value that is none keeps no bits of what it was. TLC once asked for the item."""

from uringcheck import Model, action, ints, maybe, one_of, require, var


class OptionForgets(Model):
    """An optional number goes from a wide variable to one with another low end."""

    wide: int | None = var(maybe(ints(0, 7)))
    narrow: int | None = var(maybe(ints(-3, 4)))

    @action
    def come(self, number: int = one_of(0, 4)) -> None:
        """A number comes."""
        self.wide = number

    @action
    def move(self) -> None:
        """It moves on, or what is none does."""
        self.narrow = self.wide
        self.wide = None

    @action
    def back(self) -> None:
        """And back, where it fits."""
        require(self.narrow is None or self.narrow >= 0)
        self.wide = self.narrow
