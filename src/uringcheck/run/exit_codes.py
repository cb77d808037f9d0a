"""What a run ends with, for scripts."""

from __future__ import annotations

import enum
from collections.abc import Iterable


class ExitCode(enum.IntEnum):
    """The exit codes. They are part of the interface: a number never changes its meaning."""

    OK = 0  # every selected property holds or was found; complete
    VIOLATED = 1  # something is violated, a goal cannot be reached, or a suite did not go as expected
    USAGE = 2  # the command line or the spec is wrong: nothing was checked
    NOT_DECIDED = 3  # cut short, bounded or unknown; nothing violated
    VACUOUS = 4  # under --strict: something that was written never mattered
    NOTHING = 5  # nothing to check
    INTERNAL = 70  # a promise of the package is broken, two engines that disagree included
    INTERRUPTED = 130  # Ctrl-C; what had been found was printed


#: Which code wins when several apply: what makes the others doubtful comes first.
PRECEDENCE = (
    ExitCode.INTERNAL,
    ExitCode.INTERRUPTED,
    ExitCode.USAGE,
    ExitCode.VIOLATED,
    ExitCode.NOT_DECIDED,
    ExitCode.VACUOUS,
    ExitCode.NOTHING,
    ExitCode.OK,
)


def worst(codes: Iterable[ExitCode]) -> ExitCode:
    """The code that wins; `OK` when there is none."""
    return min(codes, key=PRECEDENCE.index, default=ExitCode.OK)
