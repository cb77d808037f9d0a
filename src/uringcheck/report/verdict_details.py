"""One entry of the page of verdicts: its rows by groups of properties, with a diagram beside what is violated."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath

from uringcheck.report.mermaid import mermaid
from uringcheck.report.summary import steps_text
from uringcheck.run.results import PropertyResult, Result
from uringcheck.run.verdicts import Verdict
from uringcheck.trace.model import Trace

#: What would begin markup in running text. Underscores inside words do not.
_MARKUP = re.compile(r"[\\`*<>|]|(?<!\w)_|_(?!\w)")

#: The group of what is asked of every model, and of what a model asks of itself.
_ALWAYS, _OWN = "ranges and assertions", "of the model itself"


def details(number: int, result: Result) -> str:
    """The section of an entry."""
    named = [result.model, *([result.preset] if result.preset else []), chosen_text(result, plain=True)]
    parts = [f"### Entry {number}", f"**{prose(' '.join(named).strip())}**"]
    if result.note:
        parts.append(prose(result.note))
    rows, stories = [], []
    for group, members in _groups(result.properties).items():
        wrong = wrong_text(members)
        text = ", ".join(f"{prose(name)} {words}" for name, words in wrong.items()) or "holds"
        rows.append(f"| {group} | {text} | {len(members)} | {result.states} |")
        shortest = min((one for one in members if _violated(one)), key=lambda one: one.steps or 0, default=None)
        if shortest is not None and shortest.story is not None:
            stories.append(_diagram(group, shortest, shortest.story))
    parts.append("\n".join(["| properties | verdict | how many | states |", "| :-- | :-- | --: | --: |", *rows]))
    return "\n\n".join([*parts, *stories])


def _diagram(group: str, found: PropertyResult, story: Trace) -> str:
    summary = f"{group}: {found.name}, violated in {steps_text(found.steps)}"
    return (
        f"<details><summary>{summary}</summary>\n\n{prose(found.doc)}\n\n```mermaid\n{mermaid(story)}```\n\n</details>"
    )


def _violated(found: PropertyResult) -> bool:
    return found.verdict is Verdict.VIOLATED


def _groups(properties: Iterable[PropertyResult]) -> dict[str, list[PropertyResult]]:
    """Properties by the file that has them, in the order of the results."""
    found: dict[str, list[PropertyResult]] = {}
    for one in properties:
        file = PurePath(one.location.rpartition(":")[0].partition(":")[0])
        if not one.location:
            group = _ALWAYS
        else:
            group = file.stem.replace("_", " ") if file.parent.name == "invariants" else _OWN
        found.setdefault(group, []).append(one)
    return found


def wrong_text(properties: Iterable[PropertyResult]) -> dict[str, str]:
    """What is violated or not decided, by name: the number of steps, or a word."""
    found: dict[str, str] = {}
    for one in properties:
        if _violated(one):
            found[one.name] = str(one.steps)
            if one.story is not None and one.story.loop is not None:
                found[one.name] += " for ever"
        elif one.verdict in (Verdict.NOT_DECIDED, Verdict.NOT_FOUND, Verdict.HOLDS_UP_TO_K):
            found[one.name] = one.verdict.value.replace("-", " ")
    return found


def chosen_text(result: Result, plain: bool = False) -> str:
    """The parameters that the entry sets, as they are typed."""
    shown = [f"{name}={_value(result.params[name])}" for name in result.given]
    return " ".join(shown) if plain else prose(" ".join(shown))


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def prose(text: str) -> str:
    """Text that is not to be markup, on one line."""
    return _MARKUP.sub(lambda found: f"\\{found[0]}", " ".join(text.split()))


def code(text: str) -> str:
    """Text as code, also in a table."""
    return f"`{text}`".replace("|", "\\|")
