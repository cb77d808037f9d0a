"""What was found out about two models, for people and for programs.

equality_text(equality) -> str       the verdict, what was compared, and the story of a difference
equality_data(equality) -> dict      the same as JSON has it
"""

from __future__ import annotations

from textwrap import wrap

from uringcheck.explore.equality import Part
from uringcheck.report.machine import json_text
from uringcheck.report.reasons import Reasons
from uringcheck.report.story import labelled, rows, table
from uringcheck.report.summary import steps_text
from uringcheck.run.equality import Equality, Likeness
from uringcheck.run.question import Subject
from uringcheck.trace.differences import Parting
from uringcheck.trace.identity import identity
from uringcheck.trace.model import Trace

_WIDTH = 108


def equality_text(equality: Equality) -> str:
    """Everything about the comparison, with a newline at the end."""
    lines = [f"left   {side_text(equality.left)}", f"right  {side_text(equality.right)}", ""]
    lines.append(f"  {verdict_line(equality)}")
    told = [("compared", _compared(equality)), ("counted", counts_text(equality))]
    if equality.hidden and equality.observed:
        told.append(("hidden", ", ".join(equality.hidden)))
    lines += ["", *(f"  {line}".rstrip() for line in labelled(told, _WIDTH))]
    if equality.parting is not None:
        lines += ["", *(f"  {line}".rstrip() for line in parting_lines(equality.parting))]
    return "\n".join(lines) + "\n"


def equality_name(equality: Equality) -> str:
    """Both sides on one line."""
    return f"{side_text(equality.left)}  =  {side_text(equality.right)}"


def side_text(subject: Subject) -> str:
    """A side as it is typed: MODEL@PRESET,NAME=VALUE."""
    name = subject.label if subject.preset is None else f"{subject.label}@{subject.preset}"
    values = subject.params
    shown = {given: values[given] for given in subject.given}
    return ",".join([name, *(f"{given}={_value(value)}" for given, value in shown.items())])


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def verdict_line(equality: Equality) -> str:
    """The verdict in words, with what was expected instead in a suite."""
    match equality.likeness:
        case Likeness.ISOMORPHIC:
            text = "equal: the reachable graphs are isomorphic"
        case Likeness.BISIMILAR:
            text = "equal: bisimilar, though not one to one"
        case Likeness.DIFFERENT:
            text = f"DIFFERENT in {steps_text(equality.steps or 0)}"
        case Likeness.NOT_DECIDED:
            text = f"not decided: {equality.reason}"
    if equality.expected is not None and not equality.as_expected:
        steps = "" if equality.expected_steps is None else f" in {steps_text(equality.expected_steps)}"
        text += f"   UNEXPECTED: the suite says {equality.expected.replace('-', ' ')}{steps}"
    return text


def _compared(equality: Equality) -> str:
    if not equality.observed:
        return "every action with its arguments; no variable"
    if not equality.hidden:
        return "every action with its arguments, and every variable"
    return f"every action with its arguments, and {', '.join(equality.observed)}"


def counts_text(equality: Equality) -> str:
    """How much was seen."""
    found = equality.comparison
    seen = f"{found.pairs} pairs of states ({found.left} on the left, {found.right} on the right), depth {found.depth}"
    return seen if equality.likeness.equal else f"up to the last complete level: {seen}"


def parting_lines(parting: Parting) -> list[str]:
    """The story: the steps that both sides take, and what then is different."""
    ahead = parting.ahead
    reasons = Reasons(ahead)
    side = "left" if ahead is parting.left else "right"
    lines = [*wrap(_headline(parting), _WIDTH), ""]
    if ahead.steps:
        lines += [f"on the {side}:", "", *table(rows(ahead, reasons), reasons, _WIDTH, False), ""]
    told = [("differs", text) for text in _differs(parting)]
    return lines + labelled([*told, ("steps", identity(ahead))], _WIDTH)


def _headline(parting: Parting) -> str:
    if parting.how is Part.STEP:
        last = _last(parting.ahead)
        before = parting.length - 1
        if parting.left is None or parting.right is None:
            return f"Only one side can start with {last}."
        after = f"After {steps_text(before)} that both sides take" if before else "From the start"
        return f"{after}, {last} is possible on the {_ahead(parting)} only."
    if parting.how is Part.FAILURE:
        return f"Both sides take the same steps, and the last one, {_last(parting.ahead)}, ends differently."
    if not parting.length:
        return "The two sides start differently."
    return f"Both sides take the same {steps_text(parting.length)}, and are then seen to be in different states."


def _ahead(parting: Parting) -> str:
    return "left" if parting.ahead is parting.left else "right"


def _last(trace: Trace) -> str:
    return (trace.steps[-1] if trace.steps else trace.start).text


def _differs(parting: Parting) -> list[str]:
    """What there is on each side where they part."""
    if parting.how is Part.VALUE:
        return [f"{name}: {left} on the left, {right} on the right" for name, left, right in parting.values]
    found = []
    for name, trace in (("left", parting.left), ("right", parting.right)):
        if parting.how is Part.FAILURE and trace is not None:
            how = f"fails there: {trace.failed.message or trace.failed.kind}" if trace.failed else "goes on"
            found.append(f"the {name} side {how}")
        elif parting.how is Part.STEP and trace is not None and trace is not parting.ahead:
            possible = ", ".join(trace.enabled[-1]) or "nothing"
            found.append(f"what the {name} side can do there instead: {possible}")
    return found


def equality_data(equality: Equality) -> dict[str, object]:
    """The comparison as JSON has it."""
    found, parting = equality.comparison, equality.parting
    data: dict[str, object] = {
        "left": _side_data(equality.left),
        "right": _side_data(equality.right),
        "observed": list(equality.observed),
        "hidden": list(equality.hidden),
        "verdict": equality.likeness.value,
        "reason": equality.reason or None,
        "cut_by": found.cut_by.value if found.cut_by else None,
        "pairs": found.pairs,
        "left_states": found.left,
        "right_states": found.right,
        "depth": found.depth,
        "steps": equality.steps,
        "difference": None,
        "expected": equality.expected,
        "expected_steps": equality.expected_steps,
        "note": equality.note or None,
    }
    if parting is not None:
        data["difference"] = {
            "how": parting.how.name.lower(),
            "story": identity(parting.ahead),
            "possible_on": None if parting.how is not Part.STEP else _ahead(parting),
            "values": [{"name": name, "left": left, "right": right} for name, left, right in parting.values],
        }
    return data


def _side_data(subject: Subject) -> dict[str, object]:
    return {"model": subject.label, "preset": subject.preset, "params": subject.params}


def equalities_json(equalities: tuple[Equality, ...]) -> str:
    """The document of `equal --format json`: that of every other verb, with comparisons instead of results."""
    return json_text((), {"equalities": [equality_data(one) for one in equalities]})
