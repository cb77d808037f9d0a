"""Models made of parts: wires, links, replicas, presets, and the names they get."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.agree.engines import differences
from tests.agree.states import random_states
from uringcheck.diagnostics import SpecError
from uringcheck.ir.program import Fairness, Program
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.loading import load_text
from uringcheck.lang.plain import PlainRun
from uringcheck.lang.tree import Tree, elaborate
from uringcheck.lower.python import Generated

TEXT = '''
from typing import ClassVar, Final

from uringcheck import *

WIDTH = param(2, 1, 4, "how many values a cell has")
outer = toggle(True, "a switch of the module")
V1 = preset("one", "the first", among=(outer,), sizes={WIDTH: 3})


class Cell(Model):
    """Counts up to a limit that whoever contains it may set."""

    LIMIT: Final[int] = param(2, 1, 4, "the largest value")
    quick: Final[bool] = toggle(False, "counts by two")
    n: int = var(0, LIMIT)
    log: Queue[int] = queue(2, ints(0, 4))

    def bump(self, by: int) -> None:
        """Count, and remember."""
        self.n += by
        if not self.log.full:
            self.log.push(by)

    @action(fair=Fair.WEAK)
    def up(self, by: int = one_of(1, 2)) -> None:
        """Count up."""
        require(self.n + by <= self.LIMIT and (by == 2) == self.quick)
        self.bump(by)


class Pair(Model):
    """Two cells and a bystander that looks at the first through a link."""

    SIZE: Final[int] = param(3, 1, 4, "the limit of both")
    PRESETS: ClassVar[tuple[Preset, ...]] = (V1, V1.plus("two", "the second", outer))
    first: Cell = part(LIMIT=SIZE, quick=outer)
    cells: Parts[Cell] = parts(ints(0, 1), LIMIT=SIZE - 1)
    watcher: "Watcher" = part(watched=first)


class Watcher(Model):
    """Uses a cell it does not own."""

    watched: Cell = link()
    cells: "Cells" = part()
    seen: int = var(0, 4)

    @action
    def look(self) -> None:
        """Take over what the cell says."""
        require(self.seen != self.watched.n)
        self.seen = self.watched.n


class Cells(Model):
    """A part inside a part."""

    on: bool = var(False)

    @action
    def switch(self) -> None:
        """Turn on."""
        self.on = not self.on


@always
def bounded(c: Cell) -> bool:
    """No cell passes its limit."""
    return c.n <= c.LIMIT


@step
def grows(before: Cell, after: Cell) -> bool:
    """Cells only grow."""
    return before.n <= after.n


@temporal
def seen_sometime(p: Pair) -> bool:
    """Whatever actions declare is assumed."""
    return eventually(p.watcher.seen > 0)


@temporal(weak(Pair.watcher.look, Cell.up), strong_each(Pair.cells[0].up))
def named(p: Pair) -> bool:
    """Actions are named by method or by path."""
    return eventually(happens(Pair.watcher.look))
'''

_numbers = itertools.count()


def compiled(text: str = TEXT, cls: str = "Pair", **given: Any) -> tuple[Tree, Program]:
    """The tree and the program of a class of the text."""
    module = load_text(text, f"<composition {next(_numbers)}>")
    tree = elaborate(getattr(module, cls), given)
    return tree, compile_tree(tree)


def test_names_are_paths_and_replicas_are_maps() -> None:
    """Variables in order of declaration, parts in their place; a replicated part's variable is one map."""
    _, program = compiled()
    assert [f"{variable.name}: {variable.type}" for variable in program.variables] == [
        "first.n: 0..3",
        "first.log: queue of 2 0..4",
        "cells.n: map from 0..1 to 0..2",
        "cells.log: map from 0..1 to queue of 2 0..4",
        "watcher.seen: 0..4",
        "watcher.cells.on: bool",
    ]
    names = ["first.up", "cells.up", "watcher.cells.switch", "watcher.look"]
    assert [action.name for action in program.actions] == names
    assert [argument.name for argument in program.actions[1].arguments] == ["cells_index", "by"]


def test_a_wired_parameter_is_settled_and_a_wired_switch_is_the_outer_one() -> None:
    """Runs set what no wire settles; the switch of `first` is the module's, still open in the program."""
    tree, program = compiled()
    assert [setting.name for setting in tree.settings] == ["WIDTH", "outer", "SIZE", "cells.quick"]
    assert [toggle.name for toggle in program.toggles] == ["outer", "cells.quick"]
    with pytest.raises(SpecError, match="UC010"):
        compiled(**{"first.LIMIT": 2})


def test_a_property_holds_for_every_instance() -> None:
    """A property about a part is bound once for each place and replica."""
    _, program = compiled()
    assert [property_.name for property_ in program.properties][:3] == [
        "bounded[first]",
        "bounded[cells[0]]",
        "bounded[cells[1]]",
    ]


def test_fairness_finds_actions_by_method_and_by_path() -> None:
    """A method means that action of every part of the class; nothing listed means what actions declare."""
    _, program = compiled()
    by_name = {property_.name: property_.fairness for property_ in program.properties}
    assert by_name["seen_sometime"] == (Fairness(False, ("first.up",)), Fairness(False, ("cells.up",)))
    assert by_name["named"] == (
        Fairness(False, ("watcher.look", "first.up", "cells.up")),
        Fairness(True, ("cells.up",), True),
    )


@pytest.mark.parametrize("given", [{}, {"outer": False}, {"SIZE": 4, "cells.quick": True}])
def test_parts_mean_the_same_to_both_readers(given: dict[str, Any]) -> None:
    """Links, replicas and wires in the plain run and in generated Python."""
    tree, program = compiled(**given)
    program = specialise(program)
    states = random_states(program, 60)
    assert differences(PlainRun(tree), program, Generated(program), states) == []


def test_presets_are_sets_of_toggles_and_sizes() -> None:
    """`plus` turns on what it names and keeps the rest."""
    module = load_text(TEXT, f"<composition {next(_numbers)}>")
    one, two = module.Pair.PRESETS
    assert {param.name: value for param, value in one.values.items()} == {"outer": False, "WIDTH": 3}
    assert {param.name: value for param, value in two.values.items()} == {"outer": True, "WIDTH": 3}


def test_one_optional_is_enough() -> None:
    """An optional value of an optional value would have two kinds of nothing."""
    text = TEXT.replace(
        "seen: int = var(0, 4)", "seen: int = var(0, 4)\n    odd: int | None = var(maybe(maybe(ints(0, 1))))"
    )
    with pytest.raises(SpecError, match="UC305"):
        compiled(text)


def test_postponed_annotations_are_read_as_written() -> None:
    """`from __future__ import annotations` makes text of every annotation; parts and fields are found all the same."""
    _, program = compiled("from __future__ import annotations\n" + TEXT)
    assert [variable.name for variable in program.variables] == [v.name for v in compiled()[1].variables]


def test_a_property_of_every_model_stays_in_its_file() -> None:
    """A property about `Model` is about the models its own file knows, not about all that a process has loaded."""
    everything = "\n@always\ndef anything(m: Model) -> bool:\n    return True\n"
    tree, _ = compiled(TEXT + everything)
    assert "anything" in {mark.name for mark in tree.properties}
    tree, _ = compiled()
    assert "anything" not in {mark.name for mark in tree.properties}
