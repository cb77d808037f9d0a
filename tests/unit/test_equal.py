"""`uringcheck equal`: what it calls equal, what it calls different, and how it tells the difference."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from uringcheck.cli import main
from uringcheck.report.machine import SCHEMA

COUNTER = '''"""A counter, written in several ways."""

from typing import Final

from uringcheck import Model, action, constraint, init, one_of, param, require, var


class Counter(Model):
    """It counts to TOP and starts again."""

    TOP: Final[int] = param(3, 1, 9, "the largest number")
    n: int = var(0, 9)

    @action
    def up(self) -> None:
        """One more."""
        require(self.n < self.TOP)
        self.n += 1

    @action
    def again(self) -> None:
        """Back to the start."""
        require(self.n == self.TOP)
        self.n = 0


class Renamed(Model):
    """The same under another name."""

    TOP: Final[int] = param(3, 1, 9, "the largest number")
    number: int = var(0, 9)

    @action
    def up(self) -> None:
        """One more."""
        require(self.number < self.TOP)
        self.number += 1

    @action
    def again(self) -> None:
        """Back to the start."""
        require(self.number == self.TOP)
        self.number = 0


class Laps(Counter):
    """It also notes whether it was in an odd lap, which nothing depends on."""

    odd: bool = var(False)

    @action
    def again(self) -> None:
        """Back to the start."""
        require(self.n == self.TOP)
        self.n = 0
        self.odd = not self.odd


class Stops(Laps):
    """It does not start a third lap."""

    @action
    def again(self) -> None:
        """Back to the start, once."""
        require(self.n == self.TOP and not self.odd)
        self.n = 0
        self.odd = True


class Skips(Counter):
    """In the second step it counts two."""

    @action
    def up(self) -> None:
        """One more, or two."""
        require(self.n < self.TOP)
        self.n += 2 if self.n == 1 else 1


class Fails(Counter):
    """It does not notice that it is at the top."""

    @action
    def up(self) -> None:
        """One more."""
        require(self.n < self.TOP)
        assert self.n < 2, "two is enough"
        self.n += 1


class Rests(Counter):
    """At the top it may also do nothing."""

    @action
    def up(self) -> None:
        """One more, unless it is at the top."""
        self.n = min(self.n + 1, self.TOP)


class Begins(Counter):
    """It begins anywhere below FROM."""

    FROM: Final[int] = param(1, 0, 3, "the largest number to start with")

    @init
    def start(self, n: int = one_of(0, 3)) -> None:
        """Begin with n."""
        require(n <= self.FROM)
        self.n = n


class Bounded(Counter):
    """A constraint leaves out what comes after two."""


@constraint
def small(m: Bounded) -> bool:
    """Only small numbers."""
    return m.n < 2
'''


@pytest.fixture(autouse=True)
def _counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the models, to work in."""
    monkeypatch.chdir(tmp_path)
    Path("c.py").write_text(COUNTER)


def equal(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The exit code and what stands on the two streams. `Skips` is short for `c.py:Skips`."""
    sides = [f"c.py:{word}" for word in arguments[:2]]
    code = main(["equal", "-q", *sides, *arguments[2:]])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize(
    ("left", "right", "options", "word"),
    [
        ("Counter", "Counter", (), "isomorphic"),
        ("Counter", "Counter,TOP=3", (), "isomorphic"),
        ("Counter", "Renamed", ("--hide", "n", "--hide", "number"), "isomorphic"),
        ("Counter", "Renamed", ("--actions-only",), "isomorphic"),
        ("Counter", "Laps", ("--hide", "odd"), "bisimilar"),
        ("Laps", "Counter", ("--observe", "n"), "bisimilar"),
        ("Begins,FROM=1", "Begins,FROM=1", (), "isomorphic"),
        ("Fails", "Fails", (), "isomorphic"),
    ],
)
def test_what_is_equal(
    capsys: pytest.CaptureFixture[str], left: str, right: str, options: tuple[str, ...], word: str
) -> None:
    """One to one, or with states that the other side needs only one for: then it is not called isomorphic."""
    code, out, _ = equal(capsys, left, right, *options)
    assert code == 0, out
    assert word in out
    code, out, _ = equal(capsys, left, right, *options, "--format", "json")
    assert json.loads(out)["equalities"][0]["verdict"] == word


@pytest.mark.parametrize(
    ("left", "right", "options", "steps", "how", "story"),
    [
        ("Counter", "Counter,TOP=4", (), 4, "step", "up; up; up; again"),
        ("Counter,TOP=4", "Counter", (), 4, "step", "up; up; up; up"),
        ("Counter", "Skips", (), 2, "value", "up; up"),
        ("Counter", "Skips", ("--actions-only",), 3, "step", "up; up; up"),
        ("Counter", "Fails", (), 3, "failure", "up; up; up"),
        ("Counter", "Rests", (), 4, "step", "up; up; up; up"),
        ("Counter", "Begins,FROM=0", (), 0, "step", ""),
        ("Begins,FROM=1", "Begins,FROM=2", (), 0, "step", "start(n=2)"),
        ("Laps", "Stops", (), 8, "step", "up; up; up; again; up; up; up; again"),
        ("Counter", "Stops", ("--hide", "odd"), 8, "step", "up; up; up; again; up; up; up; again"),
    ],
)
def test_what_is_different_and_the_shortest_story_of_it(
    capsys: pytest.CaptureFixture[str],
    left: str,
    right: str,
    options: tuple[str, ...],
    steps: int,
    how: str,
    story: str,
) -> None:
    """By hand: the first step that one side does not have, fails at, or that leaves another value, in either order."""
    code, out, err = equal(capsys, left, right, *options, "--format", "json")
    assert code == 1, out + err
    found = json.loads(out)["equalities"][0]
    assert (found["verdict"], found["steps"]) == ("different", steps)
    assert (found["difference"]["how"], found["difference"]["story"]) == (how, story)
    code, mirrored, _ = equal(capsys, right, left, *options, "--format", "json")
    other = json.loads(mirrored)["equalities"][0]
    assert (code, other["steps"], other["difference"]["how"]) == (1, steps, how)
    code, text, _ = equal(capsys, left, right, *options)
    assert f"DIFFERENT in {'1 step' if steps == 1 else f'{steps} steps'}" in text


def test_the_story_says_what_each_side_has(capsys: pytest.CaptureFixture[str]) -> None:
    """A value on each side, or what the other side can do instead."""
    assert "n: 2 on the left, 3 on the right" in equal(capsys, "Counter", "Skips")[1]
    text = equal(capsys, "Counter", "Counter,TOP=4")[1]
    assert "After 3 steps that both sides take, again is possible on the left only." in text
    assert "what the right side can do there instead: up" in text


@pytest.mark.parametrize("limit", [("--max-states", "2"), ("--max-depth", "1")])
def test_a_search_that_was_cut_decides_nothing(capsys: pytest.CaptureFixture[str], limit: tuple[str, ...]) -> None:
    """Exit 3, and the word equal is not used; a difference within the limit is one all the same."""
    code, out, _ = equal(capsys, "Counter", "Counter", *limit)
    assert code == 3
    assert "not decided" in out
    assert "equal" not in out
    assert equal(capsys, "Counter", "Skips", "--max-depth", "5")[0] == 1


def test_a_constraint_that_cuts_decides_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """What lies behind it might differ."""
    code, out, _ = equal(capsys, "Bounded", "Bounded")
    assert code == 3
    assert "a constraint left states unexplored" in out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("Counter", "Renamed"), "UC036"),
        (("Counter", "Counter", "--hide", "m"), "UC036"),
        (("Counter,TOP", "Counter"), "UC035"),
        (("Counter,TOP=2,TOP=3", "Counter"), "UC035"),
        (("Counter@", "Counter"), "UC035"),
        (("Counter@6.0", "Counter"), "UC014"),
        (("Counter,TOPP=2", "Counter"), "UC010"),
        (("Counter", "Counter", "--output", "itf=d"), "UC017"),
    ],
)
def test_wrong_input_is_refused(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: str) -> None:
    """With a code and advice, and nothing on standard output."""
    exit_code, out, err = equal(capsys, *arguments)
    assert (exit_code, out) == (2, "")
    assert f"error[{code}]" in err
    assert "help:" in err


def test_outputs_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    """As text and as JSON, the same as is shown."""
    _, out, _ = equal(capsys, "Counter", "Skips", "--output", "json=a.json", "--output", "text=a.txt")
    assert Path("a.txt").read_text() == out
    assert json.loads(Path("a.json").read_text())["schema"] == 1


def suite(text: str) -> None:
    """A project whose suite this is."""
    Path("suite.toml").write_text(text)
    Path("pyproject.toml").write_text('[tool.uringcheck]\nsuite = "suite.toml"\n')


SUITE = """
[[equal]]
left = "c.py:Counter"
right = "c.py:Laps"
hide = ["odd"]
note = "Laps do not matter."
expect = "equal"

[[equal]]
left = "c.py:Counter"
right = "c.py:Skips"
expect = { verdict = "different", steps = 2 }
"""


def test_a_suite_compares_too(capsys: pytest.CaptureFixture[str]) -> None:
    """What it expects decides, and the comparisons are in its JSON."""
    suite(SUITE)
    assert main(["check", "-q"]) == 0
    assert "2 entries: 2 as expected, 0 not" in capsys.readouterr().out
    assert main(["check", "-q", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads(SCHEMA.read_text()))
    assert [one["verdict"] for one in found["equalities"]] == ["bisimilar", "different"]


@pytest.mark.parametrize(
    ("old", "new"),
    [('"equal"', '"isomorphic"'), ("steps = 2", "steps = 3"), ('"different", steps = 2', '"equal"')],
)
def test_a_suite_fails_where_a_comparison_comes_out_otherwise(
    capsys: pytest.CaptureFixture[str], old: str, new: str
) -> None:
    """Bisimilar is not isomorphic, and a story of another length is another story."""
    suite(SUITE.replace(old, new))
    assert main(["check", "-q"]) == 1
    assert "UNEXPECTED" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('left = "c.py:Counter"\nright = "c.py:Laps"', 'left = "c.py:Counter"', "`right`"),
        ('hide = ["odd"]', 'hides = ["odd"]', "no key `hides`"),
        ('expect = "equal"', "", "`expect` is not a verdict"),
        ('"different", steps = 2', '"different", steps = -2', "number of actions"),
        ('"different", steps = 2', '"equal", steps = 2', "only `different` has steps"),
        ('hide = ["odd"]', 'hide = "odd"', "lists of names"),
    ],
)
def test_a_wrong_entry_is_refused(capsys: pytest.CaptureFixture[str], old: str, new: str, word: str) -> None:
    """Before anything is compared."""
    suite(SUITE.replace(old, new))
    assert main(["check", "-q"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "UC032" in err
    assert word in err
