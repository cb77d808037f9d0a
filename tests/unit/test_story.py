"""A trace told to people: in a terminal, as a page, as a diagram."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from snapshots import check_snapshot
from trace_specs import RECEIVE, Spec, endings, receive

from uringcheck.diagnostics import UsageError
from uringcheck.ir import types as ir
from uringcheck.report.export import FORMATS, export
from uringcheck.report.story import story
from uringcheck.trace.diff import state_diff
from uringcheck.trace.identity import parse_identity
from uringcheck.trace.model import Trace, TraceVariable
from uringcheck.trace.replay import follow, replayed

CASES: dict[str, tuple[Callable[[], Spec], str]] = {
    "lost_buffer": (receive, "no_buffer_lost"),
    "disarmed": (receive, "stays_armed"),
    "both_seen": (receive, "both_seen"),
    "full_queue": (lambda: endings(0), "domain"),
    "assertion": (lambda: endings(1), "assert"),
    "deadlock": (lambda: endings(2), "no_deadlock"),
    "failed_start": (lambda: endings(3), "assert"),
    "misjudged": (lambda: endings(2, judged=True), "domain"),
}


@pytest.fixture(scope="module")
def traces() -> dict[str, Trace]:
    """One trace of each sort."""
    made: dict[str, Trace] = {}
    for name, (spec, about) in CASES.items():
        made[name] = spec().trace(about)
    return made


def wandering() -> Trace:
    """A lost buffer with steps in between that have nothing to do with it."""
    spec = receive("wandering.py")
    text = "begin(armed=no); tick; peer[0].send(n=1); arm; peer[1].send(n=1); recv_one(b=0); tick; recv_one(b=1)"
    path = follow(spec.run, spec.program, *parse_identity(text, spec.program))
    return replayed(spec.run, spec.program, path, "no_buffer_lost")


@pytest.mark.parametrize("case", CASES)
def test_the_story_is_told(traces: dict[str, Trace], case: str) -> None:
    """Sentence, table, why, what else: a snapshot for each sort of ending."""
    check_snapshot(f"story_{case}.txt", story(traces[case], heading=True) + "\n")


@pytest.mark.parametrize("case", CASES)
def test_the_page_is_written(traces: dict[str, Trace], case: str) -> None:
    """Markdown with its diagram: a snapshot for each."""
    check_snapshot(f"story_{case}.md", export(traces[case], "md"))


def test_every_value_in_the_why_of_a_lost_buffer_is_that_of_the_trace(traces: dict[str, Trace]) -> None:
    """The reason names the step, the branch with what it saw, and who wrote that."""
    trace = traces["lost_buffer"]
    told = " ".join(story(trace).split())
    line = next(number for number, text in enumerate(RECEIVE.splitlines(), 1) if "if self.ring.post(cqe)" in text)
    assert "step 3 made it false: owner[1]=LOST" in told
    assert f"there `self.ring.post(cqe)` did not hold (<receive.py>:{line})" in told
    assert "ring.entries=[Cqe(bid=0, more=yes)] (step 2)" in told
    assert "instead after step 2: " + ", ".join(t for t in trace.enabled[2] if t != "recv_one(b=1)") in told


def test_steps_that_play_no_part_are_named_and_dim() -> None:
    """In words for everybody, and dim where there is colour; colour changes nothing else."""
    trace = wandering()
    plain, coloured = story(trace), story(trace, colour=True)
    assert "aside    steps 1, 4 and 6 play no part" in plain
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain
    dim = re.findall(r"^\x1b\[2m *(\d+)", coloured, re.MULTILINE)
    assert dim == ["1", "4", "6"]
    assert "\x1b" not in plain


def test_lines_fit_the_width(traces: dict[str, Trace]) -> None:
    """At the usual width and at that of a small window."""
    for width in (108, 72):
        for trace in traces.values():
            assert max(len(line) for line in story(trace, width=width).split("\n")) <= width


def test_notes_are_told(traces: dict[str, Trace]) -> None:
    """What a replay had to remark stands in every form that people read."""
    trace = traces["deadlock"].noting("the spec has changed")
    assert "note     the spec has changed" in story(trace)
    assert "- the spec has changed" in export(trace, "md")


def test_lines_of_several_files_are_told_apart(traces: dict[str, Trace]) -> None:
    """The file's name where that is enough, its path where two have the same name."""
    trace = traces["lost_buffer"]
    step = replace(
        trace.steps[-1],
        lines=("a/x.py:1", "b/x.py:2", "c/y.py:3"),
        wrote=(("owner[1]", "a/x.py:1"), ("armed", "c/y.py:3")),
    )
    told = story(replace(trace, steps=(*trace.steps[:-1], step)))
    assert re.search(r"owner\[1\]  POOL -> LOST +a/x\.py:1$", told, re.MULTILINE)
    assert re.search(r"armed  yes -> no +y\.py:3$", told, re.MULTILINE)


#: The statements of Mermaid's sequence diagrams that are used, one a line. A message holds no `;` and no bare `#`.
TEXT = r"(?:[^;#\n]|#35;|#59;|#lt;)+"
STATEMENTS = re.compile(
    rf"    (?:participant (?P<id>p\d+) as {TEXT}|(?P<arrow>p\d+)(?:->>|-x)(?P<to>p\d+): {TEXT}"
    rf"|Note over (?P<over>p\d+(?:,p\d+)?): {TEXT})"
)


@pytest.mark.parametrize("case", CASES)
def test_the_diagram_is_one(traces: dict[str, Trace], case: str) -> None:
    """Every line is a statement of the grammar, and every lane is declared before it is used."""
    first, *lines = export(traces[case], "mermaid").splitlines()
    assert first == "sequenceDiagram"
    declared: set[str] = set()
    for line in lines:
        found = STATEMENTS.fullmatch(line)
        assert found, line
        if found["id"]:
            declared.add(found["id"])
        used = {found["arrow"], found["to"], *(found["over"] or "").split(",")} - {None, ""}
        assert used <= declared


def test_each_step_has_one_numbered_arrow(traces: dict[str, Trace]) -> None:
    """From the lane that acts; pushes are notes on the lane of the queue."""
    text = export(traces["both_seen"], "mermaid")
    assert re.findall(r": (\d+) \w", text) == ["1", "2", "3", "4", "5"]
    lanes = dict(re.findall(r"participant (p\d) as (.*)", text))
    assert sorted(lanes.values()) == ["peer[0]", "receive", "ring"]
    ring = next(lane for lane, name in lanes.items() if name == "ring")
    assert f"Note over {ring}: + Cqe(bid=0, more=yes)" in text
    assert f"->>{ring}: entries - Cqe(bid=0, more=yes)" in text


def test_signs_of_mermaid_in_texts_are_escaped(traces: dict[str, Trace]) -> None:
    """A sentence may hold anything."""
    trace = traces["deadlock"]
    odd = replace(trace, about=replace(trace.about, sentence="a; b # c <br> %% d"))
    assert "a#59; b #35; c #lt;br> %% d" in export(odd, "mermaid")


def test_signs_of_markdown_in_texts_are_escaped(traces: dict[str, Trace]) -> None:
    """Neither a table cell nor a sentence breaks out."""
    trace = traces["deadlock"]
    step = replace(trace.steps[0], text="a|b`c")
    odd = replace(trace, about=replace(trace.about, sentence="*all* <b> of_it_ [x](y)"), steps=(step, *trace.steps[1:]))
    page = export(odd, "md")
    assert r"\*all\* \<b\> of_it\_ [x\](y)" in page
    row = next(line for line in page.splitlines() if line.startswith("| 1 |"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 5
    assert r"`` a\|b`c ``" in row


def test_the_canonical_file_is_a_form_too(traces: dict[str, Trace]) -> None:
    """And no other word is."""
    assert json.loads(export(traces["deadlock"], "itf"))["#meta"]["property"] == "no_deadlock"
    assert set(FORMATS) == {"md", "mermaid", "itf"}
    with pytest.raises(UsageError, match="UC026"):
        export(traces["deadlock"], "pdf")


PAIR = ir.Record("Pair", (("a", ir.Int(0, 9)), ("b", ir.Option(ir.BOOL))))


@pytest.mark.parametrize(
    ("type_", "before", "after", "told"),
    [
        (ir.BOOL, False, True, ["v  no -> yes"]),
        (ir.Map(ir.BOOL, ir.Int(0, 9)), (1, 2), (1, 3), ["v[yes]  2 -> 3"]),
        (ir.Map(ir.Int(1, 2), ir.Map(ir.BOOL, ir.BOOL)), ((0, 0), (0, 0)), ((0, 1), (1, 0)),
         ["v[1][yes]  no -> yes", "v[2][no]  no -> yes"]),
        (PAIR, (1, None), (2, None), ["v.a  1 -> 2"]),
        (PAIR, (1, None), (1, True), ["v.b  none -> yes"]),
        (PAIR, (1, None), (2, True), ["v  Pair(a=1, b=none) -> Pair(a=2, b=yes)"]),
        (ir.Option(PAIR), (1, None), (3, None), ["v.a  1 -> 3"]),
        (ir.Option(PAIR), None, (3, None), ["v  none -> Pair(a=3, b=none)"]),
        (ir.Set(ir.Int(0, 3)), 0b0011, 0b0110, ["v  - 0  + 2"]),
        (ir.Queue(ir.Int(0, 9), 4), (), (1,), ["v  + 1"]),
        (ir.Queue(ir.Int(0, 9), 4), (1,), (), ["v  - 1"]),
        (ir.Queue(ir.Int(0, 9), 4), (1, 2), (2, 3, 4), ["v  - 1  + 3  + 4"]),
        (ir.Queue(ir.Int(0, 9), 4), (1, 1), (1,), ["v  - 1"]),
        (ir.Queue(ir.Int(0, 9), 4), (1, 2), (2, 1), ["v  - 1  + 1"]),
        (ir.Queue(ir.Int(0, 9), 4), (1, 2), (3,), ["v  [1, 2] -> [3]"]),
        (ir.Queue(ir.Int(0, 9), 4), (1, 2), (1, 3), ["v  [1, 2] -> [1, 3]"]),
    ],
)  # fmt: skip
def test_differences_are_told_as_their_author_would(
    type_: ir.Type, before: ir.Encoded, after: ir.Encoded, told: list[str]
) -> None:
    """Indices, fields, members, and both ends of queues; whole values where less would mislead."""
    assert [str(change) for change in state_diff([TraceVariable("v", type_)], (before,), (after,))] == told


def test_a_replicated_variable_has_its_index_in_the_path() -> None:
    """`outer[1].inner[no].x`, then the variable's own index."""
    type_ = ir.Map(ir.Int(0, 1), ir.Map(ir.BOOL, ir.Map(ir.Int(5, 6), ir.BOOL)))
    variable = TraceVariable("outer.inner.x", type_, "", ("outer", "outer.inner"))
    off, on = ((0, 0), (0, 0)), ((0, 1), (0, 0))
    assert [str(change) for change in state_diff([variable], ((off, off),), ((off, on),))] == [
        "outer[1].inner[no].x[6]  no -> yes"
    ]


def test_telling_a_story_imports_nothing_heavy() -> None:
    """Plain text is told without the terminal library, and without any engine."""
    heavy = "rich", "z3", "llvmlite", "jinja2"
    code = f"import sys, uringcheck.report.story; print([m for m in {heavy} if m in sys.modules])"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert made.stdout.strip() == "[]"
