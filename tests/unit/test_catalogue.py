"""Every message has a code, every code an explanation and a spec that shows it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from uringcheck.diagnostics import SpecError
from uringcheck.diagnostics.catalogue import CATALOGUE
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.compiling.quantities import compile_quantities, quantities_of
from uringcheck.lang.compiling.subset import ADVICE, EXPRESSIONS, REFUSED, STATEMENTS
from uringcheck.lang.ghosts import ghost_of
from uringcheck.lang.loading import find_model
from uringcheck.lang.tree import elaborate

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = sorted((ROOT / "tests" / "errors").glob("uc*.py"))

#: Codes about the command line and the files it names; tests of the command line hold them.
COMMAND_LINE = {code for code in CATALOGUE if code < "UC100"} - {"UC005", "UC006"}


def codes_in_the_source() -> set[str]:
    """Every code that some line of the package can raise."""
    found: set[str] = set()
    for path in (ROOT / "src" / "uringcheck").rglob("*.py"):
        if path.name != "catalogue.py":
            found |= set(re.findall(r'"(UC\d{3})"', path.read_text(encoding="utf-8")))
    return found


def test_codes_and_explanations_are_the_same_set() -> None:
    """No code without an explanation, no explanation of a code that nothing raises."""
    assert codes_in_the_source() == set(CATALOGUE)


def test_every_code_of_the_language_has_a_failing_spec() -> None:
    """One fixture per code that a spec can cause."""
    assert {path.stem.upper() for path in FIXTURES} == set(CATALOGUE) - COMMAND_LINE


def compile_all(path: Path) -> None:
    """The model of a file, with its properties, costs and measures."""
    model = find_model(str(path))
    # What is said of every size, and what stands beside a model, matters in proofs only.
    tree = elaborate(model, leave_open=path.stem == "uc420", ghost=ghost_of(model))
    compile_tree(tree)
    compile_quantities(tree, quantities_of(tree))


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_the_spec_is_refused_at_the_marked_line(path: Path) -> None:
    """The first finding has the fixture's code, the line marked `# <-`, and advice."""
    marked = [n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if "# <-" in line]
    with pytest.raises(SpecError) as caught:
        compile_all(path)
    finding = caught.value.diagnostics[0]
    assert finding.code == path.stem.upper()
    assert finding.help
    assert [finding.span.line for _ in marked if finding.span] == marked


def test_syntax_is_accepted_or_refused_and_nothing_else() -> None:
    """Every statement and expression of this Python's grammar is in exactly one of the two lists."""
    grammar = {
        cls
        for cls in vars(ast).values()
        if isinstance(cls, type) and issubclass(cls, (ast.stmt, ast.expr)) and cls not in (ast.stmt, ast.expr)
    }
    assert grammar == REFUSED | STATEMENTS | EXPRESSIONS
    assert not REFUSED & (STATEMENTS | EXPRESSIONS)


def test_advice_is_about_refused_syntax() -> None:
    """No advice for syntax that the language has."""
    accepted = {cls.__name__ for cls in STATEMENTS | EXPRESSIONS}
    assert not accepted & set(ADVICE)
