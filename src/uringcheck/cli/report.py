"""`uringcheck report`: the page of verdicts of a suite."""

from __future__ import annotations

from pathlib import Path

import click

from uringcheck.cli import options
from uringcheck.cli.console import remark, say
from uringcheck.cli.progress import Watcher
from uringcheck.cli.session import Session
from uringcheck.cli.suites import run_all
from uringcheck.diagnostics import UsageError
from uringcheck.explore.auto import ENGINES
from uringcheck.run.exit_codes import ExitCode
from uringcheck.run.files import OutputFile
from uringcheck.run.project import nearest
from uringcheck.run.question import Question


@click.command(name="report")
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="A file instead of standard output.")
@click.option("--check", "compared", type=click.Path(path_type=Path), metavar="FILE", help="Compare with this file.")
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="auto",
    show_default=True,
    help="As for check; the page is the same.",
)
@options.no_progress
def command(output: Path | None, compared: Path | None, engine: str, quiet: bool) -> int:
    """Run the suite of the project, or the shipped one, and write the page of its verdicts in Markdown.

    It has every entry with diagrams of what is violated, what each bug is found by, comparisons, costs, and what
    changes from kernel to kernel. Exit 1 when an entry is not as expected, or FILE of --check is not this page.
    """
    from dataclasses import replace

    from uringcheck.report.verdicts import Page, verdicts_page
    from uringcheck.run.lineage import answered, lineage
    from uringcheck.run.suite import prepare_suite
    from uringcheck.run.suite_files import read_suite, shipped_suite

    if compared is not None and not compared.is_file():
        raise UsageError.at("UC001", f"no such file: {compared}", help="write it with --output")
    project = nearest(Path.cwd())
    suite = prepare_suite(read_suite(project.suite or shipped_suite()), project)
    file = None if output is None else OutputFile(output)
    session = Session(as_json=True, quiet=quiet)  # which keeps what it finds, and tells nobody
    try:
        with session.interruptible():
            run_all(suite, Question("", engine=engine), session)
            lineages = []
            known = {} if session.interrupted else answered(suite.checks, session.results)
            for asked in suite.presets if not session.interrupted else ():
                with Watcher(f"presets of {asked.model}", quiet) as watcher:
                    lineages.append(lineage(replace(asked, engine=engine), project, watcher.observe, known))
        if session.interrupted:
            remark("interrupted: there is no page of a part of a suite")
            return ExitCode.INTERRUPTED
        page = Page(
            tuple(session.results),
            tuple(session.equalities),
            tuple(session.costs),
            suite.findings,
            tuple(lineages),
        )
        text = verdicts_page(page)
        if file is not None:
            file.write(text)
        elif compared is None:
            say(text)
        fine = page.as_expected and (compared is None or _same(compared, text))
    finally:
        if file is not None:
            file.discard()
    if not page.as_expected:
        remark("the suite is not as expected: uringcheck check says where")
    return ExitCode.OK if fine else ExitCode.VIOLATED


def _same(file: Path, text: str) -> bool:
    """Whether the file is the page; where it first differs is told."""
    there = file.read_text(encoding="utf-8")
    if there == text:
        return True
    old, new = there.split("\n"), text.split("\n")
    line = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    remark(f"{file}:{line + 1} is not what the suite says now; `uringcheck report --output {file}` writes it anew")
    for sign, lines in (("-", old), ("+", new)):
        remark(f"{sign} {lines[line][:200] if line < len(lines) else ''}")
    return False
