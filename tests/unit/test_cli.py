"""The verbs, as people and scripts meet them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cli_specs import COUNTER

import uringcheck.run.check
from uringcheck.cli import main
from uringcheck.diagnostics.catalogue import CATALOGUE
from uringcheck.lower.python import Generated
from uringcheck.report.machine import SCHEMA

#: The action leaves the range of `n` in its third step.
OVERRUN = '''from uringcheck import Model, action, always, reachable, var


class Overrun(Model):
    """A counter that does not look."""

    n: int = var(0, 2)

    @action
    def count(self) -> None:
        """One more."""
        self.n += 1


@always
def small(m: Overrun) -> bool:
    """Never more than two."""
    return m.n <= 2


@reachable
def one(m: Overrun) -> bool:
    """The counter can be one."""
    return m.n == 1


@reachable
def three(m: Overrun) -> bool:
    """The counter can be three."""
    return m.n == 3
'''

#: A property that cannot be evaluated in every state: the plain run raises there, and so must the engine.
RAISING = '''from uringcheck import Model, Queue, action, always, ints, queue, require


class Raising(Model):
    """A queue that empties."""

    q: Queue[int] = queue(2, ints(0, 1))

    @action
    def push(self) -> None:
        """One item."""
        require(not self.q.full)
        self.q.push(1)


@always
def head_is_one(m: Raising) -> bool:
    """The first item is one."""
    return m.q.head == 1
'''

ASSERTING = '''from uringcheck import Model, action, var


class Asserting(Model):
    """A counter with an opinion."""

    n: int = var(0, 5)

    @action
    def count(self) -> None:
        """One more."""
        assert self.n < 2, "never past two"
        self.n = (self.n + 1) % 6
'''

#: Two steps and a standstill that nobody calls final; one action never happens, another is switched off.
STUCK = '''from typing import Final

from uringcheck import Model, action, always, implies, require, toggle, var


class Stuck(Model):
    """A counter that stops at two."""

    loud: Final[bool] = toggle(False, "it speaks")
    n: int = var(0, 5)

    @action
    def count(self) -> None:
        """One more."""
        require(self.n < 2)
        self.n += 1

    @action
    def never(self) -> None:
        """Only at five."""
        require(self.n == 5)
        self.n = 0

    @action
    def speak(self) -> None:
        """Only when loud."""
        require(self.loud)
        self.n = 0


@always
def five_means_five(m: Stuck) -> bool:
    """At five it is five."""
    return implies(m.n == 5, m.n > 4)
'''


@dataclass
class Ran:
    """What a run of the command line said."""

    code: int
    out: str
    err: str

    @property
    def result(self) -> dict[str, Any]:
        """The only result of JSON output."""
        (found,) = json.loads(self.out)["results"]
        return dict(found)

    def verdicts(self) -> dict[str, str]:
        """The verdict of every property of JSON output."""
        return {one["name"]: one["verdict"] for one in self.result["properties"]}


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line in a folder with the specs above."""
    for name, text in (
        ("counter", COUNTER),
        ("overrun", OVERRUN),
        ("raising", RAISING),
        ("asserting", ASSERTING),
        ("stuck", STUCK),
    ):
        (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> Ran:
        code = main(arguments)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return command


def as_json(run: Run, *arguments: str) -> Ran:
    """A check with JSON output that fits the schema."""
    ran = run("check", *arguments, "--format", "json", "--quiet")
    jsonschema.validate(json.loads(ran.out), json.loads(SCHEMA.read_text()), jsonschema.Draft202012Validator)
    return ran


# --- verdicts -------------------------------------------------------------------------------------------------------


def test_the_first_violation_stops_the_search_and_leaves_the_rest_undecided(run: Run) -> None:
    """What was found before it stays found; nothing else is claimed."""
    ran = as_json(run, "counter.py")
    assert ran.code == 1
    assert ran.verdicts() == {
        "never_four": "violated",
        "within_top": "not-decided",
        "moves": "not-decided",
        "two": "found",
        "odd_and_even": "not-decided",
        "no_deadlock": "not-decided",
        "domain": "not-decided",
    }
    assert ran.result["cut_by"] == "violation"
    assert next(one["steps"] for one in ran.result["properties"] if one["name"] == "never_four") == 4


def test_all_violations_decides_the_rest_and_still_exits_1(run: Run) -> None:
    """The whole graph was searched."""
    ran = as_json(run, "counter.py", "--all-violations")
    assert ran.code == 1
    assert ran.result["complete"] is True
    assert ran.verdicts() == {
        "never_four": "violated",
        "within_top": "holds",
        "moves": "holds",
        "two": "found",
        "odd_and_even": "not-found",
        "no_deadlock": "holds",
        "domain": "holds",
    }


def test_a_selected_property_is_judged_as_if_the_others_were_not_there(run: Run) -> None:
    """The violation of another one neither ends the search nor counts; a goal out of reach does."""
    assert as_json(run, "counter.py", "--property", "within_top", "--property", "two").code == 0
    assert as_json(run, "counter.py", "--property", "odd_and_even").code == 1


def test_a_depth_limit_leaves_a_bounded_promise(run: Run) -> None:
    """`holds-up-to-k` with k, exit 3, and no word about goals."""
    ran = as_json(run, "counter.py", "--max-depth", "3")
    assert ran.code == 3
    found = {one["name"]: (one["verdict"], one["k"]) for one in ran.result["properties"]}
    assert found["never_four"] == ("holds-up-to-k", 3)
    assert found["no_deadlock"] == ("holds-up-to-k", 3)
    assert found["two"] == ("found", None)
    assert found["odd_and_even"] == ("not-decided", None)
    assert as_json(run, "counter.py", "--max-depth", "4").code == 1


@pytest.mark.parametrize("limit", [("--max-states", "2"), ("--max-seconds", "0")])
def test_every_other_limit_leaves_everything_open(run: Run, limit: tuple[str, str]) -> None:
    """Not decided, and exit 3."""
    ran = as_json(run, "counter.py", *limit)
    assert ran.code == 3
    assert set(ran.verdicts().values()) == {"not-decided"}


def test_after_a_domain_violation_nothing_holds(run: Run) -> None:
    """The failing action counts as a step; goals that were reached before stay found, even when all is asked for."""
    for extra in ((), ("--all-violations",)):
        ran = as_json(run, "overrun.py", *extra)
        assert ran.code == 1
        assert ran.verdicts() == {
            "small": "not-decided",
            "one": "found",
            "three": "not-decided",
            "no_deadlock": "not-decided",
            "domain": "violated",
        }
        assert next(one["steps"] for one in ran.result["properties"] if one["name"] == "domain") == 3


def test_a_failed_assertion_is_a_violation_of_its_own_kind(run: Run) -> None:
    """With the author's message in the story."""
    ran = as_json(run, "asserting.py")
    assert ran.verdicts()["assert"] == "violated"
    assert ran.verdicts()["domain"] == "not-decided"
    assert "never past two" in run("check", "asserting.py").out


def test_assert_is_asked_only_of_specs_that_assert(run: Run) -> None:
    """Holding something that was never claimed would be an empty promise."""
    assert "assert" not in as_json(run, "counter.py").verdicts()


def test_a_property_that_raises_is_a_domain_violation_not_a_pass(run: Run) -> None:
    """Where the plain run cannot evaluate it, nothing about it holds."""
    ran = as_json(run, "raising.py")
    assert ran.code == 1
    assert ran.verdicts()["domain"] == "violated"
    assert ran.verdicts()["head_is_one"] == "not-decided"


def test_a_deadlock_nobody_called_final_is_a_violation(run: Run) -> None:
    """Under the name that every model without `@final` has for it."""
    ran = as_json(run, "stuck.py")
    assert ran.code == 1
    assert ran.verdicts()["no_deadlock"] == "violated"


def test_vacuity_is_listed_and_strict_makes_it_count(run: Run) -> None:
    """What the parameters switch off is disabled, not vacuous."""
    ran = as_json(run, "stuck.py", "--property", "five_means_five")
    assert ran.code == 0
    assert [text for text in ran.result["vacuous"] if "never" in text]
    assert [text for text in ran.result["vacuous"] if "five_means_five" in text]
    assert [text for text in ran.result["disabled"] if "speak" in text]
    assert as_json(run, "stuck.py", "--property", "five_means_five", "--strict").code == 4
    assert as_json(run, "stuck.py", "--strict").code == 1


# --- parameters -----------------------------------------------------------------------------------------------------


def test_a_preset_is_merged_before_parameters(run: Run) -> None:
    """The command line has the last word, and results list every parameter."""
    quick = as_json(run, "counter.py", "--preset", "quick").result
    assert quick["preset"] == "quick"
    assert quick["params"] == {"TOP": 5, "fast": True}
    mixed = as_json(run, "counter.py", "--preset", "quick", "--param", "fast=false", "--param", "TOP=3").result
    assert mixed["params"] == {"TOP": 3, "fast": False}
    assert mixed["states"] == 4


# --- output ---------------------------------------------------------------------------------------------------------


def test_findings_and_remarks_have_streams_of_their_own(run: Run) -> None:
    """Times and rates never stand among the findings."""
    ran = run("check", "counter.py")
    assert "VIOLATED in 4 steps" in ran.out
    assert "The counter is never four." in ran.out
    assert "states/s" not in ran.out
    assert "states/s" in ran.err
    assert run("check", "counter.py", "--quiet").err == ""


def test_the_same_question_gets_the_same_bytes(tmp_path: Path) -> None:
    """Text, JSON and traces, in processes with different hash seeds."""
    (tmp_path / "counter.py").write_text(COUNTER)
    seen = set()
    for seed in ("1", "2"):
        outputs = [f"text={seed}.txt", f"json={seed}.json", f"itf={seed}"]
        done = subprocess.run(
            [sys.executable, "-m", "uringcheck", "check", "counter.py", *(f"--output={one}" for one in outputs)],
            cwd=tmp_path,
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin"},
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 1, done.stderr
        traces = sorted((tmp_path / seed).rglob("*.itf.json"))
        assert [trace.name for trace in traces] == ["never_four.itf.json", "two.itf.json"]
        texts = [done.stdout, *((tmp_path / f"{seed}.{kind}").read_bytes() for kind in ("txt", "json"))]
        own = f"{seed}/counter".encode()
        seen.add(tuple(text.replace(own, b"DIR/counter") for text in texts) + tuple(t.read_bytes() for t in traces))
    assert len(seen) == 1


def test_a_text_file_holds_what_was_printed(run: Run) -> None:
    """Also when JSON is printed."""
    printed = run("check", "counter.py", "--output", "text=out.txt").out
    assert Path("out.txt").read_text() == printed
    run("check", "counter.py", "--output", "text=again.txt", "--format", "json")
    assert Path("again.txt").read_text() == printed


def test_no_path_is_named_of_a_trace_that_was_not_written(run: Run) -> None:
    """Only `--output itf=DIR` writes traces, below the model and its parameters."""
    assert {one["trace"] for one in as_json(run, "counter.py").result["properties"]} == {None}
    assert "itf.json" not in run("check", "counter.py").out
    ran = as_json(run, "counter.py", "--preset", "quick", "--param", "TOP=7", "--output", "itf=traces")
    written = [one["trace"] for one in ran.result["properties"] if one["trace"]]
    assert written == ["traces/counter/quick,TOP=7/never_four.itf.json", "traces/counter/quick,TOP=7/two.itf.json"]
    assert all(Path(name).is_file() for name in written)


def test_several_models_are_answered_one_after_the_other(run: Run) -> None:
    """And the worst of them decides."""
    ran = run("check", "counter.py", "overrun.py", "--property", "domain", "--format", "json")
    assert [one["model"] for one in json.loads(ran.out)["results"]] == ["counter", "overrun"]
    assert ran.code == 1


# --- cross-check ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["counter.py", "overrun.py", "raising.py", "asserting.py", "stuck.py", "bounded_cq"])
def test_the_plain_run_recounts(run: Run, model: str) -> None:
    """Failures included."""
    ran = as_json(run, model, "--cross-check", "--all-violations")
    found = ran.result
    assert found["agreement"] == (
        f"plain run = generated Python on {found['states']} states and {found['transitions']} transitions"
    )


def mutant(method: str, change: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the generated Python answer something else."""
    original = getattr(Generated, method)
    monkeypatch.setattr(Generated, method, lambda self, *given: change(original(self, *given)))


@pytest.mark.parametrize(
    ("method", "change"),
    [
        ("successors", lambda found: found[:-1]),
        ("successors", lambda found: found[::-1]),
        ("initial", lambda found: []),
        ("evaluate", lambda value: not value),
    ],
    ids=["a successor is dropped", "the order is reversed", "no start", "a property is inverted"],
)
def test_readers_that_disagree_are_an_internal_error(
    run: Run, monkeypatch: pytest.MonkeyPatch, method: str, change: Callable[[Any], Any]
) -> None:
    """Exit 70 and a bundle with both answers, the spec and the generated Python; no verdict is printed."""
    (two := Path("two.py")).write_text(
        COUNTER.replace("        self.n = 0\n", "        self.n = 0\n\n    @action\n    def stay(self) -> None:\n"
                        '        """Nothing."""\n        require(self.n > 0)\n        self.n -= 1\n')
    )  # fmt: skip
    mutant(method, change, monkeypatch)
    ran = run("check", str(two), "--cross-check", "--property", "within_top", "--output", "json=out.json")
    assert ran.code == 70, ran
    assert ran.out == ""
    assert not Path("out.json").exists()
    (bundle,) = Path().glob("uringcheck-bundle-*")
    assert bundle.name in ran.err
    names = {path.name for path in bundle.iterdir()}
    assert {"disagreement.txt", "generated.py", "parameters.txt", "two.py", "circumstances.txt"} <= names
    assert "plain run:" in (bundle / "disagreement.txt").read_text()


def test_a_failure_with_other_words_is_a_disagreement(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kind, message and line must all agree."""
    from dataclasses import replace

    def reworded(found: list[Any]) -> list[Any]:
        return [
            (action, arguments, replace(after, message="something else") if hasattr(after, "message") else after)
            for action, arguments, after in found
        ]

    mutant("successors", reworded, monkeypatch)
    assert run("check", "overrun.py", "--cross-check").code == 70


def test_a_trace_that_does_not_replay_is_an_internal_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A violation that the plain run does not confirm is nobody's verdict."""
    from dataclasses import replace

    real = uringcheck.run.check.search_auto

    def lying(program: Any, request: Any, *engine: Any) -> Any:
        outcome = real(program, request, *engine)
        path = outcome.paths["never_four"]
        outcome.paths["never_four"] = replace(path, states=(*path.states[:-1], (3,)))
        return outcome

    monkeypatch.setattr(uringcheck.run.check, "search_auto", lying)
    ran = run("check", "counter.py")
    assert ran.code == 70
    assert "VIOLATED" not in ran.out
    assert list(Path().glob("uringcheck-bundle-*/path.txt"))


def test_an_exception_in_an_engine_is_never_a_pass(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 70, a sentence, and the traceback in a bundle instead of on the screen."""

    def broken(program: Any, request: Any, *engine: Any) -> Any:
        raise ZeroDivisionError("by design")

    monkeypatch.setattr(uringcheck.run.check, "search_auto", broken)
    ran = run("check", "counter.py", "--output", "json=out.json")
    assert ran.code == 70
    assert ran.out == ""
    assert "ZeroDivisionError: by design" in ran.err
    assert "Traceback" not in ran.err
    (bundle,) = Path().glob("uringcheck-bundle-*")
    assert "ZeroDivisionError" in (bundle / "traceback.txt").read_text()
    assert not Path("out.json").exists()


# --- suites ---------------------------------------------------------------------------------------------------------

SUITE = """
[[check]]
model = "counter.py"
note = "The seeded bug must be found."
[check.expect]
never_four = { verdict = "violated", steps = 4 }
within_top = "holds"
moves = "holds"
two = { verdict = "found", steps = 2 }
odd_and_even = "not-found"
no_deadlock = "holds"
"""


def with_suite(text: str, more: str = "") -> None:
    """A project whose suite this is."""
    Path("suite.toml").write_text(text)
    Path("pyproject.toml").write_text(f'[tool.uringcheck]\nsuite = "suite.toml"\n{more}')


def test_a_suite_succeeds_when_everything_is_as_expected(run: Run) -> None:
    """Violations included; what is expected to be open is counted aloud."""
    with_suite(SUITE)
    ran = as_json(run)
    assert ran.code == 0
    expected = {one["name"]: one["expected"] for one in ran.result["properties"]}
    assert expected == ran.verdicts()
    text = run("check").out
    assert "1 entry: 1 as expected, 0 not" in text
    assert "not decided" not in text
    assert "The seeded bug must be found." in text


def test_verdicts_that_are_expected_to_be_open_are_counted_aloud(run: Run) -> None:
    """What comes after a step that leaves its range is unknown, and a suite may say so."""
    expected = [f'{name} = "not-decided"' for name in ("small", "three", "no_deadlock")]
    entry = '[[check]]\nmodel = "overrun.py"\n[check.expect]\none = "found"\ndomain = "violated"'
    with_suite("\n".join([entry, *expected]))
    ran = run("check")
    assert ran.code == 0
    assert "3 verdicts are not decided, of which 3 are expected to be" in ran.out
    with_suite("\n".join([entry, *expected[1:]]))
    assert "3 verdicts are not decided, of which 2 are expected to be" in run("check").out


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("steps = 4", "steps = 5", "the suite says violated in 5 steps"),
        ('within_top = "holds"', 'within_top = "violated"', "the suite says violated"),
        ('within_top = "holds"', 'within_top = "not-decided"', "the suite says not decided"),
        ('odd_and_even = "not-found"\n', "", "the suite says nothing of it"),
        ('moves = "holds"', 'assert = "holds"', "the model has no such property"),
    ],
)
def test_a_suite_fails_when_anything_is_not(run: Run, old: str, new: str, said: str) -> None:
    """Another verdict, another length, a violation nobody mentioned, a property that is not there."""
    with_suite(SUITE.replace(old, new))
    ran = run("check")
    assert ran.code == 1
    assert "NOT AS EXPECTED" in ran.out
    assert said in ran.out


def test_an_interrupted_suite_tells_what_was_done_before(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 130, the entries that were run, and how many were not."""
    with_suite(SUITE + SUITE)
    real = uringcheck.run.check.search_auto
    calls: list[None] = []

    def impatient(program: Any, request: Any, *engine: Any) -> Any:
        calls.append(None)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(program, request, *engine)

    monkeypatch.setattr(uringcheck.run.check, "search_auto", impatient)
    ran = run("check", "--output", "json=out.json")
    assert ran.code == 130
    assert "1 entry: 1 as expected, 0 not" in ran.out
    assert "interrupted: 1 entry not run" in ran.out
    assert len(json.loads(Path("out.json").read_text())["results"]) == 1


def test_a_suite_lists_what_it_is_silent_about(run: Run) -> None:
    """Without failing, as long as it is not violated."""
    with_suite(SUITE.replace('within_top = "holds"\n', "").replace('moves = "holds"\n', ""))
    ran = run("check")
    assert ran.code == 0
    assert "nothing is expected of: within_top, moves" in ran.out


def test_a_suite_may_be_a_folder_whose_files_share_their_sets(run: Run) -> None:
    """They run in the order of their names, whichever of them has the sets."""
    Path("suite").mkdir()
    entry = '[[check]]\nmodel = "../counter.py"\nproperties = "stated"\nholds = ["safe"]\nnote = "{}"\n'
    Path("suite/a.toml").write_text(entry.format("comes first"))
    Path("suite/b.toml").write_text(entry.format("comes second") + '[sets]\nsafe = ["within_top"]\n')
    Path("pyproject.toml").write_text('[tool.uringcheck]\nsuite = "suite"\n')
    done = run("check")
    assert done.code == 0, done.out
    assert "suite suite, 2 entries" in done.out
    assert done.out.index("comes first") < done.out.index("comes second")


def test_an_empty_suite_is_nothing_to_check(run: Run) -> None:
    """Exit 5, as pytest has it."""
    with_suite("")
    assert run("check").code == 5


def test_a_project_names_specs_and_where_traces_go(run: Run) -> None:
    """From any folder below it; without `reports` a suite writes nothing."""
    with_suite(SUITE.replace("counter.py", "counter"), 'specs = ["."]\nreports = "out"\n')
    assert run("check").code == 0
    assert sorted(path.name for path in Path("out/counter/default").iterdir()) == [
        "never_four.itf.json",
        "two.itf.json",
    ]
    assert run("check", "counter", "--property", "within_top").code == 0


def test_properties_of_a_project_apply_to_its_models(run: Run) -> None:
    """They are bound by class, wherever they stand."""
    folder = Path("rules")
    folder.mkdir()
    (folder / "more.py").write_text(
        "from uringcheck import Model, action, always, var\n\n\nclass Local(Model):\n"
        '    """Alone."""\n\n    n: int = var(0, 1)\n\n    @action\n    def go(self) -> None:\n        """Go."""\n'
        "        self.n = 1 - self.n\n\n\n@always\ndef anything(m: Model) -> bool:\n"
        '    """True of every model."""\n    return True\n'
    )
    Path("pyproject.toml").write_text('[tool.uringcheck]\ninvariants = ["rules"]\n')
    assert "anything" in as_json(run, "stuck.py").verdicts()


# --- the other verbs ------------------------------------------------------------------------------------------------


def trace_of(run: Run, model: str, name: str) -> str:
    """The trace that a check of the model writes."""
    run("check", model, "--output", "itf=traces")
    (found,) = Path("traces").rglob(f"{name}.itf.json")
    return str(found)


def test_a_trace_is_shown_replayed_and_exported(run: Run) -> None:
    """Showing needs no spec; replaying executes it again."""
    file = trace_of(run, "counter.py", "never_four")
    assert "never_four  VIOLATED in 4 steps" in run("trace", "show", file).out
    assert "confirmed" in run("trace", "replay", file).out
    assert run("trace", "export", file, "--to", "mermaid").out.startswith("sequenceDiagram")
    assert run("trace", "export", file, "--to", "itf").out == Path(file).read_text()
    assert run("trace", "export", file, "--to", "md", "--output", "page.md").code == 0
    assert "never_four" in Path("page.md").read_text()
    at = run("trace", "show", file, "--at", "3")
    assert "n  3" in at.out


@pytest.mark.parametrize("arguments", [("show", "--at", "9"), ("export", "--to", "pdf")])
def test_what_a_trace_does_not_have_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    """A step past its end, a form nobody draws."""
    verb, *rest = arguments
    ran = run("trace", verb, trace_of(run, "counter.py", "two"), *rest)
    assert ran.code == 2
    assert ran.out == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "UC021"), ("{", "UC021"), ("{}", "UC022"), ('{"#meta": {}, "vars": [], "states": []}', "UC022")],
)
def test_a_file_that_is_no_trace_is_refused(run: Run, text: str, code: str) -> None:
    """By every verb that reads one."""
    Path("not.itf.json").write_text(text)
    for verb in (("show",), ("replay",), ("export", "--to", "md")):
        ran = run("trace", *verb, "not.itf.json")
        assert (ran.code, ran.out) == (2, "")
        assert code in ran.err


def test_a_trace_of_another_spec_is_refused(run: Run) -> None:
    """Whether it has other variables, or the same ones that behave otherwise."""
    file = trace_of(run, "counter.py", "never_four")
    ran = run("trace", "replay", file, "--model", "overrun.py")
    assert ran.code == 2
    assert "UC023" in ran.err
    Path("moved.py").write_text(COUNTER.replace("self.n += 2 if fast else 1", "self.n = self.TOP"))
    ran = run("trace", "replay", file, "--model", "moved.py:Counter")
    assert ran.code == 2
    assert "UC024" in ran.err
    assert "confirmed" not in ran.out


def test_a_trace_whose_spec_is_gone_is_refused(run: Run) -> None:
    """Replaying says so; showing does not need it."""
    file = trace_of(run, "counter.py", "two")
    text = Path(file).read_text().replace('"counter.py"', '"nowhere.py"')
    Path("gone.itf.json").write_text(text)
    assert run("trace", "show", "gone.itf.json").code == 0
    ran = run("trace", "replay", "gone.itf.json")
    assert ran.code == 2
    assert "nowhere.py" in ran.err


def test_the_shipped_specs_lint(run: Run) -> None:
    """From an empty folder, without an argument."""
    ran = run("lint")
    assert ran.code == 0, ran.out
    assert "0 findings" in ran.out


def test_lint_reports_everything_at_once(run: Run) -> None:
    """A missing docstring and a broken property in one file, a syntax error in another."""
    Path("bad").mkdir()
    Path("bad/one.py").write_text(STUCK.replace('        """One more."""\n', "").replace("m.n > 4", "m.m > 4"))
    Path("bad/two.py").write_text("class (\n")
    ran = run("lint", "bad")
    assert ran.code == 2
    for code in ("UC033", "UC205", "UC201"):
        assert code in ran.out
    assert "3 findings" in ran.out
    assert run("lint", "nowhere").code == 2


def test_list_shows_what_can_be_set(run: Run) -> None:
    """Models; of one model presets, parameters with ranges, properties with their sentences."""
    assert "bounded_cq" in run("list").out
    text = run("list", "counter.py").out
    for words in ("quick", "TOP=5", "1..9", "never_four", "The counter is never four."):
        assert words in text
    assert "eager" in run("list", "recv_multishot").out


@pytest.mark.parametrize("code", list(CATALOGUE))
def test_every_code_is_explained(run: Run, code: str) -> None:
    """In either case of letters."""
    ran = run("explain", code.lower())
    assert ran.code == 0
    assert ran.out.startswith(f"{code}: {CATALOGUE[code].title}")


def test_help_and_version_cost_nothing(run: Run) -> None:
    """And name every verb."""
    assert "check" in run("--help").out
    assert run("--version").out.startswith("uringcheck ")
    for verb in ("check", "trace", "lint", "explain", "list"):
        assert run(verb, "--help").code == 0


def test_a_short_run_imports_nothing_heavy(tmp_path: Path) -> None:
    """No progress display, no JSON Schema, no solver, no native code, no graph library."""
    code = (
        "import sys; from uringcheck.cli import main; main(['check', 'bounded_cq', '-q']); "
        "heavy = {'rich', 'jsonschema', 'z3', 'llvmlite', 'networkx', 'tomllib', 'asyncio', 'unittest'}; "
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
