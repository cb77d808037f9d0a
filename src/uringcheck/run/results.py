"""What a run found, as plain data. Every output format is made from this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from uringcheck.diagnostics.values import value_class
from uringcheck.run.exit_codes import ExitCode, worst
from uringcheck.run.verdicts import Kind, Verdict

if TYPE_CHECKING:
    from uringcheck.run.coverage import Coverage
    from uringcheck.trace.model import Trace


@value_class
class PropertyResult:
    """The verdict on one property.

    `steps` counts the actions of the trace; `k` those that `holds-up-to-k` covered. `trace` is the path of the trace's
    file, None unless one was written. `expected` and `expected_steps` come from a suite. `story` is the trace itself.
    """

    name: str
    kind: Kind
    verdict: Verdict
    reason: str = ""
    steps: int | None = None
    k: int | None = None
    trace: str | None = None
    expected: Verdict | None = None
    expected_steps: int | None = None
    in_suite: bool = False
    doc: str = ""
    location: str = ""
    story: Trace | None = None

    @property
    def unexpected(self) -> bool:
        """Whether a suite expected something else, or nothing at all of something that went wrong."""
        if self.expected is None:
            return self.in_suite and self.verdict.exit_code is ExitCode.VIOLATED
        return self.verdict is not self.expected or self.expected_steps not in (None, self.steps)


@value_class
class ActionCount:
    """How often an action was taken, and how many states it was the first to reach."""

    name: str
    fired: int
    new: int
    location: str


@value_class
class Result:
    """What was found out about one model under one set of parameters.

    `params` holds every parameter and slot by name, as JSON values; `given` names those that the preset or the command
    line set. `unreduced` says why a declared reduction was not used. `note` and `unstated` belong to suites: the
    entry's remark, and the properties it expects nothing of.
    """

    model: str
    preset: str | None
    params: Mapping[str, object]
    complete: bool
    cut_by: str | None
    states: int
    transitions: int
    depth: int
    properties: tuple[PropertyResult, ...]
    vacuous: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    initial: int = 0
    edges: int | None = None
    terminal: int = 0
    levels: tuple[int, ...] = ()
    constraints: tuple[str, ...] = ()
    reductions: tuple[str, ...] = ()
    unreduced: str = ""
    coverage: Coverage | None = None
    omission_bound: float | None = None
    cut_states: int = 0
    given: tuple[str, ...] = ()
    actions: tuple[ActionCount, ...] = ()
    agreement: str | None = None
    note: str = ""
    unstated: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    interrupted: bool = False
    seconds: float = 0.0

    @property
    def as_expected(self) -> bool:
        """Whether a suite's entry came out as the suite says, and nothing it is silent about went wrong."""
        return not self.absent and not any(found.unexpected for found in self.properties)

    def with_properties(self, properties: tuple[PropertyResult, ...]) -> Result:
        """The same result with other property results."""
        return replace(self, properties=properties)


def exit_code(results: tuple[Result, ...], strict: bool = False) -> ExitCode:
    """What a run of `check MODEL...` ends with: the plain verdicts decide."""
    codes = [found.verdict.exit_code for result in results for found in result.properties]
    if not codes:
        codes.append(ExitCode.NOTHING)
    if any(result.interrupted for result in results):
        codes.append(ExitCode.INTERRUPTED)
    if strict and any(result.vacuous for result in results):
        codes.append(ExitCode.VACUOUS)
    return worst(codes)


class Expected(Protocol):
    """What a suite's entry came to, whatever sort of entry it was."""

    @property
    def as_expected(self) -> bool:
        """Whether it came out as the suite says."""
        ...


def suite_exit_code(results: tuple[Result, ...], others: Sequence[Expected] = ()) -> ExitCode:
    """What a suite ends with: expectations decide, not verdicts. `others` are its entries of other sorts."""
    codes = [ExitCode.OK if found.as_expected else ExitCode.VIOLATED for found in (*results, *others)]
    if not codes:
        codes.append(ExitCode.NOTHING)
    if any(result.interrupted for result in results):
        codes.append(ExitCode.INTERRUPTED)
    return worst(codes)


def as_data(results: tuple[Result, ...], tool: Mapping[str, object]) -> dict[str, object]:
    """The document of `--format json`: schema 1, see `report/results.schema.json`."""
    return {"schema": 1, "tool": dict(tool), "results": [_result(result) for result in results]}


def _result(result: Result) -> dict[str, object]:
    return {
        "model": result.model,
        "preset": result.preset,
        "params": dict(result.params),
        "complete": result.complete,
        "cut_by": result.cut_by,
        "cut_states": result.cut_states,
        "states": result.states,
        "transitions": result.transitions,
        "depth": result.depth,
        "properties": [property_data(found) for found in result.properties],
        "vacuous": list(result.vacuous),
        "disabled": list(result.disabled),
        "initial": result.initial,
        "edges": result.edges,
        "terminal": result.terminal,
        "levels": list(result.levels),
        "constraints": list(result.constraints),
        "reductions": list(result.reductions),
        "unreduced": result.unreduced or None,
        "omission_bound": result.omission_bound,
        "actions": [{"name": a.name, "fired": a.fired, "new": a.new} for a in result.actions],
        "agreement": result.agreement,
        "note": result.note or None,
        "coverage": _coverage(result),
    }


def _coverage(result: Result) -> dict[str, object] | None:
    if result.coverage is None:
        return None
    from uringcheck.run.coverage import coverage_data

    return coverage_data(result.coverage)


def property_data(found: PropertyResult) -> dict[str, object]:
    """One property as JSON has it."""
    return {
        "name": found.name,
        "kind": found.kind.value,
        "verdict": found.verdict.value,
        "reason": found.reason or None,
        "steps": found.steps,
        "k": found.k,
        "trace": found.trace,
        "expected": found.expected.value if found.expected else None,
        "expected_steps": found.expected_steps,
        "doc": found.doc,
        "location": found.location or None,
    }
