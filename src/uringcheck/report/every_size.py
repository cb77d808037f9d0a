"""Proofs for every size for people: the verdicts, the step that stands in the way, and what is claimed."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import wrap
from typing import TYPE_CHECKING

from uringcheck.report.summary import verdict_text
from uringcheck.run.verdicts import Verdict
from uringcheck.trace.model import Trace

if TYPE_CHECKING:
    from uringcheck.prove.every_size import Lost
    from uringcheck.run.every_size import Claim

_WIDTH = 110


def claim_text(claim: Claim, story: Callable[[Trace], str], colour: bool = False) -> str:
    """Everything about one proof."""
    result = claim.result
    settings = " ".join(f"{name}={_value(value)}" for name, value in result.params.items() if name not in claim.sizes)
    sizes = ", ".join(f"{name} >= {least}" for name, least in claim.sizes.items())
    heading = result.model if result.preset is None else f"{result.model}   preset {result.preset}"
    lines = [*_filled("", f"{heading}   {settings}", "    "), ""]
    kinds = max(len(found.kind.value) for found in result.properties)
    names = max(len(found.name) for found in result.properties)
    for found in result.properties:
        text = verdict_text(found, colour)
        if found.verdict is Verdict.HOLDS:
            text += f", {found.reason}"
        lines.append(f"  {found.kind.value:<{kinds}}  {found.name:<{names}}  {text}")
        if found.story is not None:
            lines += ["", *(f"  {line}".rstrip() for line in story(found.story).rstrip("\n").split("\n")), ""]
        if found.verdict is not Verdict.HOLDS and found.name in claim.lost:
            lines += _counterexample(claim.lost[found.name])
    lines += ["", *_filled("  sizes      ", sizes or "none is open")]
    if claim.proved:
        lines += _filled("  together   ", ", ".join(claim.proved))
    for name, why in claim.dropped.items():
        lines += _filled("  dropped    ", f"{name}: {_not_kept(why)}")
    small = claim.small
    shown = " ".join(f"{name}={value}" for name, value in small.sizes.items())
    looked = "all" if small.complete else "the first"
    lines += _filled("  checked    ", f"the invariants in {looked} {small.states} states at {shown or 'these sizes'}")
    for item in result.vacuous:
        lines += _filled("  vacuous    ", item)
    if any(found.verdict is Verdict.HOLDS for found in result.properties):
        lines += _filled("  claim      ", _claim(claim, sizes))
    return "\n".join(lines) + "\n"


def _claim(claim: Claim, sizes: str) -> str:
    unlimited = f", with no limit to {' and '.join(claim.unlimited)}" if claim.unlimited else ""
    return (
        f"every reachable state of this model for all {sizes or 'sizes of this run'}{unlimited}; the other parameters "
        "and the toggles as above. The invariants are written by hand, their induction is checked by z3, and no "
        "certificate of z3's own is kept"
    )


def _not_kept(why: Lost) -> str:
    return f"{'broken by' if why.sure else 'not shown to be kept by'} {why.where}"


def _counterexample(why: Lost) -> list[str]:
    """What a counterexample to induction says of the state before the step."""
    if not why.values:
        return []
    shown = ", ".join(f"{name} {value}" for name, value in why.values if value not in ("0", "no"))
    lead = "a state that the invariants admit, before that step; nothing says that it can be reached: "
    return _filled("      ", lead + shown, "      ")


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _filled(first: str, text: str, then: str | None = None) -> list[str]:
    indent = " " * len(first) if then is None else then
    return wrap(text, _WIDTH, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)
