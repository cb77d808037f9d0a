"""The boundary to z3's solvers: a clock, three answers, and no exception of theirs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import z3  # type: ignore[import-untyped]

from uringcheck.diagnostics import InternalError
from uringcheck.explore.memory import resident
from uringcheck.lower.z3_values import Formula

#: Milliseconds. z3 takes an unsigned 32-bit number, and 0 would mean no limit.
LONGEST = 2**31 - 1


class OutOfTimeError(Exception):
    """The time for the whole run is over, or memory; `reason` is a sentence without its full stop."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Clock:
    """When a run has to end. Seconds by `time.monotonic`, MiB of the whole process; None is no limit."""

    deadline: float | None = None
    memory: float | None = None
    observe: Callable[[str], None] | None = None

    @classmethod
    def starting(
        cls, seconds: float | None, memory: float | None = None, observe: Callable[[str], None] | None = None
    ) -> Clock:
        """A clock that runs for so many seconds. `observe` hears what is being asked."""
        return cls(None if seconds is None else time.monotonic() + seconds, memory, observe)

    def left(self) -> float | None:
        """The seconds that are left; raises OutOfTimeError when none is."""
        if self.memory is not None and resident() > self.memory:
            raise OutOfTimeError("memory ran out")
        if self.deadline is None:
            return None
        remaining = self.deadline - time.monotonic()
        if remaining <= 0:
            raise OutOfTimeError("time ran out")
        return remaining

    def note(self, what: str) -> None:
        """Tell who watches what is asked now."""
        if self.observe is not None:
            self.observe(what)


@dataclass(frozen=True)
class Answer:
    """What a solver said: a model of the formulas, or that there is none, with the assumptions that exclude one."""

    model: Any = None
    core: tuple[int, ...] = ()

    @property
    def satisfiable(self) -> bool:
        """Whether there is a model."""
        return self.model is not None


class Solver:
    """Formulas that are asserted one after the other. Everything is bits: z3's incremental SAT solver decides it."""

    def __init__(self, clock: Clock, *formulas: Formula) -> None:
        self._clock = clock
        with translated():
            self._solver = z3.SolverFor("QF_FD")
            self._solver.add(*formulas)

    def add(self, *formulas: Formula) -> None:
        """Assert more."""
        with translated():
            self._solver.add(*formulas)

    def check(self, *assumptions: Formula) -> Answer:
        """Whether all that was asserted can be true together with the assumptions.

        `core` has the positions of assumptions that exclude each other; it need not be minimal. Raises OutOfTimeError.
        """
        left = self._clock.left()
        with translated():
            self._solver.set("timeout", LONGEST if left is None else max(1, min(int(left * 1000), LONGEST)))
            names = [z3.FreshBool("assumed") for _ in assumptions]
            self._solver.push()
            self._solver.add(*(z3.Implies(name, formula) for name, formula in zip(names, assumptions, strict=True)))
            try:
                return self._answer(self._solver.check(*names), names)
            finally:
                self._solver.pop()

    def _answer(self, said: Any, names: Sequence[Any]) -> Answer:
        if said == z3.sat:
            return Answer(self._solver.model())
        if said == z3.unsat:
            core = {found.get_id() for found in self._solver.unsat_core()}
            return Answer(None, tuple(n for n, name in enumerate(names) if name.get_id() in core))
        reason = self._solver.reason_unknown()
        if "interrupted" in reason or (reason == "canceled" and not self._late()):
            raise KeyboardInterrupt
        raise OutOfTimeError(_why(reason))

    def _late(self) -> bool:
        try:
            left = self._clock.left()
        except OutOfTimeError:
            return True
        # z3's own clock may be a little ahead of ours.
        return left is not None and left < 0.05


def ask(clock: Clock, formulas: Iterable[Formula]) -> Answer:
    """Whether the formulas can be true together, asked of a solver of its own."""
    return Solver(clock, *formulas).check()


def minimal(solver: Solver, assumptions: Sequence[Formula], core: Sequence[int]) -> tuple[int, ...]:
    """A part of the core, positions in `assumptions`, from which nothing can be left out."""
    needed: list[int] = []
    rest = list(core)
    while rest:
        left_out = rest.pop()
        answer = solver.check(*(assumptions[n] for n in (*needed, *rest)))
        if answer.satisfiable:
            needed.append(left_out)
        else:
            asked = (*needed, *rest)
            kept = {asked[n] for n in answer.core}
            rest = [n for n in rest if n in kept]
    return tuple(sorted(needed))


@contextmanager
def translated() -> Iterator[None]:
    """What z3 raises inside becomes an exception of this package."""
    try:
        yield
    except z3.Z3Exception as error:
        text = error.value.decode() if isinstance(error.value, bytes) else str(error.value)
        if "canceled" in text or "interrupted" in text:
            raise KeyboardInterrupt from None
        if "memory" in text:
            raise OutOfTimeError("memory ran out") from None
        raise InternalError(f"z3 refuses a question: {text}") from error


def _why(reason: str) -> str:
    if reason in ("timeout", "canceled"):
        return "time ran out"
    if "memory" in reason:
        return "memory ran out"
    return f"the solver gave up: {reason}"
