"""Coverage for people: what never ran, a line each, below the file it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from textwrap import shorten, wrap

from uringcheck.run.coverage import Coverage, FileCoverage

_WIDTH = 110

#: More steps of an action than this, and the rest is counted.
_NAMED = 6


def coverage_text(coverage: Coverage, cut: str = "") -> str:
    """A paragraph for the whole, and one for each file that has something in it that never ran."""
    lines = [ran for file in coverage.files for _, ran in file.lines]
    ways = [way for file in coverage.files for *_, yes, no in file.decisions for way in (yes, no)]
    instances = sum(action.instances for action in coverage.actions)
    taken = instances - sum(len(action.never) for action in coverage.actions)
    claim = (
        f"{sum(lines)} of {len(lines)} lines, {sum(ways)} of {len(ways)} branches, "
        f"{taken} of {instances} action instances; CPython executed {coverage.executed} different steps"
    )
    told = [("coverage", claim)]
    if not coverage.complete:
        told.append(("", f"of an incomplete search ({cut}): what never ran here may run elsewhere"))
    paragraphs = [_labelled(told)]
    paragraphs += ["\n".join(found) for file in coverage.files if (found := list(_file(file)))]
    never = [f"  {line}" for action in coverage.actions for line in _never(action.name, action.instances, action.never)]
    if never:
        paragraphs.append("\n".join(never))
    return "\n\n".join(paragraphs) + "\n"


def _labelled(told: list[tuple[str, str]]) -> str:
    lines = []
    for label, text in told:
        for number, piece in enumerate(wrap(text, _WIDTH - 13, break_on_hyphens=False)):
            lines.append(f"  {label if number == 0 else '':<11}{piece}")
    return "\n".join(lines)


def _file(file: FileCoverage) -> Iterator[str]:
    found = [
        (first, -1, f"{first}-{last}" if last > first else f"{first}", "never ran", "") for first, last in _unused(file)
    ]
    for line, column, text, yes, no in file.decisions:
        if yes != no:  # where neither way was gone the line never ran
            found.append((line, column, str(line), "never false" if yes else "never true", text))
    if not found:
        return
    yield f"  {file.name}   {sum(ran for _, ran in file.lines)} of {len(file.lines)} lines"
    width = max(len(lines) for _, _, lines, _, _ in found)
    for _, _, lines, what, text in sorted(found):
        yield f"    {lines:>{width}}  {what:<11}  {shorten(text, _WIDTH - 26, placeholder=' ...')}".rstrip()


def _unused(file: FileCoverage) -> Iterator[tuple[int, int]]:
    """The first and last of neighbouring lines that never ran."""
    for ran, run in groupby(file.lines, key=lambda one: one[1]):
        if not ran:
            lines = [line for line, _ in run]
            yield lines[0], lines[-1]


def _never(name: str, instances: int, never: tuple[str, ...]) -> Iterator[str]:
    if not never:
        return
    if len(never) == instances:
        yield f"never taken  {name}, with any argument" if instances > 1 else f"never taken  {name}"
        return
    rest = f" and {len(never) - _NAMED} more" if len(never) > _NAMED else ""
    yield from wrap(f"never taken  {', '.join(never[:_NAMED])}{rest}", _WIDTH - 2, subsequent_indent=" " * 13)
