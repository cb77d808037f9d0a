"""The story of a trace for a terminal.

    story(trace, width=108, heading=False, colour=False) -> str

The property's sentence; a table with a row for each step (what changed, and the line that changed it); why; which
steps play no part; what else was possible. With `heading`, the model and the verdict come first. Colour adds nothing
that is not also a word: steps that play no part are dim, and VIOLATED is red.
"""

from __future__ import annotations

from textwrap import wrap

from uringcheck.diagnostics.values import value_class
from uringcheck.ir.show import show_value
from uringcheck.report.reasons import Reasons
from uringcheck.trace.diff import state_diff
from uringcheck.trace.model import Trace
from uringcheck.trace.places import named_places
from uringcheck.trace.slice import slice_of

#: A step's text wider than this stands on a row of its own.
_STEP = 38

#: The column of changes is at least this wide, so that the values at the start do not take a row each.
_START = 44

_LABEL = 9

#: More possible steps than this and the rest is counted.
_OTHERS = 12

_DIM, _RED, _PLAIN = "\x1b[2m", "\x1b[31m", "\x1b[0m"


@value_class
class Row:
    """A step in the table: `changed` are (text, line) pairs, in order."""

    number: int
    step: str
    changed: tuple[tuple[str, str], ...]
    aside: bool = False


def story(trace: Trace, width: int = 108, heading: bool = False, colour: bool = False) -> str:
    """The story as text, without a newline at the end."""
    reasons = Reasons(trace)
    parts = ["\n".join(heading_lines(trace, colour))] if heading else []
    parts.append("\n".join(wrap(trace.about.sentence, width)))
    parts.append("\n".join(table(rows(trace, reasons), reasons, width, colour)))
    told = [("why", text) for text in reasons.why()]
    told += [("aside", reasons.aside()), ("instead", _instead(reasons))]
    told += [("note", note) for note in trace.notes]
    parts.append("\n".join(labelled(told, width)))
    return "\n\n".join(part for part in parts if part)


def heading_lines(trace: Trace, colour: bool = False) -> list[str]:
    """The model with its parameters, and the verdict."""
    model = [trace.model, *([f"preset {trace.preset}"] if trace.preset else [])]
    params = " ".join(f"{name}={setting_text(value)}" for name, value in trace.params)
    return [
        *wrap("   ".join([*model, params]).rstrip(), 108, subsequent_indent="    ", break_on_hyphens=False),
        "",
        f"{trace.about.kind}  {trace.about.name}  {verdict_text(trace, colour)}   {trace.about.where}".rstrip(),
    ]


def verdict_text(trace: Trace, colour: bool = False) -> str:
    """`VIOLATED in 5 steps`."""
    steps = "1 step" if trace.length == 1 else f"{trace.length} steps"
    if trace.about.verdict == "found":
        return f"found in {steps}"
    return f"{_RED}VIOLATED{_PLAIN} in {steps}" if colour else f"VIOLATED in {steps}"


def setting_text(value: object) -> str:
    """The value of a parameter as it is typed."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def rows(trace: Trace, reasons: Reasons) -> list[Row]:
    """The table: the start, every step, and what failed."""
    aside = slice_of(trace).aside(trace)
    names = {place: name for name, place in named_places(trace.variables).items()}
    if not trace.states:
        assert trace.failed is not None
        return [Row(0, trace.start.text, (("fails", reasons.names.line(trace.failed.where)),))]
    found = [Row(0, trace.start.text, tuple((text, "") for text in start_values(trace)))]
    for number, (before, step, after) in enumerate(trace.transitions(), 1):
        if after is None:
            assert trace.failed is not None
            changed = [(f"fails: {trace.failed.message}".rstrip(": "), trace.failed.where)]
        else:
            written = dict(step.wrote)
            changed = [
                (str(change), written.get(names[change.place], ""))
                for change in state_diff(trace.variables, before, after)
            ]
        shown = tuple((text, reasons.names.line(where)) for text, where in changed)
        found.append(Row(number, step.text, shown or (("nothing", ""),), number in aside))
    return found


def start_values(trace: Trace) -> list[str]:
    """The variables that change later or decide the verdict, as they are at the start."""
    places = named_places(trace.variables)
    touched = {places[name][0] for name in (*trace.about.reads, *trace.about.reads_before)}
    for step in trace.steps:
        touched.update(places[name][0] for name in step.writes)
    found = []
    for position in sorted(touched):
        variable = trace.variables[position]
        found.append(f"{variable.name}={show_value(variable.type, trace.states[0][position])}")
    return found


def table(found: list[Row], reasons: Reasons, width: int, colour: bool) -> list[str]:
    """The rows as lines under a heading. Steps that play no part are dim where there is colour."""
    heading = "line" if reasons.names.one_file else "where"
    step = max(len("step"), *(len(row.step) for row in found if len(row.step) <= _STEP), 0)
    where = max(len(heading), 0, *(len(line) for row in found for _, line in row.changed))
    number = max(2, len(str(found[-1].number)))
    room = max(20, width - number - step - where - 6)
    steps = [text for row in found[1:] for text, _ in _flowed(row.changed, room)]
    room = min(room, max(_START, *(len(text) for text in steps), 0))  # the long row of the start bends to the others
    flowed = [_flowed(row.changed, room) for row in found]
    lines = [f"{'#':>{number}}  {'step':<{step}}  {'changed':<{room}}  {heading}"]
    loop = reasons.trace.loop
    for row, parts in zip(found, flowed, strict=True):
        if loop is not None and row.number == loop + 1:
            lines.append(f"{'':>{number}}  -- from here on for ever --")
        texts = [f"{row.number:>{number}}  {row.step}"] if len(row.step) > step else []
        for position, (changed, line) in enumerate(parts):
            first = position == 0 and not texts
            left = f"{row.number if first else '':>{number}}  {row.step if first else '':<{step}}"
            texts.append(f"{left}  {changed:<{room}}  {line}".rstrip())
        lines += [f"{_DIM}{text}{_PLAIN}" for text in texts] if colour and row.aside else texts
    if loop is not None:
        lines.append(f"{'':>{number}}  -- {again_text(reasons.trace)}, for ever --")
    return lines


def again_text(trace: Trace) -> str:
    """What a behaviour without end does for ever."""
    if trace.loop == trace.length:
        return "nothing more"
    return f"as after step {trace.loop}" if trace.loop else "as at the start"


def _flowed(changed: tuple[tuple[str, str], ...], room: int) -> list[tuple[str, str]]:
    """Changes side by side as far as they fit. A change from another line than the one before begins a row."""
    found: list[tuple[str, str]] = []
    for text, line in changed:
        if found and found[-1][1] == line and len(found[-1][0]) + 3 + len(text) <= room:
            found[-1] = (f"{found[-1][0]}   {text}", line)
            continue
        pieces = wrap(text, room, subsequent_indent="  ", break_on_hyphens=False) or [""]
        found += [(piece, line) for piece in pieces]
    return [(text, "" if i and found[i - 1][1] == line else line) for i, (text, line) in enumerate(found)]


def _instead(reasons: Reasons) -> str:
    before, others = reasons.instead()
    if not others:
        return ""
    where = "at the start" if before == 0 else f"after step {before}"
    rest = len(others) - _OTHERS
    return f"{where}: " + ", ".join(others[:_OTHERS]) + (f" and {rest} more" if rest > 0 else "")


def labelled(told: list[tuple[str, str]], width: int) -> list[str]:
    """(label, text) pairs as lines; a label that repeats is written once."""
    lines: list[str] = []
    before = ""
    for label, text in told:
        for piece in wrap(text, width - _LABEL, break_on_hyphens=False, break_long_words=False):
            lines.append(f"{label if label != before else '':<{_LABEL}}{piece}")
            before = label
    return lines
