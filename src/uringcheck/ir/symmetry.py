"""Whether a program tells interchangeable values apart.

Expressions can only compare such values, look them up and pass them on, so for any exchange of two of them

    body with its constants exchanged (exchanged state, exchanged arguments) = exchanged (body (state, arguments))

and the program keeps the symmetry where the body with its constants exchanged *is* the body. Constants of these types
come from loops and quantifiers, which were written out, so the two texts differ in order at least. Both are run
symbolically to a normal form (`ir.symbolic`) that forgets the order where it cannot matter. Where the normal forms are
equal the bodies are; where they are not, the program is refused although it may be symmetric. Exchanges of neighbours
generate all others, so they are enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from uringcheck.diagnostics import Span, SpecError
from uringcheck.ir.nodes import Assign, Check, Expr, Kind, Statement, expressions, postorder, statements
from uringcheck.ir.program import Action, Block, Program, Property
from uringcheck.ir.renaming import Renaming, mentions, neighbours
from uringcheck.ir.symbolic import Outcome, Run
from uringcheck.ir.types import Encoded, Enum, Type

_NOTHING = Renaming({})


def interchangeable_types(program: Program) -> tuple[Enum, ...]:
    """The interchangeable types with at least two values, in the order in which variables and arguments have them."""
    found: dict[Enum, None] = {}
    for type_ in _types(program):
        for inner in mentions(type_):
            if len(inner.members) > 1:
                found.setdefault(inner)
    return tuple(found)


def _types(program: Program) -> Iterator[Type]:
    yield from (variable.type for variable in program.variables)
    for action in (*program.inits, *program.actions):
        yield from (argument.type for argument in action.arguments)


# --- starts and actions ---------------------------------------------------------------------------------------------


def require_symmetry(program: Program) -> None:
    """Raise SpecError unless starts and actions do the same to all interchangeable values. Toggles may be open."""
    for type_, first, exchange in neighbours(interchangeable_types(program)):
        _require_starts(program, type_, exchange)
        for action in program.actions:
            before, after = _runs(program, action.body, exchange)
            if before != after:
                raise _told_apart(action, type_, first, before, after)


def _require_starts(program: Program, type_: Enum, exchange: Renaming) -> None:
    moved = {
        variable.name
        for variable in program.variables
        if exchange.value(variable.type, variable.start) != variable.start
    }
    for init in program.inits:
        started = {variable.name: variable.start for variable in program.variables}
        before, after = _runs(program, init.body, exchange, started)
        if before != after:
            untouched = moved - {one.variable for one in statements(init.body) if isinstance(one, Assign)}
            if not untouched:
                raise _told_apart(init, type_, 0, before, after)
            moved = untouched
            break
    else:
        if program.inits:
            return
    for variable in program.variables:
        if variable.name in moved:
            raise SpecError.at(
                "UC319",
                f"`{variable.name}` starts with one `{type_}`, and they are declared interchangeable",
                variable.span,
                help="choose it by an argument of an @init action, or make it optional",
            )


def _runs(
    program: Program, body: tuple[Statement, ...], exchange: Renaming, started: Mapping[str, Encoded] | None = None
) -> tuple[Outcome, Outcome]:
    """What a body does, as it is written and with its constants exchanged; from `started` if that is given."""
    types = {variable.name: variable.type for variable in program.variables}
    first, second = (Run(types, renaming, started) for renaming in (_NOTHING, exchange))
    return first.body(body), second.body(body)


def _told_apart(action: Action, type_: Enum, first: int, before: Outcome, after: Outcome) -> SpecError:
    one, other = type_.members[first], type_.members[first + 1]
    return SpecError.at(
        "UC320",
        f"`{action.name}` does not do the same to every `{type_}`: {one} and {other} are told apart",
        _blamed(action, type_, before, after),
        help="each turn of a loop may change only what belongs to its own value; see `uringcheck explain UC320`",
    )


def _blamed(action: Action, type_: Enum, before: Outcome, after: Outcome) -> Span:
    """The first statement that has to do with the difference."""
    changed = {name for name, form in before.variables.items() if after.variables[name] != form}
    found = list(statements(action.body))
    for statement in found:
        if any(_names(expr, type_) for expr in expressions(statement)):
            if isinstance(statement, Check) and before.failures != after.failures:
                return statement.span
            if isinstance(statement, Assign) and statement.variable in changed:
                return statement.span
    for statement in found:
        if isinstance(statement, Assign) and statement.variable in changed:
            return statement.span
    return action.span


def _names(expr: Expr, type_: Enum) -> bool:
    """Whether a value of the type is written in the expression."""
    return any(part.kind is Kind.CONST and type_ in mentions(part.type) for part in postorder(expr))


# --- properties -----------------------------------------------------------------------------------------------------


def renamed_property(program: Program, property_: Property, renaming: Renaming) -> object:
    """A form of what a property of states or steps asks, its constants renamed: equal forms ask the same."""
    types = {variable.name: variable.type for variable in program.variables}

    def form(block: Block | None) -> object:
        return None if block is None else Run(types, renaming).block(block)

    return form(property_.block), tuple(form(block) for block in property_.antecedents)


def same_for_all(program: Program, property_: Property) -> bool:
    """Whether a property of states or steps treats all interchangeable values alike."""
    plain = renamed_property(program, property_, _NOTHING)
    return all(
        renamed_property(program, property_, exchange) == plain
        for _, _, exchange in neighbours(interchangeable_types(program))
    )
