"""A trace as a Mermaid sequence diagram: a lane for each part of the model, an arrow to each lane a step writes to.

    mermaid(trace) -> str

The first arrow of a step carries its number and name; each arrow says what changed where it points. An item pushed to
a queue is a note on that queue's lane. Lanes that neither act nor change are left out. What is repeated for ever stands
in a frame.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from uringcheck.ir import types as ir
from uringcheck.report.story import verdict_text
from uringcheck.trace.diff import Change, state_diff
from uringcheck.trace.lanes import place_lane
from uringcheck.trace.model import State, Trace, TraceStep
from uringcheck.trace.places import type_at


@dataclass
class _Message:
    """What a step does to one lane."""

    lane: str
    changed: list[str] = field(default_factory=list)
    pushed: list[str] = field(default_factory=list)


def mermaid(trace: Trace) -> str:
    """The diagram's text, with a newline at the end."""
    body: list[str] = []
    lanes = _lanes(trace)
    names = {lane: f"p{number}" for number, lane in enumerate(lanes)}
    if trace.failed is not None and not trace.states:
        here = names[trace.start.lane]
        body.append(f"{here}-x{here}: {_text(f'{trace.start.text} fails: {trace.failed.message}')}")
    for number, (before, step, after) in enumerate(trace.transitions(), 1):
        if trace.loop is not None and number == trace.loop + 1:
            body.append("loop for ever")
        label = f"{number} {step.text}"
        if after is None:
            assert trace.failed is not None
            here = names[step.lane]
            body.append(f"{here}-x{here}: {_text(f'{label} fails: {trace.failed.message}')}")
            continue
        for message in _messages(trace, before, step, after):
            text = f"{label}: {', '.join(message.changed)}" if label else ", ".join(message.changed)
            body.append(f"{names[step.lane]}->>{names[message.lane]}: {_text(text.removesuffix(': '))}")
            body += [f"Note over {names[message.lane]}: {_text(pushed)}" for pushed in message.pushed]
            label = ""
    ends = [names[lanes[0]], names[lanes[-1]]]
    over = ",".join(dict.fromkeys(ends))
    if trace.loop is not None:
        body.append("end" if trace.loop < trace.length else f"Note over {over}: nothing more, for ever")
    body.append(f"Note over {over}: {_text(f'{trace.about.name} {verdict_text(trace)}: {trace.about.sentence}')}")
    heading = [f"participant {names[lane]} as {_text(lane)}" for lane in lanes]
    return "\n".join(["sequenceDiagram", *(f"    {line}" for line in (*heading, *body))]) + "\n"


def _lanes(trace: Trace) -> list[str]:
    """The lanes that take part, in the model's order; never none."""
    used = {step.lane for step in trace.steps} or {trace.start.lane}
    for before, step, after in trace.transitions():
        if after is not None:
            used.update(message.lane for message in _messages(trace, before, step, after))
    return [*(lane for lane in trace.lanes if lane in used), *sorted(used.difference(trace.lanes))]


def _messages(trace: Trace, before: State, step: TraceStep, after: State) -> list[_Message]:
    """What the step did, lane by lane in order of declaration; its own lane first, when it changed that at all."""
    found: dict[str, _Message] = {}
    for change in state_diff(trace.variables, before, after):
        variable = trace.variables[change.place[0]]
        lane = place_lane(variable, change.place[1])
        message = found.setdefault(lane, _Message(lane))
        name = change.name.removeprefix(f"{lane}.")
        if _is_push(trace, change):
            message.changed.append(name)
            message.pushed.append(change.text)
        else:
            message.changed.append(f"{name} {change.text}")
    own = found.pop(step.lane, None)
    return ([own] if own else []) + (list(found.values()) or ([] if own else [_Message(step.lane)]))


def _is_push(trace: Trace, change: Change) -> bool:
    type_ = type_at(trace.variables[change.place[0]].type, change.place[1])
    return isinstance(type_, ir.Queue) and change.text.startswith("+")


#: Signs that end a message or begin an entity or a tag in Mermaid's grammar.
_SIGNS = str.maketrans({"#": "#35;", ";": "#59;", "<": "#lt;"})


def _text(text: str) -> str:
    """The text as Mermaid shows it: its own signs as entities, on one line."""
    return " ".join(text.split()).translate(_SIGNS)
