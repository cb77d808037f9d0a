"""`uringcheck sim`: random walks."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from uringcheck.cli import options
from uringcheck.cli.console import colours, remark
from uringcheck.cli.outputs import Outputs, assignment
from uringcheck.cli.progress import Watcher
from uringcheck.explore.walks import WalkRequest
from uringcheck.run.project import nearest
from uringcheck.run.question import Question, subject


@click.command(name="sim")
@click.argument("model", metavar="MODEL")
@options.preset
@options.params
@options.properties
@click.option(
    "--walks", type=click.IntRange(min=1), default=1000, show_default=True, metavar="N", help="Walks to take."
)
@click.option(
    "--depth", type=click.IntRange(min=0), default=1000, show_default=True, metavar="N", help="Steps of a walk at most."
)
@click.option("--seed", type=int, default=0, show_default=True, metavar="S", help="The same seed, the same walks.")
@click.option("--seconds", type=click.FloatRange(min=0), metavar="S", help="Stop after S seconds.")
@click.option("--all-violations", is_flag=True, help="Go on after the first walk that meets a violation.")
@options.printed
@options.also_traces
@options.quiet
def command(
    model: str,
    preset: str | None,
    params: tuple[str, ...],
    properties: tuple[str, ...],
    walks: int,
    depth: int,
    seed: int,
    seconds: float | None,
    all_violations: bool,
    format_: str,
    outputs: tuple[str, ...],
    quiet: bool,
) -> int:
    """Walk through MODEL at random, for models too large to search.

    What the walks meet is replayed and told like the findings of a search; what they do not meet is not decided. The
    same seed gives the same walks, and more walks only add to what fewer find.
    """
    from uringcheck.report.story import story
    from uringcheck.report.walks import walks_json, walks_text
    from uringcheck.run.check import asked_of
    from uringcheck.run.walking import simulate

    given = dict(assignment(text, "--param", "NAME=VALUE") for text in params)
    question = Question(model, preset, given, properties)
    settled = subject(question, nearest(Path.cwd()))
    asked_of(question, settled)  # a spec that is wrong is refused before the first file is opened
    opened = Outputs.opened(outputs)
    coloured = format_ == "text" and not opened.wants("text") and colours()
    request = WalkRequest(walks, depth, seed, seconds, all_violations)
    with opened:
        with Watcher(settled.label, quiet) as watcher:
            walked = simulate(question, settled, request, watcher.observe)
        walked = walked.with_properties(opened.properties_with_traces(walked.properties, settled.folder))
        text, data = walks_text(walked, partial(story, colour=coloured), coloured), walks_json(walked)
        opened.tell(text, data, format_ == "json")
    if not quiet and walked.seconds > 0:
        remark(f"{walked.model}   {walked.seconds:.2f} s of walking   {walked.steps / walked.seconds:,.0f} steps/s")
    return walked.exit_code
