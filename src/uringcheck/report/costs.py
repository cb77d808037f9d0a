"""What behaviours cost, for people and for programs.

costing_text(costing) -> str       least and greatest values, with a behaviour that has each
costing_data(costing) -> dict      the same as JSON has it
"""

from __future__ import annotations

from textwrap import wrap

from uringcheck.report.equality import side_text
from uringcheck.report.machine import json_text
from uringcheck.report.story import labelled
from uringcheck.run.costs import UNBOUNDED, Amount, Bound, Costing
from uringcheck.trace.identity import identity
from uringcheck.trace.model import Trace

_WIDTH = 108


def costing_text(costing: Costing) -> str:
    """Everything about one model, with a newline at the end."""
    lines = [costing_name(costing), "", f"  {coverage_text(costing)}"]
    if costing.reason:
        lines += ["", f"  not decided: {costing.reason}"]
    for amount in costing.amounts:
        lines += ["", f"  {amount_line(amount)}", *(f"    {line}" for line in wrap(amount.doc, _WIDTH))]
        told = [(word, witness_text(bound)) for word, bound in bounds_of(amount)]
        lines += [f"    {line}".rstrip() for line in labelled(told, _WIDTH)]
    return "\n".join(lines) + "\n"


def costing_name(costing: Costing) -> str:
    """The model with its parameters, and what behaviours are taken to."""
    name = side_text(costing.subject)
    return name if costing.until is None else f"{name}   until {costing.until}"


def coverage_text(costing: Costing) -> str:
    """How much was seen."""
    word = "incomplete" if costing.reason else "complete"
    return f"{word}: {costing.states} states, {costing.transitions} steps that change something"


def amount_line(amount: Amount) -> str:
    """The quantity and its values on one line, with what a suite expects instead."""
    text = f"{amount.quantity.text}: {values_text(amount)}"
    if not amount.as_expected:
        text += "   UNEXPECTED: the suite says " + ", ".join(
            f"{name} {value}" for name, value in (amount.expected or {}).items()
        )
    return text


def values_text(amount: Amount) -> str:
    """From the least value to the greatest."""
    if amount.least is None or amount.greatest is None:
        return f"none: {amount.reason}"
    least, greatest = amount.least.text, amount.greatest.text
    if least == greatest:
        return f"always {least}" if least != UNBOUNDED else "without bound, always"
    return f"from {least} " + ("on, without bound" if greatest == UNBOUNDED else f"to {greatest}")


def bounds_of(amount: Amount) -> list[tuple[str, Bound]]:
    """The bounds that there are, by the words for them."""
    return [(word, one) for word, one in (("least", amount.least), ("most", amount.greatest)) if one is not None]


def witness_text(bound: Bound) -> str:
    """A value with a behaviour that has it; what is repeated for ever stands behind a colon."""
    return f"{bound.text}: {behaviour_text(bound.trace)}"


def behaviour_text(trace: Trace) -> str:
    """The steps as they are typed, and those that are repeated for ever."""
    text = identity(trace) or "from the start"
    if trace.loop is None:
        return text
    again = "; ".join(step.text for step in trace.steps[trace.loop :])
    return f"{text}; and for ever: {again}" if again else text


def costing_data(costing: Costing) -> dict[str, object]:
    """The costs as JSON has them."""
    made = costing.subject
    return {
        "model": made.label,
        "preset": made.preset,
        "params": made.params,
        "until": costing.until,
        "states": costing.states,
        "steps": costing.transitions,
        "complete": not costing.reason,
        "cut_by": costing.cut_by,
        "quantities": [_amount_data(amount) for amount in costing.amounts],
        "note": costing.note or None,
    }


def _amount_data(amount: Amount) -> dict[str, object]:
    return {
        "name": amount.quantity.text,
        "doc": amount.doc,
        "min": _bound_data(amount.least),
        "max": _bound_data(amount.greatest),
        "reason": amount.reason or None,
        "expected": dict(amount.expected) if amount.expected else None,
    }


def _bound_data(bound: Bound | None) -> dict[str, object] | None:
    if bound is None:
        return None
    return {"value": bound.text, "story": identity(bound.trace), "loop": bound.trace.loop}


def costs_json(costings: tuple[Costing, ...]) -> str:
    """The document of `cost --format json`."""
    return json_text((), {"costs": [costing_data(one) for one in costings]})
