"""Six counters that tick by themselves: a state space whose size is known by hand."""

from typing import Final

from uringcheck import Model, action, always, param, var


class SixCounters(Model):
    """Six counters modulo MODULUS; each step advances one.

    Every combination is reachable and has one edge for each counter. That makes MODULUS ** 6 states and six times as
    many edges; the farthest state is 6 * (MODULUS - 1) steps away.
    """

    MODULUS: Final[int] = param(12, 2, 64, "values of each counter")
    a: int = var(0, MODULUS - 1)
    b: int = var(0, MODULUS - 1)
    c: int = var(0, MODULUS - 1)
    d: int = var(0, MODULUS - 1)
    e: int = var(0, MODULUS - 1)
    f: int = var(0, MODULUS - 1)

    @action
    def tick_a(self) -> None:
        """The first counter advances."""
        self.a = (self.a + 1) % self.MODULUS

    @action
    def tick_b(self) -> None:
        """The second counter advances."""
        self.b = (self.b + 1) % self.MODULUS

    @action
    def tick_c(self) -> None:
        """The third counter advances."""
        self.c = (self.c + 1) % self.MODULUS

    @action
    def tick_d(self) -> None:
        """The fourth counter advances."""
        self.d = (self.d + 1) % self.MODULUS

    @action
    def tick_e(self) -> None:
        """The fifth counter advances."""
        self.e = (self.e + 1) % self.MODULUS

    @action
    def tick_f(self) -> None:
        """The sixth counter advances."""
        self.f = (self.f + 1) % self.MODULUS


@always
def not_all_at_their_last(m: SixCounters) -> bool:
    """The counters never all stand at their last value."""
    return min(m.a, m.b, m.c, m.d, m.e, m.f) < m.MODULUS - 1
