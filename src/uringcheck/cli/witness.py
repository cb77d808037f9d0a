"""`uringcheck witness`: let other people's checkers recount a model."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from uringcheck.cli import options
from uringcheck.cli.console import remark, say
from uringcheck.cli.outputs import assignment
from uringcheck.run.exit_codes import ExitCode
from uringcheck.run.project import Project, nearest
from uringcheck.run.question import Question, subject
from uringcheck.run.suite import prepare
from uringcheck.run.suite_files import read_suite, shipped_suite
from uringcheck.witness.calling import WITNESSES, Hearing, Testimony, differ, hear
from uringcheck.witness.recount import PATIENCE


@click.command(name="witness")
@click.argument("models", nargs=-1, metavar="[MODEL...]")
@click.option(
    "--suite", "in_suite", is_flag=True, help="The entries of the suite, those about MODEL where one is given."
)
@click.option(
    "--preset",
    "presets",
    multiple=True,
    metavar="NAME",
    help="A named set of parameter values; several are asked in turn.",
)
@options.params
@click.option(
    "--with", "tools", multiple=True, type=click.Choice([one.name for one in WITNESSES]), help="Only this tool."
)
@click.option("--tlc-jar", metavar="FILE", help="Where TLC's tla2tools.jar is; TLC_JAR in the environment says it too.")
@click.option(
    "--at-least", type=click.IntRange(min=1), default=1, metavar="N", help="Fail when fewer figures were compared."
)
@click.option("--patience", type=click.FloatRange(min=1), default=PATIENCE, metavar="S", help="Seconds for one run.")
def command(
    models: tuple[str, ...],
    in_suite: bool,
    presets: tuple[str, ...],
    params: tuple[str, ...],
    tools: tuple[str, ...],
    tlc_jar: str | None,
    at_least: int,
    patience: float,
) -> int:
    """Let Rumur, SPIN and TLC recount each MODEL, and compare what can be compared.

    With --suite, MODEL and --preset choose among the entries, and --param is for those that do not say otherwise.

    A tool that is not installed is named and skipped. Exit 70 when a figure differs, 5 when none was compared, 3 when
    fewer than --at-least.
    """
    if tlc_jar is not None:
        os.environ["TLC_JAR"] = tlc_jar
    given = dict(assignment(text, "--param", "NAME=VALUE") for text in params)
    project = nearest(Path.cwd())
    if in_suite:
        questions = entries(project, models, presets, given)
    elif models:
        questions = [Question(model, preset, given) for model in models for preset in presets or (None,)]
    else:
        raise click.UsageError("no MODEL, and no --suite; `uringcheck list` names the models")
    made = 0
    for question in questions:
        about = subject(question, project)
        hearing = hear(question, about, tools, patience)
        say(table(hearing))
        made += hearing.made
        disagreement = differ(about, hearing)
        if disagreement is not None:
            raise disagreement
    remark(f"{made} figures compared, and all agree")
    if made >= at_least:
        return ExitCode.OK
    if made:
        remark(f"at least {at_least} should have been")
        return ExitCode.NOT_DECIDED
    return ExitCode.NOTHING


def entries(
    project: Project, models: Sequence[str], presets: Sequence[str], given: Mapping[str, str]
) -> list[Question]:
    """What the suite asks about these models and presets, or about all; what an entry does not set is as given."""
    found: list[Question] = []
    for prepared in prepare(read_suite(project.suite or shipped_suite()).checks, project):
        question = prepared.entry.question
        if (models and question.model not in models) or (presets and question.preset not in presets):
            continue
        smaller = {name: value for name, value in given.items() if name in prepared.subject.params}
        question = replace(question, params={**smaller, **question.params})
        if question not in found:
            found.append(question)
    return found


def table(hearing: Hearing) -> str:
    """The comparisons as lines, a block for each witness."""
    result = hearing.result
    chosen = ", ".join(f"{name}={value}" for name, value in result.params.items())
    lines = [result.model + (f" @{result.preset}" if result.preset else "") + (f" ({chosen})" if chosen else "")]
    for testimony in hearing.testimonies:
        lines += ["", *_block(testimony)]
    return "\n".join([*lines, ""])


def _block(testimony: Testimony) -> list[str]:
    if testimony.silence:
        return [f"  {testimony.witness}: {testimony.silence}"]
    rows = [("", "uringcheck", testimony.witness, "")]
    for one in testimony.comparisons:
        mark = {True: "agree", False: "DISAGREE", None: f"not comparable: {one.reason}"}[one.agrees]
        rows.append((one.what, one.ours, one.theirs, mark))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [f"  {testimony.witness} {testimony.version}: {testimony.made} figures compared"]
    for what, ours, theirs, mark in rows:
        lines.append(f"    {what:{widths[0]}}  {ours:>{widths[1]}}  {theirs:>{widths[2]}}  {mark}".rstrip())
    return lines
