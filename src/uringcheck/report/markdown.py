"""A trace as a Markdown page: the story with its diagram, for issues, reviews and mail.

    markdown(trace) -> str

Reads well as plain text and on a forge that draws Mermaid.
"""

from __future__ import annotations

import re

from uringcheck.report.mermaid import mermaid
from uringcheck.report.reasons import Reasons
from uringcheck.report.story import Row, again_text, rows, setting_text, verdict_text
from uringcheck.trace.identity import identity
from uringcheck.trace.model import Trace

#: What would begin markup in running text. Underscores inside words and brackets without a target do not.
_MARKUP = re.compile(r"[\\`*<>|]|(?<!\w)_|_(?!\w)|\](?=[(\[:])")


def markdown(trace: Trace) -> str:
    """The page's text, with a newline at the end."""
    reasons = Reasons(trace)
    found = rows(trace, reasons)
    heading = "line" if reasons.names.one_file else "where"
    where = f" ({_prose(trace.about.where)})" if trace.about.where else ""
    parts = [
        f"# {_prose(trace.about.name)}: {verdict_text(trace)}",
        f"{_prose(trace.about.sentence)}{where}",
        _facts(trace),
        "## Steps",
        "\n".join(
            [
                f"| # | step | changed | {heading} |",
                "| --: | :-- | :-- | :-- |",
                *_rows(found, trace),
            ]
        ),
        "## Why",
        "\n".join(f"- {_sentence(text)}" for text in [*reasons.why(), reasons.aside()] if text),
    ]
    before, others = reasons.instead()
    if others:
        what = "at the start" if before == 0 else f"after step {before}"
        parts.append(f"Also possible {what}: {', '.join(_code(text) for text in others)}.")
    parts += ["## Diagram", f"```mermaid\n{mermaid(trace)}```", "## Steps to type", f"```\n{identity(trace)}\n```"]
    return "\n\n".join(parts) + "\n"


def _rows(found: list[Row], trace: Trace) -> list[str]:
    """The rows of the table of steps. What is repeated for ever stands between two rows that say so."""
    lines = [f"| {row.number} | {_code(row.step)} | {_changed(row.changed)} |" for row in found]
    if trace.loop is not None:
        first = next((place for place, row in enumerate(found) if row.number == trace.loop + 1), None)
        if first is not None:
            lines.insert(first, "| | *from here on for ever* | | |")
        lines.append(f"| | *{again_text(trace)}, for ever* | | |")
    return lines


def _facts(trace: Trace) -> str:
    facts = [f"- model {_code(trace.model)}"]
    if trace.preset:
        facts.append(f"- preset {_code(trace.preset)}")
    if trace.params:
        facts.append("- " + ", ".join(_code(f"{name}={setting_text(value)}") for name, value in trace.params))
    if trace.tool:
        facts.append(f"- {trace.tool}, spec {trace.digest[:12]}")
    return "\n".join([*facts, *(f"- {_prose(note)}" for note in trace.notes)])


def _changed(changed: tuple[tuple[str, str], ...]) -> str:
    """The cells `changed` and `line`; a line is named once for the changes it made."""
    lines: list[str] = []
    for number, (_, line) in enumerate(changed):
        lines.append("" if number and changed[number - 1][1] == line else line)
    shown = "<br>".join(_code(text) for text, _ in changed)
    return f"{shown} | {'<br>'.join(lines) if any(lines) else ''}"


def _code(text: str) -> str:
    """The text as code, in a table too."""
    fence = "`"
    while fence in text:
        fence += "`"
    padding = " " if len(fence) > 1 else ""
    return f"{fence}{padding}{text}{padding}{fence}".replace("|", "\\|")


def _prose(text: str) -> str:
    return _MARKUP.sub(lambda sign: "\\" + sign.group(), text)


def _sentence(text: str) -> str:
    """A sentence in which what stands between backticks stays code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # a backtick of its own, from a string of the spec
        return _prose(text)
    return "".join(_code(part) if number % 2 else _prose(part) for number, part in enumerate(parts))
