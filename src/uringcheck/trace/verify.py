"""A trace from a file, executed again against the spec as it is now.

    replay_itf(read, run, program) -> Trace

The run and the program must have been made with the file's preset and parameters (`read.trace.preset`, `.params`). The
trace that comes back was executed just now and is about the present spec; `notes` says when the spec's text has changed
since the file was written. Refusals are UsageErrors: UC023 when the file belongs to another spec, UC024 when it is no
behaviour of this one any more.
"""

from __future__ import annotations

from uringcheck.diagnostics import Span, UsageError
from uringcheck.explore.outcome import FailedStep, Lasso, Path, Step
from uringcheck.explore.search import NO_DEADLOCK
from uringcheck.ir.nodes import Failure
from uringcheck.ir.program import Program
from uringcheck.lang.plain import PlainRun
from uringcheck.trace.identity import PLAIN_START, parse_step
from uringcheck.trace.itf import ItfTrace
from uringcheck.trace.lassos import LassoReplay
from uringcheck.trace.model import Trace, TraceVariable
from uringcheck.trace.replay import FAILURES, Divergence, Replay, settings, trace_variables

CHANGED = "the spec's text has changed since this trace was written; the trace is still a behaviour of it"


def replay_itf(read: ItfTrace, run: PlainRun, program: Program) -> Trace:
    """The file's trace, confirmed by the plain run."""
    told = read.trace
    _check_same_spec(read, run, program)
    try:
        path = _path(told, program)
        if told.loop is None:
            trace = Replay(run, program).trace(path, told.about.name, told.model, told.preset)
        else:
            lasso = Lasso(path, told.loop)
            trace = LassoReplay(run, program).lasso_trace(lasso, told.about.name, told.model, told.preset)
    except Divergence as found:
        step = found.step - 1
        which = f"`{told.steps[step].text}`" if 0 <= step < told.length else "the start"
        raise UsageError.at(
            "UC024",
            f"{read.file} is no behaviour of the spec as it is now: at step {found.step}, {which}: {found.what}",
            help="the spec has changed since, or the file was edited; run the check again",
        ) from None
    return trace if trace.digest == told.digest else trace.noting(CHANGED)


def _check_same_spec(read: ItfTrace, run: PlainRun, program: Program) -> None:
    told = read.trace
    if told.program != program.name:
        raise _other(read, f"it is about `{told.program}`, and this is `{program.name}`")
    difference = _different_variables(told.variables, trace_variables(run, program))
    if difference:
        raise _other(read, difference)
    now, then = dict(settings(run)), dict(told.params)
    for name in sorted({*now, *then}):
        if name not in now or name not in then:
            raise _other(read, f"parameter `{name}` is only in {'the spec' if name in now else 'the file'}")
        if type(now[name]) is not type(then[name]) or now[name] != then[name]:
            raise _other(read, f"parameter `{name}` is {then[name]} in the file and {now[name]} here")
    known = {found.name for found in program.properties} | {*FAILURES, NO_DEADLOCK}
    if told.about.name not in known:
        raise _other(read, f"the spec has no property `{told.about.name}`")


def _different_variables(then: tuple[TraceVariable, ...], now: tuple[TraceVariable, ...]) -> str:
    """A sentence about the first difference; lanes are only for drawing and may change."""
    before = {variable.name: variable for variable in then}
    after = {variable.name: variable for variable in now}
    for name in [*before, *after]:
        if name not in after:
            return f"the spec has no variable `{name}`"
        if name not in before:
            return f"variable `{name}` is not in the file"
        if before[name].type != after[name].type:
            return f"variable `{name}` is a {before[name].type} in the file and a {after[name].type} in the spec"
    if list(before) != list(after):
        return "the variables are in another order"
    return ""


def _other(read: ItfTrace, what: str) -> UsageError:
    return UsageError.at(
        "UC023",
        f"{read.file} belongs to another spec: {what}",
        help=f"it was written for model {read.trace.model}"
        + (f", preset {read.trace.preset}" if read.trace.preset else ""),
    )


def _path(told: Trace, program: Program) -> Path:
    """The file's behaviour as a search would hand it over."""
    start = parse_step(told.start.text, program.inits)
    if start is None:
        if told.start.text != PLAIN_START:
            raise Divergence(0, f"the model has no start `{told.start.text}`")
        start = Step(PLAIN_START)
    steps = []
    for number, step in enumerate(told.steps, 1):
        parsed = parse_step(step.text, program.actions)
        if parsed is None:
            raise Divergence(number, "the model has no such step")
        steps.append(parsed)
    failed = None
    if told.failed is not None:
        kind = Failure(told.failed.kind)
        failed = FailedStep(kind, told.failed.message, Span("", 0), told.failed.judged or None)
    return Path(start, told.states, tuple(steps), failed)
