"""Why a trace ends as it does, in sentences: last writers, branches taken, what else was possible.

All of it is read off the trace. A sentence names the step that made the difference, never more than was recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from uringcheck.ir.show import show_value
from uringcheck.trace.model import Branch, Trace, TraceStep
from uringcheck.trace.places import named_places, type_at, value_at
from uringcheck.trace.slice import START, direct_causes, last_writer, slice_of

#: More values than this in one sentence and nobody reads them; the rest is counted.
MANY = 6


class Reasons:
    """The sentences about one trace. Places in files are short where that is unambiguous; see `Names`."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.names = Names(trace)
        self._places = named_places(trace.variables)

    def why(self) -> list[str]:
        """What made the property false, the goal true, or the step fail."""
        trace = self.trace
        if trace.failing is not None:
            return self._failed(trace.failing)
        if trace.failed is not None:
            return self._misjudged()
        if trace.loop is not None:
            return self._for_ever(trace.loop)
        if trace.about.kind == "deadlock":
            return self._stuck()
        return self._decided()

    def aside(self) -> str:
        """Which steps play no part; empty when all do."""
        numbers = slice_of(self.trace).aside(self.trace)
        if not numbers:
            return ""
        word, verb = ("step", "plays") if len(numbers) == 1 else ("steps", "play")
        return f"{word} {_enumerated(numbers)} {verb} no part: nothing that this verdict depends on was written there"

    def instead(self) -> tuple[int, tuple[str, ...]]:
        """The steps that were possible where the last one was taken, and the number of the step before."""
        trace = self.trace
        if trace.loop is not None:
            return trace.length, ()  # what is possible on a loop is part of why
        before = trace.length - 1
        if before < 0:
            return 0, ()
        taken = trace.steps[-1].text
        return before, tuple(text for text in trace.enabled[before] if text != taken)

    def _for_ever(self, loop: int) -> list[str]:
        """How a behaviour without end goes on, and what fairness lets it go on without."""
        trace = self.trace
        after = f"after step {loop}" if loop else "from the start"
        if loop == trace.length:
            found = [f"{after} nothing has to happen any more: the behaviour may stay as it is for ever"]
        else:
            again = f"step {trace.length} is" if loop + 1 == trace.length else f"steps {loop + 1} to {trace.length} are"
            back = after if loop else "it started in"
            found = [f"{again} repeated for ever: step {trace.length} leads back to the state {back}"]
        if trace.in_vain:
            shown = ", ".join(trace.in_vain[:MANY])
            more = f" and {len(trace.in_vain) - MANY} more" if len(trace.in_vain) > MANY else ""
            found.append(f"possible there and never done, which is fair by what the property assumes: {shown}{more}")
        return found

    def _decided(self) -> list[str]:
        trace = self.trace
        word = "true" if trace.about.verdict == "found" else "false"
        if not trace.steps:
            return [f"it is {word} at the start: " + self._values(trace.about.reads)]
        if trace.about.kind == "step":
            return self._step_broken()
        last, number = trace.steps[-1], trace.length
        decisive = [place for place in trace.about.reads if place in last.writes]
        others = [place for place in trace.about.reads if place not in decisive]
        found = []
        if decisive:
            found.append(f"step {number} made it {word}: {self._values(decisive, writers=False)}")
        wheres = {where for place, where in last.wrote if place in decisive} or {where for _, where in last.wrote}
        found += self._branches(last, number, wheres)
        if others:
            found.append(("it also read " if decisive else "it read ") + self._values(others))
        return found

    def _step_broken(self) -> list[str]:
        trace = self.trace
        step, number, about = trace.steps[-1], trace.length, trace.about
        found = [f"step {number} is a step it forbids"]
        if about.reads_before:
            found.append(f"before step {number} it read {self._values(about.reads_before, before=True)}")
        if about.reads:
            found.append(f"after it, it read {self._values(about.reads)}")
        places = {*about.reads, *about.reads_before}
        return found + self._branches(step, number, {where for place, where in step.wrote if place in places})

    def _failed(self, step: TraceStep) -> list[str]:
        trace = self.trace
        assert trace.failed is not None
        number = trace.length
        which = f"step {number}" if trace.steps else "the start"
        found = [f"{which} failed at {self.names.where(trace.failed.where)}: {self._failure()}"]
        found += self._branches(step, number, {trace.failed.where})
        if step.reads and trace.steps:
            found.append("the step read " + self._values(step.reads, before=True))
        return found

    def _misjudged(self) -> list[str]:
        trace = self.trace
        assert trace.failed is not None
        found = [
            f"`{trace.failed.judged}` has no value in the last state: at {self.names.where(trace.failed.where)}, "
            + self._failure()
        ]
        if trace.about.reads:
            found.append("it read " + self._values(trace.about.reads))
        return found

    def _failure(self) -> str:
        assert self.trace.failed is not None
        if self.trace.failed.message:
            return self.trace.failed.message
        return "an assertion is false" if self.trace.failed.kind == "assert" else "a value left its domain"

    def _stuck(self) -> list[str]:
        found = ["no step is possible there, and the state is not called final"]
        causes = [place for place, _ in direct_causes(self.trace)]
        if causes:
            found.append("the guards and the property read " + self._values(causes))
        return found

    def _branches(self, step: TraceStep, number: int, wheres: set[str]) -> list[str]:
        """The innermost decisions that made these lines run."""
        chosen: list[Branch] = []
        for where in sorted(wheres):
            governing = [branch for branch in step.branches if where and branch.governs(where)]
            if governing:
                inner = min(governing, key=lambda branch: branch.last - branch.first)
                if inner not in chosen:
                    chosen.append(inner)
        return [self._branch(branch, number) for branch in chosen]

    def _branch(self, branch: Branch, number: int) -> str:
        answer = "held" if branch.taken else "did not hold"
        text = f"there `{branch.test}` {answer} ({self.names.where(branch.where)})"
        saw = [f"{place}={value} ({self._writer(place, number)})" for place, value in branch.saw]
        return f"{text}: {_limited(saw)}" if saw else text

    def _values(self, places: Sequence[str], writers: bool = True, before: bool = False) -> str:
        """The places with their values in the last state. `before`: as the last step found them."""
        trace = self.trace
        number = trace.length if before else trace.length + 1
        state = trace.states[-2] if before and len(trace.states) > trace.length else trace.states[-1]
        ordered = sorted(places, key=lambda place: -last_writer(trace, place, number)) if writers else places
        shown = []
        for place in ordered:
            where = self._places[place]
            type_ = type_at(trace.variables[where[0]].type, where[1])
            value = show_value(type_, value_at(state, where))
            shown.append(f"{place}={value}" + (f" ({self._writer(place, number)})" if writers else ""))
        return _limited(shown) if shown else "nothing of the state"

    def _writer(self, place: str, before: int) -> str:
        number = last_writer(self.trace, place, before)
        return "from the start" if number == START else f"step {number}"


class Names:
    """Lines of source as short as they stay unambiguous within one trace.

    With one file a line is its number; with several, the file's name and the number; the whole path where two files
    have the same name.
    """

    def __init__(self, trace: Trace) -> None:
        files = {trace.about.where.rpartition(":")[0]}
        for step in (trace.start, *trace.steps):
            files.update(line.rpartition(":")[0] for line in step.lines)
        if trace.failed is not None:
            files.add(trace.failed.where.rpartition(":")[0])
        self._files = sorted(files - {""})
        self._names = [PurePosixPath(file).name for file in self._files]

    @property
    def one_file(self) -> bool:
        """Whether the whole trace stays in one file."""
        return len(self._files) <= 1

    def line(self, where: str) -> str:
        """For a column of lines."""
        return where.rpartition(":")[2] if self.one_file else self.where(where)

    def where(self, where: str) -> str:
        """For a sentence: always with a file."""
        file, _, line = where.rpartition(":")
        name = PurePosixPath(file).name
        return where if self._names.count(name) > 1 or not file else f"{name}:{line}"


def _limited(shown: Sequence[str]) -> str:
    rest = len(shown) - MANY
    return ", ".join(shown) if rest <= 0 else ", ".join(shown[:MANY]) + f" and {rest} more"


def _enumerated(numbers: Sequence[int]) -> str:
    """`2, 4 to 6 and 9`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts: list[str] = []
    for run in runs:
        parts += [f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(number) for number in run]
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + f" and {parts[-1]}"
