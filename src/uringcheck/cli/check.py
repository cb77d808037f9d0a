"""`uringcheck check`: search models, or run a suite."""

from __future__ import annotations

from pathlib import Path

import click

from uringcheck.cli import options
from uringcheck.cli.outputs import assignment
from uringcheck.cli.session import Session, run_models
from uringcheck.diagnostics import UsageError
from uringcheck.explore.auto import ENGINES
from uringcheck.explore.outcome import Limits
from uringcheck.run.project import nearest
from uringcheck.run.question import Question


@click.command(name="check")
@click.argument("models", nargs=-1, metavar="[MODEL]...")
@options.preset
@options.params
@options.properties
@click.option(
    "--max-states", type=click.IntRange(min=1), metavar="N", help="Stop before the level that passes N states."
)
@click.option(
    "--max-depth", type=click.IntRange(min=0), metavar="N", help="Cover every behaviour of N actions, no more."
)
@options.max_seconds
@options.max_memory
@click.option("--all-violations", is_flag=True, help="Go on after the first violation.")
@click.option("--graph-stats", is_flag=True, help="Also count distinct (source, target) pairs.")
@options.strict
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="auto",
    show_default=True,
    help="Generated Python, native code, or native once a model proves large. The answers are the same.",
)
@click.option(
    "--threads",
    type=click.IntRange(min=1),
    metavar="N",
    help="Worker threads of native code. If not given, all cores join a search that proves large, up to 4.",
)
@click.option(
    "--coverage", is_flag=True, help="Say which lines, branches and action instances were used; takes a second search."
)
@click.option(
    "--compact",
    is_flag=True,
    help="Let fingerprints of 64 bits stand for states in native code: less memory, and verdicts that say how likely "
    "a state was missed.",
)
@click.option("--no-symmetry", is_flag=True, help="Tell interchangeable values apart.")
@click.option("--cross-check", is_flag=True, help="Let the plain run recount every state and step.")
@options.printed
@options.also_traces
@options.quiet
@click.option("-v", "--verbose", is_flag=True, help="Count new states and levels; in a suite, every entry in full.")
def command(
    models: tuple[str, ...],
    preset: str | None,
    params: tuple[str, ...],
    properties: tuple[str, ...],
    max_states: int | None,
    max_depth: int | None,
    max_seconds: float | None,
    max_memory: int | None,
    all_violations: bool,
    graph_stats: bool,
    strict: bool,
    engine: str,
    threads: int | None,
    coverage: bool,
    compact: bool,
    no_symmetry: bool,
    cross_check: bool,
    format_: str,
    outputs: tuple[str, ...],
    quiet: bool,
    verbose: bool,
) -> int:
    """Search every reachable state of each MODEL: a shipped model's name, a spec file, or FILE.py:Class.

    Without MODEL, run the suite of the project or, outside of one, the shipped suite.
    """
    limits = Limits(max_states, max_depth, max_seconds, max_memory)
    project = nearest(Path.cwd())
    session = Session(format_ == "json", verbose, quiet)
    if models:
        given = dict(assignment(text, "--param", "NAME=VALUE") for text in params)
        questions = [
            Question(
                model,
                preset,
                given,
                properties,
                limits,
                all_violations,
                graph_stats,
                cross_check,
                engine,
                threads,
                not no_symmetry,
                coverage,
                compact,
            )
            for model in models
        ]
        return run_models(questions, project, outputs, session, strict)
    if preset is not None or params or properties or coverage or compact:
        raise UsageError.at(
            "UC018",
            "--preset, --param, --property, --coverage and --compact are about a model",
            help="name one: uringcheck check MODEL ...",
        )
    from uringcheck.cli.suites import run_suite

    return run_suite(
        Question(
            "",
            limits=limits,
            cross_check=cross_check,
            graph_stats=graph_stats,
            engine=engine,
            threads=threads,
            symmetry=not no_symmetry,
        ),
        project,
        outputs,
        session,
        strict,
    )
