"""Results for people: one line per property, the story of each violation, and what was covered.

Only facts that every engine, machine and number of workers agrees on stand here, so the bytes are the same wherever
the run was made. Time and rate belong to whoever ran it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from uringcheck.run.results import PropertyResult, Result
from uringcheck.run.verdicts import Kind, Verdict

if TYPE_CHECKING:
    from uringcheck.trace.model import Trace

#: Wide enough for a path with its line, narrow enough for two windows side by side.
WIDTH = 110

_LABEL = 13


def summary(
    result: Result, story: Callable[[Trace], str] | None = None, colour: bool = False, counts: bool = False
) -> str:
    """Everything about one result. With `story`, the trace of each violation and goal is told where it belongs.

    `counts` adds the states that each action was the first to reach, and the sizes of the levels.
    """
    parts = [heading(result.model, result.preset, result.params)]
    parts += property_paragraphs(result.properties, story, colour)
    if result.actions:
        parts.append(_actions(result, counts))
    if counts and result.levels:
        parts.append(_filled(_line("levels", ""), " " * _LABEL, [str(size) for size in result.levels]))
    parts.append(_coverage(result))
    if result.coverage is not None:
        from uringcheck.report.coverage import coverage_text as used

        parts.append(used(result.coverage, "" if result.cut_by is None else cut_text(result)).rstrip("\n"))
    return "\n\n".join(parts) + "\n"


def heading(model: str, preset: str | None, parameters: Mapping[str, object]) -> str:
    """The model, its preset, and every parameter."""
    named = [model]
    if preset is not None:
        named.append(f"preset {preset}")
    params = [f"{name}={_value(value)}" for name, value in parameters.items()]
    first = "   ".join(named)
    if not params:
        return first
    return _filled(first + "   ", " " * 4, params)


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _filled(first: str, indent: str, words: Iterable[str]) -> str:
    """The words one after the other, in lines that fit."""
    lines, here = [], first
    for word in words:
        if len(here) + len(word) > WIDTH and here.strip():
            lines.append(here.rstrip())
            here = indent
        here += word + " "
    return "\n".join([*lines, here.rstrip()])


def property_paragraphs(
    properties: Sequence[PropertyResult], story: Callable[[Trace], str] | None, colour: bool
) -> list[str]:
    """The lines of the properties; a property with a story starts and ends a paragraph."""
    kinds = max((len(found.kind.value) for found in properties), default=0)
    names = max((len(found.name) for found in properties), default=0)
    paragraphs: list[str] = []
    lines: list[str] = []
    for found in properties:
        line = f"  {found.kind.value:<{kinds}}  {found.name:<{names}}  {verdict_text(found, colour)}"
        if found.location and found.verdict in (Verdict.VIOLATED, Verdict.NOT_FOUND):
            line += f"   {found.location}"
        lines.append(line)
        if story is not None and found.story is not None and found.kind is not Kind.GOAL:
            lines += ["", _indented(story(found.story))]
            if found.trace is not None:
                lines += ["", f"  trace    {found.trace}", f"  replay   uringcheck trace replay {found.trace}"]
            paragraphs.append("\n".join(lines))
            lines = []
        elif found.trace is not None:
            lines.append(f"  {'':<{kinds}}  trace {found.trace}")
    if lines:
        paragraphs.append("\n".join(lines))
    return paragraphs


def _indented(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.rstrip("\n").split("\n"))


def verdict_text(found: PropertyResult, colour: bool = False) -> str:
    """The verdict in words, with what it rests on and, in a suite, what was expected instead."""
    match found.verdict:
        case Verdict.VIOLATED:
            word = "\x1b[31mVIOLATED\x1b[0m" if colour else "VIOLATED"
            text = f"{word} in {steps_text(found.steps)}"
        case Verdict.FOUND:
            text = f"found in {steps_text(found.steps)}"
        case Verdict.HOLDS_UP_TO_K:
            text = f"holds up to k = {found.k} steps: {found.reason}"
        case Verdict.NOT_DECIDED:
            text = f"not decided: {found.reason}"
        case Verdict.NOT_FOUND:
            text = "not found in any reachable state" + (f", {found.reason}" if found.reason else "")
        case Verdict.HOLDS:
            text = "holds" + (f", {found.reason}" if found.reason else "")
    if found.unexpected:
        text += f"   UNEXPECTED: the suite says {expectation_text(found)}"
    return text


def expectation_text(found: PropertyResult) -> str:
    """What a suite expects of the property."""
    if found.expected is None:
        return "nothing of it"
    steps = "" if found.expected_steps is None else f" in {steps_text(found.expected_steps)}"
    return found.expected.value.replace("-", " ") + steps


def steps_text(steps: int | None) -> str:
    """A number of actions in words."""
    return "1 step" if steps == 1 else f"{steps} steps"


def _actions(result: Result, counts: bool) -> str:
    heads = ("fired", "new") if counts else ("fired",)
    name = max(len("action"), *(len(action.name) for action in result.actions))
    table = [(action, (action.fired, action.new)[: len(heads)]) for action in result.actions]
    widths = [max(len(head), *(len(str(row[k])) for _, row in table)) for k, head in enumerate(heads)]

    def columns(cells: Sequence[object]) -> str:
        return "  ".join(f"{cell!s:>{width}}" for cell, width in zip(cells, widths, strict=True))

    lines = [f"  {'action':<{name}}  {columns(heads)}  where"]
    lines += [f"  {action.name:<{name}}  {columns(row)}  {action.location}" for action, row in table]
    return "\n".join(lines)


_COMPACT = (
    "fingerprints of 64 bits stood for states. A trace is certain, as it was replayed; that none is shorter, and the "
    "figures above, are as likely as what holds"
)


def _coverage(result: Result) -> str:
    lines = [_line("complete" if result.complete else "incomplete", coverage_text(result))]
    if not result.complete and result.cut_by is not None:
        lines.append(_line("cut by", cut_text(result)))
    for label, items in (
        ("agreement", [result.agreement] if result.agreement else []),
        ("vacuous", result.vacuous),
        ("disabled", result.disabled),
        ("constraint", result.constraints),
        ("reduction", result.reductions or (_unreduced(result),)),
        ("compact", [] if result.omission_bound is None else [_COMPACT]),
    ):
        lines += [_line(label, item) for item in items]
    return "\n".join(lines)


def _unreduced(result: Result) -> str:
    why = [result.unreduced] if result.unreduced else []
    if result.omission_bound is None:
        why.append("every state was stored in full")
    return f"none: {', so '.join(why)}" if why else "none"


def coverage_text(result: Result) -> str:
    """How much was seen."""
    text = (
        f"{_count(result.states, 'state')}, {_count(result.transitions, 'transition')}, depth {result.depth}, "
        f"{result.initial} initial, {result.terminal} terminal"
    )
    return text if result.edges is None else f"{text}, {_count(result.edges, 'edge')}"


def cut_text(result: Result) -> str:
    """What ended an incomplete search; the figures are those of the last complete level."""
    words = {
        "states": "the limit on states",
        "depth": "the limit on depth",
        "seconds": "the limit on time",
        "memory": "the limit on memory",
        "constraint": f"a constraint, at {_count(result.cut_states, 'state')}; they were judged, and not followed",
        "violation": "the first violation; --all-violations goes on",
        "failure": "a step that failed: what would have come after it is unknown",
        "interrupted": "an interruption",
    }
    return words[result.cut_by or "interrupted"]


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _line(label: str, text: str) -> str:
    room = WIDTH - _LABEL
    parts = wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]
    return "\n".join(f"  {label if number == 0 else '':<{_LABEL - 2}}{part}" for number, part in enumerate(parts))


def entry_name(result: Result) -> str:
    """The model, its preset, and the parameters the entry sets."""
    chosen = [f"{name}={_value(result.params[name])}" for name in result.given]
    return "  ".join([result.model, *([result.preset] if result.preset else []), *chosen])
