"""Which syntax the language has. Everything else in Python's grammar is refused by name."""

from __future__ import annotations

import ast

#: Syntax that the compiler reads. Operators and contexts are handled where their expressions are.
STATEMENTS: frozenset[type[ast.stmt]] = frozenset(
    {ast.Assign, ast.AugAssign, ast.AnnAssign, ast.If, ast.For, ast.Assert, ast.Expr, ast.Pass, ast.Return}
)
EXPRESSIONS: frozenset[type[ast.expr]] = frozenset(
    {
        ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.IfExp, ast.Compare, ast.Call, ast.Constant, ast.Attribute,
        ast.Subscript, ast.Name,
    }
)  # fmt: skip

#: What to write instead; syntax without an entry gets the general advice.
ADVICE: dict[str, str] = {
    "While": "loop over a constant range, a finite type or a container: for i in range(N)",
    "Break": "give the loop's body an `if`, or use any(...) / all(...)",
    "Continue": "give the loop's body an `if`",
    "Lambda": "define a function with a name",
    "NamedExpr": "assign on a line of its own first",
    "Try": "say with `require` when the action is enabled; a step never raises",
    "TryStar": "say with `require` when the action is enabled; a step never raises",
    "Raise": "use `require` for a guard, `assert` for what must hold",
    "With": "the body of an action is atomic already",
    "Match": "use if/elif/else",
    "Delete": "assign None, or use clear(), pop(), remove()",
    "Global": "put it into a state variable",
    "Nonlocal": "put it into a state variable",
    "FunctionDef": "define the helper at the top level of the module or as a method",
    "AsyncFunctionDef": "actions are ordinary functions",
    "ClassDef": "define the class at the top level of the module",
    "Import": "import at the top of the module",
    "ImportFrom": "import at the top of the module",
    "ListComp": "use a generator inside any(...), all(...), sum(...), min(...) or max(...)",
    "SetComp": "use a loop with add(), or a generator inside any(...) / all(...)",
    "DictComp": "use a map_of(...) variable",
    "GeneratorExp": "generators stand directly inside any(...), all(...), sum(...), min(...) or max(...)",
    "List": "use a queue(...) variable; a literal may stand to the right of `in`",
    "Tuple": "use a Record; a literal may stand to the right of `in`",
    "Set": "use a set_of(...) variable; a literal may stand to the right of `in`",
    "Dict": "use a map_of(...) variable",
    "JoinedStr": "text has no place in a step",
    "Slice": "index one item; pop() removes the head",
    "Starred": "write the arguments out",
    "Await": "actions are ordinary functions",
    "Yield": "nondeterminism is the arguments of an action: b: int = one_of(0, N)",
    "YieldFrom": "nondeterminism is the arguments of an action: b: int = one_of(0, N)",
}

GENERAL_ADVICE = "see docs/language.md for what the language has"


def _concrete(base: type[ast.AST]) -> list[type[ast.AST]]:
    """The node classes of this Python's own grammar below `base`, so that a new Python cannot add an ignored one."""
    return sorted(
        (cls for cls in vars(ast).values() if isinstance(cls, type) and issubclass(cls, base) and cls is not base),
        key=lambda cls: cls.__name__,
    )


#: Every statement and expression of this Python that the language does not have.
REFUSED: frozenset[type[ast.AST]] = frozenset(_concrete(ast.stmt)) - STATEMENTS | (
    frozenset(_concrete(ast.expr)) - EXPRESSIONS
)


def advice(node: ast.AST) -> str:
    """What to write instead of a refused node."""
    return ADVICE.get(type(node).__name__, GENERAL_ADVICE)
