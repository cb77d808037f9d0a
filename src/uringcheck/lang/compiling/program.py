"""A tree of sites to a program: every action and every property compiled."""

from __future__ import annotations

import ast
import copy
import inspect
import re
from collections.abc import Iterator

from uringcheck.diagnostics import Span, SpecError
from uringcheck.ir import build, types
from uringcheck.ir import program as ir
from uringcheck.ir.nodes import Expr
from uringcheck.ir.symmetry import require_symmetry
from uringcheck.lang.compiling.calls import definition
from uringcheck.lang.compiling.emitter import Frame, Shared
from uringcheck.lang.compiling.formulas import Formulas, fairness_of
from uringcheck.lang.compiling.values import NONE, SiteRef, Value
from uringcheck.lang.ghosts import hooks_of
from uringcheck.lang.plain import BoundProperty, SiteAction, actions_of, properties_of
from uringcheck.lang.tree import Tree


def compile_tree(tree: Tree, refused: dict[str, SpecError] | None = None) -> ir.Program:
    """The program of a model under its parameters, toggles still open; raises SpecError.

    Where sizes are open, `refused` receives the properties that say something of them that cannot be compiled.
    """
    site_actions = actions_of(tree)
    shared = Shared(tree, {variable.name: variable.type for variable in tree.variables}, hooks=hooks_of(tree))
    name = snake(tree.root.cls.__name__)
    compiled = [(action, _action(shared, action, name)) for action in site_actions]
    inits = tuple(made for action, made in compiled if action.mark.is_init)
    steps = tuple(made for action, made in compiled if not action.mark.is_init)
    if not steps:
        raise SpecError.at(
            "UC409",
            f"`{tree.root.cls.__name__}` has no action",
            _class_span(tree),
            help="decorate a method with @action",
        )
    properties = tuple(_properties(shared, properties_of(tree), site_actions, refused))
    finals = [p for p in properties if p.kind is ir.PropertyKind.DEADLOCK]
    if len(finals) > 1:
        raise SpecError.at(
            "UC405", f"two functions say which states are final: `{finals[0].name}` and `{finals[1].name}`",
            finals[1].span, help="join them with `or` in one",
        )  # fmt: skip
    variables = tree.variables
    lanes = dict.fromkeys([*(v.lane or name for v in variables), *(a.lane for a in steps)])
    program = ir.Program(
        name,
        sentence_of(tree.root.cls),
        variables,
        inits,
        steps,
        properties,
        tuple(shared.covers),
        tree.toggles,
        tree.parameters,
        tuple(shared.locals),
        tuple(lanes),
    )
    require_symmetry(program)
    return program


def snake(name: str) -> str:
    """`RecvMultishot` as `recv_multishot`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _class_span(tree: Tree) -> Span:
    try:
        return Span(inspect.getfile(tree.root.cls), inspect.getsourcelines(tree.root.cls)[1])
    except (OSError, TypeError):
        return Span("", 1)


def sentence_of(documented: object) -> str:
    """The first sentence of a docstring, on one line."""
    text = inspect.getdoc(documented) or ""
    first = " ".join(text.split("\n\n")[0].split())
    return re.split(r"(?<=\.)\s", first)[0]


def _action(shared: Shared, action: SiteAction, model: str) -> ir.Action:
    file, body = definition(action.function)
    compiler = Formulas(shared, pure=False)
    indices = tuple(build.argument(a.name, a.type) for a in action.arguments[: len(action.site.replicas)])
    names: dict[str, Value] = {
        argument.name: build.argument(argument.name, argument.type)
        for argument in action.arguments[len(action.site.replicas) :]
    }
    names[body.args.args[0].arg] = SiteRef(action.site, indices)
    compiler.frames.append(Frame(file, action.function, names))
    compiler.watched = not action.mark.is_init
    result = compiler.function_body(body)
    if action.mark.is_init:
        compiler.begin_ghosts()
    if result is not NONE:
        compiler.fail(
            "UC208", body, f"action `{action.name}` returns a value", "an action changes the state and returns nothing"
        )
    return ir.Action(
        action.name,
        action.arguments,
        tuple(compiler.out),
        sentence_of(action.function),
        Span.of(file, body),
        action.mark.lane or action.site.name or model,
        tuple((replica.path, replica.argument) for replica in action.site.replicas),
    )


def subjects(bound: BoundProperty, body: ast.FunctionDef) -> dict[str, Value]:
    """What the arguments of a property stand for: its place now, or before and after a step."""
    indices = []
    for replica, rank in zip(bound.site.replicas, bound.ranks, strict=True):
        indices.append(build.constant(replica.type, tuple(types.values(replica.type))[rank]))
    expected = 2 if bound.mark.kind is ir.PropertyKind.STEP else 1
    parameters = [argument.arg for argument in body.args.args]
    if len(parameters) != expected:
        raise SpecError.at(
            "UC402",
            f"`{bound.mark.name}` takes {len(parameters)} arguments; a {bound.mark.kind.value} takes {expected}",
            Span.of(bound.mark.function.__code__.co_filename, body),
            help="(before, after) for @step, one model for the others",
        )
    names: dict[str, Value] = {parameters[0]: SiteRef(bound.site, tuple(indices))}
    if expected == 2:
        names[parameters[1]] = SiteRef(bound.site, tuple(indices), primed=True)
    return names


def _properties(
    shared: Shared, all_: list[BoundProperty], site_actions: list[SiteAction], refused: dict[str, SpecError] | None
) -> Iterator[ir.Property]:
    for one in all_:
        try:
            yield _property(shared, one, site_actions)
        except SpecError as error:
            if refused is None or any(finding.code != "UC420" for finding in error.diagnostics):
                raise
            refused[one.name] = error


def _property(shared: Shared, bound: BoundProperty, site_actions: list[SiteAction]) -> ir.Property:
    function = bound.mark.function
    assert inspect.isfunction(function)
    file, body = definition(function)
    span, doc = Span.of(file, body), sentence_of(function)

    def compiler() -> Formulas:
        made = Formulas(shared, pure=True)
        made.site_actions, made.site = site_actions, bound.site
        made.frames.append(Frame(file, function, subjects(bound, body)))
        return made

    def block(body: ast.FunctionDef) -> ir.Block:
        made = compiler()
        value = made.function_body(body)
        if value is NONE:
            made.fail("UC406", body, f"property `{bound.mark.name}` returns nothing", "return a boolean on every path")
        result: Expr = made.as_boolean(value, body)
        return ir.Block(tuple(made.out), result)

    if bound.mark.kind is ir.PropertyKind.TEMPORAL:
        formula = compiler().temporal_body(body)
        fairness = fairness_of(bound, site_actions)
        return ir.Property(bound.name, bound.mark.kind, doc, span, None, formula, fairness)
    antecedents = tuple(block(antecedent) for antecedent in _antecedents(body))
    return ir.Property(bound.name, bound.mark.kind, doc, span, block(body), None, (), antecedents)


def _antecedents(body: ast.FunctionDef) -> list[ast.FunctionDef]:
    """The function with its result replaced by a left side of the `implies` it returns; one function for each.

    Where the function returns early it asks nothing, so there it answers False.
    """
    found: list[ast.FunctionDef] = []
    returned = body.body[-1]
    if not isinstance(returned, ast.Return) or returned.value is None:
        return found
    parts = (
        returned.value.values
        if isinstance(returned.value, ast.BoolOp) and isinstance(returned.value.op, ast.And)
        else [returned.value]
    )
    for part in parts:
        antecedent = _antecedent(part)
        if antecedent is not None:
            changed = copy.copy(body)
            changed.body = [*map(_asks_nothing, body.body[:-1]), ast.copy_location(ast.Return(antecedent), returned)]
            found.append(changed)
    return found


def _asks_nothing(statement: ast.stmt) -> ast.stmt:
    """A statement whose returns, wherever in it they stand, answer False."""
    if isinstance(statement, ast.Return):
        return ast.copy_location(ast.Return(ast.copy_location(ast.Constant(False), statement)), statement)
    if isinstance(statement, ast.If):
        changed = copy.copy(statement)
        changed.body = list(map(_asks_nothing, statement.body))
        changed.orelse = list(map(_asks_nothing, statement.orelse))
        return changed
    return statement


def _antecedent(node: ast.expr) -> ast.expr | None:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return None
    if node.func.id == "implies" and len(node.args) == 2:
        return node.args[0]
    if node.func.id == "all" and len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
        inner = _antecedent(node.args[0].elt)
        if inner is not None:
            generator = ast.copy_location(ast.GeneratorExp(inner, node.args[0].generators), node.args[0])
            function = ast.copy_location(ast.Name("any", ast.Load()), node.func)
            return ast.copy_location(ast.Call(function, [generator], []), node)
    return None
