"""Bad input: a clear message with a code, the right exit code, and nothing half-written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cli_specs import COUNTER, WANDERING, heeds_interruption

from uringcheck.cli import main


@dataclass
class Ran:
    """What a run of the command line left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs the command line in an empty folder that holds `counter.py`."""
    (tmp_path / "counter.py").write_text(COUNTER)
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> Ran:
        code = main(arguments)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    before = sorted(path.name for path in tmp_path.iterdir())
    yield command
    left = sorted(path.name for path in tmp_path.iterdir() if path.name != "__pycache__")
    assert [name for name in left if name.startswith(("uringcheck-bundle", "."))] == []
    assert set(before) <= set(left)


def refused(ran: Ran, code: str, *words: str) -> None:
    """Nothing was checked, nothing was found, and the message has the code and these words."""
    assert ran.code == 2, ran
    assert ran.out == ""
    assert code in ran.err
    for word in words:
        assert word in ran.err, ran.err


def spec(body: str, name: str = "broken.py") -> str:
    """Write a spec file with these lines in its class; gives its name."""
    text = f'''from uringcheck import Model, action, always, one_of, queue, require, var


class Broken(Model):
    """A model with one mistake."""

{body}
'''
    Path(name).write_text(text)
    return name


NO_COLOURS = '''class Colour(enum.Enum):
    """No colours."""


'''

STEP = '''
    @action
    def go(self) -> None:
        """A step."""
        '''


@pytest.mark.parametrize(
    ("body", "code", "line", "words"),
    [
        ("    n: int = var(0, 3", "UC201", 7, ("not Python",)),
        ("    n: int = var(0, 3)\n" + STEP + "self.nn = 1", "UC205", 12, ("nn", "did you mean", "`n`")),
        ("    n: int = var(0, 3)\n" + STEP + "while self.n < 3:\n            self.n += 1", "UC203", 12, ("while",)),
        ("    n: int = var(0, 3, start=4)\n" + STEP + "self.n = 0", "UC308", 7, ("4", "0..3")),
        ("    n: int = var(int)\n" + STEP + "self.n = 0", "UC304", 7, ("finite domain",)),
        (
            "    n: int = var(0, 3)\n" + STEP + "if self.n > 1:\n            require(self.n == 2)\n        self.n = 0",
            "UC213",
            13,
            ("require",),
        ),
    ],
    ids=[
        "syntax error",
        "unknown variable",
        "refused construct",
        "start out of range",
        "unbounded",
        "guard in a branch",
    ],
)
def test_a_wrong_spec_is_refused_at_its_line(run: Run, body: str, code: str, line: int, words: tuple[str, ...]) -> None:
    """Code, file and line, the line itself, and what to write instead."""
    ran = run("check", spec(body))
    refused(ran, code, f"broken.py:{line}", "help:", *words)


def test_an_enum_without_members_is_refused(run: Run) -> None:
    """A queue of such items would be a model with one state, and everything about items would hold."""
    text = Path(spec("    queue_: object = queue(2, of=Colour)\n" + STEP + "pass")).read_text()
    Path("broken.py").write_text("import enum\n" + text.replace("class Broken", NO_COLOURS + "class Broken"))
    refused(run("check", "broken.py"), "UC303", "`Colour` has no members", "help:")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("counter.py", "--param", "TOPP=3"), "UC010", ("TOPP", "did you mean `TOP`?")),
        (("counter.py", "--preset", "quik"), "UC014", ("quik", "did you mean `quick`?")),
        (("counter.py", "--property", "within_to"), "UC015", ("within_to", "did you mean `within_top`?")),
        (("counter.py", "--param", "TOP=12"), "UC011", ("12", "1..9")),
        (("counter.py", "--param", "TOP=many"), "UC011", ("many", "1..9")),
        (("counter.py", "--param", "fast=perhaps"), "UC011", ("perhaps", "true or false")),
        (("counter.py", "--param", "TOP"), "UC016", ("NAME=VALUE",)),
        (("nowhere.py",), "UC001", ("nowhere.py",)),
        ((".",), "UC003", ()),
        (("./",), "UC001", ("directory",)),
        (("bounded_qc",), "UC003", ("did you mean `bounded_cq`?",)),
        (("counter.py:Countr",), "UC004", ("Counter",)),
        (("empty.py",), "UC005", ("no model",)),
        (("notes.txt",), "UC003", ()),
        (("--param", "TOP=3"), "UC018", ("uringcheck check MODEL",)),
        (("recv_multishot", "--preset", "5.19"), "UC028", ("no multishot receive", "use 6.0-posted-v1, ")),
        (("recv_sized", "--preset", "6.8", "--param", "BUNDLE=true"), "UC028", ("no bundles", "use 6.10, 6.12, ")),
        (("recv_sized", "--preset", "6.10", "--param", "INC=true"), "UC028", ("incremental", "use 6.12, ")),
        (("recv_task_run", "--preset", "6.0"), "UC028", ("no IORING_SETUP_DEFER_TASKRUN", "use 6.1, ")),
    ],
)
def test_a_wrong_name_or_value_is_refused(
    run: Run, arguments: tuple[str, ...], code: str, words: tuple[str, ...]
) -> None:
    """With the nearest name, or what there is to choose from."""
    Path("empty.py").write_text('"""Nothing here."""\n')
    Path("notes.txt").write_text("not a spec\n")
    refused(run("check", *arguments), code, *words)


def test_every_model_is_settled_before_the_first_is_searched(run: Run) -> None:
    """A mistake in the second name costs no search of the first."""
    refused(run("check", "counter.py", "nowhere.py"), "UC001")


@pytest.mark.parametrize(
    "option", ["--max-states=0", "--max-depth=-1", "--max-seconds=soon", "--format=xml", "--frobnicate"]
)
def test_options_that_make_no_sense_are_refused(run: Run, option: str) -> None:
    """By name, with the exit code of a wrong command line."""
    ran = run("check", "counter.py", option)
    assert ran.code == 2
    assert ran.out == ""
    assert option.partition("=")[0] in ran.err


@pytest.mark.parametrize(
    ("output", "code"),
    [
        ("json=missing/results.json", "UC020"),
        ("json=counter.py/results.json", "UC020"),
        ("text=folder", "UC020"),
        ("itf=counter.py", "UC020"),
        ("xml=results.xml", "UC017"),
        ("results.json", "UC016"),
    ],
)
def test_an_output_that_cannot_be_written_is_refused_before_the_search(run: Run, output: str, code: str) -> None:
    """And an output named before it leaves no trace either."""
    Path("folder").mkdir()
    refused(run("check", "counter.py", "--output", "json=good.json", "--output", output), code)
    assert not Path("good.json").exists()
    assert [path for path in Path().iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ("[[check]\n", "UC030", "not TOML"),
        ('[[check]]\nmodle = "counter.py"\n', "UC032", "modle"),
        ('[[check]]\npreset = "quick"\n', "UC032", "names no model"),
        ('[[check]]\nmodel = "nowhere.py"\n', "UC001", "nowhere.py"),
        ('[[check]]\nmodel = "counter.py"\npreset = "quik"\n', "UC014", "quik"),
        ('[[check]]\nmodel = "counter.py"\n[check.expect]\nwithin_to = "holds"\n', "UC015", "within_to"),
        ('[[check]]\nmodel = "counter.py"\n[check.expect]\nwithin_top = "fine"\n', "UC032", "fine"),
        (
            '[[check]]\nmodel = "counter.py"\n[check.expect]\nwithin_top = { verdict = "holds", steps = 3 }\n',
            "UC032",
            "steps",
        ),
    ],
)
def test_a_wrong_suite_is_refused_before_its_first_entry(run: Run, text: str, code: str, word: str) -> None:
    """Also when the mistake stands in the last entry."""
    good = '[[check]]\nmodel = "counter.py"\n[check.expect]\nwithin_top = "holds"\n\n' if "[[check]]" in text else ""
    Path("suite.toml").write_text(good + text)
    Path("pyproject.toml").write_text('[tool.uringcheck]\nsuite = "suite.toml"\n')
    refused(run("check"), code, word)


def test_a_wrong_folder_of_suites_is_refused(run: Run) -> None:
    """Without a file there is nothing in it; a set that two files define would mean one thing or the other."""
    Path("suite").mkdir()
    Path("pyproject.toml").write_text('[tool.uringcheck]\nsuite = "suite"\n')
    refused(run("check"), "UC001", "no .toml file")
    for name in ("a", "b"):
        Path(f"suite/{name}.toml").write_text('[sets]\nsafe = ["within_top"]\n')
    refused(run("check"), "UC032", "the set `safe` is already in a.toml")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[tool.uringcheck]\nsuit = 'suite.toml'\n", "UC031"),
        ("[tool.uringcheck]\nspecs = 'spec'\n", "UC031"),
        ("[tool.uringcheck]\nsuite = 'gone.toml'\n", "UC001"),
        ("[tool.uringcheck\n", "UC030"),
    ],
)
def test_a_wrong_project_is_refused(run: Run, text: str, code: str) -> None:
    """A misspelt setting would otherwise run the wrong suite in silence."""
    Path("pyproject.toml").write_text(text)
    refused(run("check"), code)


def test_an_unknown_verb_is_answered_with_the_nearest(run: Run) -> None:
    """Exit code 2, as for every wrong command line."""
    ran = run("chekc", "counter.py")
    assert ran.code == 2
    assert "did you mean `check`?" in ran.err


def test_an_unknown_error_code_is_refused(run: Run) -> None:
    """`explain` lists what there is."""
    refused(run("explain", "UC999"), "UC019", "UC999")


def test_the_memory_limit_ends_the_run_undecided(run: Run) -> None:
    """Exit 3, the last complete level, and no file lost."""
    Path("endless.py").write_text(WANDERING)
    ran = run("check", "endless.py", "--max-memory", "1", "--output", "json=out.json")
    assert ran.code == 3, ran
    assert "not decided" in ran.out
    assert "limit on memory" in ran.out
    assert '"cut_by": "memory"' in Path("out.json").read_text()


def started(*arguments: str, cwd: Path) -> subprocess.Popen[str]:
    """The command line in a process of its own, as a shell would start it."""
    return subprocess.Popen(
        [sys.executable, "-c", "import sys; from uringcheck.cli import main; sys.exit(main())", *arguments],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heeds_interruption,
    )


def test_an_interrupted_run_tells_what_it_had_found(tmp_path: Path) -> None:
    """Ctrl-C: exit 130, partial figures, nothing decided that was not."""
    (tmp_path / "endless.py").write_text(WANDERING)
    process = started("check", "endless.py", "--output", "json=out.json", cwd=tmp_path)
    deadline = time.monotonic() + 30
    while not list(tmp_path.glob(".out.json.*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "an interruption" in out
    assert "holds" not in out
    assert '"cut_by": "interrupted"' in (tmp_path / "out.json").read_text()
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix != "") == ["endless.py", "out.json"]


def test_a_reader_that_goes_away_changes_no_verdict(tmp_path: Path) -> None:
    """`uringcheck check ... | head -1` ends with the model's exit code and without a traceback."""
    (tmp_path / "counter.py").write_text(COUNTER)
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from uringcheck.cli import main; sys.exit(main())", "check", "counter.py"],
        cwd=tmp_path,
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(write)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_python_without_asserts_is_refused(tmp_path: Path) -> None:
    """Under -O the plain run would not execute a spec's asserts."""
    command = [sys.executable, "-O", "-m", "uringcheck", "check", "bounded_cq"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "UC034" in done.stderr
    assert done.stdout == ""
