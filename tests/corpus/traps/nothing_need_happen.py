"""A goal one step away that nobody is obliged to take."""

from uringcheck import Model, action, eventually, final, require, temporal, var


class NothingNeedHappen(Model):
    """A flag that can be raised."""

    raised: bool = var(False)

    @action
    def raise_flag(self) -> None:
        """The flag goes up."""
        require(not self.raised)
        self.raised = True


@final
def flag_is_up(m: NothingNeedHappen) -> bool:
    """Nothing is left to do once the flag is up."""
    return m.raised


# Violated: without fairness a behaviour may stutter from the start.
@temporal()
def raised_some_time(m: NothingNeedHappen) -> bool:
    """The flag is raised some time."""
    return eventually(m.raised)
