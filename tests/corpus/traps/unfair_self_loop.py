"""Staying at 0 for ever is a step of `jump` only; a cycle is made of steps, and it matters whose."""

from uringcheck import Model, action, always_eventually, one_of, temporal, var, weak


class UnfairSelfLoop(Model):
    """A value modulo three that one action advances and another sets to anything."""

    x: int = var(0, 2)

    @action
    def advance(self) -> None:
        """One further."""
        self.x = (self.x + 1) % 3

    @action
    def jump(self, to: int = one_of(0, 2)) -> None:
        """Anywhere."""
        self.x = to


# Holds: at 0, `advance` is enabled all the time, and neither stuttering nor jumping to 0 is a step of it.
@temporal(weak(UnfairSelfLoop.advance))
def leaves_zero_again_and_again(m: UnfairSelfLoop) -> bool:
    """The value is not 0 again and again."""
    return always_eventually(m.x != 0)


# Violated: 1, 2, 1, 2 ... takes `advance` in every round.
@temporal(weak(UnfairSelfLoop.advance))
def returns_to_zero_again_and_again(m: UnfairSelfLoop) -> bool:
    """The value is 0 again and again."""
    return always_eventually(m.x == 0)
