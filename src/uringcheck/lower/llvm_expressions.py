"""Expressions as LLVM instructions without branches.

`and`, `or` and conditional expressions become `select`, which ignores whatever an undefined operand on the side not
taken would be (LLVM calls it poison); so partial kinds need no guard of their own and nothing can trap.

The exception are questions about every item of a queue: most queues are short, so the first test that fails ends them
all. Such a branch asks about a frozen value, because it may stand where a `select` is going to ignore it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from uringcheck.diagnostics import InternalError
from uringcheck.diagnostics.values import entity_class
from uringcheck.ir.nodes import Expr, Kind
from uringcheck.ir.types import BOOL, Bool, Enum, Int, Map, Option, Queue, Record, Set, Type, cardinality
from uringcheck.lower.llvm_items import WIDEST, Not, Slots, every
from uringcheck.lower.llvm_text import WORD, Code, integer_width, literal, packed_width, register, register_width
from uringcheck.lower.packing import field_offset, length_width, width
from uringcheck.lower.python_queues import Repeated, Term, alternative, repeated, requirement, runs, summand

#: Every kind of expression and how this backend treats it: the boolean parameters have values by the time a program
#: is compiled for search.
REFUSED = frozenset({Kind.TOGGLE, Kind.EVERY, Kind.COUNT})


@entity_class
class Environment:
    """What names mean at one point of the code: the registers of variables, locals and arguments.

    `memo` holds expressions whose registers are defined on every path to here and still up to date.
    """

    state: dict[str, str]
    primed: dict[str, str] = field(default_factory=dict)
    locals: dict[int, tuple[Type, str]] = field(default_factory=dict)
    arguments: dict[str, str] = field(default_factory=dict)
    memo: dict[Expr, str] = field(default_factory=dict)
    #: What is known of the items of queues, by instruction. It stays true whatever becomes of variables.
    items: dict[str, str] = field(default_factory=dict)

    def branch(self) -> Environment:
        """A copy that later code may change without touching this one."""
        return Environment(
            dict(self.state), self.primed, dict(self.locals), self.arguments, dict(self.memo), dict(self.items)
        )


class Expressions:
    """Emits expressions into a function."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.widths_counted: set[int] = set()
        self._reads: dict[Expr, frozenset[str]] = {}
        self._plans: dict[Expr, list[Expr | list[Term]] | None] = {}

    def reads(self, expr: Expr) -> frozenset[str]:
        """The state variables that an expression depends on."""
        known = self._reads
        stack = [expr]
        while stack:
            part = stack[-1]
            waiting = [arg for arg in part.args if arg not in known]
            if waiting:
                stack += waiting
                continue
            stack.pop()
            if part.kind is Kind.STATE:
                known[part] = frozenset((part.data,))
            elif part not in known:
                known[part] = frozenset().union(*[known[arg] for arg in part.args])
        return known[expr]

    def forget(self, env: Environment, variable: str) -> None:
        """Drop what was computed from a variable that now has another value."""
        known = self._reads
        for expr in env.memo.keys() - known.keys():
            self.reads(expr)
        env.memo = {expr: name for expr, name in env.memo.items() if variable not in known[expr]}

    def value(self, expr: Expr, env: Environment) -> str:
        """The register with the value of the expression."""
        memo = env.memo
        stack = [expr]
        while stack:
            part = stack[-1]
            if part in memo:
                stack.pop()
                continue
            missing = [arg for arg in self._operands(part) if arg not in memo]
            if missing:
                stack.extend(reversed(missing))
            else:
                stack.pop()
                plan = self._plan(part)
                if plan is None:
                    memo[part] = self._emit(part, [memo[arg] for arg in part.args], env)
                else:
                    memo[part] = self._junction(part, plan, env)
        return memo[expr]

    # --- questions about every item of a queue ------------------------------------------------------------------------

    def _plan(self, expr: Expr) -> list[Expr | list[Term]] | None:
        """The parts of a junction or sum in which runs over a queue are put together; None where there are none."""
        if expr.kind not in _RUNS:
            return None
        if expr not in self._plans:
            plan = runs(_addends(expr) if expr.kind is Kind.ADD else expr.args, _RUNS[expr.kind])
            self._plans[expr] = plan if any(isinstance(part, list) for part in plan) else None
        return self._plans[expr]

    def _operands(self, expr: Expr) -> tuple[Expr, ...] | list[Expr]:
        """What has to have a register before the expression gets one."""
        plan = self._plan(expr)
        return expr.args if plan is None else [part for part in plan if isinstance(part, Expr)]

    def _junction(self, expr: Expr, plan: list[Expr | list[Term]], env: Environment) -> str:
        values = [env.memo[part] if isinstance(part, Expr) else self._run(expr, part, env) for part in plan]
        if expr.kind is not Kind.ADD:
            return (self._and if expr.kind is Kind.AND else self._or)(expr, values)
        total, bits = "0", register_width(expr.type)
        for part, value in zip(plan, values, strict=True):
            have = register_width(part.type) if isinstance(part, Expr) else bits
            value = self.code.resized(value, have, bits, signed=True)
            total = value if total == "0" else self.code.op(f"add i{bits} {total}, {value}")
        return total

    def _run(self, expr: Expr, terms: list[Term], env: Environment) -> str:
        """The terms of one run, as far as the queue reaches."""
        loop = repeated(terms, first=0 if expr.kind is Kind.AND else 1)
        if loop is not None:
            return self._at_once(expr, loop, len(terms), env) or self._loop(expr, loop, len(terms), env)
        code, inner, end = self.code, env.branch(), self.code.label("end")
        ends: list[tuple[str, str]] = []  # (value, block)
        bits = register_width(expr.type)
        total = "0"
        for term in terms:
            test = self._frozen(self.value(term.test, inner))
            onward = code.label("item")
            if expr.kind is Kind.AND:
                ends.append(("true", code.block))
                code.branch(test, end, onward)
            else:
                ends.append(("false" if expr.kind is Kind.OR else total, code.block))
                code.branch(test, onward, end)
            code.begin(onward)
            if expr.kind is Kind.ADD:
                assert term.value is not None
                value = self.code.resized(self.value(term.value, inner), register_width(term.value.type), bits, True)
                if term.rest:
                    asked = self._and(expr, [self.value(part, inner) for part in term.rest])
                    value = code.op(f"select i1 {asked}, i{bits} {value}, i{bits} 0")
                total = value if total == "0" else code.op(f"add i{bits} {total}, {value}")
                continue
            parts = [self.value(part, inner) for part in term.rest]
            asked = self._frozen((self._or if expr.kind is Kind.AND else self._and)(expr, parts) if parts else "true")
            following = code.label("item")
            ends.append(("false" if expr.kind is Kind.AND else "true", code.block))
            if expr.kind is Kind.AND:
                code.branch(asked, following, end)
            else:
                code.branch(asked, end, following)
            code.begin(following)
        ends.append(({Kind.AND: "true", Kind.OR: "false"}.get(expr.kind, total), code.block))
        code.jump(end)
        code.begin(end)
        return code.op(f"phi {register(expr.type)} " + ", ".join(f"[ {value}, %{block} ]" for value, block in ends))

    def _at_once(self, expr: Expr, loop: Repeated, terms: int, env: Environment) -> str:
        """A run whose terms say the same of every item, without a branch; "" where that cannot be."""
        queue, code = loop.item.args[0], self.code
        type_, total = queue.type, register_width(queue.type)
        assert isinstance(type_, Queue)
        asked = every(loop.rest, loop.item, some=expr.kind is Kind.AND)
        if asked is None or total > WIDEST or (loop.value is not None and loop.value.kind is not Kind.CONST):
            return ""
        packed = self.value(queue, env)
        slots = Slots(code, env.items, packed, self._length(packed, type_), type_, terms)
        if loop.value is None:
            found = slots.items(Not(asked) if expr.kind is Kind.AND else asked)
            return code.op(f"icmp {'eq' if expr.kind is Kind.AND else 'ne'} i{total} {found}, 0")
        self.widths_counted.add(total)
        bits = register_width(expr.type)
        counted = code.resized(slots.count(asked), WORD, bits)
        return counted if loop.value.data == 1 else code.op(f"mul i{bits} {counted}, {loop.value.data}")

    def _loop(self, expr: Expr, loop: Repeated, terms: int, env: Environment) -> str:
        """A run whose terms say the same of every item, as a loop that ends where the queue ends."""
        code, queue = self.code, loop.item.args[0]
        type_ = queue.type
        assert isinstance(type_, Queue)
        total, stride = register_width(type_), width(type_.item)
        packed = self.value(queue, env)
        length = code.op(f"freeze i64 {self._length(packed, type_)}")
        if terms < type_.capacity:
            fewer = code.op(f"icmp ult i64 {length}, {terms}")
            length = code.op(f"select i1 {fewer}, i64 {length}, i64 {terms}")
        start = code.op(f"lshr i{total} {packed}, {length_width(type_)}")
        before, top, body, bottom, end = code.block, *(code.label(name) for name in ("each", "item", "after", "end"))
        number, items, summed = (f"%n{code.fresh()}" for _ in range(3))
        following, moved, more = (f"%n{code.fresh()}" for _ in range(3))
        sums = register(expr.type)
        code.jump(top)
        code.begin(top)
        code.do(f"{number} = phi i64 [ 0, %{before} ], [ {following}, %{bottom} ]")
        code.do(f"{items} = phi i{total} [ {start}, %{before} ], [ {moved}, %{bottom} ]")
        if expr.kind is Kind.ADD:
            code.do(f"{summed} = phi {sums} [ 0, %{before} ], [ {more}, %{bottom} ]")
        code.branch(code.op(f"icmp ult i64 {number}, {length}"), body, end)
        code.begin(body)
        inner = env.branch()
        inner.memo[loop.item] = code.taken(type_.item, items, total, 0)
        parts = [self.value(part, inner) for part in loop.rest]
        leaves: list[str] = []
        if loop.value is not None:
            bits = register_width(expr.type)
            value = code.resized(self.value(loop.value, inner), register_width(loop.value.type), bits, signed=True)
            if parts:
                value = code.op(f"select i1 {self._and(expr, parts)}, i{bits} {value}, i{bits} 0")
            code.do(f"{more} = add i{bits} {summed}, {value}")
            code.jump(bottom)
        elif expr.kind is Kind.AND:
            asked = self._frozen(self._or(expr, parts))
            leaves.append(f"[ false, %{code.block} ]")
            code.branch(asked, bottom, end)
        else:
            asked = self._frozen(self._and(expr, parts) if parts else "true")
            leaves.append(f"[ true, %{code.block} ]")
            code.branch(asked, end, bottom)
        code.begin(bottom)
        code.do(f"{following} = add i64 {number}, 1")
        code.do(f"{moved} = lshr i{total} {items}, {stride}")
        code.jump(top)
        code.begin(end)
        through = {Kind.AND: "true", Kind.OR: "false"}.get(expr.kind, summed)
        return code.op(f"phi {sums} " + ", ".join([f"[ {through}, %{top} ]", *leaves]))

    def _frozen(self, value: str) -> str:
        return value if value in ("true", "false") else self.code.op(f"freeze i1 {value}")

    def _emit(self, expr: Expr, args: list[str], env: Environment) -> str:
        match expr.kind:
            case Kind.CONST:
                return literal(expr.type, expr.data)
            case Kind.STATE:
                return env.state[expr.data]
            case Kind.PRIMED:
                return env.primed[expr.data]
            case Kind.LOCAL:
                have, value = env.locals[expr.data]
                return self.recast(value, have, expr.type)
            case Kind.ARG:
                return env.arguments[expr.data]
            case kind if kind in _EMITTERS:
                return _EMITTERS[kind](self, expr, args)
            case kind:
                raise InternalError(f"{kind.name} has no native code")

    # --- booleans, comparison, arithmetic -------------------------------------------------------------------------

    def _not(self, expr: Expr, args: list[str]) -> str:
        if args[0] in _OPPOSITE:
            return _OPPOSITE[args[0]]
        return self.code.op(f"xor i1 {args[0]}, true")

    def _and(self, expr: Expr, args: list[str]) -> str:
        made = args[-1]
        for arg in reversed(args[:-1]):
            if arg == "false":
                made = "false"
            elif arg != "true":
                made = self.code.op(f"select i1 {arg}, i1 {made}, i1 false")
        return made

    def _or(self, expr: Expr, args: list[str]) -> str:
        made = args[-1]
        for arg in reversed(args[:-1]):
            if arg == "true":
                made = "true"
            elif arg != "false":
                made = self.code.op(f"select i1 {arg}, i1 true, i1 {made}")
        return made

    def _ite(self, expr: Expr, args: list[str]) -> str:
        kind = register(expr.type)
        then = self.recast(args[1], expr.args[1].type, expr.type)
        orelse = self.recast(args[2], expr.args[2].type, expr.type)
        if args[0] in _OPPOSITE:
            return then if args[0] == "true" else orelse
        return self.code.op(f"select i1 {args[0]}, {kind} {then}, {kind} {orelse}")

    def _eq(self, expr: Expr, args: list[str]) -> str:
        if isinstance(expr.args[0].type, Int):
            return self._compare("eq", expr, args)
        if args[0] == args[1]:
            return "true"
        return self.code.op(f"icmp eq {register(expr.args[0].type)} {args[0]}, {args[1]}")

    def _lt(self, expr: Expr, args: list[str]) -> str:
        return self._compare("slt", expr, args)

    def _le(self, expr: Expr, args: list[str]) -> str:
        return self._compare("sle", expr, args)

    def _compare(self, predicate: str, expr: Expr, args: list[str]) -> str:
        common, (left, right) = self._aligned(expr, args)
        if left == right:
            return "false" if predicate == "slt" else "true"
        return self.code.op(f"icmp {predicate} i{common} {left}, {right}")

    def _aligned(self, expr: Expr, args: list[str]) -> tuple[int, list[str]]:
        """Integer operands in registers that are wide enough for them and for the result."""
        types = [arg.type for arg in expr.args] + ([expr.type] if isinstance(expr.type, Int) else [])
        common = max(register_width(type_) for type_ in types)
        return common, [
            self.code.resized(arg, register_width(operand.type), common, signed=True)
            for arg, operand in zip(args, expr.args, strict=True)
        ]

    def _arithmetic(self, expr: Expr, args: list[str]) -> str:
        common, (left, right) = self._aligned(expr, args)
        instruction = {Kind.ADD: "add", Kind.SUB: "sub", Kind.MUL: "mul"}[expr.kind]
        made = self.code.op(f"{instruction} i{common} {left}, {right}")
        return self.code.resized(made, common, register_width(expr.type))

    def _division(self, expr: Expr, args: list[str]) -> str:
        """Floor division and its remainder, by a positive constant."""
        common, (left, right) = self._aligned(expr, args)
        dividend = expr.args[0].type
        assert isinstance(dividend, Int)
        wanted = register_width(expr.type)
        if dividend.low >= 0:
            made = self.code.op(f"{'udiv' if expr.kind is Kind.DIV else 'urem'} i{common} {left}, {right}")
            return self.code.resized(made, common, wanted)
        remainder = self.code.op(f"srem i{common} {left}, {right}")
        negative = self.code.op(f"icmp slt i{common} {remainder}, 0")
        if expr.kind is Kind.MOD:
            lifted = self.code.op(f"add i{common} {remainder}, {right}")
            made = self.code.op(f"select i1 {negative}, i{common} {lifted}, i{common} {remainder}")
        else:
            quotient = self.code.op(f"sdiv i{common} {left}, {right}")
            less = self.code.op(f"sext i1 {negative} to i{common}")
            made = self.code.op(f"add i{common} {quotient}, {less}")
        return self.code.resized(made, common, wanted)

    def _cast(self, expr: Expr, args: list[str]) -> str:
        return self.recast(args[0], expr.args[0].type, expr.type)

    def recast(self, value: str, have: Type, want: Type) -> str:
        """The value in the representation of another type, of which it must be a member."""
        if have == want:
            return value
        code = self.code
        match have, want:
            case Int(), Int():
                return code.resized(value, integer_width(have), integer_width(want), signed=True)
            case Option(a), Option(b):
                # An absent item is zero in both; its bits must not be moved by the ranges' ends.
                item = code.packed(b, self.recast(self._item(value, have), a, b))
                made = self._some(item, want)
                present = code.taken(BOOL, value, width(have), 0)
                return code.op(f"select i1 {present}, {register(want)} {made}, {register(want)} 0")
            case _:
                raise InternalError(f"no cast of {have} to {want}")

    def rank(self, value: str, type_: Type) -> str:
        """The position of a scalar value among those of its type, as an `i64`."""
        code = self.code
        match type_:
            case Int(low, _):
                have = integer_width(type_)
                moved = code.op(f"sub i{have} {value}, {low}") if low else value
                return code.resized(moved, have, WORD)
            case Bool() | Enum():
                return code.packed(type_, value)
            case Option(item):
                inner = code.op(f"add i64 {self.rank(self._item(value, type_), item)}, 1")
                present = code.taken(BOOL, value, width(type_), 0)
                return code.op(f"select i1 {present}, i64 {inner}, i64 0")
            case Record(fields=fields):
                total = "0"
                for position, (_, item) in enumerate(fields):
                    part = self.rank(self._field(value, type_, position), item)
                    scaled = total if total == "0" else code.op(f"mul i64 {total}, {cardinality(item)}")
                    total = part if scaled == "0" else code.op(f"add i64 {scaled}, {part}")
                return total
            case _:
                raise InternalError(f"{type_} has no ranks")

    def _rank(self, expr: Expr, args: list[str]) -> str:
        return self.rank(args[0], expr.args[0].type)

    # --- records and optional values ------------------------------------------------------------------------------

    def _record(self, expr: Expr, args: list[str]) -> str:
        assert isinstance(expr.type, Record)
        return self.record(expr.type, args)

    def record(self, type_: Record, values: list[str]) -> str:
        """A record of these registers."""
        code, total, made = self.code, width(type_), "0"
        for position, ((_, item), value) in enumerate(zip(type_.fields, values, strict=True)):
            if width(item):
                bits = code.packed(item, value)
                made = code.joined(total, made, code.shifted(bits, width(item), total, field_offset(type_, position)))
        return made

    def _field(self, value: str, type_: Record, position: int) -> str:
        item = type_.fields[position][1]
        return self.code.taken(item, value, width(type_), field_offset(type_, position))

    def _get_field(self, expr: Expr, args: list[str]) -> str:
        type_ = expr.args[0].type
        assert isinstance(type_, Record)
        return self._field(args[0], type_, type_.position(expr.data))

    def _item(self, value: str, type_: Option) -> str:
        return self.code.taken(type_.item, value, width(type_), 1)

    def _some(self, bits: str, type_: Option) -> str:
        item = self.code.shifted(bits, width(type_.item), width(type_), 1) if width(type_.item) else "0"
        return self.code.joined(width(type_), item, "1")

    def some(self, type_: Option, value: str) -> str:
        """An optional value that is there, of its item's register."""
        return self._some(self.code.packed(type_.item, value), type_)

    def _make_some(self, expr: Expr, args: list[str]) -> str:
        assert isinstance(expr.type, Option)
        return self.some(expr.type, self.recast(args[0], expr.args[0].type, expr.type.item))

    def _is_some(self, expr: Expr, args: list[str]) -> str:
        return self.code.taken(BOOL, args[0], width(expr.args[0].type), 0)

    def _unwrap(self, expr: Expr, args: list[str]) -> str:
        type_ = expr.args[0].type
        assert isinstance(type_, Option)
        return self._item(args[0], type_)

    # --- queues ---------------------------------------------------------------------------------------------------

    def _length(self, queue: str, type_: Queue) -> str:
        """The length as an `i64`."""
        return self.code.extracted(queue, width(type_), 0, length_width(type_))

    def _q_len(self, expr: Expr, args: list[str]) -> str:
        type_ = expr.args[0].type
        assert isinstance(type_, Queue)
        return self._length(args[0], type_)

    def _offset(self, position: str, stride: int, start: int, total: int) -> str:
        """`start + position * stride`, in a register as wide as what it shifts."""
        code = self.code
        if position.lstrip("-").isdigit():
            return str(max(0, min(int(position) * stride + start, total - 1)))
        bits = code.op(f"mul i64 {position}, {stride}") if stride != 1 else position
        bits = code.op(f"add i64 {bits}, {start}") if start else bits
        return code.resized(bits, WORD, total)

    def _taken(self, bits: str, total: int, offset: str, item: Type) -> str:
        """The item at an offset that may only be known when the code runs."""
        if width(item) == 0:
            return self.code.unpacked(item, "0")
        if offset.isdigit():
            return self.code.taken(item, bits, total, int(offset))
        return self.code.taken(item, self.code.op(f"lshr i{total} {bits}, {offset}"), total, 0)

    def _put(self, bits: str, total: int, offset: str, item: Type, value: str) -> str:
        """`bits` with an item set where there are zeros."""
        if width(item) == 0:
            return bits
        part = self.code.resized(self.code.packed(item, value), packed_width(width(item)), total)
        if offset != "0" and part != "0":
            part = self.code.op(f"shl i{total} {part}, {offset}")
        return self.code.joined(total, bits, part)

    def _q_at(self, expr: Expr, args: list[str]) -> str:
        type_ = expr.args[0].type
        assert isinstance(type_, Queue)
        total = register_width(type_)
        position = self.code.resized(args[1], register_width(expr.args[1].type), WORD, signed=True)
        offset = self._offset(position, width(type_.item), length_width(type_), total)
        return self._taken(args[0], total, offset, type_.item)

    def _q_push(self, expr: Expr, args: list[str]) -> str:
        type_ = expr.args[0].type
        assert isinstance(type_, Queue)
        if type_.capacity == 0:
            return args[0]
        total = register_width(type_)
        offset = self._offset(self._length(args[0], type_), width(type_.item), length_width(type_), total)
        longer = self.code.op(f"add i{total} {args[0]}, 1")
        return self._put(longer, total, offset, type_.item, args[1])

    def _q_pop(self, expr: Expr, args: list[str]) -> str:
        type_ = expr.args[0].type
        assert isinstance(type_, Queue)
        if type_.capacity == 0:
            return args[0]
        code, total, head = self.code, register_width(type_), length_width(type_)
        mask = (1 << head) - 1
        shorter = code.op(f"and i{total} {code.op(f'sub i{total} {args[0]}, 1')}, {mask}")
        if width(type_.item) == 0 or type_.capacity == 1:
            return shorter
        items = code.op(f"lshr i{total} {args[0]}, {width(type_.item)}")
        items = code.op(f"and i{total} {items}, {(1 << total) - 1 - mask}")
        return code.joined(total, items, shorter)

    # --- sets -----------------------------------------------------------------------------------------------------

    def _bit(self, expr: Expr, args: list[str]) -> tuple[int, str]:
        """The width of a set and the set of one item."""
        type_ = expr.args[0].type
        assert isinstance(type_, Set)
        total = register_width(type_)
        rank = self.code.resized(self.rank(args[1], expr.args[1].type), WORD, total)
        return total, str(1 << int(rank)) if rank.isdigit() else self.code.op(f"shl i{total} 1, {rank}")

    def _s_has(self, expr: Expr, args: list[str]) -> str:
        total, bit = self._bit(expr, args)
        both = self.code.op(f"and i{total} {args[0]}, {bit}")
        return self.code.op(f"icmp ne i{total} {both}, 0")

    def _s_add(self, expr: Expr, args: list[str]) -> str:
        total, bit = self._bit(expr, args)
        return self.code.op(f"or i{total} {args[0]}, {bit}")

    def _s_remove(self, expr: Expr, args: list[str]) -> str:
        total, bit = self._bit(expr, args)
        return self.code.op(f"and i{total} {args[0]}, {self.code.op(f'xor i{total} {bit}, -1')}")

    def _s_len(self, expr: Expr, args: list[str]) -> str:
        total = register_width(expr.args[0].type)
        self.widths_counted.add(total)
        counted = self.code.op(f"call i{total} @llvm.ctpop.i{total}(i{total} {args[0]})")
        return self.code.resized(counted, total, WORD)

    def _s_combine(self, expr: Expr, args: list[str]) -> str:
        total = register_width(expr.type)
        right = args[1]
        if expr.kind is Kind.S_MINUS:
            right = self.code.op(f"xor i{total} {right}, -1")
        return self.code.op(f"{'or' if expr.kind is Kind.S_UNION else 'and'} i{total} {args[0]}, {right}")

    # --- maps -----------------------------------------------------------------------------------------------------

    def _place(self, expr: Expr, args: list[str]) -> tuple[Map, int, str]:
        type_ = expr.args[0].type
        assert isinstance(type_, Map)
        total = register_width(type_)
        return type_, total, self._offset(self.rank(args[1], expr.args[1].type), width(type_.item), 0, total)

    def _m_get(self, expr: Expr, args: list[str]) -> str:
        type_, total, offset = self._place(expr, args)
        return self._taken(args[0], total, offset, type_.item)

    def _m_set(self, expr: Expr, args: list[str]) -> str:
        type_, total, offset = self._place(expr, args)
        if width(type_.item) == 0:
            return args[0]
        mask = (1 << width(type_.item)) - 1
        if offset.isdigit():
            hole = str((1 << total) - 1 - (mask << int(offset)))
        else:
            hole = self.code.op(f"xor i{total} {self.code.op(f'shl i{total} {mask}, {offset}')}, -1")
        kept = self.code.op(f"and i{total} {args[0]}, {hole}")
        return self._put(kept, total, offset, type_.item, args[2])


_OPPOSITE = {"true": "false", "false": "true"}


def _addends(expr: Expr) -> list[Expr]:
    """The terms of a sum."""
    found: list[Expr] = []
    stack = list(reversed(expr.args))
    while stack:
        part = stack.pop()
        if part.kind is Kind.ADD:
            stack += reversed(part.args)
        else:
            found.append(part)
    return found


_RUNS: dict[Kind, Callable[[Expr], Term | None]] = {Kind.AND: requirement, Kind.OR: alternative, Kind.ADD: summand}


_EMITTERS: dict[Kind, Callable[[Expressions, Expr, list[str]], str]] = {
    Kind.NOT: Expressions._not, Kind.AND: Expressions._and, Kind.OR: Expressions._or, Kind.ITE: Expressions._ite,
    Kind.EQ: Expressions._eq, Kind.LT: Expressions._lt, Kind.LE: Expressions._le,
    Kind.ADD: Expressions._arithmetic, Kind.SUB: Expressions._arithmetic, Kind.MUL: Expressions._arithmetic,
    Kind.DIV: Expressions._division, Kind.MOD: Expressions._division,
    Kind.CAST: Expressions._cast, Kind.RANK: Expressions._rank,
    Kind.RECORD: Expressions._record, Kind.FIELD: Expressions._get_field, Kind.SOME: Expressions._make_some,
    Kind.IS_SOME: Expressions._is_some, Kind.UNWRAP: Expressions._unwrap,
    Kind.Q_LEN: Expressions._q_len, Kind.Q_AT: Expressions._q_at, Kind.Q_PUSH: Expressions._q_push,
    Kind.Q_POP: Expressions._q_pop, Kind.S_HAS: Expressions._s_has, Kind.S_ADD: Expressions._s_add,
    Kind.S_REMOVE: Expressions._s_remove, Kind.S_LEN: Expressions._s_len, Kind.S_UNION: Expressions._s_combine,
    Kind.S_INTERSECT: Expressions._s_combine, Kind.S_MINUS: Expressions._s_combine,
    Kind.M_GET: Expressions._m_get, Kind.M_SET: Expressions._m_set,
}  # fmt: skip

_LEAVES = frozenset({Kind.CONST, Kind.STATE, Kind.PRIMED, Kind.LOCAL, Kind.ARG})
if set(Kind) != _LEAVES | REFUSED | set(_EMITTERS):
    raise InternalError("the native backend does not say what it does with every kind of expression")
