"""Costs of steps and measures of states: functions that return a number, compiled apart from the properties.

No search needs them, so they are not part of a program. They become one of their own, without actions, in which they
stand where properties do: costs as step properties, measures as invariants, with a number as their result.
"""

from __future__ import annotations

import inspect
from dataclasses import replace

from uringcheck.diagnostics import Span
from uringcheck.ir import program as ir
from uringcheck.ir.rewrite import specialise
from uringcheck.ir.types import Int
from uringcheck.lang.compiling.calls import definition
from uringcheck.lang.compiling.emitter import Frame, Shared
from uringcheck.lang.compiling.formulas import Formulas
from uringcheck.lang.compiling.program import sentence_of, snake, subjects
from uringcheck.lang.compiling.values import NONE
from uringcheck.lang.plain import BoundProperty, properties_of
from uringcheck.lang.properties import quantities
from uringcheck.lang.tree import Tree, bound_class


def quantities_of(tree: Tree) -> list[BoundProperty]:
    """Every cost and measure bound to the model: once for each place that is of the class it is about."""
    classes = {site.cls for site in tree.root.walk()}
    marks = [mark for module in quantities.values() for mark in module.values()]
    about = tuple(mark for mark in marks if any(issubclass(cls, bound_class(mark)) for cls in classes))
    return properties_of(replace(tree, properties=about))


def compile_quantities(tree: Tree, bound: list[BoundProperty]) -> ir.Program:
    """A specialised program that has these quantities in place of properties; raises SpecError."""
    shared = Shared(tree, {variable.name: variable.type for variable in tree.variables})
    made = tuple(_quantity(shared, one) for one in bound)
    name = snake(tree.root.cls.__name__)
    locals_ = tuple(shared.locals)
    return specialise(ir.Program(name, "", tree.variables, (), (), made, toggles=tree.toggles, locals=locals_))


def _quantity(shared: Shared, bound: BoundProperty) -> ir.Property:
    function = bound.mark.function
    assert inspect.isfunction(function)
    file, body = definition(function)
    compiler = Formulas(shared, pure=True)
    compiler.site_actions, compiler.site = [], bound.site
    compiler.frames.append(Frame(file, function, subjects(bound, body)))
    value = compiler.function_body(body)
    if value is NONE:
        compiler.fail("UC406", body, f"`{bound.mark.name}` returns nothing", "return a number on every path")
    result = compiler.as_number(value, body)
    if bound.mark.kind is ir.PropertyKind.STEP and isinstance(result.type, Int) and result.type.low < 0:
        compiler.fail("UC411", body, f"the cost `{bound.mark.name}` may be negative", "return max(0, ...)")
    block = ir.Block(tuple(compiler.out), result)
    return ir.Property(bound.name, bound.mark.kind, sentence_of(function), Span.of(file, body), block)
