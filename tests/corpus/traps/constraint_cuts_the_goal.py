"""A counter that is only followed to 5: what lies beyond is unknown, neither reached nor missed."""

from uringcheck import Model, action, always, constraint, eventually, temporal, var, weak


class ConstraintCutsTheGoal(Model):
    """A counter that counts on and on."""

    x: int = var(0, 1000)

    @action
    def count(self) -> None:
        """One more."""
        self.x += 1


@constraint
def small(m: ConstraintCutsTheGoal) -> bool:
    """Only counters below 5 are followed."""
    return m.x < 5


# Not decided: no behaviour that stays below 5 is infinite and fair, and none that leaves has been seen to its end.
@temporal(weak(ConstraintCutsTheGoal.count))
def reaches_a_hundred(m: ConstraintCutsTheGoal) -> bool:
    """The counter reaches 100."""
    return eventually(m.x == 100)


# Violated: a state that the constraint cuts is not followed, but it was reached and counts.
@always
def never_five(m: ConstraintCutsTheGoal) -> bool:
    """The counter is never 5."""
    return m.x != 5


# Not decided: 6 lies beyond the cut.
@always
def never_six(m: ConstraintCutsTheGoal) -> bool:
    """The counter is never 6."""
    return m.x != 6
