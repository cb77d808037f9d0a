"""`uringcheck export`: a model as input of another checker."""

from __future__ import annotations

import importlib
from pathlib import Path

import click

from uringcheck.cli import options
from uringcheck.cli.console import remark, say
from uringcheck.cli.outputs import assignment
from uringcheck.ir.rewrite import specialise
from uringcheck.lower.text import Exported
from uringcheck.run.exit_codes import ExitCode
from uringcheck.run.files import OutputFile
from uringcheck.run.project import nearest
from uringcheck.run.question import Question, subject

TARGETS = ("murphi", "promela", "tla", "llvm")


@click.command(name="export")
@click.argument("model", metavar="MODEL")
@click.option(
    "--to",
    "target",
    type=click.Choice(TARGETS),
    required=True,
    help="Rumur's Murphi, SPIN's Promela, TLA+; llvm is what is compiled here.",
)
@options.preset
@options.params
@click.option("--output", metavar="FILE", help="Write there; TLA+'s other files go beside it.")
def command(target: str, model: str, preset: str | None, params: tuple[str, ...], output: str | None) -> int:
    """Write MODEL for another checker: complete, or not at all.

    A property that the target cannot say is left out and named in the header; a state or a step that it cannot say
    refuses the export. `llvm` is the assembly of the native engine, with the source line of every action instance and
    property in comments.
    """
    given = dict(assignment(text, "--param", "NAME=VALUE") for text in params)
    about = subject(Question(model, preset, given), nearest(Path.cwd()))
    if target == "llvm":
        from uringcheck.explore.native import assembly

        return _whole(assembly(about.program), output)
    module = importlib.import_module(f"uringcheck.lower.{target}")
    exported: Exported = getattr(module, target)(specialise(about.program))
    if output is None:
        say("\n".join(exported.files.values()))
    else:
        _write(exported, Path(output))
    for name, reason in exported.left_out.items():
        remark(f"not comparable: {name}: {reason}")
    return ExitCode.OK


def _whole(text: str, output: str | None) -> ExitCode:
    if output is None:
        say(text)
    else:
        _write(Exported({"": text}, ()), Path(output))
    return ExitCode.OK


def _write(exported: Exported, path: Path) -> None:
    """Write every text, the main one to `path`; all or nothing is opened."""
    opened: list[tuple[OutputFile, str]] = []
    try:
        for position, (suffix, text) in enumerate(exported.files.items()):
            opened.append((OutputFile(path if position == 0 else path.with_name(path.stem + suffix)), text))
        for file, text in opened:
            file.write(text)
    finally:
        for file, _ in opened:
            file.discard()
