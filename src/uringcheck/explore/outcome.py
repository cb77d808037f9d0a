"""What a search was asked, and what it found. Every engine takes and gives these."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field

from uringcheck.diagnostics import Span
from uringcheck.diagnostics.values import value_class
from uringcheck.ir.nodes import Failure
from uringcheck.ir.types import Encoded

State = tuple[Encoded, ...]


class Cut(enum.Enum):
    """Why a search did not see every reachable state."""

    STATES = "states"
    DEPTH = "depth"
    SECONDS = "seconds"
    MEMORY = "memory"
    CONSTRAINT = "constraint"
    VIOLATION = "violation"
    FAILURE = "failure"  # a step had no successor because it failed
    INTERRUPTED = "interrupted"


@value_class
class Limits:
    """Where a search must stop. None is no limit. Memory is in MiB of the whole process."""

    states: int | None = None
    depth: int | None = None
    seconds: float | None = None
    memory: float | None = None


@value_class
class Progress:
    """How far a search is, for whoever watches."""

    states: int
    transitions: int
    depth: int
    queue: int
    seconds: float
    memory: float


@value_class
class Request:
    """What to search for.

    `all_violations`: go on after the first violation. `graph_stats`: also count distinct (source, target) pairs.
    `compact`: a fingerprint of 64 bits may stand for a state. `observe` is called now and then with the progress; it
    may raise KeyboardInterrupt.
    """

    limits: Limits = Limits()
    all_violations: bool = False
    graph_stats: bool = False
    compact: bool = False
    observe: Callable[[Progress], None] | None = None


@value_class
class Step:
    """An action instance by name. A start without an `@init` action has the name `init`."""

    action: str
    arguments: tuple[Encoded, ...] = ()


@value_class
class FailedStep:
    """The check that the last step of a path failed.

    When it failed not in the step but while a property was judged where the path ends, `judged` names the property.
    """

    failure: Failure
    message: str
    span: Span
    judged: str | None = None


@value_class
class Path:
    """A behaviour: `states[0]` is initial, reached by `start`; `steps[i]` leads from `states[i]` to `states[i + 1]`.

    When the last step failed it has no target: then there are as many steps as states, and `failed` says how. A failed
    start has no states at all and no steps. When a property could not be judged, every step has its target and
    `failed.judged` names the property: it was judged in the last state, or on the last step if it is a step property.
    """

    start: Step
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    failed: FailedStep | None = None


@value_class
class Lasso:
    """A behaviour that never ends: `path` once, and then what lies behind `loop_start` again and again.

    A loop of steps returns to where it began: `path.states[loop_start] == path.states[-1]`. A behaviour that stutters
    stays in its last state, where `loop_start` points. `in_vain` are the steps that fairness speaks of, that are
    possible somewhere on the loop and never taken there; `not_obliged` are those that no fairness speaks of.
    """

    path: Path
    loop_start: int
    in_vain: tuple[Step, ...] = ()
    not_obliged: tuple[Step, ...] = ()

    @property
    def stutters(self) -> bool:
        """Whether nothing happens any more at the end."""
        return self.loop_start == len(self.path.steps)

    @property
    def loop(self) -> tuple[Step, ...]:
        """The steps that are repeated."""
        return self.path.steps[self.loop_start :]


@dataclass
class Outcome:
    """What a search found.

    States are distinct, transitions are distinct (source, action with arguments, target), edges distinct (source,
    target); `self_loops` are the edges of a state to itself. `levels[0]` counts the initial states. `fired` and
    `new` are per action, by position in the program: transitions of that action and states first reached by it.
    `paths` holds the canonical shortest path for each violated property and each goal reached, by the property's
    name; a domain violation is under `domain`, a failed assertion under `assert`. `covers` and `antecedents` are
    those that were reached: cover numbers, and (property's name, position).

    A step that fails has no target and is no transition; `failed` counts them per action. A state with a step that
    fails is not terminal. States outside a constraint count as states; `cut_states` says how many there were.

    When a limit or an interruption ended the search, all counts are those of the last complete level: every state up to
    it was found and judged, and every state before it was expanded. At a limit on depth, the last level was looked at
    once more for terminal states, which `terminal` includes.

    `omission_bound` is None where states were told apart by all there is to them. Where fingerprints stood for them, it
    is the most that the probability can be with which a state was taken for another one, and missed.
    """

    complete: bool = True
    cut_by: Cut | None = None
    cut_states: int = 0
    states: int = 0
    transitions: int = 0
    initial: int = 0
    terminal: int = 0
    self_loops: int = 0
    edges: int | None = None
    levels: list[int] = field(default_factory=list)
    fired: list[int] = field(default_factory=list)
    new: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    paths: dict[str, Path] = field(default_factory=dict)
    covers: set[int] = field(default_factory=set)
    antecedents: set[tuple[str, int]] = field(default_factory=set)
    seconds: float = 0.0
    omission_bound: float | None = None

    @property
    def depth(self) -> int:
        """States on the longest shortest path."""
        return len(self.levels)
