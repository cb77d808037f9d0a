"""`uringcheck report`: the page of verdicts says what the suite found, and the same bytes each time."""

from __future__ import annotations

from pathlib import Path

import pytest

from uringcheck.cli import main
from uringcheck.report.verdicts import Page, verdicts_page
from uringcheck.run.lineage import lineage
from uringcheck.run.question import Question

ROOT = Path(__file__).resolve().parents[2]

LIFT = '''"""A lift with a switch."""

from uringcheck import Model, action, always, cost, preset, require, toggle, var

brakes = toggle(True, "it stops at the top")
OLD = preset("old", "Without brakes.", among=(brakes,))
NEW = preset("new", "With brakes.", among=(brakes,), on=(brakes,))
NEWER = NEW.plus("newer", "The same.", brakes)


class Lift(Model):
    """A lift in a house of three floors."""

    PRESETS = (OLD.refuse("it was torn down"), OLD.plus("bare", "As old."), NEW, NEWER)
    floor: int = var(0, 5)

    @action
    def up(self) -> None:
        """One floor up."""
        require(self.floor < (2 if brakes else 4))
        self.floor += 1

    @action
    def down(self) -> None:
        """One floor down."""
        require(self.floor > 0)
        self.floor -= 1


@always
def in_the_house(lift: Lift) -> bool:
    """The lift stays *below* the roof."""
    return lift.floor <= 2


@cost
def climbs(before: Lift, after: Lift) -> int:
    """Floors up."""
    return max(0, after.floor - before.floor)
'''

SUITE = """
[[check]]
model = "lift.py"
preset = "bare"
note = "Through the roof."
[check.expect]
no_deadlock = "holds"
in_the_house = { verdict = "violated", steps = 3 }

[[check]]
model = "lift.py"
preset = "new"
note = "With brakes."
holds = ["in_the_house", "no_deadlock"]

[[equal]]
left = "lift.py@new"
right = "lift.py@newer"
expect = "isomorphic"

[[cost]]
model = "lift.py"
preset = "new"
[cost.expect]
climbs = { min = "unbounded", max = "unbounded" }

[[finding]]
kind = "bug"
what = "a lift | through the roof"
kernels = "before new"
entry = "lift.py@bare"
property = "in_the_house"

[[finding]]
kind = "prediction"
what = "the rope tears"
note = "Ropes are not in the model."

[[presets]]
model = "lift.py"
"""


@pytest.fixture(autouse=True)
def _lift(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project with the lift and its suite."""
    monkeypatch.chdir(tmp_path)
    Path("lift.py").write_text(LIFT)
    Path("suite.toml").write_text(SUITE)
    Path("pyproject.toml").write_text('[tool.uringcheck]\nsuite = "suite.toml"\n')


def test_the_page_says_what_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    """Entries with their diagrams, findings, comparisons, costs, and what changes from preset to preset."""
    assert main(["report", "-q"]) == 0
    page = capsys.readouterr().out
    for line in (
        "2 entries, 2 of them as expected. In 1 something is violated",
        "| [1](#entry-1) | bare |  | 5 | in_the_house 3 |",
        "| [2](#entry-2) | new |  | 3 | all 3 hold |",
        "| a lift \\| through the roof | before new | [1](#entry-1): `lift bare` | in_the_house 3 |  |",
        "| the rope tears |  |  | not in a model | Ropes are not in the model. |",
        "| `lift@new  =  lift@newer` | equal: isomorphic, 3 states |  |  |",
        "| climbs | without bound, always | Floors up. |",
        "| bare | 5 | in_the_house 3 |  |",
        "| new to newer | 3 | none | in_the_house holds now |",
        "The lift stays \\*below\\* the roof.",
    ):
        assert line in page
    assert page.count("```mermaid\nsequenceDiagram\n") == 1
    assert "| old" not in page


def test_the_page_is_the_same_each_time(capsys: pytest.CaptureFixture[str]) -> None:
    """With every engine; `--check` says where a file is another page."""
    assert main(["report", "-q", "--output", "page.md"]) == 0
    assert main(["report", "-q", "--check", "page.md", "--engine", "python"]) == 0
    text = Path("page.md").read_text()
    Path("page.md").write_text(text.replace("| in_the_house 3 |", "| in_the_house 2 |", 1))
    capsys.readouterr()
    assert main(["report", "-q", "--check", "page.md"]) == 1
    assert "page.md:" in capsys.readouterr().err
    assert main(["report", "-q", "--check", "gone.md"]) == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [("steps = 3", "steps = 4"), ('"isomorphic"', '{ verdict = "different", steps = 1 }'), ('min = "unb', 'min = "b')],
)
def test_a_suite_that_is_not_as_expected_is_written_and_fails(
    capsys: pytest.CaptureFixture[str], old: str, new: str
) -> None:
    """The page says so, and so does the exit code."""
    Path("suite.toml").write_text(SUITE.replace(old, new))
    assert main(["report", "-q", "--output", "page.md"]) == 1
    assert "not as expected" in capsys.readouterr().err
    assert Path("page.md").exists()


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('entry = "lift.py@bare"', 'entry = "lift.py@new"', "names no entry"),
        ('entry = "lift.py@bare"', "", "an entry with its property"),
        ('note = "Ropes are not in the model."', "", "an entry with its property"),
        ('kind = "bug"', 'kind = "bugs"', "no kind of finding"),
        ('kernels = "before new"', "kernels = 6", "what it says is text"),
        ('[[presets]]\nmodel = "lift.py"', '[[presets]]\nmodels = "lift.py"', "no key `models`"),
    ],
)
def test_a_wrong_finding_is_refused(capsys: pytest.CaptureFixture[str], old: str, new: str, word: str) -> None:
    """A finding that no entry shows would be a claim that nothing rests on."""
    Path("suite.toml").write_text(SUITE.replace(old, new))
    assert main(["report", "-q"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert word in err


@pytest.mark.slow
def test_the_page_of_the_repository_is_the_one_that_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte for byte, and its suite is as expected. The continuous-integration run holds it each time."""
    monkeypatch.chdir(ROOT)
    assert main(["report", "-q", "--check", "reports/verdicts.md"]) == 0


def test_what_changed_is_called_by_its_verdict() -> None:
    """What is no longer found, or not decided, is not violated."""
    found = lineage(Question("wait_busy", None, {"HELPER": "true"}, all_violations=True))
    page = verdicts_page(Page((), (), (), (), (found,)))
    assert "busy_is_answered not found now; busy_means_full holds now" in page
