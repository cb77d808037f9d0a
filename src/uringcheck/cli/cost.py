"""`uringcheck cost`: what behaviours cost at least and at most."""

from __future__ import annotations

from pathlib import Path

import click

from uringcheck.cli import options
from uringcheck.cli.outputs import Outputs, assignment
from uringcheck.cli.progress import Watcher
from uringcheck.explore.outcome import Limits
from uringcheck.run.project import nearest
from uringcheck.run.question import Question


@click.command(name="cost")
@click.argument("model", metavar="MODEL")
@click.argument("quantities", nargs=-1, metavar="[QUANTITY]...")
@options.preset
@options.params
@click.option("--until", metavar="MEASURE=N", help="Sums up to the first state in which the measure is N.")
@click.option("--max-states", type=click.IntRange(min=1), metavar="N", help="Stop when there are more states.")
@options.max_seconds
@options.max_memory
@options.printed
@options.also_text_and_json
@options.no_progress
def command(
    model: str,
    quantities: tuple[str, ...],
    preset: str | None,
    params: tuple[str, ...],
    until: str | None,
    max_states: int | None,
    max_seconds: float | None,
    max_memory: int | None,
    format_: str,
    outputs: tuple[str, ...],
    quiet: bool,
) -> int:
    """The least and the greatest value of each QUANTITY over all behaviours of MODEL, with a behaviour that has it.

    A QUANTITY is a cost or a measure, declared with @cost or @measure; "COST per COST", the sum of the first from one
    step that has the second to the next; or "COST / COST", their ratio along what can be repeated for ever. Without
    any, all costs and measures of the model. Exit 1 when no behaviour gets there, 3 when the search was cut.
    """
    from uringcheck.report.costs import costing_text, costs_json
    from uringcheck.run.costs import CostQuestion, PreparedCosts

    given = dict(assignment(text, "--param", "NAME=VALUE") for text in params)
    asked = CostQuestion(Question(model, preset, given), quantities, until)
    made = PreparedCosts(asked, nearest(Path.cwd()))
    with Outputs.opened(outputs, formats=("text", "json")) as opened:
        with Watcher(made.subject.label, quiet) as watcher:
            found = made.answer(Limits(states=max_states, seconds=max_seconds, memory=max_memory), watcher.observe)
        text, data = costing_text(found), costs_json((found,))
        opened.tell(text, data, format_ == "json")
    return found.exit_code
