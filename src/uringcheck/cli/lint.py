"""`uringcheck lint`: everything that is wrong with spec files, without searching."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from uringcheck.cli.console import remark, say
from uringcheck.diagnostics import UsageError
from uringcheck.run.exit_codes import ExitCode


@click.command(name="lint")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
def command(paths: tuple[str, ...]) -> int:
    """Compile every model of these spec files and folders: subset, names, types, docstrings.

    Without PATH: the specs and invariants of the project or, outside of one, the shipped ones. Exits 2 when something
    is wrong.
    """
    from uringcheck.run.project import nearest

    project = nearest(Path.cwd())
    files = list(_files([Path(path) for path in paths] or [*project.specs, *project.invariants] or _shipped()))
    if not files:
        remark("no spec files")
        return ExitCode.NOTHING
    from uringcheck.run.lint import Lint, lint_file

    project.load_invariants()
    lint = Lint()
    for file in files:
        lint_file(file, lint)
    lint.close()
    if lint.found:
        from uringcheck.diagnostics.render import render

        for diagnostic in lint.found:
            say(render(diagnostic).rstrip("\n") + "\n\n")
    within = f", {_count(len(lint.parts), 'part')} compiled only in a model that has it" if lint.parts else ""
    say(
        f"{_count(len(files), 'file')}: {_count(len(lint.models), 'model')}{within}, "
        f"{_count(len(lint.properties), 'property', 'properties')}; {_count(len(lint.found), 'finding')}"
    )
    return ExitCode.USAGE if lint.found else ExitCode.OK


def _shipped() -> list[Path]:
    from uringcheck.lang.loading import PACKAGE

    return [PACKAGE / "spec", PACKAGE / "invariants"]


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (file for file in sorted(path.rglob("*.py")) if file.name != "__init__.py")
        elif path.exists():
            yield path
        else:
            raise UsageError.at("UC001", f"no such file: {path}")


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
