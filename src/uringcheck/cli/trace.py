"""`uringcheck trace`: show, replay or export one counterexample."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from uringcheck.cli.console import colours, say
from uringcheck.diagnostics import UsageError

if TYPE_CHECKING:
    from uringcheck.run.question import Subject
    from uringcheck.trace.model import Trace

FILE = click.argument("file", metavar="FILE", type=click.Path(path_type=Path))


@click.group(name="trace")
def command() -> None:
    """Work with one trace: an .itf.json file that `uringcheck check --output itf=DIR` or a suite wrote."""


@command.command()
@FILE
@click.option(
    "--at", type=click.IntRange(min=0), metavar="N", help="The whole state after N steps instead of the story."
)
def show(file: Path, at: int | None) -> int:
    """Tell the story that the file holds, without its spec."""
    from uringcheck.trace.itf import read_itf

    trace = read_itf(file).trace
    say(_story(trace) if at is None else _state(trace, at))
    return 0


@command.command()
@FILE
@click.option("--model", metavar="MODEL", help="Where the spec is now, when it has moved since.")
@click.option("--pdb", is_flag=True, help="Stop in the author's own function, at the step of --at (default: the last).")
@click.option("--at", type=click.IntRange(min=1), metavar="N", help="With --pdb: the step to stop in.")
def replay(file: Path, model: str | None, pdb: bool, at: int | None) -> int:
    """Execute the trace again with the spec as it is now. Exit 0 when every step and the verdict are confirmed."""
    from uringcheck.lang.plain import PlainRun
    from uringcheck.trace.itf import read_itf
    from uringcheck.trace.verify import replay_itf

    read = read_itf(file)
    made = _subject(read.trace, model)
    trace = replay_itf(read, PlainRun(made.tree), made.program)
    say(_story(trace))
    say(f"\nconfirmed: the plain run took the same {trace.length} steps and judged the property alike")
    if pdb:
        from uringcheck.cli.debugger import stop_in_step

        stop_in_step(trace, made, trace.length if at is None else _step(trace, at))
    return 0


@command.command()
@FILE
@click.option("--to", metavar="FORMAT", required=True, help="mermaid, md or itf.")
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="A file instead of standard output.")
def export(file: Path, to: str, output: Path | None) -> int:
    """The trace as a sequence diagram or a page."""
    from uringcheck.report.export import export as exported
    from uringcheck.run.files import OutputFile
    from uringcheck.trace.itf import read_itf

    text = exported(read_itf(file).trace, to)
    if output is None:
        say(text)
    else:
        OutputFile(output).write(text)
    return 0


def _story(trace: Trace) -> str:
    from uringcheck.report.story import story

    return story(trace, heading=True, colour=colours())


def _state(trace: Trace, at: int) -> str:
    """Every variable after `at` steps, one a line."""
    from uringcheck.ir.show import show_value

    if at >= len(trace.states):
        last = len(trace.states) - 1
        raise UsageError.at("UC027", f"the trace has no state after {at} steps", help=f"its states are 0 to {last}")
    width = max((len(variable.name) for variable in trace.variables), default=0)
    step = trace.start if at == 0 else trace.steps[at - 1]
    lines = [f"after {at} steps, the last of them {step.text}" if at else f"start: {step.text}", ""]
    for variable, value in zip(trace.variables, trace.states[at], strict=True):
        lines.append(f"  {variable.name:<{width}}  {show_value(variable.type, value)}")
    return "\n".join(lines)


def _step(trace: Trace, at: int) -> int:
    if at > trace.length:
        raise UsageError.at("UC027", f"the trace has no step {at}", help=f"its steps are 1 to {trace.length}")
    return at


def _subject(trace: Trace, model: str | None) -> Subject:
    """The model that the file names, under the file's parameters as far as the model has them."""
    from uringcheck.lang.loading import find_model
    from uringcheck.lang.tree import elaborate
    from uringcheck.run.project import nearest
    from uringcheck.run.question import Subject, label

    project = nearest(Path.cwd())
    name = model or trace.model
    cls = find_model(project.resolve(name))
    project.load_invariants()
    params = dict(trace.params)
    slots = {slot: params[slot] for slot in elaborate(cls).slots if slot in params}
    known = {setting.name for setting in elaborate(cls, slots).settings} | set(slots)
    given = {key: value for key, value in params.items() if key in known}
    return Subject(label(name), trace.preset, elaborate(cls, given), tuple(given))
