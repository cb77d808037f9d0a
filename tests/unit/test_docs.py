"""What the documents show is what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def uringcheck(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The command as a user runs it."""
    command = [sys.executable, "-m", "uringcheck", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture
def tutorial(tmp_path: Path) -> Path:
    """A folder with the tutorial's files."""
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    for file, content in re.findall(r"```(?:python|toml) file=(\S+)\n(.*?)```", text, re.DOTALL):
        (tmp_path / file).write_text(content, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ("check cq.py --cross-check", 0, "all_consumed holds"),
        ("check order.py", 1, "in_order VIOLATED in 7 steps"),
        ("check order.py --param order_rule=true", 0, "in_order holds"),
        (
            "check recv_multishot --preset 6.1 --param client=my_loop.py:NeverFlushes",
            1,
            "never_stuck VIOLATED in 11 steps",
        ),
        (
            "check recv_multishot --preset 6.1 --param client=pauses.py:Pauses --param CANCELS=1 --all-violations",
            1,
            "holds_no_more VIOLATED in 10 steps",
        ),
        ("check recv_multishot --preset 6.1 --param client=waits.py:Waits --param CANCELS=1", 0, "holds_no_more holds"),
        ("check recv_multishot --preset 6.1 --param client=rearms_on_send", 0, "never_stuck holds"),
        (
            "check recv_multishot --preset 6.5 --param client=rearms_on_send --property never_stuck",
            1,
            "never_stuck VIOLATED in 23 steps",
        ),
    ],
)
def test_the_tutorial_tells_the_truth(tutorial: Path, arguments: str, code: int, said: str) -> None:
    """Its files give the verdicts it says."""
    done = uringcheck(*arguments.split(), cwd=tutorial)
    assert said in " ".join(done.stdout.split()), done.stdout + done.stderr
    assert done.returncode == code


def test_the_tutorial_has_a_bug_to_find(tutorial: Path) -> None:
    """Without `flush` the last completion is parked for ever; a wrong step is a domain violation."""
    text = (tutorial / "cq.py").read_text(encoding="utf-8")
    start = text.index("    @action\n    def flush")
    (tutorial / "cq.py").write_text(text[:start] + text[text.index("@always") :], encoding="utf-8")
    assert "all_consumed VIOLATED" in " ".join(uringcheck("check", "cq.py", cwd=tutorial).stdout.split())
    wrong = text.replace("        self.ring += 1\n\n\n@always", "        self.ring += 2\n\n\n@always")
    (tutorial / "cq.py").write_text(wrong, encoding="utf-8")
    assert "domain VIOLATED" in " ".join(uringcheck("check", "cq.py", cwd=tutorial).stdout.split())


def test_the_suite_of_the_tutorial_is_as_expected(tutorial: Path) -> None:
    """The suite it shows runs, named by a project file."""
    (tutorial / "pyproject.toml").write_text('[tool.uringcheck]\nsuite = "suite.toml"\n', encoding="utf-8")
    done = uringcheck("check", cwd=tutorial)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("command", "shown"), re.findall(r"```\n\$ uringcheck ([^\n]+)\n(.*?)```", README, re.DOTALL))
def test_the_readme_shows_what_is_printed(command: str, shown: str, tmp_path: Path) -> None:
    """Each sample of output is what the command prints, byte for byte, from any directory."""
    assert uringcheck(*command.split(), cwd=tmp_path).stdout == shown
