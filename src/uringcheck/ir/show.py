"""Expressions and programs as text, for people and for error messages."""

from __future__ import annotations

from uringcheck.ir.nodes import Assign, Check, Cover, Expr, If, Kind, Let, Repeat, Require, Statement, postorder
from uringcheck.ir.sizes import Size
from uringcheck.ir.types import Bool, Encoded, Enum, Int, Map, Option, Queue, Record, Set, Type, values

_INFIX = {
    Kind.AND: " and ", Kind.OR: " or ", Kind.EQ: " == ", Kind.LT: " < ", Kind.LE: " <= ", Kind.ADD: " + ",
    Kind.SUB: " - ", Kind.MUL: " * ", Kind.DIV: " // ", Kind.MOD: " % ", Kind.S_UNION: " | ",
    Kind.S_INTERSECT: " & ", Kind.S_MINUS: " - ",
}  # fmt: skip


def show_value(type_: Type, value: Encoded) -> str:
    """An encoded value as its author would read it."""
    match type_:
        case Bool():
            return "yes" if value else "no"
        case Int():
            return str(value) if isinstance(value, Size) else str(int(value))
        case Enum(members=members):
            return members[value]
        case Record(name=name, fields=fields):
            inner = ", ".join(
                f"{field}={show_value(item, part)}" for (field, item), part in zip(fields, value, strict=True)
            )
            return f"{name}({inner})"
        case Option(item):
            return "none" if value is None else show_value(item, value)
        case Queue(item, _):
            return "[" + ", ".join(show_value(item, part) for part in value) + "]"
        case Set(item):
            members_ = [show_value(item, v) for position, v in enumerate(values(item)) if value >> position & 1]
            return "{" + ", ".join(members_) + "}"
        case Map(_, item):
            return "[" + ", ".join(show_value(item, part) for part in value) + "]"


def show(expr: Expr) -> str:
    """An expression on one line, fully parenthesised."""
    text: dict[int, str] = {}
    for part in postorder(expr):
        args = [text[id(arg)] for arg in part.args]
        match part.kind:
            case Kind.CONST:
                made = show_value(part.type, part.data)
            case Kind.LOCAL:
                made = f"%{part.data}"
            case Kind.PRIMED:
                made = f"{part.data}'"
            case Kind.STATE | Kind.ARG | Kind.TOGGLE:
                made = str(part.data)
            case Kind.EVERY | Kind.COUNT:
                made = f"{part.kind.value}(%{part.data} from {args[0]} below {args[1]}: {args[2]})"
            case Kind.FIELD:
                made = f"{args[0]}.{part.data}"
            case kind if kind in _INFIX:
                made = "(" + _INFIX[kind].join(args) + ")"
            case kind:
                made = f"{kind.value}({', '.join(args)})"
        text[id(part)] = made
    return text[id(expr)]


def show_body(body: tuple[Statement, ...], indent: str = "") -> list[str]:
    """The statements of an action, a line each, with the source line at the right."""
    lines: list[str] = []
    for statement in body:
        match statement:
            case Let(local, value, _):
                line = f"%{local} := {show(value)}"
            case Assign(variable, value, _):
                line = f"{variable} := {show(value)}"
            case Require(condition, _):
                line = f"require {show(condition)}"
            case Check(failure, condition, message, _):
                line = f"check {failure.value} {show(condition)} else {message!r}"
            case Cover(number, _):
                line = f"cover {number}"
            case If(condition, then, orelse, span):
                lines.append(f"{indent}if {show(condition)}:  # {span}")
                lines += show_body(then, indent + "    ")
                if orelse:
                    lines.append(f"{indent}else:")
                    lines += show_body(orelse, indent + "    ")
                continue
            case Repeat(local, low, high, inner, span):
                lines.append(f"{indent}for %{local} from {show(low)} below {show(high)}:  # {span}")
                lines += show_body(inner, indent + "    ")
                continue
        lines.append(f"{indent}{line}  # {statement.span}")
    return lines
