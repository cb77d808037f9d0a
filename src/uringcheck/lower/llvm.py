"""A specialised program as LLVM assembly: one module with everything a native search asks of the model.

    expand(state, out, words, source) -> steps | failed steps << 32
        Every enabled action instance, in canonical order, as an entry at `out`: its target's lanes, then the word
        `source | instance << 32`, and, for a search, a word that is free. Failed steps are counted here, others by
        whoever takes them. For a search, what is asked of the step is asked at once, and `left_made(words, entry)` and
        `right_made(words, entry)` of the search loop are called for the halves that the instance may have changed:
        which they are is known where the instance is, and nobody has to find out again.
    judge(state, words, source)
        What is asked of a single state: invariants, goals, constraints, antecedents.
    judge_left(state, words, source) and judge_right(state, words, source) -> 0 or 1
        The invariants that read variables of one half only, and so have to be asked only once of each half that
        occurs; 1 where one of them is violated.
    stuck(state, words, source)
        Whether a state without successors is one that the model calls final.
    inside(state) -> 0 or 1
        Whether a state is inside every constraint, and so to be expanded.
    canonical(state)
        Only where the search is up to interchangeable names; see `llvm_symmetry`.

`words` is the memory of one worker; `Places` says where in it each counter and each finding stands. `source` is
whatever the search calls the state; it is only written down with findings.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from functools import cached_property

from uringcheck.ir import build
from uringcheck.ir.nodes import Check, Kind, Statement, postorder
from uringcheck.ir.program import Action, Program, Property, PropertyKind
from uringcheck.ir.rewrite import Substitution
from uringcheck.ir.types import BOOL, Bool, Enum, Int, Option, Record, Type, cardinality
from uringcheck.lower.llvm_bodies import Bodies
from uringcheck.lower.llvm_expressions import Environment, Expressions
from uringcheck.lower.llvm_instances import Instances, assigned, common_guards, late_covers, numbered
from uringcheck.lower.llvm_judge import Judge, named, where, with_leaves
from uringcheck.lower.llvm_symmetry import canonical_function
from uringcheck.lower.llvm_text import WORD, Code, register, register_width
from uringcheck.lower.llvm_words import Places, add_word, noting, put_word, word
from uringcheck.lower.packing import LANE, Layout, layout

_COPY = "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)"
_MADE = "declare i64 @left_made(ptr, ptr)\ndeclare i64 @right_made(ptr, ptr)"

#: What judges steps that change nothing of what is read after them, and what judges those that do.
_STEP_JUDGES = ("judge_still", "judge_moved")


class Module:
    """The module of one specialised program."""

    def __init__(self, program: Program, interchangeable: Sequence[Enum] = (), followed: bool = True) -> None:
        """`interchangeable` are the types up to whose names states are to be told apart.

        `followed` is whether it is for a search, which is told of each step as it is made.
        """
        self.program = program
        self.layout: Layout = layout(program.variables)
        self.interchangeable = tuple(interchangeable)
        self.followed = followed
        self.entry = self.layout.lanes + 1 + followed
        self.symmetric = bool(interchangeable)
        self._checks: list[Check] = []
        self._check_numbers: dict[Check, int] = {}
        self.types = {variable.name: variable.type for variable in program.variables}
        self.actions = numbered(program.actions)
        self.questions = [
            (position, part) for position, property_ in enumerate(program.properties) for part in property_.questions
        ]
        self.places = Places(
            sum(group.count for group in self.actions),
            len(program.covers),
            len(self.questions),
            len(program.properties),
        )
        kinds = {property_.kind for property_ in program.properties}
        self.constrained = PropertyKind.CONSTRAINT in kinds
        self._declared: set[str] = set()
        self._step_judges: set[str] = set()  # the functions about steps that have something to ask
        self._primed = named(Kind.PRIMED, self._asked(PropertyKind.STEP))
        self.halves = self._judged_halves()

    @cached_property
    def text(self) -> str:
        """The module. Making it takes a good part of the time of compiling it."""
        judges = self._judge_steps() if self.followed else []
        functions = [*judges, self._expand(), self._judge(), self._judge_half(0), self._judge_half(1)]
        functions += [self._stuck(), self._inside()]
        if self.symmetric:
            functions.append(canonical_function(self.layout, self.interchangeable))
        return "\n\n".join(["\n".join([*sorted(self._declared), _COPY, _MADE]), noting(self.places), *functions]) + "\n"

    @property
    def checks(self) -> list[Check]:
        """The checks by the numbers under which findings name them. They get these while the text is made."""
        assert self.text
        return self._checks

    def position_of(self, instance: int) -> int:
        """The position in the program of the action of an instance."""
        return next(group.position for group in reversed(self.actions) if group.first <= instance)

    # --- expand -----------------------------------------------------------------------------------------------------

    def _expand(self) -> str:
        code = Code()
        lanes, env = self.state(code, "%s")
        code.do("%next = alloca ptr")
        code.do("%fails = alloca i64")
        code.do("store ptr %out, ptr %next")
        code.do("store i64 0, ptr %fails")
        expressions = Expressions(code)
        for group in self.actions:
            if group.unrolled:
                self._unrolled(code, expressions, lanes, env, group)
            elif group.count:
                self._loop(code, expressions, lanes, env, group)
        end = code.op("load ptr, ptr %next")
        size = code.op(f"sub i64 {code.op(f'ptrtoint ptr {end} to i64')}, {code.op('ptrtoint ptr %out to i64')}")
        count = code.op(f"udiv exact i64 {size}, {8 * self.entry}")
        failed = code.op("load i64, ptr %fails")
        both = code.op(f"or i64 {count}, {code.op(f'shl i64 {failed}, 32')}")
        code.do(f"ret i64 {both}")
        return self._function(
            "i64", "expand", "ptr noalias readonly %s, ptr noalias %out, ptr noalias %w, i64 %id", code, expressions
        )

    def _unrolled(
        self, code: Code, expressions: Expressions, lanes: list[str], env: Environment, group: Instances
    ) -> None:
        """The instances of an action one after the other, behind the guards that they share."""
        guards, after = common_guards(group.bodies), code.label("after")
        if guards:
            code.note(f"{group.action.name}, every instance: {where(group.action.span)}")
            shared = group.bodies[0][1][:guards]
            bodies = Bodies(code, expressions, self.types, lambda check, env: None, lambda number, env: None)
            env = bodies.run(shared, env, after)
        for number, body in group.bodies:
            _Instance(self, code, expressions, lanes, env, str(number)).emit(group.action, body[guards:])
        if guards:
            code.jump(after)
            code.begin(after)

    def _loop(self, code: Code, expressions: Expressions, lanes: list[str], env: Environment, group: Instances) -> None:
        """All instances of an action as one loop, arguments taken from the number of the round."""
        before, top, bottom, after = code.block, code.label("loop"), code.label("again"), code.label("done")
        code.jump(top)
        code.begin(top)
        counter = f"%n{code.fresh()}"
        following = f"%n{code.fresh()}"
        code.do(f"{counter} = phi i64 [ 0, %{before} ], [ {following}, %{bottom} ]")
        inner, rest = env.branch(), counter
        sizes = [cardinality(argument.type) for argument in group.action.arguments]
        for argument, size in reversed(list(zip(group.action.arguments, sizes, strict=True))):
            place = code.op(f"urem i64 {rest}, {size}")
            rest = code.op(f"udiv i64 {rest}, {size}")
            inner.arguments[argument.name] = _unranked(code, expressions, argument.type, place)
        number = code.op(f"add i64 {counter}, {group.first}")
        _Instance(self, code, expressions, lanes, inner, number).emit(group.action, group.action.body)
        code.jump(bottom)
        code.begin(bottom)
        code.do(f"{following} = add i64 {counter}, 1")
        code.branch(code.op(f"icmp ult i64 {following}, {group.count}"), top, after)
        code.begin(after)

    # --- properties -------------------------------------------------------------------------------------------------

    def _judged_halves(self) -> tuple[list[int], list[int]]:
        """The positions of the invariants that can be asked of either half alone, and nothing can fail in."""
        found: tuple[list[int], list[int]] = [], []
        if self.layout.whole:
            return found
        half = {field.name: int(field.offset >= LANE * self.layout.left) for field in self.layout.fields}
        for position, property_ in enumerate(self.program.properties):
            blocks = [property_.block, *property_.antecedents]
            if property_.kind is not PropertyKind.INVARIANT or any(block is None or block.body for block in blocks):
                continue
            results = [block.result for block in blocks if block is not None]
            read = {half[part.data] for part in postorder(*results) if part.kind is Kind.STATE}
            if len(read) <= 1:
                found[max(read, default=0)].append(position)
        return found

    def _judge_half(self, half: int) -> str:
        code = Code()
        asked = [(position, self.program.properties[position]) for position in self.halves[half]]
        _, env = self.state(code, "%s", named(Kind.STATE, asked))
        judge = Judge(self, code, env)
        judge.violated = code.op("alloca i64")
        code.do(f"store i64 0, ptr {judge.violated}")
        for position, property_ in asked:
            judge.ask(position, property_)
        code.do(f"ret i64 {code.op(f'load i64, ptr {judge.violated}')}")
        name = ("judge_left", "judge_right")[half]
        return self._function("i64", name, "ptr noalias readonly %s, ptr noalias %w, i64 %id", code, judge.expressions)

    def _judge(self) -> str:
        code = Code()
        asked = [
            (position, property_)
            for position, property_ in enumerate(self.program.properties)
            if property_.kind is not PropertyKind.STEP and not any(position in half for half in self.halves)
        ]
        _, env = self.state(code, "%s", named(Kind.STATE, asked))
        judge = Judge(self, code, env)
        inside = code.op("alloca i64")
        code.do(f"store i64 1, ptr {inside}")
        judge.inside = inside
        for position, property_ in asked:
            judge.ask(position, property_)
        if self.constrained:
            outside = code.op(f"xor i64 {code.op(f'load i64, ptr {inside}')}, 1")
            add_word(code, str(Places.cut), outside)
        code.do("ret void")
        return self._function(
            "void", "judge", "ptr noalias readonly %s, ptr noalias %w, i64 %id", code, judge.expressions
        )

    def _asked(self, kind: PropertyKind) -> list[tuple[int, Property]]:
        """The properties of a kind, each with its position."""
        return [(position, one) for position, one in enumerate(self.program.properties) if one.kind is kind]

    def _judge_steps(self) -> list[str]:
        """Step properties, apart for steps that change what these read after a step: most others have one answer.

        Telling more cases apart would spare a few steps a little, and each case is compiled for itself.
        """
        cases = {self._moves(body) for group in self.actions for _, body in group.numbered_bodies()}
        made = {_STEP_JUDGES[moves]: self._judge_step(moves) for moves in sorted(cases)}
        self._step_judges = {name for name, text in made.items() if text}
        return [text for text in made.values() if text]

    def _moves(self, body: tuple[Statement, ...]) -> bool:
        """Whether an instance may change what some step property reads after the step."""
        return bool(assigned(body) & self._primed)

    def _judge_step(self, moves: bool) -> str:
        """What is asked of steps that change what is read after them, or of the others; "" if nothing is."""
        code = Code()
        same = {
            (Kind.PRIMED, variable.name): build.state(variable.name, variable.type)
            for variable in self.program.variables
            if not (moves and variable.name in self._primed)
        }
        unchanged = Substitution(same)
        questions = [(position, with_leaves(one, unchanged)) for position, one in self._asked(PropertyKind.STEP)]
        _, env = self.state(code, "%s", named(Kind.STATE, questions))
        _, after = self.state(code, "%n", named(Kind.PRIMED, questions))
        env.primed = after.state
        judge = Judge(self, code, env, instance="%inst")
        judge.ask_all(questions)
        code.do("ret void")
        signature = "ptr noalias readonly %s, ptr noalias readonly %n, ptr noalias %w, i64 %id, i64 %inst"
        text = self._function("internal void", _STEP_JUDGES[moves], signature, code, judge.expressions)
        return text if judge.answers else ""

    def follow(self, code: Code, body: tuple[Statement, ...], entry: str, lanes: set[int], instance: str) -> None:
        """Tell the search of a step that was just made, and of the halves that it may have changed."""
        judge = _STEP_JUDGES[self._moves(body)]
        if judge in self._step_judges:
            code.do(f"call void @{judge}(ptr %s, ptr {entry}, ptr %w, i64 %id, i64 {instance})")
        count, left = self.layout.lanes, self.layout.left
        if self.symmetric:
            code.do(f"call i64 @canonical(ptr {entry})")
            lanes = set(range(count))
        if not self.layout.whole:
            for half, name in ((range(left), "left_made"), (range(left, count), "right_made")):
                if lanes.intersection(half):
                    code.do(f"call i64 @{name}(ptr %w, ptr {entry})")

    def _stuck(self) -> str:
        code = Code()
        finals = self._asked(PropertyKind.DEADLOCK)
        _, env = self.state(code, "%s", named(Kind.STATE, finals))
        judge = Judge(self, code, env)
        for position, property_ in finals:
            judge.verdict(position, property_)
        if not finals:
            judge.found(self.places.answer(-1), "0", 0)
        code.do("ret void")
        return self._function(
            "void", "stuck", "ptr noalias readonly %s, ptr noalias %w, i64 %id", code, judge.expressions
        )

    def _inside(self) -> str:
        code = Code()
        limits = self._asked(PropertyKind.CONSTRAINT)
        _, env = self.state(code, "%s", named(Kind.STATE, limits))
        judge = Judge(self, code, env)
        outside = code.label("outside")
        for _, property_ in limits:
            if property_.block is not None:
                onward = code.label()
                silent = Bodies(code, judge.expressions, self.types, lambda check, env: None, lambda number, env: None)
                after = silent.run(property_.block.body, env.branch(), outside)
                code.branch(judge.expressions.value(property_.block.result, after), onward, outside)
                code.begin(onward)
        code.do("ret i64 1")
        code.begin(outside)
        code.do("ret i64 0")
        return self._function("i64", "inside", "ptr noalias readonly %s", code, judge.expressions)

    # --- what the functions share -----------------------------------------------------------------------------------

    def check_number(self, check: Check) -> int:
        """The position of a check in `checks`."""
        if check not in self._check_numbers:
            self._check_numbers[check] = len(self._checks)
            self._checks.append(check)
        return self._check_numbers[check]

    def state(self, code: Code, pointer: str, names: Container[str] | None = None) -> tuple[list[str], Environment]:
        """Load the lanes of a state and take its variables out of them, or those of some names."""
        fields = [one for one in self.layout.fields if names is None or one.name in names]
        needed = {one.offset // LANE + part for one in fields for part in range(-(-one.width // LANE))}
        lanes = []
        for lane in range(self.layout.lanes):
            if lane in needed or names is None:
                place = code.op(f"getelementptr i64, ptr {pointer}, i64 {lane}") if lane else pointer
                lanes.append(code.op(f"load i64, ptr {place}"))
            else:
                lanes.append("0")
        state: dict[str, str] = {}
        for variable in fields:
            bits, (first, shift) = variable.width, divmod(variable.offset, LANE)
            if bits <= LANE:
                state[variable.name] = code.taken(variable.type, lanes[first], LANE, shift)
                continue
            packed = code.assembled(lanes[first : first + -(-bits // LANE)], bits)
            state[variable.name] = code.unpacked(variable.type, packed)
        return lanes, Environment(state)

    def target(self, code: Code, lanes: list[str], before: Environment, after: Environment) -> dict[int, str]:
        """The lanes that are different in the state after a step."""
        made: dict[int, str] = {}
        cleared: dict[int, int] = {}
        parts: list[tuple[int, int, int, str]] = []  # (lane, bits, shift, value)
        for variable in self.layout.fields:
            if after.state[variable.name] == before.state[variable.name] or not variable.width:
                continue
            value = code.packed(variable.type, after.state[variable.name])
            first, shift = divmod(variable.offset, LANE)
            for part in range(-(-variable.width // LANE)):
                bits = min(LANE, variable.width - part * LANE)
                piece = code.extracted(value, variable.width, part * LANE, bits) if variable.width > LANE else value
                parts.append((first + part, bits, shift, piece))
                cleared[first + part] = cleared.get(first + part, 0) | ((1 << bits) - 1) << shift
        for lane, mask in cleared.items():
            kept = (1 << LANE) - 1 - mask
            made[lane] = code.op(f"and i64 {lanes[lane]}, {kept}") if kept else "0"
        for lane, bits, shift, piece in parts:
            made[lane] = code.joined(LANE, made[lane], code.shifted(piece, bits, LANE, shift))
        return made

    def _function(self, result: str, name: str, signature: str, code: Code, expressions: Expressions) -> str:
        self._declared |= code.declared
        return code.function(f"{result} @{name}({signature}) nounwind")


class _Instance:
    """One action instance inside `expand`."""

    def __init__(
        self, module: Module, code: Code, expressions: Expressions, lanes: list[str], env: Environment, number: str
    ) -> None:
        self._module = module
        self._code = code
        self._expressions = expressions
        self._lanes = lanes
        self._env = env
        self._number = number
        self._late: dict[int, str] = {}

    def emit(self, action: Action, body: tuple[Statement, ...]) -> None:
        """The code of the instance; it goes on in a block of its own afterwards."""
        code, module = self._code, self._module
        code.note(f"{action.name}, instance {self._number}: {where(action.span)}")
        types = dict(module.types)
        env = self._env
        self._late = {number: f"cover {number}" for number in late_covers(body)}
        if self._late:
            # A cover in front of a guard counts only where the action is enabled, so it is carried along as a variable.
            env = env.branch()
            for name in self._late.values():
                types[name] = BOOL
                env.state[name] = "false"
        following = code.label("next")
        bodies = Bodies(code, self._expressions, types, self._failed, self._covered)
        after = bodies.run(body, env, following)
        self._note_late(after)
        changed = module.target(code, self._lanes, self._env, after)
        place = code.op("load ptr, ptr %next")
        lanes = module.layout.lanes
        code.do(f"call void @llvm.memcpy.p0.p0.i64(ptr align 8 {place}, ptr align 8 %s, i64 {8 * lanes}, i1 false)")
        tag = _product(code, self._number, 1 << 32)
        for position, lane in [*changed.items(), (lanes, code.op(f"or i64 %id, {tag}"))]:
            at = code.op(f"getelementptr i64, ptr {place}, i64 {position}") if position else place
            code.do(f"store i64 {lane}, ptr {at}")
        if module.followed:
            module.follow(code, body, place, set(changed), self._number)
        code.do(f"store ptr {code.op(f'getelementptr i64, ptr {place}, i64 {module.entry}')}, ptr %next")
        code.jump(following)
        code.begin(following)

    def _covered(self, number: int, env: Environment) -> None:
        if number in self._late:
            env.state[self._late[number]] = "true"
        else:
            put_word(self._code, self._module.places.covers + number, "1")

    def _note_late(self, env: Environment) -> None:
        for number, name in self._late.items():
            flag = env.state[name]
            if flag != "false":
                at = word(self._code, str(self._module.places.covers + number))
                old = self._code.op(f"load i64, ptr {at}")
                now = self._code.op(f"or i64 {old}, {self._code.op(f'zext i1 {flag} to i64')}")
                self._code.do(f"store i64 {now}, ptr {at}")

    def _failed(self, check: Check, env: Environment) -> None:
        place = self._module.places.failure(check.failure, -1)
        self._note_late(env)
        number = self._module.check_number(check)
        self._code.do(f"call void @failed(ptr %w, ptr %fails, i64 %id, i64 {self._number}, i64 {place}, i64 {number})")


def _sum(code: Code, value: str, known: int) -> str:
    return str(int(value) + known) if value.isdigit() else code.op(f"add i64 {value}, {known}")


def _product(code: Code, value: str, known: int) -> str:
    return str(int(value) * known) if value.isdigit() else code.op(f"mul i64 {value}, {known}")


def _unranked(code: Code, expressions: Expressions, type_: Type, rank: str) -> str:
    """The value of a scalar type at a position of its canonical order."""
    match type_:
        case Bool():
            return code.op(f"trunc i64 {rank} to i1")
        case Int(low, _):
            moved = code.resized(rank, WORD, register_width(type_))
            return code.op(f"add i{register_width(type_)} {moved}, {low}") if low else moved
        case Enum():
            return code.resized(rank, WORD, register_width(type_))
        case Option(item):
            inner = _unranked(code, expressions, item, code.op(f"sub i64 {rank}, 1"))
            there = expressions.some(type_, inner)
            none = code.op(f"icmp eq i64 {rank}, 0")
            kind = register(type_)
            return code.op(f"select i1 {none}, {kind} 0, {kind} {there}")
        case Record(fields=fields):
            values = []
            for _, item in reversed(fields):
                values.append(_unranked(code, expressions, item, code.op(f"urem i64 {rank}, {cardinality(item)}")))
                rank = code.op(f"udiv i64 {rank}, {cardinality(item)}")
            return expressions.record(type_, values[::-1])
        case _:
            raise TypeError(f"{type_} is not enumerated")
