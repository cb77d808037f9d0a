"""Coverage: which lines, branches and action instances a search made use of, by executing the author's functions."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import jsonschema
import pytest
from cli_specs import Cli, calling

from tests.agree.engines import differences, program_of, tree_of
from tests.agree.programs import seeded_program
from tests.agree.states import random_states
from uringcheck.ir.nodes import Check
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.loading import load_file, models_in
from uringcheck.lang.plain import PlainRun
from uringcheck.lang.tree import elaborate
from uringcheck.lower.python import Generated
from uringcheck.report.machine import SCHEMA
from uringcheck.trace.marking import functions_of, marked

CORPUS = Path(__file__).parents[1] / "corpus"

LAMP = '''"""A lamp, with parts that no behaviour needs."""

from uringcheck import Model, action, always, one_of, require, var


def doubled(number: int) -> int:
    """A helper that is used."""
    if number > 5:
        return 0
    return number * 2


def unused(number: int) -> int:
    """A helper behind a door that stays shut."""
    return number + 1


def only_for_claims(number: int) -> bool:
    """A helper of properties, which are none of coverage's business."""
    return number < 9


class Lamp(Model):
    """A lamp with a counter."""

    on: bool = var(False)
    shut: bool = var(True)
    n: int = var(0, 3)
    same: int = var(0, 1)

    @property
    def bright(self) -> bool:
        """Whether it is bright."""
        return self.on and self.n > 1

    @action
    def switch(self, by: int = one_of(0, 2)) -> None:
        """It changes."""
        require(by < 2)
        self.on = not self.on
        self.n = min(3, doubled(by))
        self.same = 1 if self.bright else 1

    @action
    def open(self) -> None:
        """The door."""
        if not self.shut:
            self.n = unused(0)
            self.on = False
        elif self.n == 7:
            self.shut = False
        else:
            self.same = 0


@always
def small(m: Lamp) -> bool:
    """It stays small."""
    return only_for_claims(m.n)
'''

EXPECTED = """\
  coverage   10 of 15 lines, 5 of 8 branches, 3 of 4 action instances; CPython executed {executed} different steps

  lamp.py   10 of 15 lines
        8  never true   if number > 5
        9  never ran
       15  never ran
       47  never true   if not self.shut
    48-49  never ran
       50  never true   if self.n == 7
       51  never ran

  never taken  switch(by=2)
"""


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    """Run a verb in a folder with `lamp.py`: exit code, standard output, standard error."""
    (tmp_path / "lamp.py").write_text(LAMP)
    monkeypatch.chdir(tmp_path)
    return calling(capfd)


def test_what_never_ran_is_told_below_its_file(cli: Cli) -> None:
    """Lines, conditions that went one way only, steps that were never taken; nothing of properties."""
    code, out, err = cli("check", "lamp.py", "--coverage")
    assert code == 0, err
    told = out[out.index("  coverage") :]
    executed = int(told.split("executed ")[1].split()[0])
    assert told == EXPECTED.format(executed=executed)
    assert 4 <= executed <= 12


def test_both_ways_of_a_choice_between_equal_values_are_seen(cli: Cli) -> None:
    """`1 if self.bright else 1` is no decision to any engine, but it is one to the author."""
    data = json.loads(cli("check", "lamp.py", "--coverage", "--format", "json")[1])
    jsonschema.validate(data, json.loads(SCHEMA.read_text()))
    (file,) = data["results"][0]["coverage"]["files"]
    (choice,) = [one for one in file["decisions"] if one["text"] == "1 if self.bright else 1"]
    assert choice["true"] and choice["false"]
    assert data["results"][0]["coverage"]["complete"] is True


def test_every_engine_and_number_of_threads_says_the_same(cli: Cli) -> None:
    """The bytes are the same."""
    allocator = str(CORPUS / "simple_allocator.py")
    told = [
        cli("check", allocator, "--property", "held_by_one", "--coverage", "-q", *more)[1]
        for more in ([], ["--engine", "native"], ["--engine", "native", "--threads", "2"], ["--engine", "auto"])
    ]
    assert "coverage is of every instance of an action" in told[0]
    assert len(set(told)) == 1


@pytest.mark.parametrize("limit", [["--max-depth", "2"], ["--max-states", "4"]])
def test_a_cut_search_covers_what_it_saw_and_says_so(cli: Cli, limit: list[str]) -> None:
    """What never ran may run where the search did not go."""
    _, out, _ = cli(
        "check", str(CORPUS / "die_hard.py"), "--property", "a_jug_ends_empty_or_full", "--coverage", *limit
    )
    assert "of an incomplete search (the limit on" in out
    assert "what never ran here may run elsewhere" in out
    data = json.loads(cli("check", "lamp.py", "--coverage", "--format", "json", "--max-depth", "1")[1])
    assert data["results"][0]["coverage"]["complete"] is False


def test_without_the_flag_nothing_is_said(cli: Cli) -> None:
    """And JSON has null."""
    assert "coverage" not in cli("check", "lamp.py")[1]
    assert json.loads(cli("check", "lamp.py", "--format", "json")[1])["results"][0]["coverage"] is None


@pytest.mark.parametrize("name", ["die_hard", "ewd840", "peterson", "prisoners", "simple_allocator", "t_commit"])
def test_the_lines_are_those_that_cpython_traces(name: str) -> None:
    """For every step of every reachable state, against CPython's own line tracing."""
    tree = elaborate(models_in(load_file(CORPUS / f"{name}.py"))[-1])
    program, run = specialise(compile_tree(tree)), PlainRun(tree)
    functions = functions_of(tree, [action.function for action in (*run.inits, *run.actions)])
    steps = list(reachable_steps(run, program))
    with marked(tree, functions) as marks:
        for action, arguments, state in steps:
            run.execute(action, arguments, state)
    traced = traced_lines(run, steps, {function.__code__ for function in functions})
    assert {line.line for line in marks.ran} == traced & {line.line for line in marks.lines}
    assert {line.line for line in marks.ran} <= {line.line for line in marks.lines}


def reachable_steps(run: PlainRun, program: Any) -> list[tuple[Any, Any, Any]]:
    """Every step of every reachable state, starts included."""
    generated = Generated(program)
    plain = {action.name: action for action in (*run.inits, *run.actions)}
    found, seen, queue = [], set(), []
    for position, arguments, after in generated.initial():
        if position is not None:
            found.append((plain[program.inits[position].name], arguments, program.start))
        queue.append(after)
    while queue:
        state = queue.pop()
        if state in seen or isinstance(state, Check):
            continue
        seen.add(state)
        for position, arguments, after in generated.successors(state):
            found.append((plain[program.actions[position].name], arguments, state))
            queue.append(after)
    return found


def traced_lines(run: PlainRun, steps: list[tuple[Any, Any, Any]], codes: set[Any]) -> set[int]:
    """The lines that CPython says it runs in these functions."""
    found: set[int] = set()

    def local(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            found.add(frame.f_lineno)
        return local

    def call(frame: FrameType, event: str, _: Any) -> Any:
        return local if frame.f_code in codes else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        for action, arguments, state in steps:
            run.execute(action, arguments, state)
    finally:
        sys.settrace(before)
    return found


@pytest.mark.parametrize("seed", range(12))
def test_marks_change_nothing_and_leave_nothing_behind(seed: int) -> None:
    """With marks, random programs mean what they mean without; afterwards every function has its own code again."""
    tree = tree_of(seeded_program(seed, seed % 2 == 0))
    program, run = program_of(tree), PlainRun(tree)
    functions = functions_of(tree, [action.function for action in (*run.inits, *run.actions)])
    codes = [function.__code__ for function in functions]
    with marked(tree, functions) as marks:
        assert [function.__code__ for function in functions] != codes
        assert differences(run, program, Generated(program), random_states(program, 8)) == []
        assert marks.ran <= marks.lines
    with suppress(ZeroDivisionError), marked(tree, functions):
        raise ZeroDivisionError
    assert [function.__code__ for function in functions] == codes
    assert not any("__uringcheck_ran__" in function.__globals__ for function in functions)
