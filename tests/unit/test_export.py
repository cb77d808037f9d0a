"""Exports: what the texts say, what they leave out, and what refuses them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from snapshots import check_snapshot

from uringcheck.cli.entry import main
from uringcheck.diagnostics import InternalError, UsageError
from uringcheck.ir.coverage import declare
from uringcheck.ir.nodes import Kind
from uringcheck.ir.program import Program
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.loading import find_model, load_text, models_in
from uringcheck.lang.tree import elaborate
from uringcheck.lower.murphi import murphi
from uringcheck.lower.promela import promela
from uringcheck.lower.tla import tla

ROOT = Path(__file__).resolve().parents[2]

TARGETS = {"murphi": murphi, "promela": promela, "tla": tla}

MIXED = '''"""A spec with a value of every shape."""

from enum import Enum

from uringcheck import (
    Map, Model, Queue, Record, SetOf, action, always, eventually, field, happens, init, ints, leads_to, map_of, maybe,
    one_of, queue, reachable, require, set_of, step, strong, temporal, var, weak_each,
)


class Colour(Enum):
    """Two colours."""

    RED = 0
    BLUE = 1


class Parcel(Record):
    """Something with a size and a colour."""

    size: int = field(1, 3)
    colour: Colour


class Depot(Model):
    """A depot that takes parcels in and sends them on."""

    waiting: Queue[Parcel] = queue(2, Parcel)
    seen: SetOf[Colour] = set_of(Colour)
    sent: Map[Colour, int] = map_of(Colour, ints(0, 2))
    last: Parcel | None = var(maybe(Parcel))
    end: bool = var(False)

    @init
    def open(self, size: int = one_of(1, 3)) -> None:
        """One parcel was left over night."""
        require(size != 2)
        self.waiting.push(Parcel(size=size, colour=Colour.RED))

    @action
    def take_in(self, size: int = one_of(1, 3), colour: Colour = one_of(Colour)) -> None:
        """A parcel arrives."""
        require(len(self.waiting) < 2 and not self.end)
        self.waiting.push(Parcel(size=size, colour=colour))

    @action
    def send(self) -> None:
        """The first parcel leaves."""
        require(not self.waiting.empty)
        parcel = self.waiting.pop()
        self.seen.add(parcel.colour)
        self.sent[parcel.colour] = min(self.sent[parcel.colour] + 1, 2)
        self.last = parcel

    @action
    def close(self) -> None:
        """Nothing is taken in any more."""
        self.end = True


@always
def what_was_sent_was_seen(depot: Depot) -> bool:
    """A colour that was sent was seen."""
    return all(depot.sent[colour] == 0 or colour in depot.seen for colour in Colour)


@step
def stays_closed(before: Depot, after: Depot) -> bool:
    """A closed depot stays closed."""
    return not before.end or after.end


@reachable
def large_red_sent(depot: Depot) -> bool:
    """A large red parcel is the last one sent."""
    return depot.last is not None and depot.last.size == 3 and depot.last.colour == Colour.RED


@temporal(weak_each(Depot.take_in), strong(Depot.send))
def parcels_leave(depot: Depot) -> bool:
    """A waiting parcel leaves."""
    return leads_to(not depot.waiting.empty, happens(Depot.send))


@temporal()
def closes(depot: Depot) -> bool:
    """The depot closes, though nobody has to close it."""
    return eventually(depot.end)
'''


def program_of(text: str, name: str) -> Program:
    """The program of the last model of a spec given as text."""
    return specialise(compile_tree(elaborate(models_in(load_text(text, name))[-1])))


def model(name: str) -> Program:
    """The program of a model of the corpus, under its defaults."""
    return specialise(compile_tree(elaborate(find_model(str(ROOT / "tests" / "corpus" / f"{name}.py")))))


@pytest.mark.parametrize("target", TARGETS)
def test_texts_are_what_was_reviewed(target: str) -> None:
    """Records, options, queues, sets, maps, enums, starts, goals, steps and fairness, in each target's words."""
    exported = TARGETS[target](program_of(MIXED, "depot.py"))
    for suffix, text in exported.files.items():
        check_snapshot(f"export/depot{suffix}", text)


@pytest.mark.parametrize("target", TARGETS)
def test_texts_name_the_spec_and_its_lines(target: str) -> None:
    """Every action comes with its docstring and the place it is written at."""
    program = model("two_phase")
    text = TARGETS[target](program).text
    for action in program.actions:
        assert action.doc in text
        assert str(action.span) in text


def test_temporal_properties_are_left_out_of_murphi_by_name() -> None:
    """What Murphi cannot say stands in the header, and is not among what the text covers."""
    exported = murphi(model("two_phase"))
    assert set(exported.left_out) == {"all_decide_without_fairness", "all_decide_if_something_moves"}
    assert not set(exported.left_out) & set(exported.covered)
    for name in exported.left_out:
        assert re.search(rf"^--   {name}: ", exported.text, re.MULTILINE)


@pytest.mark.parametrize("target", ["murphi", "promela"])
def test_integers_beyond_32_bits_refuse_the_export(target: str) -> None:
    """The other tool would calculate with too few bits and be wrong in silence."""
    text = '"""Big."""\n\nfrom uringcheck import Model, action, var\n\n\nclass Big(Model):\n    """Big."""\n\n' + (
        "    x: int = var(0, 100_000)\n\n    @action\n    def grow(self) -> None:\n        "
        '"""It grows."""\n        self.x = self.x * self.x % 7\n'
    )
    with pytest.raises(UsageError) as caught:
        TARGETS[target](program_of(text, f"big_{target}.py"))
    assert caught.value.diagnostics[0].code == "UC040"


def test_export_writes_the_configuration_beside_the_module(tmp_path: Path) -> None:
    """TLC needs two files; one option names both."""
    target = tmp_path / "die_hard.tla"
    spec = ROOT / "tests" / "corpus" / "die_hard.py"
    assert main(["export", str(spec), "--to", "tla", "--output", str(target)]) == 0
    assert target.read_text().startswith("---- MODULE die_hard ----")
    assert "PROPERTY solved_if_they_never_stop" in (tmp_path / "die_hard.cfg").read_text()


def test_parameters_reach_the_text(tmp_path: Path) -> None:
    """What is exported is the model under the parameters that were given."""
    target = tmp_path / "cq.m"
    assert main(["export", "bounded_cq", "--to", "murphi", "--param", "CAP=5", "--output", str(target)]) == 0
    assert "ring: 0 .. 5;" in target.read_text()


def test_a_backend_that_forgets_a_kind_cannot_be_imported() -> None:
    """Each kind is handled, lowered or refused, and one of them only."""
    with pytest.raises(InternalError, match="`mod` 0 times"):
        declare("a backend", handled=set(Kind) - {Kind.MOD})
    with pytest.raises(InternalError, match="`mod` 2 times"):
        declare("a backend", handled=set(Kind), refused={Kind.MOD})
