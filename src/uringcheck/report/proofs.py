"""Proofs for people: a line for each property with what it rests on, and counterexamples to induction as two states."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import wrap
from typing import TYPE_CHECKING

from uringcheck.ir.program import Program
from uringcheck.ir.show import show_value
from uringcheck.report.summary import verdict_text
from uringcheck.run.results import PropertyResult
from uringcheck.run.verdicts import Verdict
from uringcheck.trace.identity import step_text
from uringcheck.trace.model import Trace

if TYPE_CHECKING:
    from uringcheck.prove.outcome import Story
    from uringcheck.run.proving import Proof

_WIDTH = 110


def proof_text(proof: Proof, story: Callable[[Trace], str], colour: bool = False) -> str:
    """Everything about one proof."""
    result = proof.result
    settings = " ".join(f"{name}={_value(value)}" for name, value in result.params.items())
    heading = result.model if result.preset is None else f"{result.model}   preset {result.preset}"
    lines = [*wrap(f"{heading}   {settings}", _WIDTH, subsequent_indent="    ", break_on_hyphens=False), ""]
    kinds = max(len(found.kind.value) for found in result.properties)
    names = max(len(found.name) for found in result.properties)
    for found in result.properties:
        note = proof.notes[found.name]
        text = verdict_text(found, colour)
        if found.verdict in (Verdict.HOLDS, Verdict.NOT_FOUND):
            text += f", {found.reason}" if found.reason else ""
        lines.append(f"  {found.kind.value:<{kinds}}  {found.name:<{names}}  {text}")
        if note.using:
            lines += _filled(" " * (kinds + names + 6) + "with ", ", ".join(note.using))
        if found.story is not None:
            lines += ["", *(f"  {line}".rstrip() for line in story(found.story).rstrip("\n").split("\n")), ""]
            if found.trace is not None:
                lines += [f"  trace    {found.trace}", f"  replay   uringcheck trace replay {found.trace}", ""]
        elif found.verdict is Verdict.NOT_DECIDED and note.story is not None:
            lines += ["", *_two_states(note.story, found, proof.program), ""]
    lines += ["", *_package(proof)]
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _filled(first: str, text: str) -> list[str]:
    return wrap(text, _WIDTH, initial_indent=first, subsequent_indent=" " * len(first), break_on_hyphens=False)


def _package(proof: Proof) -> list[str]:
    """The invariants that were proved together and those that were not, and what could not happen at all."""
    lines: list[str] = []
    if proof.proved:
        lines += _filled("  together   ", ", ".join(proof.proved))
    for name, why in proof.dropped.items():
        lines += _filled("  dropped    ", f"{name}: {why}")
    for label, items in (("vacuous", proof.result.vacuous), ("disabled", proof.result.disabled)):
        for item in items:
            lines += _filled(f"  {label:<11}", item)
    if any(found.verdict is Verdict.HOLDS for found in proof.result.properties):
        claim = (
            "these sizes and toggles, every reachable state; the invariants are checked by z3, and no certificate of "
            "z3's own is kept"
        )
        lines += _filled("  claim      ", claim)
    return lines


def _two_states(story: Story, found: PropertyResult, program: Program) -> list[str]:
    """A counterexample to induction: not a violation, because nobody has shown that its first state can be reached."""
    lines = ["    a state that the proved invariants admit; nothing says that it can be reached:"]
    width = max(len(variable.name) for variable in program.variables)
    start = program.start
    for variable, first, value in zip(program.variables, start, story.before, strict=True):
        if value != first:
            lines.append(f"      {variable.name:<{width}}  {show_value(variable.type, value)}")
    if story.step is not None:
        action = next(a for a in (*program.inits, *program.actions) if a.name == story.step.action)
        lines.append(f"    step {step_text(action, story.step.arguments)}")
        if story.after is not None:
            for variable, old, new in zip(program.variables, story.before, story.after, strict=True):
                if old != new:
                    shown = f"{show_value(variable.type, old)} -> {show_value(variable.type, new)}"
                    lines.append(f"      {variable.name:<{width}}  {shown}")
    if story.broken == found.name:
        lines.append(f"    {found.name} is false {'after it' if story.step is not None else 'there'}")
    else:
        lines.append(f"    {'it fails' if story.step is not None else 'fails there'}: {story.broken}")
    lines.append("    either that state can be reached, or an invariant has to exclude it")
    return lines
