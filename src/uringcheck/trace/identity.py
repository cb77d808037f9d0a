"""Steps and traces as text that people can type: `arm; conn[0].send(b=1); reap`.

Indices of replicated parts are written in the path, the other arguments in parentheses, in any order when typed. The
text survives added fields and actions, unlike hashes and positions.
"""

from __future__ import annotations

from collections.abc import Sequence

from uringcheck.diagnostics import UsageError, did_you_mean
from uringcheck.explore.outcome import Step
from uringcheck.ir import types as ir
from uringcheck.ir.program import Action, Program
from uringcheck.ir.show import show_value
from uringcheck.trace.model import Trace
from uringcheck.trace.places import part_name

#: The name of a start that no `@init` action makes.
PLAIN_START = "init"


def step_text(action: Action, arguments: Sequence[ir.Encoded]) -> str:
    """The action instance as it is typed."""
    shown = argument_texts(action, arguments)
    depth = len(action.replicated)
    name = part_name(action.name, [path for path, _ in action.replicated], [text for _, text in shown[:depth]])
    inner = ", ".join(f"{argument}={text}" for argument, text in shown[depth:])
    return f"{name}({inner})" if inner else name


def argument_texts(action: Action, arguments: Sequence[ir.Encoded]) -> tuple[tuple[str, str], ...]:
    """Each argument's name and its value as text."""
    return tuple(
        (argument.name, show_value(argument.type, value))
        for argument, value in zip(action.arguments, arguments, strict=True)
    )


def identity(trace: Trace) -> str:
    """The whole trace as text: its start when an `@init` action made it, then its steps."""
    texts = [step.text for step in trace.steps]
    return "; ".join(texts if trace.start.text == PLAIN_START else [trace.start.text, *texts])


def parse_identity(text: str, program: Program) -> tuple[Step | None, tuple[Step, ...]]:
    """The start that a text names, None if it leaves it out, and its steps. Raises UsageError (UC025)."""
    parts = [part.strip() for part in text.split(";")]
    names = [part for part in parts if part]
    start: Step | None = None
    if names:
        start = parse_step(names[0], program.inits)
        if start is None and names[0] == PLAIN_START:
            start = Step(PLAIN_START)
        if start is not None:
            names = names[1:]
    return start, tuple(_must(name, program.actions) for name in names)


def _must(text: str, actions: Sequence[Action]) -> Step:
    step = parse_step(text, actions)
    if step is not None:
        return step
    wanted = _without_indices(text.partition("(")[0])
    names = [action.name for action in actions]
    for action in actions:
        if action.name == wanted:
            example = step_text(action, next(iter(action.instances())))
            raise UsageError.at(
                "UC025", f"`{text}` is no step of the model", help=f"its arguments look like this: {example}"
            )
    raise UsageError.at(
        "UC025",
        f"the model has no action `{wanted}`",
        help=did_you_mean(wanted, names) or "actions: " + ", ".join(names),
    )


def parse_step(text: str, actions: Sequence[Action]) -> Step | None:
    """The instance of one of these actions that a text names, if it names one."""
    head, _, rest = text.partition("(")
    name, indices = _without_indices(head.strip()), _indices(head)
    for action in actions:
        if action.name == name:
            values = _values(action, indices, rest.strip().removesuffix(")"))
            return None if values is None else Step(action.name, values)
    return None


def _without_indices(head: str) -> str:
    made, depth = [], 0
    for letter in head:
        depth += letter == "["
        if depth == 0:
            made.append(letter)
        depth -= letter == "]"
    return "".join(made)


def _indices(head: str) -> list[str]:
    return [part.partition("]")[0].strip() for part in head.split("[")[1:]]


def _values(action: Action, indices: list[str], inner: str) -> tuple[ir.Encoded, ...] | None:
    depth = len(action.replicated)
    given: dict[str, str] = {}
    if len(indices) != depth:
        return None
    for (_, argument), index in zip(action.replicated, indices, strict=True):
        given[argument] = index
    for part in _split(inner):
        argument, equals, value = part.partition("=")
        if not equals or argument.strip() in given:
            return None
        given[argument.strip()] = value.strip()
    if set(given) != {argument.name for argument in action.arguments}:
        return None
    values = [_value(argument.type, given[argument.name]) for argument in action.arguments]
    return None if any(found is None for found in values) else tuple(found[0] for found in values if found)


def _split(inner: str) -> list[str]:
    """At commas outside of parentheses."""
    parts, depth, here = [], 0, ""
    for letter in inner:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append(here)
            here = ""
        else:
            here += letter
    return [part for part in (*parts, here) if part.strip()]


def _value(type_: ir.Type, text: str) -> tuple[ir.Encoded] | None:
    """The value that is shown as `text`, in a tuple because None is a value too."""
    if type_ == ir.BOOL and text.lower() in ("true", "1", "false", "0"):
        return (text.lower() in ("true", "1"),)
    for value in ir.values(type_):
        if show_value(type_, value) == text:
            return (value,)
    return None
