"""State predicates of a specialised program as LLVM assembly.

truths(state, out, stride)
    The byte at `out + k * stride` says whether predicate `k` is true in the state: 0, 1, or NO_VALUE where it has
    no value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from uringcheck.ir.program import Block, Program
from uringcheck.lower.llvm import Module
from uringcheck.lower.llvm_bodies import Bodies
from uringcheck.lower.llvm_expressions import Expressions
from uringcheck.lower.llvm_text import Code

#: What stands for a predicate in which a check fails.
NO_VALUE = 2


def truths(program: Program, predicates: Sequence[Block]) -> str:
    """The module that evaluates these predicates, in the layout that `Module(program)` has."""
    module = Module(replace(program, inits=(), actions=(), properties=()))
    types = {variable.name: variable.type for variable in program.variables}
    code = Code()
    _, env = module.state(code, "%s")
    expressions = Expressions(code)
    for number, predicate in enumerate(predicates):
        offset = code.op(f"mul i64 %stride, {number}")
        place = code.op(f"getelementptr i8, ptr %out, i64 {offset}")
        code.do(f"store i8 {NO_VALUE}, ptr {place}")
        onward = code.label("onward")
        bodies = Bodies(code, expressions, types, lambda check, env: None, lambda number, env: None)
        after = bodies.run(predicate.body, env.branch(), onward)
        value = expressions.value(predicate.result, after)
        code.do(f"store i8 {code.op(f'zext i1 {value} to i8')}, ptr {place}")
        code.jump(onward)
        code.begin(onward)
    code.do("ret void")
    signature = "ptr noalias readonly %s, ptr noalias %out, i64 %stride"
    function = code.function(f"void @truths({signature}) nounwind")
    return "\n".join([*sorted(code.declared), function]) + "\n"
