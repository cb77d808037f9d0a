"""Expressions as LLVM instructions without branches.

`and`, `or` and conditional expressions become `select`, which ignores whatever an undefined operand on the side not
taken would be (LLVM calls it poison); so partial kinds need no guard of their own and nothing can trap.

The exception are questions about every item of a queue; see `llvm_runs`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from uringcheck.diagnostics import InternalError
from uringcheck.diagnostics.values import entity_class
from uringcheck.ir.nodes import Expr, Kind
from uringcheck.ir.types import BOOL, Bool, Enum, Int, Map, Option, Queue, Record, Set, Type, cardinality
from uringcheck.lower.llvm_runs import Runs
from uringcheck.lower.llvm_text import WORD, Code, integer_width, literal, packed_width, register, register_width
from uringcheck.lower.packing import field_offset, length_width, width

#: Every kind of expression and how this backend treats it: the boolean parameters have values by the time a program
#: is compiled for search.
REFUSED = frozenset({Kind.TOGGLE, Kind.EVERY, Kind.COUNT})


@entity_class
class Local:
    """A local, and its register or where it gets one once it is read: behind a join, from the side that was taken.

    `sides` are its value and the block on either side of the join that begins at `place`. Most locals are read only on
    the side that set them.
    """

    type: Type
    name: str = ""
    place: list[str] = field(default_factory=list)
    sides: tuple[tuple[Local | None, str], ...] = ()

    def register(self, code: Code) -> str:
        """The register. A local that has no value on a side is not read after it; zero will do there."""
        if not self.name:
            values = [(local.register(code) if local is not None else "0", block) for local, block in self.sides]
            listed = ", ".join(f"[ {value}, %{block} ]" for value, block in values)
            self.name = code.op_at(self.place, f"phi {register(self.type)} {listed}")
        return self.name


@entity_class
class Environment:
    """What names mean at one point of the code: the registers of variables, locals and arguments.

    `memo` holds expressions whose registers are defined on every path to here and still up to date.
    """

    state: dict[str, str]
    primed: dict[str, str] = field(default_factory=dict)
    locals: dict[int, Local] = field(default_factory=dict)
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
        self._reads: dict[Expr, frozenset[str]] = {}
        self._runs = Runs(self)

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
            missing = [arg for arg in self._runs.operands(part) if arg not in memo]
            if missing:
                stack.extend(reversed(missing))
            else:
                stack.pop()
                plan = self._runs.plan(part)
                if plan is None:
                    memo[part] = self._emit(part, [memo[arg] for arg in part.args], env)
                else:
                    memo[part] = self._runs.value(part, plan, env)
        return memo[expr]

    def _emit(self, expr: Expr, args: list[str], env: Environment) -> str:
        match expr.kind:
            case Kind.CONST:
                return literal(expr.type, expr.data)
            case Kind.STATE:
                return env.state[expr.data]
            case Kind.PRIMED:
                return env.primed[expr.data]
            case Kind.LOCAL:
                local = env.locals[expr.data]
                return self.recast(local.register(self.code), local.type, expr.type)
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
        return self.code.all_of(args)

    def _or(self, expr: Expr, args: list[str]) -> str:
        return self.code.any_of(args)

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

    def length(self, queue: str, type_: Queue) -> str:
        """The length as an `i64`."""
        return self.code.extracted(queue, width(type_), 0, length_width(type_))

    def _q_len(self, expr: Expr, args: list[str]) -> str:
        type_ = expr.args[0].type
        assert isinstance(type_, Queue)
        return self.length(args[0], type_)

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
        offset = self._offset(self.length(args[0], type_), width(type_.item), length_width(type_), total)
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
        counted = self.code.op(self.code.call("ctpop", total, args[0]))
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
