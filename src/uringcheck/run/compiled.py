"""Programs of models, compiled once for all settings of their switches.

A suite asks of few models under many kernels, and a kernel is a setting of switches, which a compiled model leaves
open. So trees that differ in nothing else are one compilation.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

from uringcheck.ir.program import Program
from uringcheck.lang.models import members_of
from uringcheck.lang.symbolic import Param
from uringcheck.lang.tree import Site, Tree

#: The programs compiled last, with their toggles open. Their nodes are shared, but not little.
_KEPT = 24
_programs: OrderedDict[object, Program] = OrderedDict()


def program_of(tree: Tree) -> Program:
    """The compiled model, its toggles set; raises SpecError."""
    from uringcheck.ir.rewrite import specialise
    from uringcheck.lang.compiling import compile_tree

    alike = (tree.properties, tree.variables, tuple(_settled(site) for site in tree.root.walk()), _sizes(tree))
    program = _programs.get(alike)
    if program is None:
        tree.binding.switches_read.clear()
        program = compile_tree(tree)
        # A switch whose value was looked at, in a range of arguments say, is no longer open.
        if not tree.binding.switches_read:
            _programs[alike] = program
            if len(_programs) > _KEPT:
                _programs.popitem(last=False)
    else:
        _programs.move_to_end(alike)
        program = replace(program, toggles=tree.toggles, parameters=tree.parameters)
    return specialise(program)


def _sizes(tree: Tree) -> tuple[tuple[str, object], ...]:
    """The parameters that are no switches."""
    return tuple((each.name, each.value) for each in tree.settings if not each.param.is_switch)


def _settled(site: Site) -> object:
    """What of a site is in the program: its class, its place, and what the model around it gives its parameters.

    A switch that is given another switch stays as open as that one.
    """
    members = members_of(site.cls)
    values = tuple(
        (name, value)
        for name, value in site.parameters.items()
        if not (members[name].is_switch and isinstance(site.wires.get(name, members[name]), Param))
    )
    return site.cls, site.path, site.replicas, values
