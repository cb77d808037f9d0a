"""Expressions and statements: one closed set of kinds.

Expressions are pure and interned by structure: equal expressions are the same object, so identity is equality and a
walk visits a shared part once. A `STATE` reads the variable's value at the moment the statement runs.

Partial kinds (`Q_HEAD`, `Q_TAIL`, `Q_AT`, `UNWRAP`, `M_GET`, `M_SET`, `S_ADD`, `Q_PUSH`, `CAST`) are only ever *used*
where a `Check` or a condition to their left made them defined. A backend may return anything of the right type where
they are not, but must not trap.
"""

from __future__ import annotations

import enum
from collections.abc import Container, Iterator
from typing import TypeAlias
from weakref import WeakValueDictionary

from uringcheck.diagnostics import Span
from uringcheck.diagnostics.values import value_class
from uringcheck.ir.types import Encoded, Type


class Kind(enum.Enum):
    """The kinds of expressions. `data` is in brackets, arguments in parentheses."""

    CONST = "const"  # [encoded value]
    STATE = "state"  # [variable's name]        the value now
    PRIMED = "primed"  # [variable's name]      step properties: the value after the step
    LOCAL = "local"  # [local's number]
    ARG = "arg"  # [argument's name]
    TOGGLE = "toggle"  # [parameter's name]     a boolean parameter that is still open

    NOT = "not"  # (b)
    AND = "and"  # (b, b, ...)                  left to right, stops at the first false
    OR = "or"  # (b, b, ...)                    left to right, stops at the first true
    ITE = "ite"  # (condition, x, y)            evaluates only the chosen one
    EQ = "eq"  # (x, y)                         both of one type, or both integers

    LT = "lt"  # (i, j)
    LE = "le"  # (i, j)
    ADD = "add"  # (i, j)
    SUB = "sub"  # (i, j)
    MUL = "mul"  # (i, j)
    DIV = "div"  # (i, j)                       floor division; j is a positive constant
    MOD = "mod"  # (i, j)                       in 0..j-1; j is a positive constant

    CAST = "cast"  # (x)                        the same value as a member of the node's type
    RANK = "rank"  # (x)                        position of x among the values of its type

    RECORD = "record"  # (field, field, ...)
    FIELD = "field"  # [field's name] (record)
    SOME = "some"  # (x)
    IS_SOME = "is_some"  # (option)
    UNWRAP = "unwrap"  # (option)

    Q_LEN = "q_len"  # (queue)
    Q_AT = "q_at"  # (queue, i)                 0 is the head
    Q_PUSH = "q_push"  # (queue, x)
    Q_POP = "q_pop"  # (queue)                  the queue without its head
    S_HAS = "s_has"  # (set, x)
    S_ADD = "s_add"  # (set, x)
    S_REMOVE = "s_remove"  # (set, x)
    S_LEN = "s_len"  # (set)
    S_UNION = "s_union"  # (set, set)
    S_INTERSECT = "s_intersect"  # (set, set)
    S_MINUS = "s_minus"  # (set, set)
    M_GET = "m_get"  # (map, index)
    M_SET = "m_set"  # (map, index, x)

    EVERY = "every"  # [local's number] (low, high, b)  b for every value of the local from low to high - 1
    COUNT = "count"  # [local's number] (low, high, b)  for how many of them; both over sizes that are open

    # A member is only ever equal to itself, and kinds are looked up more often than anything else.
    __hash__ = object.__hash__


LEAVES = frozenset({Kind.CONST, Kind.STATE, Kind.PRIMED, Kind.LOCAL, Kind.ARG, Kind.TOGGLE})


class Expr:
    """An interned expression. Made by `node` only."""

    __slots__ = ("__weakref__", "args", "data", "kind", "span", "type")

    kind: Kind
    type: Type
    args: tuple[Expr, ...]
    data: Encoded
    span: Span | None

    def __repr__(self) -> str:
        from uringcheck.ir.show import show

        return f"<{show(self)}: {self.type}>"


_interned: WeakValueDictionary[tuple[object, ...], Expr] = WeakValueDictionary()


def _tagged(data: Encoded) -> object:
    """`data` with its classes, because `False == 0` and `True == 1` in Python."""
    if isinstance(data, tuple):
        return tuple(_tagged(item) for item in data)
    return (type(data), data)


def node(kind: Kind, type_: Type, args: tuple[Expr, ...] = (), data: Encoded = None, span: Span | None = None) -> Expr:
    """The expression of this structure. The span of the first one made is kept; it does not tell them apart."""
    key = (kind, type_, tuple(id(arg) for arg in args), _tagged(data))
    found = _interned.get(key)
    if found is None:
        found = Expr()
        found.kind, found.type, found.args, found.data, found.span = kind, type_, args, data, span
        _interned[key] = found
    return found


def postorder(*roots: Expr, known: Container[Expr] = ()) -> Iterator[Expr]:
    """Every distinct expression below `roots`, arguments before their users; none that is `known`, nor what is below.

    What is yielded may become known meanwhile.
    """
    done: set[Expr] = set()
    stack = list(reversed(roots))
    while stack:
        expr = stack[-1]
        if expr in done or expr in known:
            stack.pop()
            continue
        waiting = [arg for arg in expr.args if arg not in done and arg not in known]
        if waiting:
            stack += reversed(waiting)
        else:
            stack.pop()
            done.add(expr)
            yield expr


class Failure(enum.Enum):
    """What a failed check is called."""

    DOMAIN = "domain"
    ASSERT = "assert"


@value_class
class Let:
    """Give a local its value. Every path gives a local at most one value before it is read."""

    local: int
    value: Expr
    span: Span


@value_class
class Assign:
    """Give a state variable its next value, which an earlier check has shown to be in range."""

    variable: str
    value: Expr
    span: Span


@value_class
class Require:
    """The action is enabled only where `condition` is true. Stands before the first assignment, never in an `If`."""

    condition: Expr
    span: Span


@value_class
class Check:
    """Where `condition` is false the step fails: the run ends here, with a story."""

    failure: Failure
    condition: Expr
    message: str
    span: Span


@value_class
class Cover:
    """A place (`Program.covers`) that some behaviour must reach."""

    number: int
    span: Span


@value_class
class If:
    """Run `then` or `orelse`."""

    condition: Expr
    then: tuple[Statement, ...]
    orelse: tuple[Statement, ...]
    span: Span


@value_class
class Repeat:
    """Run `body` for each value of a local from `low` to `high - 1`, where the size of that range is open."""

    local: int
    low: Expr
    high: Expr
    body: tuple[Statement, ...]
    span: Span


Statement: TypeAlias = Let | Assign | Require | Check | Cover | If | Repeat


def statements(body: tuple[Statement, ...]) -> Iterator[Statement]:
    """Every statement of a body, branches included, in program order."""
    stack = list(reversed(body))
    while stack:
        statement = stack.pop()
        yield statement
        if isinstance(statement, If):
            stack.extend(reversed(statement.then + statement.orelse))
        elif isinstance(statement, Repeat):
            stack.extend(reversed(statement.body))


def expressions(statement: Statement) -> tuple[Expr, ...]:
    """The expressions a statement itself evaluates, without those of its branches."""
    match statement:
        case Let(value=value) | Assign(value=value):
            return (value,)
        case Require(condition=condition) | Check(condition=condition) | If(condition=condition):
            return (condition,)
        case Cover():
            return ()
        case Repeat(low=low, high=high):
            return (low, high)
