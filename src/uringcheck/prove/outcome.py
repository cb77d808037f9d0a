"""What was to be proved, and what came of it. Every method takes and gives these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from uringcheck.explore.outcome import Path, State, Step
from uringcheck.ir.program import Program, Property, PropertyKind

#: What is asked of every model, under the names of the results.
DOMAIN = "domain"
ASSERT = "assert"
NO_DEADLOCK = "no_deadlock"


@dataclass(frozen=True)
class Goal:
    """Something to be proved by name: a property of the program, or `domain`, `assert`, `no_deadlock`."""

    name: str
    stated: Property | None = None

    @property
    def kind(self) -> PropertyKind | None:
        """The property's kind; None for `domain` and `assert`."""
        if self.stated is not None:
            return self.stated.kind
        return PropertyKind.DEADLOCK if self.name == NO_DEADLOCK else None


@dataclass(frozen=True)
class Task:
    """A program with open questions. `auxiliary` may be used in proofs once they are proved themselves.

    With `support`, each proof says which invariants carry it.
    """

    program: Program
    goals: tuple[Goal, ...]
    auxiliary: tuple[Property, ...] = ()
    support: bool = True


@dataclass(frozen=True)
class Story:
    """A counterexample to induction: two states and a step, from where all that is known holds to where the goal fails.

    Nothing says that `before` can be reached. `after` is None where the step fails or the goal is about `before` alone.
    `broken` is what fails there.
    """

    before: State
    step: Step | None
    after: State | None
    broken: str


@dataclass(frozen=True)
class Proved:
    """The goal holds in every reachable state. `by` says how; `using` are the invariants that carry it."""

    by: str
    using: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refuted:
    """A behaviour that contradicts the goal, or reaches it where the goal is to be reached. Not replayed yet."""

    path: Path
    about: str


@dataclass(frozen=True)
class Open:
    """Not decided. `depth` is how many steps were covered from the start, when that was looked at."""

    reason: str
    depth: int | None = None
    story: Story | None = None


Finding = Proved | Refuted | Open


@dataclass
class Findings:
    """A finding for each goal, by name, and what was learned on the way.

    `proved` are the invariants that were proved together, `dropped` those that were not, with the reason. `idle` are
    actions that can never be taken where the proved invariants hold, `ruled_out` those that no values of the variables
    admit at all.
    """

    goals: dict[str, Finding] = field(default_factory=dict)
    proved: tuple[str, ...] = ()
    dropped: Mapping[str, str] = field(default_factory=dict)
    idle: tuple[str, ...] = ()
    ruled_out: tuple[str, ...] = ()
    queries: int = 0
    slowest: float = 0.0
    interrupted: bool = False
