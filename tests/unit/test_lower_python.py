"""Generated Python means what the IR means, and can be read and debugged."""

from __future__ import annotations

import linecache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uringcheck.diagnostics import InternalError, Span
from uringcheck.ir import build
from uringcheck.ir.nodes import Assign, Check, Cover, Expr, Failure, If, Kind, Let, Require, Statement, postorder
from uringcheck.ir.program import Action, Argument, Block, CoverPoint, Program, Property, PropertyKind, Variable
from uringcheck.ir.rewrite import Substitution
from uringcheck.ir.types import BOOL, Enum, Int, Map, Option, Queue, Record, Set, Type, default
from uringcheck.lower.python import Generated, generated_source
from uringcheck.lower.python_expressions import Constants, Expressions

HERE = Span("here.py", 7)
COLOUR = Enum("Colour", ("RED", "GREEN", "BLUE"))
ITEM = Record("Item", (("size", Int(-1, 2)), ("flag", BOOL)))

VARIABLES: dict[str, Type] = {
    "a": Int(0, 3),
    "b": Int(-2, 2),
    "flag": BOOL,
    "colour": COLOUR,
    "maybe": Option(Int(0, 2)),
    "item": ITEM,
    "q": Queue(Int(0, 2), 3),
    "s": Set(Int(1, 4)),
    "items": Set(ITEM),
    "m": Map(Int(-1, 1), Int(0, 2)),
    "wide": Map(Int(0, 9), Int(0, 2)),
    "flags": Map(BOOL, BOOL),
}

STATE = {
    "a": 2, "b": -2, "flag": True, "colour": 1, "maybe": 1, "item": (2, True), "q": (2, 0), "s": 0b0101,
    "items": 1 << 7, "m": (0, 1, 2), "wide": (0, 1, 2, 0, 1, 2, 0, 1, 2, 0), "flags": (False, True),
}  # fmt: skip


def var(name: str) -> Expr:
    """A state variable."""
    return build.state(name, VARIABLES[name])


def number(value: int) -> Expr:
    """An integer."""
    return build.integer(value)


def run(expr: Expr, state: dict[str, Any], judged: bool = False) -> Any:
    """What the generated text is worth."""
    constants = Constants()
    texts = Expressions({name: name for name in VARIABLES}, constants)
    text = texts.condition(expr) if judged else texts.value(expr)
    return eval(text, dict(constants.values), dict(state))


def folded(expr: Expr, state: dict[str, Any]) -> Any:
    """What the IR says an expression is worth: constants in the place of variables, folded."""
    leaves = {(Kind.STATE, name): build.constant(type_, state[name]) for name, type_ in VARIABLES.items()}
    value = Substitution(leaves).expr(expr)
    assert value.kind is Kind.CONST
    return value.data


def exact(value: Any) -> Any:
    """A value with its classes, because 1 == True."""
    return tuple(map(exact, value)) if isinstance(value, tuple) else (type(value), value)


ONE_OF_EACH = [
    build.not_(var("flag")),
    build.and_(var("flag"), build.le(number(1), var("a"))),
    build.or_(var("flag"), build.le(number(1), var("a"))),
    build.ite(var("flag"), var("a"), var("b")),
    build.eq(var("a"), var("b")),
    build.eq(var("maybe"), build.constant(Option(Int(0, 2)), None)),
    build.lt(var("b"), var("a")),
    build.le(var("a"), var("b")),
    build.add(var("a"), var("b")),
    build.sub(var("a"), build.sub(var("b"), var("a"))),
    build.mul(var("b"), build.add(var("a"), number(1))),
    build.div(var("b"), number(3)),
    build.mod(var("b"), number(3)),
    build.some(build.cast(var("a"), Int(-5, 5))),
    build.ranked(var("b")),
    build.ranked(var("item")),
    build.ranked(var("flag")),
    build.ranked(var("maybe")),
    build.record(ITEM, (build.cast(number(1), Int(-1, 2)), var("flag"))),
    build.field(var("item"), "flag"),
    build.is_some(var("maybe")),
    build.unwrap(var("maybe")),
    build.q_len(var("q")),
    build.q_at(var("q"), number(1)),
    build.q_push(var("q"), build.cast(number(1), Int(0, 2))),
    build.q_pop(var("q")),
    build.s_has(var("s"), var("a")),
    build.s_has(var("s"), number(3)),
    build.s_has(var("items"), var("item")),
    build.s_add(var("s"), build.cast(var("a"), Int(1, 4))),
    build.s_add(var("s"), number(4)),
    build.s_remove(var("s"), build.cast(number(3), Int(1, 4))),
    build.s_remove(var("items"), var("item")),
    build.s_len(var("s")),
    build.s_combine(Kind.S_UNION, var("s"), build.constant(VARIABLES["s"], 0b0010)),
    build.s_combine(Kind.S_INTERSECT, var("s"), build.constant(VARIABLES["s"], 0b0110)),
    build.s_combine(Kind.S_MINUS, var("s"), build.constant(VARIABLES["s"], 0b0110)),
    build.m_get(var("m"), number(-1)),
    build.m_get(var("m"), build.sub(var("a"), number(1))),
    build.m_get(var("flags"), var("flag")),
    build.m_set(var("m"), number(0), build.cast(var("a"), Int(0, 2))),
    build.m_set(build.m_set(var("m"), number(0), number(2)), number(1), number(0)),
    build.m_set(var("m"), build.sub(var("a"), number(2)), number(2)),
    build.m_set(var("wide"), number(7), number(2)),
]


@pytest.mark.parametrize("expr", ONE_OF_EACH, ids=repr)
def test_every_kind_is_worth_what_folding_says(expr: Expr) -> None:
    """The text of one expression of each kind, evaluated, is the folded value, of the same class."""
    assert exact(run(expr, STATE)) == exact(folded(expr, STATE))
    if expr.type == BOOL:
        assert bool(run(expr, STATE, judged=True)) == folded(expr, STATE)


def test_the_table_above_has_every_kind() -> None:
    """Nothing that can stand in a specialised action is missing from the table; EVERY and COUNT are for open sizes."""
    found = {part.kind for expr in ONE_OF_EACH for part in postorder(expr)}
    assert set(Kind) - found == {Kind.PRIMED, Kind.LOCAL, Kind.ARG, Kind.TOGGLE, Kind.EVERY, Kind.COUNT}


@pytest.mark.parametrize("open_", [build.toggle("len0"), build.argument("b", BOOL)])
def test_what_has_no_value_yet_is_refused_by_name(open_: Expr) -> None:
    """A toggle or argument that is still open is an error that names it."""
    with pytest.raises(InternalError, match=str(open_.data)):
        run(build.not_(open_), STATE)


@st.composite
def states(draw: Any) -> dict[str, Any]:
    """A state within the declared ranges."""
    return {
        **STATE,
        "a": draw(st.integers(0, 3)),
        "b": draw(st.integers(-2, 2)),
        "flag": draw(st.booleans()),
        "maybe": draw(st.sampled_from([None, 0, 1, 2])),
        "q": tuple(draw(st.lists(st.integers(0, 2), max_size=3))),
        "s": draw(st.integers(0, 15)),
        "m": tuple(draw(st.lists(st.integers(0, 2), min_size=3, max_size=3))),
    }


@st.composite
def numbers(draw: Any, depth: int = 3) -> Expr:
    """An integer expression that is defined everywhere; questions about queue items are common."""
    if depth == 0:
        return draw(st.sampled_from([var("a"), var("b"), build.q_len(var("q")), number(1), number(0)]))
    below = numbers(depth - 1)
    shape = draw(st.integers(0, 6))
    if shape < 3:
        make = (build.add, build.sub, build.mul)[shape]
        return make(draw(below), draw(below))
    if shape == 3:
        return build.ite(draw(truths(depth - 1)), draw(below), draw(below))
    if shape == 4:
        return build.mod(draw(below), number(draw(st.integers(1, 4))))
    parts = [
        build.ite(
            build.and_(build.le(number(bound), build.q_len(var("q"))), draw(truths(depth - 1))), draw(below), number(0)
        )
        for bound in draw(st.lists(st.integers(0, 4), min_size=2, max_size=4))
    ]
    total = parts[0]
    for part in parts[1:]:
        total = build.add(total, part)
    return total


@st.composite
def truths(draw: Any, depth: int = 3) -> Expr:
    """A boolean expression that is defined everywhere."""
    if depth == 0:
        return draw(st.sampled_from([var("flag"), build.is_some(var("maybe")), build.s_has(var("s"), number(2))]))
    below = truths(depth - 1)
    shape = draw(st.integers(0, 6))
    if shape < 3:
        make = (build.eq, build.lt, build.le)[shape]
        return make(draw(numbers(depth - 1)), draw(numbers(depth - 1)))
    if shape == 3:
        return build.not_(draw(below))
    if shape == 4:
        return build.ite(draw(below), draw(below), draw(below))
    bounds = draw(st.lists(st.integers(0, 4), min_size=2, max_size=4))
    length = build.q_len(var("q"))
    if shape == 5:
        return build.or_(*(build.and_(build.le(number(b), length), draw(below)) for b in bounds))
    return build.and_(*(build.or_(build.le(length, number(b)), draw(below)) for b in bounds))


@settings(max_examples=150, deadline=None)
@given(st.one_of(numbers(), truths()), states())
def test_random_expressions_are_worth_what_folding_says(expr: Expr, state: dict[str, Any]) -> None:
    """Precedence, chains and nested questions about queues change nothing."""
    assert exact(run(expr, state)) == exact(folded(expr, state))


def named(expr: Expr, part: Expr, state: dict[str, Any]) -> tuple[Any, str]:
    """What an expression is worth when a part of it is computed first and read from a name, and its text."""
    constants = Constants()
    texts = Expressions({name: name for name in VARIABLES}, constants)
    namespace = {**state, "_first": eval(texts.value(part), dict(constants.values), dict(state))}
    texts.pin(part, "_first")
    # What was written before is forgotten when variables move to other names; names of parts are not.
    text = texts.with_names({}).value(expr)
    return eval(text, dict(constants.values), namespace), text


@settings(max_examples=50, deadline=None)
@given(truths(), states())
def test_a_name_for_a_part_changes_nothing(expr: Expr, state: dict[str, Any]) -> None:
    """Any part of an expression can be computed first and read from a name."""
    for part in postorder(expr):
        if part.args:
            assert named(expr, part, state)[0] == folded(expr, state)


@pytest.mark.parametrize("expr", [build.not_(build.eq(var("a"), var("b"))), *ONE_OF_EACH], ids=repr)
def test_a_name_for_a_part_changes_nothing_in_any_kind(expr: Expr) -> None:
    """The same for one expression of each kind."""
    for part in postorder(expr):
        if part.args:
            value, text = named(expr, part, STATE)
            assert exact(value) == exact(folded(expr, STATE))
            assert "_first" in text


# --- programs -------------------------------------------------------------------------------------------------------


def program(
    *bodies: tuple[Statement, ...], names: dict[str, Type] | None = None, covers: int = 0, arguments: Any = ()
) -> Program:
    """A program whose actions have these bodies."""
    types = {"a": Int(0, 3), "b": Int(0, 3)} if names is None else names
    return Program(
        "small",
        "",
        tuple(Variable(name, type_, default(type_), HERE) for name, type_ in types.items()),
        (),
        tuple(Action(f"act{n}", arguments, body, "", HERE) for n, body in enumerate(bodies)),
        (),
        tuple(CoverPoint(f"point {n}", HERE) for n in range(covers)),
    )


A, B = build.state("a", Int(0, 3)), build.state("b", Int(0, 3))


def assign(name: str, value: Expr) -> Assign:
    """An assignment without a check."""
    return Assign(name, build.cast(value, Int(0, 3)), HERE)


def test_assignments_read_what_was_assigned_before_them() -> None:
    """Statements run in program order."""
    swapped = program(
        (Let(0, A, HERE), assign("a", B), assign("b", build.local(0, Int(0, 3))), assign("a", build.add(A, B)))
    )
    assert Generated(swapped).successors((1, 2)) == [(0, (), (3, 1))]


def test_a_variable_assigned_on_one_side_keeps_its_value_on_the_other() -> None:
    """Branches that assign different variables meet in one target."""
    body = (
        If(build.le(number(1), A), (assign("a", number(0)),), (assign("b", number(3)),), HERE),
        assign("b", build.add(A, B)),
    )
    generated = Generated(program(body))
    assert generated.successors((2, 1)) == [(0, (), (0, 1))]
    assert generated.successors((0, 1)) == [(0, (), (0, 3))]


def test_a_failed_check_stands_in_the_place_of_the_target() -> None:
    """The step ends at the first false check, and the other actions go on."""
    check = Check(Failure.DOMAIN, build.le(A, number(0)), "too large", HERE)
    generated = Generated(program((assign("b", number(1)), check), (assign("a", number(0)),)))
    assert generated.successors((2, 0)) == [(0, (), check), (1, (), (0, 0))]
    assert generated.successors((0, 0)) == [(0, (), (0, 1)), (1, (), (0, 0))]


def test_a_guard_is_not_evaluated_where_an_earlier_one_is_false() -> None:
    """What stands to the left makes the head of a queue defined."""
    queue = build.state("q", Queue(Int(0, 2), 2))
    guards = (
        Require(build.le(number(1), build.q_len(queue)), HERE),
        Require(build.eq(build.q_at(queue, number(0)), number(2)), HERE),
    )
    generated = Generated(program((*guards, Assign("q", build.q_pop(queue), HERE)), names={"q": queue.type}))
    assert generated.successors(((),)) == []
    assert generated.successors(((2, 1),)) == [(0, (), ((1,),))]


def test_an_instance_that_can_never_run_is_not_written() -> None:
    """A guard that an argument makes constant-false removes the instance, and keeps the numbers of the others."""
    which = build.argument("n", Int(0, 3))
    body = (Require(build.eq(which, number(2)), HERE), assign("a", which))
    generated = Generated(program(body, arguments=(Argument("n", Int(0, 3)),)))
    assert [instance.arguments for instance in generated.instances] == [(2,)]
    assert generated.successors((0, 0)) == [(0, (2,), (2, 0))]


def test_neighbours_share_their_guards_and_stay_in_order() -> None:
    """A guard that does not depend on the argument is tested once, and instances come in canonical order."""
    which = build.argument("n", Int(0, 3))
    body = (Require(build.and_(build.le(number(1), A), build.le(which, B)), HERE), assign("a", which))
    generated = Generated(program(body, arguments=(Argument("n", Int(0, 3)),)))
    assert generated.steps_source("successors").count("1 <= a") == 1
    assert generated.successors((1, 2)) == [(0, (0,), (0, 2)), (0, (1,), (1, 2)), (0, (2,), (2, 2))]
    assert generated.successors((0, 2)) == []


def test_more_guards_than_python_can_nest() -> None:
    """Each of two hundred instances with two hundred guards is enabled exactly where it should be."""
    bits = build.state("bits", Int(0, 1 << 200))
    which = build.argument("n", Int(0, 3))
    guards = tuple(
        step
        for number_ in range(200)
        for step in (
            Let(number_, build.add(bits, number(number_)), HERE),
            Require(build.le(number(number_), build.local(number_, Int(0, (1 << 200) + 200))), HERE),
        )
    )
    body = (*guards, Require(build.eq(which, bits), HERE), Assign("bits", build.cast(number(0), bits.type), HERE))
    generated = Generated(program(body, names={"bits": bits.type}, arguments=(Argument("n", Int(0, 3)),)))
    assert generated.successors((2,)) == [(0, (2,), (0,))]
    assert generated.successors((7,)) == []


def test_an_expression_that_repeats_its_parts_does_not_explode() -> None:
    """Sixty doublings of one part are sixty lines, not a text of 2 ** 60 parts."""
    doubled = A
    for step in range(60):
        doubled = build.mod(build.add(build.add(doubled, doubled), number(step)), number(4))
    source = generated_source(program((assign("a", doubled),)))
    assert len(source) < 20_000
    assert Generated(program((assign("a", doubled),))).successors((1, 0)) == [(0, (), (folded_ints(doubled, 1), 0))]


def folded_ints(expr: Expr, a: int) -> int:
    """The value of an expression over `a`."""
    value = Substitution({(Kind.STATE, "a"): build.constant(Int(0, 3), a)}).expr(expr)
    return int(value.data)


@pytest.mark.parametrize("names", [("len", "_s", "x.y_z", "x_y.z", "a_next", "a")])
def test_names_of_variables_never_meet_names_of_the_engine_or_each_other(names: tuple[str, ...]) -> None:
    """Builtins, dots, underscores and names that look like the engine's own are all right."""
    types: dict[str, Type] = dict.fromkeys(names, Int(0, 9))
    parts = [build.state(name, Int(0, 9)) for name in names]
    body = tuple(
        Assign(name, build.cast(build.add(part, number(1)), Int(0, 9)), HERE)
        for name, part in zip(names, parts, strict=True)
    )
    generated = Generated(program(body, names=types))
    assert generated.successors((1, 2, 3, 4, 5, 6)) == [(0, (), (2, 3, 4, 5, 6, 7))]


def test_a_property_can_be_asked_of_one_state_or_step() -> None:
    """A block gives its value, or the check inside it that is false."""
    check = Check(Failure.DOMAIN, build.le(A, number(2)), "too large", HERE)
    after = build.primed("a", Int(0, 3))
    base = program((assign("a", number(0)),))
    asked = Program(
        base.name, "", base.variables, (), base.actions,
        (
            Property("p", PropertyKind.INVARIANT, "", HERE, Block((check,), build.le(A, B))),
            Property("q", PropertyKind.STEP, "", HERE, Block((), build.le(A, after))),
        ),
    )  # fmt: skip
    generated = Generated(asked)
    assert [generated.evaluate(0, (1, 2)), generated.evaluate(0, (2, 1)), generated.evaluate(0, (3, 1))] == [
        True,
        False,
        check,
    ]
    assert [generated.evaluate(1, (1, 0), (2, 0)), generated.evaluate(1, (2, 0), (1, 0))] == [True, False]


def test_a_cover_counts_only_where_the_action_is_enabled() -> None:
    """A point in front of a guard is reached only if the guard is true, and one in front of a failure is reached."""
    guard = Require(build.le(number(1), A), HERE)
    check = Check(Failure.ASSERT, build.FALSE, "never", HERE)
    generated = Generated(program((Cover(0, HERE), guard, Cover(1, HERE), check), covers=2))
    expand, _ = generated.search_functions(False)

    def covered(state: tuple[int, int]) -> Any:
        return expand([state], {state: None}, [].append, lambda *at: None, lambda at: None, None, None, [])[-1]

    assert covered((0, 0)) == ()
    assert set(covered((1, 0))) == {0, 1}


def test_the_text_says_where_it_comes_from_and_a_debugger_finds_it() -> None:
    """Each action carries file and line of the spec, and `linecache` has the lines that a traceback would show."""
    generated = Generated(program((assign("a", B),)))
    assert "# act0: here.py:7" in generated.steps_source("successors")
    code = generated._lister("successors").__code__
    assert linecache.getline(code.co_filename, code.co_firstlineno).startswith("def successors(")
    assert linecache.checkcache(code.co_filename) is None
    assert linecache.getline(code.co_filename, code.co_firstlineno)
