"""What random walks found, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from textwrap import wrap

from uringcheck.report.summary import WIDTH, heading, property_paragraphs
from uringcheck.run.walking import Walked, walked_data
from uringcheck.trace.model import Trace

#: The JSON Schema of what `walks_json` gives.
SCHEMA = Path(__file__).with_name("walks.schema.json")

_LABEL = 13

_ENDS = {
    "steps": "as long as asked for",
    "terminal": "where no step was possible",
    "constraint": "at a constraint",
    "found": "with a violation",
    "cut": "for want of time",
}

_CUT = {
    "violation": "the first violation; --all-violations goes on",
    "seconds": "the limit on time",
    "interrupted": "an interruption",
}


def walks_text(walked: Walked, story: Callable[[Trace], str], colour: bool = False) -> str:
    """Everything about the walks through one model."""
    parts = [heading(walked.model, walked.preset, walked.params)]
    parts += property_paragraphs(walked.properties, story, colour)
    parts += [_actions(walked), _seen(walked)]
    return "\n\n".join(parts) + "\n"


def _actions(walked: Walked) -> str:
    name = max(len("action"), *(len(action.name) for action in walked.actions))
    fired = max(len("fired"), *(len(str(action.fired)) for action in walked.actions))
    lines = [f"  {'action':<{name}}  {'fired':>{fired}}  where"]
    lines += [f"  {a.name:<{name}}  {a.fired:>{fired}}  {a.location}" for a in walked.actions]
    return "\n".join(lines)


def _seen(walked: Walked) -> str:
    states = f"{walked.states:,} distinct states" if walked.counted else f"more than {walked.states:,} distinct states"
    told = [
        (
            "walks",
            f"{walked.walks} of {walked.asked_walks}, seed {walked.seed}, at most {walked.asked_steps} steps each",
        ),
        ("seen", f"{walked.steps:,} steps, {states}, the longest walk {walked.longest} steps"),
        ("ended", ", ".join(f"{walked.ended[end]} {text}" for end, text in _ENDS.items() if walked.ended[end])),
    ]
    if walked.cut_by is not None:
        told.append(("cut by", _CUT[walked.cut_by]))
    told += [("constraint", name) for name in walked.constraints]
    told.append(("claim", "what was found is real; what was not found may be there"))
    lines = []
    for label, text in told:
        for number, piece in enumerate(wrap(text or "none", WIDTH - _LABEL, break_on_hyphens=False)):
            lines.append(f"  {label if number == 0 else '':<{_LABEL - 2}}{piece}")
    return "\n".join(lines)


def walks_json(walked: Walked) -> str:
    """The document of `sim --format json`, the same bytes for the same walks."""
    from uringcheck import __version__

    data = walked_data(walked, {"name": "uringcheck", "version": __version__})
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
