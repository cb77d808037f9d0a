"""A debugger in the author's own function: possible because a spec is plain Python."""

from __future__ import annotations

import pdb
from typing import TYPE_CHECKING

from uringcheck.cli.console import remark
from uringcheck.trace.identity import parse_step

if TYPE_CHECKING:
    from uringcheck.run.question import Subject
    from uringcheck.trace.model import Trace


def stop_in_step(trace: Trace, subject: Subject, number: int) -> None:
    """Run step `number` of a trace (0 is the start) under pdb, stopped at the action's first line."""
    from uringcheck.lang.plain import PlainRun

    run = PlainRun(subject.tree)
    told = trace.steps[number - 1] if number else trace.start
    step = parse_step(told.text, subject.program.actions if number else subject.program.inits)
    action = next((one for one in (*run.inits, *run.actions) if step is not None and one.name == step.action), None)
    if step is None or action is None:
        remark(f"{told.text} is no function of the spec")
        return
    state = trace.states[number - 1] if number else run.start
    code = action.function.__code__
    debugger = pdb.Pdb()
    debugger.set_break(code.co_filename, _first_line(code.co_filename, action.function.__name__, code.co_firstlineno))
    debugger.rcLines.append("continue")  # from the engine's call to the author's first line
    debugger.runcall(run.execute, action, step.arguments, state)


def _first_line(file: str, name: str, first: int) -> int:
    """The first line of the function that does something: pdb refuses to stop at a docstring."""
    import ast

    from uringcheck.diagnostics.sources import source_file

    source = source_file(file)
    function = source.functions[name, first] if source is not None else None
    if function is None:
        return first
    body = [one for one in function.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    return (body or function.body)[0].lineno
