"""Temporal properties: the formula a property function returns, and the fairness it assumes."""

from __future__ import annotations

import ast
from collections.abc import Callable

from uringcheck.diagnostics import SpecError
from uringcheck.ir import program as ir
from uringcheck.lang import actions, properties
from uringcheck.lang.actions import Fair
from uringcheck.lang.compiling.statements import Statements
from uringcheck.lang.compiling.values import Known
from uringcheck.lang.models import ActionPath
from uringcheck.lang.plain import BoundProperty, SiteAction
from uringcheck.lang.properties import FairnessClaim
from uringcheck.lang.tree import Site


class Formulas(Statements):
    """Compiles the one `return` of a temporal property. Its state predicates become blocks of their own."""

    site_actions: list[SiteAction]
    site: Site

    def temporal_body(self, body: ast.FunctionDef) -> ir.Formula:
        """The formula of a temporal property."""
        statements = [s for s in body.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
        if len(statements) != 1 or not isinstance(statements[0], ast.Return) or statements[0].value is None:
            self.fail(
                "UC408",
                body,
                "a temporal property is one `return` of a formula",
                "move computations into helper functions",
            )
        return self.formula(statements[0].value)

    def formula(self, node: ast.expr) -> ir.Formula:
        """A formula: temporal operators joined by and, or, not, implies, all and any; the rest are state predicates."""
        if not self._is_temporal(node):
            return self._atom(node)
        match node:
            case ast.BoolOp(op=ast.And()):
                return ir.And(tuple(self.formula(operand) for operand in node.values))
            case ast.BoolOp():
                return ir.Or(tuple(self.formula(operand) for operand in node.values))
            case ast.UnaryOp(op=ast.Not()):
                return ir.Not(self.formula(node.operand))
            case ast.Call():
                return self._operator(node)
        self.fail("UC408", node, "temporal operators are joined by and, or, not, implies, all(...) and any(...) only")

    def _operator(self, node: ast.Call) -> ir.Formula:
        callee = self.value(node.func)
        function = callee.value if isinstance(callee, Known) else None
        made: dict[object, Callable[..., ir.Formula]] = {
            properties.eventually: ir.Eventually,
            properties.always_eventually: lambda p: ir.Always(ir.Eventually(p)),
            properties.eventually_always: lambda p: ir.Eventually(ir.Always(p)),
        }
        if function in made:
            return made[function](self.formula(self._only(node)))
        if function is properties.leads_to:
            cause, effect = self._exactly(node, 2)
            return ir.LeadsTo(self.formula(cause), self.formula(effect))
        if function is actions.implies:
            left, right = self._exactly(node, 2)
            return ir.Or((ir.Not(self.formula(left)), self.formula(right)))
        if function is properties.happens:
            return self._happens(node)
        if function is properties.progresses:
            return self._progresses(node)
        if function in (all, any) and len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
            parts = tuple(self._instances(node.args[0], 0))
            return ir.And(parts) if function is all else ir.Or(parts)
        self.fail("UC408", node, "a temporal operator inside a call", "write the formula out in the property itself")

    def _instances(self, generator: ast.GeneratorExp, depth: int) -> list[ir.Formula]:
        clause = generator.generators[depth]
        found: list[ir.Formula] = []
        for present, element in self.listed(clause.iter):
            self._bind(clause.target, element)
            tests = [present, *(self.boolean(test) for test in clause.ifs)]
            if any(test.kind.name != "CONST" for test in tests):
                self.fail(
                    "UC408",
                    clause.iter,
                    "a temporal formula ranges over constants only",
                    "loop over a range or an enum",
                )
            if all(test.data for test in tests):
                deeper = depth + 1 < len(generator.generators)
                found += self._instances(generator, depth + 1) if deeper else [self.formula(generator.elt)]
        return found

    def _is_temporal(self, node: ast.expr) -> bool:
        words = (
            properties.eventually, properties.always_eventually, properties.eventually_always, properties.leads_to,
            properties.happens, properties.progresses,
        )  # fmt: skip
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call) and isinstance(inner.func, (ast.Name, ast.Attribute)):
                function = self.frame.function
                name = inner.func.id if isinstance(inner.func, ast.Name) else inner.func.attr
                if function is not None and function.__globals__.get(name) in words:
                    return True
        return False

    def _atom(self, node: ast.expr) -> ir.Atom:
        outer, self.out = self.out, []
        facts, self.facts = self.facts, {}
        result = self.boolean(node)
        block = ir.Block(tuple(self.out), result)
        self.out, self.facts = outer, facts
        return ir.Atom(block, ast.unparse(node))

    def _progresses(self, node: ast.Call) -> ir.Formula:
        """A behaviour with steps for ever has steps of the named actions for ever."""
        if not node.args:
            self.fail("UC206", node, "progresses() needs an action", "progresses(Model.action, ...)")
        wanted: list[ir.Formula] = []
        for argument in node.args:
            names = resolve_actions(self._action_reference(argument), self.site, self.site_actions)
            if not names:
                self.fail("UC404", argument, "this names no action of the model", "progresses(Model.action, ...)")
            wanted += [ir.Happens(name) for name in names]
        anything = ir.Or(tuple(ir.Happens(action.name) for action in self.site_actions))
        return ir.Or((ir.Not(ir.Always(ir.Eventually(anything))), ir.Always(ir.Eventually(ir.Or(tuple(wanted))))))

    def _happens(self, node: ast.Call) -> ir.Happens:
        if not node.args:
            self.fail("UC206", node, "happens() needs an action", "happens(Model.action)")
        reference = self._action_reference(node.args[0])
        names = resolve_actions(reference, self.site, self.site_actions)
        if len(names) != 1:
            self.fail(
                "UC404",
                node,
                "this names no single action of the model",
                "happens(Model.action) or happens(Model.part.action)",
            )
        given = tuple(self.expr(argument) for argument in node.args[1:])
        if not given:
            return ir.Happens(names[0])
        action = next(action for action in self.site_actions if action.name == names[0])
        if len(given) != len(action.arguments) or any(value.kind.name != "CONST" for value in given):
            self.fail("UC206", node, f"`{names[0]}` takes {len(action.arguments)} constant arguments here")
        return ir.Happens(names[0], tuple(value.data for value in given))

    def _action_reference(self, node: ast.expr) -> object:
        """The object that `Model.part.action` means in the spec's module."""
        names: list[str] = []
        while isinstance(node, ast.Attribute):
            names.insert(0, node.attr)
            node = node.value
        function = self.frame.function
        found: object = None
        if isinstance(node, ast.Name) and function is not None:
            found = function.__globals__.get(node.id)
        for name in names:
            found = getattr(found, name, None)
        return found


def resolve_actions(reference: object, site: Site, actions_: list[SiteAction]) -> list[str]:
    """The names of the actions below `site` that a reference means: a method of a class, or a path through parts.

    A method means what overrides it, too: a property about a class is about its subclasses.
    """
    below = [action for action in actions_ if action.site.path[: len(site.path)] == site.path]
    if isinstance(reference, ActionPath):
        wanted = ".".join((*site.path, *reference.names))
        return [action.name for action in below if action.name == wanted]
    return [action.name for action in below if any(method is reference for method in _overridden(action))]


def _overridden(action: SiteAction) -> list[object]:
    """The methods of an action's class and its bases that have its name; the first is the action itself."""
    name = action.function.__name__
    return [vars(base)[name] for base in action.site.cls.__mro__ if name in vars(base)]


def fairness_of(bound: BoundProperty, actions_: list[SiteAction]) -> tuple[ir.Fairness, ...]:
    """The fairness a temporal property assumes: what it lists, or what actions declare; raises SpecError."""
    claims = bound.mark.fairness
    if claims is None:
        return tuple(
            ir.Fairness(
                action.mark.fair in (Fair.STRONG, Fair.STRONG_EACH),
                (action.name,),
                action.mark.fair in (Fair.WEAK_EACH, Fair.STRONG_EACH),
            )
            for action in actions_
            if action.mark.fair is not None
        )
    return tuple(_claimed(claim, bound, actions_) for claim in claims)


def _claimed(claim: FairnessClaim, bound: BoundProperty, actions_: list[SiteAction]) -> ir.Fairness:
    names: list[str] = []
    for reference in claim.actions:
        found = resolve_actions(reference, bound.site, actions_)
        if not found:
            shown = (
                ".".join(reference.names)
                if isinstance(reference, ActionPath)
                else getattr(reference, "__name__", reference)
            )
            raise SpecError.at(
                "UC404",
                f"fairness names `{shown}`, which is no action of `{bound.site.cls.__name__}` or its parts",
                claim.span,
                help="name a method decorated with @action: weak(Model.action), weak(Model.part.action)",
            )
        names += found
    return ir.Fairness(claim.strong, tuple(names), claim.each)
