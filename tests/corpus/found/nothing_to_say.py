"""Found while a program was made smaller: generated Python was no Python for a model without variables."""

from uringcheck import Model, action


class NothingToSay(Model):
    """A model with one state."""

    @action
    def go(self) -> None:
        """Nothing changes."""
