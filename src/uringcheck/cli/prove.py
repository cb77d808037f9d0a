"""`uringcheck prove`: proofs with z3."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from uringcheck.cli import options
from uringcheck.cli.console import remark
from uringcheck.cli.outputs import Outputs, assignment
from uringcheck.cli.session import Session
from uringcheck.diagnostics import UsageError
from uringcheck.run.exit_codes import ExitCode, worst
from uringcheck.run.project import nearest
from uringcheck.run.question import Question, subject
from uringcheck.run.results import exit_code

if TYPE_CHECKING:
    from uringcheck.run.proving import Aim
    from uringcheck.run.question import Subject


@click.command(name="prove")
@click.argument("model", metavar="MODEL")
@options.preset
@options.params
@options.properties
@click.option(
    "--method",
    type=click.Choice(["auto", "induction", "k-induction", "bmc"]),
    default="auto",
    help="auto is induction, then a search for what stays open.",
)
@click.option("--k", type=click.IntRange(min=0), metavar="N", help="Steps to write out (bmc), or to look back.")
@click.option("--assume", multiple=True, metavar="NAME", help="Only this invariant may help. It is proved, too.")
@click.option(
    "--timeout", type=click.FloatRange(min=0), metavar="S", help="Stop after S seconds [60; 600 for tables of toggles]."
)
@options.max_memory
@click.option("--abstract", is_flag=True, help="For every size: leave the sizes open that --param does not set.")
@click.option("--which-toggles", is_flag=True, help="Which toggles each property needs, and what would repair it.")
@click.option("--either", metavar="SLOT=A,B", help="With --which-toggles: A or B in the slot counts like a toggle.")
@click.option("--load-bearing", is_flag=True, help="Turn each toggle over by itself: which properties are lost?")
@options.printed
@options.also_traces
@options.strict
@options.quiet
def command(
    model: str,
    preset: str | None,
    params: tuple[str, ...],
    properties: tuple[str, ...],
    method: str,
    k: int | None,
    assume: tuple[str, ...],
    timeout: float | None,
    max_memory: int | None,
    abstract: bool,
    which_toggles: bool,
    either: str | None,
    load_bearing: bool,
    format_: str,
    outputs: tuple[str, ...],
    strict: bool,
    quiet: bool,
) -> int:
    """Prove properties of MODEL for every behaviour, not only those within a bound.

    Invariants and lemmas are tried together, and only what is proved is used. A property that cannot be proved is not
    decided; a violation comes with a trace that was replayed.
    """
    from uringcheck.report.proofs import proof_text
    from uringcheck.report.story import story
    from uringcheck.run.proving import Aim, Method, Prover

    given = dict(assignment(text, "--param", "NAME=VALUE") for text in params)
    question = Question(model, preset, given, properties)
    settled = subject(question, nearest(Path.cwd()))
    session = Session(format_ == "json", False, quiet)
    if timeout is None:
        timeout = 600.0 if which_toggles or load_bearing else 60.0
    aim = Aim(Method(method), k, assume or None, timeout, max_memory)
    if either is not None and not which_toggles:
        raise UsageError.at("UC038", "--either is about the sets of --which-toggles", help="add --which-toggles")
    if abstract:
        return _every_size(question, settled, aim, outputs, session, strict)
    if load_bearing:
        return _load_bearing(question, settled, aim, outputs, session)
    if which_toggles:
        return _which_toggles(question, settled, aim, outputs, session, either)
    prover = Prover(question, settled, aim, None if quiet else _Teller().tell)
    with session.writing(Outputs.opened(outputs)):
        proof = prover.run()
        result = session.outputs.with_traces(proof.result, settled.folder)
        session.tell(proof_text(proof.with_result(result), story, session.coloured))
        session.results.append(result)
        session.interrupted = session.interrupted or result.interrupted
        if not quiet:
            remark(
                f"{result.model}   {result.seconds:.2f} s   {proof.queries} queries, the slowest {proof.slowest:.2f} s"
            )
    codes = [exit_code(tuple(session.results), strict)]
    return worst([*codes, ExitCode.INTERRUPTED] if session.interrupted else codes)


def _which_toggles(
    question: Question, settled: Subject, aim: Aim, outputs: tuple[str, ...], session: Session, slot: str | None
) -> int:
    from uringcheck.report.toggles import toggles_json, toggles_text
    from uringcheck.run.either import either
    from uringcheck.run.which_toggles import Analysis

    tell = None if session.quiet else _Teller().tell
    parts = [("", Analysis(question, settled, aim, tell))]
    if slot is not None:
        name, classes = assignment(slot, "--either", "SLOT=A,B")
        if classes.count(",") != 1 or name not in settled.tree.slots:
            known = ", ".join(settled.tree.slots) or "none"
            raise UsageError.at(
                "UC038", f"`{slot}` does not say which two classes of a slot", help=f"--either SLOT=A,B; slots: {known}"
            )
        parts = []
        for one in classes.split(","):
            with_class = replace(question, params={**question.params, name: one})
            parts.append((one, Analysis(with_class, subject(with_class, nearest(Path.cwd())), aim, tell)))
    with Outputs.opened(outputs) as opened:
        answers = [(one, analysis.run()) for one, analysis in parts]
        found = either(name, answers[0], answers[1]) if slot is not None else answers[0][1]
        text, data = toggles_text(found), toggles_json(found)
        opened.tell(text, data, session.as_json)
    if not session.quiet:
        remark(f"{found.label}   {found.seconds:.1f} s   {found.searches} searches, {found.proofs} proofs")
    if found.interrupted:
        return ExitCode.INTERRUPTED
    if not found.needs:
        return ExitCode.NOTHING
    return ExitCode.NOT_DECIDED if any(found.undecided(needs) for needs in found.needs) else ExitCode.OK


def _load_bearing(question: Question, settled: Subject, aim: Aim, outputs: tuple[str, ...], session: Session) -> int:
    from uringcheck.report.toggles import table_json, table_text
    from uringcheck.run.load_bearing import load_bearing_table

    with Outputs.opened(outputs) as opened:
        found = load_bearing_table(question, settled, aim, None if session.quiet else _Teller().tell)
        text, data = table_text(found), table_json(found)
        opened.tell(text, data, session.as_json)
    if not session.quiet:
        remark(f"{found.label}   {found.seconds:.1f} s   {found.states} states")
    if found.interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.OK if found.complete else ExitCode.NOT_DECIDED


def _every_size(
    question: Question, settled: Subject, aim: Aim, outputs: tuple[str, ...], session: Session, strict: bool
) -> int:
    from uringcheck.report.every_size import claim_text
    from uringcheck.report.story import story
    from uringcheck.run.every_size import EverySizeProver

    prover = EverySizeProver(question, settled, aim, None if session.quiet else _Teller().tell)
    with session.writing(Outputs.opened(outputs)):
        claim = prover.run()
        result = session.outputs.with_traces(claim.result, settled.folder)
        session.tell(claim_text(claim, story, session.coloured))
        session.results.append(result)
        session.interrupted = session.interrupted or result.interrupted
        if not session.quiet:
            remark(
                f"{result.model}   {result.seconds:.2f} s   {claim.queries} queries, the slowest {claim.slowest:.2f} s"
            )
    codes = [exit_code(tuple(session.results), strict)]
    return worst([*codes, ExitCode.INTERRUPTED] if session.interrupted else codes)


class _Teller:
    """Says what is being worked on, every ten seconds."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def tell(self, text: str) -> None:
        """Say it, if the last time is long enough ago."""
        if time.monotonic() - self._told >= 10:
            self._told = time.monotonic()
            remark(text)
