"""Findings as people read them: the place, the caret, what to write instead."""

from __future__ import annotations

import ast
from pathlib import Path

from uringcheck.diagnostics import Diagnostic, Span
from uringcheck.diagnostics.render import render, render_all


def spanning(file: Path, text: str, wanted: str) -> Span:
    """The span of the expression that is written like this."""
    file.write_text(text, encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.expr) and ast.get_source_segment(text, node) == wanted:
            return Span.of(str(file), node)
    raise AssertionError(wanted)


def shown(finding: str) -> list[str]:
    """The lines without the one that names the file."""
    return [line for line in finding.split("\n") if "-->" not in line]


def test_the_caret_stands_below_what_is_wrong(tmp_path: Path) -> None:
    """Code, sentence, place, line, caret, help."""
    file = tmp_path / "spec.py"
    span = spanning(file, "\n" * 13 + "if cq.ringg > 0: pass\n", "cq.ringg")
    finding = render(Diagnostic("UC205", "`Cq` has no variable `ringg`", span, "did you mean `ring`?"))
    assert shown(finding) == [
        "error[UC205]: `Cq` has no variable `ringg`",
        "   |",
        "14 | if cq.ringg > 0: pass",
        "   |    ^^^^^^^^",
        "   = help: did you mean `ring`?",
    ]
    assert f"  --> {file}:14:4" in finding


def test_the_caret_knows_wide_letters_and_tabs(tmp_path: Path) -> None:
    """Python counts bytes, people see columns."""
    span = spanning(tmp_path / "wide.py", 'if "é你" == name: pass\n', "name")
    line, carets = shown(render(Diagnostic("UC205", "unknown", span)))[-2:]
    assert line == '1 | if "é你" == name: pass'
    assert carets == "  |            " + " " + "^^^^"
    assert ":1:12" in render(Diagnostic("UC205", "unknown", span))
    span = spanning(tmp_path / "tabs.py", "if x:\n\ty = name\n", "name")
    assert shown(render(Diagnostic("UC205", "unknown", span)))[-1] == "  | \t    ^^^^"


def test_an_expression_over_several_lines_is_marked_to_the_end_of_its_first(tmp_path: Path) -> None:
    """The rest is there to be read in the file."""
    span = spanning(tmp_path / "long.py", "y = f(1,\n      2)\n", "f(1,\n      2)")
    assert shown(render(Diagnostic("UC204", "no", span)))[-2:] == ["1 | y = f(1,", "  |     ^^^^"]


def test_a_line_without_a_column_is_marked_whole(tmp_path: Path) -> None:
    """Where only the line is known, its text is marked and not its indentation."""
    file = tmp_path / "line.py"
    file.write_text("class A:\n    x = var(0, 3)\n", encoding="utf-8")
    finding = render(Diagnostic("UC308", "wrong", Span(str(file), 2)))
    assert shown(finding)[-2:] == ["2 |     x = var(0, 3)", "  |     ^^^^^^^^^^^^^"]
    assert finding.count(":2:5") == 1


def test_a_place_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Without its line; and a finding about no place has none."""
    gone = render(Diagnostic("UC201", "not Python", Span(str(tmp_path / "gone.py"), 3)))
    assert gone.split("\n") == ["error[UC201]: not Python", f" --> {tmp_path / 'gone.py'}:3:1"]
    assert (
        render(Diagnostic("UC003", "no model `x`", None, "known: y")) == "error[UC003]: no model `x`\n = help: known: y"
    )


def test_what_a_terminal_would_obey_is_shown_as_an_escape(tmp_path: Path) -> None:
    """A name on a command line, or a line of a file, can hold anything."""
    file = tmp_path / "odd.py"
    file.write_text('x = "\x1b[31m"; name\n', encoding="utf-8")
    finding = render(Diagnostic("UC003", "no model `\x1b[2J\x07`", Span(str(file), 1, 13, 1, 17), "\x9b"))
    assert "\x1b" not in finding
    assert r"no model `\x1b[2J\x07`" in finding
    assert shown(finding)[-3:] == [r'1 | x = "\x1b[31m"; name', "  | " + " " * 16 + "^^^^", r"  = help: \x9b"]


def test_several_findings_are_set_apart() -> None:
    """An empty line between them."""
    first, second = Diagnostic("UC003", "a"), Diagnostic("UC004", "b")
    assert render_all([first, second]) == "error[UC003]: a\n\nerror[UC004]: b"
