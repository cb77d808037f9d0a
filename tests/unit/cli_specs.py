"""What tests of the command line run: specs, and the command line itself."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest

from uringcheck.cli import main

Cli = Callable[..., tuple[int, str, str]]


def calling(capfd: pytest.CaptureFixture[str]) -> Cli:
    """The command line in this process: exit code, standard output, standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        out, err = capfd.readouterr()
        return code, out, err

    return call


def heeds_interruption() -> None:
    """What a shell starts in the background ignores Ctrl-C, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


COUNTER = '''"""A counter with everything that can be found wrong."""

from typing import Final

from uringcheck import Model, action, always, param, preset, reachable, require, step, toggle, var


fast: Final[bool] = toggle(False, "it counts by two")


class Counter(Model):
    """A counter from 0 to TOP that starts again."""

    PRESETS = (preset("quick", "By two.", on=(fast,)),)
    TOP: Final[int] = param(5, 1, 9, "the largest number")
    n: int = var(0, TOP)

    @action
    def count(self) -> None:
        """One more, or two when fast."""
        require(self.n + (2 if fast else 1) <= self.TOP)
        self.n += 2 if fast else 1

    @action
    def again(self) -> None:
        """Back to the start."""
        require(self.n + (2 if fast else 1) > self.TOP)
        self.n = 0


@always
def never_four(m: Counter) -> bool:
    """The counter is never four."""
    return m.n != 4


@always
def within_top(m: Counter) -> bool:
    """The counter stays within its bound."""
    return m.n <= m.TOP


@step
def moves(before: Counter, after: Counter) -> bool:
    """Every step changes the counter."""
    return before.n != after.n


@reachable
def two(m: Counter) -> bool:
    """The counter can be two."""
    return m.n == 2


@reachable
def odd_and_even(m: Counter) -> bool:
    """The counter can be odd and even at once."""
    return m.n % 2 == 0 and m.n % 2 == 1
'''

#: A model with far more states than a test has time for.
WANDERING = '''
from uringcheck import Model, action, one_of, var


class Wandering(Model):
    """Two numbers that wander."""

    a: int = var(0, 100_000)
    b: int = var(0, 100_000)

    @action
    def move(self, x: int = one_of(1, 3), y: int = one_of(1, 3)) -> None:
        """Both move on."""
        self.a = (self.a + x) % 100_001
        self.b = (self.b + y * x) % 100_001
'''
