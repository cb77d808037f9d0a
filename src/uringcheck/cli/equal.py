"""`uringcheck equal`: two models side by side."""

from __future__ import annotations

from pathlib import Path

import click

from uringcheck.cli import options
from uringcheck.cli.console import remark
from uringcheck.cli.outputs import Outputs
from uringcheck.cli.progress import Watcher
from uringcheck.explore.outcome import Cut, Limits
from uringcheck.run.exit_codes import ExitCode
from uringcheck.run.project import nearest


@click.command(name="equal")
@click.argument("left", metavar="LEFT")
@click.argument("right", metavar="RIGHT")
@click.option("--observe", multiple=True, metavar="NAME", help="Compare only this variable, or those of this part.")
@click.option("--hide", multiple=True, metavar="NAME", help="Compare without this variable, or those of this part.")
@click.option("--actions-only", is_flag=True, help="Compare no variable, only what is possible.")
@click.option("--max-states", type=click.IntRange(min=1), metavar="N", help="Stop when there are more pairs of states.")
@click.option("--max-depth", type=click.IntRange(min=0), metavar="N", help="Compare behaviours of N actions, no more.")
@options.max_seconds
@options.max_memory
@options.printed
@options.also_text_and_json
@options.quiet
def command(
    left: str,
    right: str,
    observe: tuple[str, ...],
    hide: tuple[str, ...],
    actions_only: bool,
    max_states: int | None,
    max_depth: int | None,
    max_seconds: float | None,
    max_memory: int | None,
    format_: str,
    outputs: tuple[str, ...],
    quiet: bool,
) -> int:
    """Are LEFT and RIGHT equal? Each is MODEL, MODEL@PRESET or MODEL@PRESET,NAME=VALUE,NAME=VALUE.

    Every action is compared, by name and arguments, and every variable, unless --observe, --hide or --actions-only
    says otherwise. Exit 0: the reachable graphs are isomorphic, or bisimilar where variables are hidden. Exit 1: the
    shortest sequence of steps that tells them apart is told. Exit 3: the search was cut.
    """
    from uringcheck.report.equality import equalities_json, equality_text
    from uringcheck.run.equality import EqualityQuestion, prepared, side

    limits = Limits(max_states, max_depth, max_seconds, max_memory)
    question = EqualityQuestion(side(left), side(right), observe, hide, actions_only, limits)
    made = prepared(question, nearest(Path.cwd()))
    with Outputs.opened(outputs, formats=("text", "json")) as opened:
        with Watcher("equal", quiet) as watcher:
            found = made.answer(watcher.observe)
        text, data = equality_text(found), equalities_json((found,))
        opened.tell(text, data, format_ == "json")
    if not quiet and found.comparison.seconds > 0:
        remark(f"equal   {found.comparison.seconds:.2f} s of search")
    if found.comparison.cut_by is Cut.INTERRUPTED:
        return ExitCode.INTERRUPTED
    return found.likeness.exit_code
