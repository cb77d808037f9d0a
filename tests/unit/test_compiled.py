"""One compilation for all settings of the switches: the program is what a compilation of its own would be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from uringcheck.ir.rewrite import specialise
from uringcheck.lang import compiling
from uringcheck.lang.tree import Tree
from uringcheck.run.compiled import program_of
from uringcheck.run.question import Question, subject

#: Switches where a number is meant: in the range of a variable, of an argument and of a field, and in a part's size.
NUMBERS = '''"""Switches as numbers."""

from typing import Final

from uringcheck import Model, Record, action, always, field, one_of, param, part, require, toggle, var

wide = toggle(False, "arguments go further")
long = toggle(False, "fields go further")


class Entry(Record):
    """An entry."""

    place: int = field(0, 1 + long)


class Inner(Model):
    """A part."""

    TOP: Final[int] = param(1, 1, 4, "how far it counts")
    LOUD: Final[bool] = toggle(True, "it may be silenced")
    n: int = var(0, 4)

    @action
    def up(self) -> None:
        """Up."""
        require(self.n < self.TOP and self.LOUD)
        self.n += 1


class Numbers(Model):
    """A model."""

    MORE: Final[bool] = toggle(False, "the part counts further")
    LOUD: Final[bool] = toggle(True, "the part counts at all")
    ROOM: Final[bool] = toggle(False, "the variable has room")
    x: int = var(0, 2 + ROOM)
    inner: Inner = part(TOP=1 + MORE, LOUD=LOUD)

    @action
    def step(self, by: int = one_of(0, 1 + wide)) -> None:
        """Goes on."""
        entry = Entry(place=0)
        require(self.x + by <= 2 and entry.place == 0)
        self.x += by


@always
def small(model: Numbers) -> bool:
    """It stays small."""
    return model.x <= 2
'''


def tree_of(model: str, preset: str | None = None, params: Mapping[str, str] | None = None) -> Tree:
    """A model with every parameter settled."""
    return subject(Question(model, preset, params or {})).tree


@pytest.mark.parametrize("switch", ["wide", "long", "MORE", "LOUD", "ROOM"])
def test_a_switch_that_is_used_as_a_number_is_compiled_with_its_value(tmp_path: Path, switch: str) -> None:
    """Whether or not the model was compiled with other settings before."""
    text = NUMBERS
    for other in {"wide", "long", "MORE", "ROOM"} - {switch}:
        text = text.replace(f" + {other}", "")
    file = tmp_path / "numbers.py"
    file.write_text(text)
    program_of(tree_of(str(file)))
    for value in ("true", "false"):
        tree = tree_of(str(file), None, {switch: value})
        assert program_of(tree) == specialise(compiling.compile_tree(tree))


@pytest.mark.parametrize("model", ["poll_multishot", "two_connections", "mixed_cq"])
def test_the_program_is_that_of_a_compilation_of_its_own(model: str) -> None:
    """For presets, for sizes and for policies, in turn."""
    offered = [preset.name for preset in tree_of(model).root.cls.PRESETS if not preset.refused]
    asked: list[tuple[str | None, dict[str, str]]] = [(preset, {}) for preset in offered[:1] + offered[-2:] or (None,)]
    asked += [(preset, {"C": "3"} if model != "mixed_cq" else {"MIXED": "false"}) for preset, _ in asked[-2:]]
    for preset, params in [*asked, asked[0]]:
        tree = tree_of(model, preset, params)
        assert program_of(tree) == specialise(compiling.compile_tree(tree))


def test_kernels_are_one_compilation(monkeypatch: pytest.MonkeyPatch) -> None:
    """A preset is a setting of switches."""
    calls = []
    compile_tree = compiling.compile_tree
    monkeypatch.setattr(compiling, "compile_tree", lambda tree: calls.append(tree) or compile_tree(tree))
    for preset in ("6.0", "6.1", "6.12", "latest"):
        program_of(tree_of("poll_multishot", preset, {"M": "7"}))
    assert len(calls) == 1
