"""`sim`: what random walks meet is replayed and told, what they do not meet is not decided."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest
from cli_specs import Cli, calling, heeds_interruption

from uringcheck.explore.outcome import Path as Behaviour
from uringcheck.explore.shortening import shortened
from uringcheck.explore.walks import WalkRequest, walk
from uringcheck.ir.program import Program, PropertyKind
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.loading import load_file, models_in
from uringcheck.lang.tree import elaborate
from uringcheck.lower.python import Generated
from uringcheck.report.walks import SCHEMA

CORPUS = Path(__file__).parents[1] / "corpus"

MAZE = '''"""A counter with a limit, a failing assertion, a deadlock and a goal."""

from uringcheck import Model, action, always, constraint, one_of, reachable, require, step, var


class Maze(Model):
    """Two counters that go up, and one that goes round."""

    a: int = var(0, 9)
    b: int = var(0, 9)
    round: int = var(0, 3)

    @action
    def turn(self) -> None:
        """The third counter goes round."""
        self.round = (self.round + 1) % 4

    @action
    def climb(self, by: int = one_of(1, 2)) -> None:
        """The first counter goes up."""
        require(self.a + by <= 9)
        self.a += by

    @action
    def follow(self) -> None:
        """The second counter goes up, but not past the first."""
        require(self.b < self.a)
        assert self.b != 7, "seven is never left"
        self.b += 1


@always
def not_both_five(m: Maze) -> bool:
    """The counters are never both five."""
    return m.a != 5 or m.b != 5


@step
def no_leap_from_six(before: Maze, after: Maze) -> bool:
    """The first counter does not leap from six."""
    return before.a != 6 or after.a <= 7


@reachable
def three(m: Maze) -> bool:
    """The second counter can be three."""
    return m.b == 3


@constraint
def below_nine(m: Maze) -> bool:
    """The first counter stays below nine."""
    return m.a < 9
'''


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    """Run a verb in a folder with `maze.py`: exit code, standard output, standard error."""
    (tmp_path / "maze.py").write_text(MAZE)
    monkeypatch.chdir(tmp_path)
    return calling(capfd)


def test_what_walks_meet_is_violated_and_found_and_the_rest_is_not_decided(cli: Cli) -> None:
    """All four kinds of findings, each with a story, and nothing is ever said to hold."""
    code, out, _ = cli("sim", "maze.py", "--all-violations", "--walks", "400", "--depth", "60")
    assert code == 1
    assert "not_both_five     VIOLATED in" in out
    assert "no_leap_from_six  VIOLATED in" in out
    assert "assert            VIOLATED in" in out
    assert "three             found in" in out
    assert "domain            not decided: no walk met it" in out
    assert "holds" not in out
    assert "what was not found may be there" in out


def test_stories_are_shortened_and_say_so(cli: Cli) -> None:
    """The third counter's turns play no part: no told story has one, and none claims to be a shortest."""
    _, out, _ = cli("sim", "maze.py", "--property", "not_both_five", "--walks", "400", "--depth", "60")
    assert "turn  " not in out.split("action")[0]
    assert "VIOLATED in 8 steps" in out, "three climbs at least, and five times the other"
    assert "after leaving out what could be left out, 8; a search may find a shorter story" in " ".join(out.split())


def test_finding_nothing_is_not_decided(cli: Cli) -> None:
    """Exit 3, never 0."""
    code, out, _ = cli("sim", "maze.py", "--property", "not_both_five", "--walks", "5", "--depth", "3")
    assert code == 3
    assert "not_both_five  not decided: no walk met it" in out


def test_constraints_and_dead_ends_are_counted(cli: Cli) -> None:
    """Every walk ends in one of the ways that are listed."""
    _, out, _ = cli("sim", "maze.py", "--all-violations", "--walks", "100", "--depth", "400", "--format", "json")
    ended = json.loads(out)["walked"]["ended"]
    assert sum(ended.values()) == 100
    assert ended["constraint"] > 0 and ended["found"] > 0


def test_the_same_seed_prints_the_same_bytes_and_another_seed_others(cli: Cli) -> None:
    """In both formats."""
    for format_ in ("text", "json"):
        told = [cli("sim", "maze.py", "--seed", seed, "--walks", "50", "--format", format_)[1] for seed in "778"]
        assert told[0] == told[1] != told[2]


def test_json_keeps_to_its_schema_and_output_writes_files(cli: Cli, tmp_path: Path) -> None:
    """A trace that was written is named, and can be replayed."""
    code, out, _ = cli("sim", "maze.py", "--format", "json", "--output", "itf=traces", "--output", "text=t.txt")
    data = json.loads(out)
    jsonschema.validate(data, json.loads(SCHEMA.read_text()))
    traces = [one["trace"] for one in data["walked"]["properties"] if one["trace"]]
    assert code == 1 and traces
    assert "VIOLATED" in (tmp_path / "t.txt").read_text()
    assert cli("trace", "replay", traces[0])[0] == 0


def test_temporal_properties_are_beyond_walks(cli: Cli) -> None:
    """A walk ends; what it says of behaviours that do not is nothing."""
    code, out, _ = cli("sim", str(CORPUS / "die_hard.py"), "--property", "solved_if_they_never_stop", "--walks", "3")
    assert code == 3
    assert "walks end, and it speaks of behaviours that do not" in out


def test_no_time_is_one_walk_and_is_said(cli: Cli) -> None:
    """The limit on time is named."""
    code, out, _ = cli("sim", str(CORPUS / "six_counters.py"), "--seconds", "0")
    assert code == 3
    assert "cut by     the limit on time" in out
    assert "walks      1 of 1000" in out


@pytest.mark.parametrize(
    "wrong", [["--property", "nothing"], ["--walks", "0"], ["--param", "X=1"], ["--output", "pdf=x"]]
)
def test_wrong_input_is_refused(cli: Cli, wrong: list[str]) -> None:
    """Exit 2, before anything is walked."""
    assert cli("sim", "maze.py", *wrong)[:2] == (2, "")


def test_an_interruption_says_what_was_seen(tmp_path: Path) -> None:
    """Exit 130, with the statistics so far."""
    command = [sys.executable, "-m", "uringcheck", "sim", str(CORPUS / "six_counters.py"), "--walks", "10000000"]
    command += ["--all-violations", "--output", "json=out.json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, preexec_fn=heeds_interruption
    ) as run:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob(".out.json.*")) and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(2.0)
        os.kill(run.pid, signal.SIGINT)
        out, err = run.communicate(timeout=60)
    assert run.returncode == 130, err
    assert "cut by     an interruption" in out
    assert "not decided" in out


def specialised(path: Path) -> Program:
    """The program of the last model of a file."""
    return specialise(compile_tree(elaborate(models_in(load_file(path))[-1])))


@pytest.mark.parametrize("name", ["die_hard", "missionaries", "simple_allocator"])
def test_a_shortened_path_is_a_behaviour_no_longer_than_the_walk(name: str) -> None:
    """It starts where the walk did, takes steps that exist, and ends in a violation."""
    program = specialised(CORPUS / f"{name}.py")
    generated = Generated(program)
    found = walk(program, WalkRequest(walks=300, steps=200, all_violations=True)).paths
    assert found
    positions = {one.name: k for k, one in enumerate(program.properties) if one.kind is PropertyKind.INVARIANT}
    for name, path in found.items():
        made: Behaviour = shortened(generated, path, name)
        assert (made.start, made.states[0]) == (path.start, path.states[0])
        if name in positions:
            assert generated.evaluate(positions[name], made.states[-1]) is False
        assert len(made.steps) <= len(path.steps)
        assert len(set(made.states)) == len(made.states)
        for source, step, target in zip(made.states, made.steps, made.states[1:], strict=False):
            named = [
                (program.actions[p].name, arguments, after) for p, arguments, after in generated.successors(source)
            ]
            assert (step.action, step.arguments, target) in named
