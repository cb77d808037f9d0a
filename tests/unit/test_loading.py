"""Which shipped properties are loaded with a model: all that are about it, and none just because another one was."""

from __future__ import annotations

import subprocess
import sys

import pytest

from uringcheck.lang.ghosts import Ghost
from uringcheck.lang.loading import PACKAGE, find_model, import_module, invariants_about, model_names
from uringcheck.lang.properties import lemmas, quantities, registry
from uringcheck.lang.tree import bound_class, elaborate

FILES = sorted(f"uringcheck.invariants.{path.stem}" for path in (PACKAGE / "invariants").glob("[a-z]*.py"))


def test_every_property_comes_with_what_it_is_about() -> None:
    """Its file is among those that are loaded for its class, or for the class that its ghost is beside."""
    seen = 0
    for module in FILES:
        import_module(module)
        for kind in (registry, lemmas, quantities):
            for mark in kind.get(module, {}).values():
                about = bound_class(mark)
                assert module in invariants_about([about.FOR if issubclass(about, Ghost) else about]), mark.name
                seen += 1
    assert seen > 100


def test_a_model_of_its_own_parts_loads_none() -> None:
    """Loading is most of a short run, so that is worth it."""
    assert invariants_about([find_model("bounded_cq")]) == []
    assert invariants_about([int]) == []


_ALONE = """
import sys
from uringcheck.lang.loading import find_model
from uringcheck.lang.tree import elaborate
print(*[mark.name for mark in elaborate(find_model(sys.argv[1])).properties])
"""


@pytest.mark.parametrize("name", ["recv_batch", "recv_endings", "two_connections", "recv_multishot"])
def test_properties_have_one_order(name: str) -> None:
    """A model asks the same in the same order, alone and after all others were loaded."""
    for other in model_names():
        elaborate(find_model(other))
    together = [mark.name for mark in elaborate(find_model(name)).properties]
    alone = subprocess.run([sys.executable, "-c", _ALONE, name], capture_output=True, text=True, check=True)
    assert alone.stdout.split() == together
