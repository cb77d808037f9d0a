"""The few words of Python in which the native search loop is written, and their translation to LLVM assembly.

Every value is an unsigned 64-bit word, addresses included; arithmetic wraps. A function of this language may use

    assignments to local names, `if`, `while`, `break`, `continue`, `return`, `and`, `or`, `not`, comparisons,
    + - * // % & | ^ << >>, `for name in range(N)` with a known N (unrolled), calls of other functions of the language,
    `words.name` for a word of a block of memory, where `name` is one of the fields it is compiled with,

and the words below. The point is that the loop reads as an algorithm and is checked by the tools that check Python;
what makes it fast is what LLVM makes of it.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Container, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from uringcheck.diagnostics import InternalError

_BINARY = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.FloorDiv: "udiv", ast.Mod: "urem", ast.BitAnd: "and",
    ast.BitOr: "or", ast.BitXor: "xor", ast.LShift: "shl", ast.RShift: "lshr",
}  # fmt: skip
_COMPARED = {ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "ult", ast.LtE: "ule", ast.Gt: "ugt", ast.GtE: "uge"}

#: Words with an effect on memory or the processor: parameters, and the lines they become. `{r}` is the result.
_WORDS: dict[str, tuple[int, str]] = {
    # at(address, index): the 64-bit word there
    "at": (2, "{p} = inttoptr i64 {0} to ptr\n{q} = getelementptr i64, ptr {p}, i64 {1}\n{r} = load i64, ptr {q}"),
    # put(address, index, word)
    "put": (3, "{p} = inttoptr i64 {0} to ptr\n{q} = getelementptr i64, ptr {p}, i64 {1}\nstore i64 {2}, ptr {q}"),
    # at32 and put32: the same for 32-bit words
    "at32": (
        2,
        "{p} = inttoptr i64 {0} to ptr\n{q} = getelementptr i32, ptr {p}, i64 {1}\n"
        "{s} = load i32, ptr {q}\n{r} = zext i32 {s} to i64",
    ),
    "put32": (
        3,
        "{p} = inttoptr i64 {0} to ptr\n{q} = getelementptr i32, ptr {p}, i64 {1}\n"
        "{s} = trunc i64 {2} to i32\nstore i32 {s}, ptr {q}",
    ),
    # at16, put16, at8 and put8: the same for 16-bit words and for bytes
    "at16": (
        2,
        "{p} = inttoptr i64 {0} to ptr\n{q} = getelementptr i16, ptr {p}, i64 {1}\n"
        "{s} = load i16, ptr {q}\n{r} = zext i16 {s} to i64",
    ),
    "put16": (
        3,
        "{p} = inttoptr i64 {0} to ptr\n{q} = getelementptr i16, ptr {p}, i64 {1}\n"
        "{s} = trunc i64 {2} to i16\nstore i16 {s}, ptr {q}",
    ),
    "at8": (
        2,
        "{p} = inttoptr i64 {0} to ptr\n{q} = getelementptr i8, ptr {p}, i64 {1}\n"
        "{s} = load i8, ptr {q}\n{r} = zext i8 {s} to i64",
    ),
    "put8": (
        3,
        "{p} = inttoptr i64 {0} to ptr\n{q} = getelementptr i8, ptr {p}, i64 {1}\n"
        "{s} = trunc i64 {2} to i8\nstore i8 {s}, ptr {q}",
    ),
    # matches(address, word): which of the eight words there are this one, a bit for each
    "matches": (
        2,
        "{p} = inttoptr i64 {0} to ptr\n{q} = load <8 x i64>, ptr {p}, align 64\n"
        "{s} = insertelement <8 x i64> poison, i64 {1}, i64 0\n"
        "{t} = shufflevector <8 x i64> {s}, <8 x i64> poison, <8 x i32> zeroinitializer\n"
        "{u} = icmp eq <8 x i64> {q}, {t}\n{v} = bitcast <8 x i1> {u} to i8\n{r} = zext i8 {v} to i64",
    ),
    # lowest(word): the index of its lowest bit that is set
    "lowest": (1, "{r} = call i64 @llvm.cttz.i64(i64 {0}, i1 true)"),
    # fetch(address): ask for the cache line, without waiting
    "fetch": (1, "{p} = inttoptr i64 {0} to ptr\ncall void @llvm.prefetch.p0(ptr {p}, i32 0, i32 3, i32 1)"),
    # fold(a, b): both halves of the 128-bit product, mixed
    "fold": (
        2,
        "{p} = zext i64 {0} to i128\n{q} = zext i64 {1} to i128\n{s} = mul i128 {p}, {q}\n{t} = trunc i128 {s} to i64\n"
        "{u} = lshr i128 {s}, 64\n{v} = trunc i128 {u} to i64\n{r} = xor i64 {t}, {v}",
    ),
    # clear(address, bytes)
    "clear": (
        2,
        "{p} = inttoptr i64 {0} to ptr\ncall void @llvm.memset.p0.i64(ptr align 8 {p}, i8 0, i64 {1}, i1 false)",
    ),
    # copy(to, from, bytes)
    "copy": (
        3,
        "{p} = inttoptr i64 {0} to ptr\n{q} = inttoptr i64 {1} to ptr\n"
        "call void @llvm.memcpy.p0.p0.i64(ptr align 8 {p}, ptr align 8 {q}, i64 {2}, i1 false)",
    ),
    # shared_at and shared_put: words that several threads look at; what was written before is seen after
    "shared_at": (
        2,
        "{p} = inttoptr i64 {0} to ptr\n{q} = getelementptr i64, ptr {p}, i64 {1}\n"
        "{r} = load atomic i64, ptr {q} acquire, align 8",
    ),
    "shared_put": (
        3,
        "{p} = inttoptr i64 {0} to ptr\n{q} = getelementptr i64, ptr {p}, i64 {1}\n"
        "store atomic i64 {2}, ptr {q} release, align 8",
    ),
    # shared_add(address, index, word): adds; what was there before
    "shared_add": (
        3,
        "{p} = inttoptr i64 {0} to ptr\n{q} = getelementptr i64, ptr {p}, i64 {1}\n"
        "{r} = atomicrmw add ptr {q}, i64 {2} seq_cst",
    ),
    # shared_swap(address, index, old, new): store `new` if `old` is still there; 1 if it was
    "shared_swap": (
        4,
        "{p} = inttoptr i64 {0} to ptr\n{q} = getelementptr i64, ptr {p}, i64 {1}\n"
        "{s} = cmpxchg ptr {q}, i64 {2}, i64 {3} acq_rel acquire\n"
        "{t} = extractvalue {{ i64, i1 }} {s}, 1\n{r} = zext i1 {t} to i64",
    ),
    # give_back(address of the operating system's `madvise`, address, bytes): let the system have pages back
    "give_back": (
        3,
        "{p} = inttoptr i64 {0} to ptr\n{q} = inttoptr i64 {1} to ptr\n"
        "{s} = call i32 {p}(ptr {q}, i64 {2}, i32 4)\n{r} = zext i32 {s} to i64",
    ),
    # move_pages(address of the system's `mremap`, from, to, bytes): other addresses for pages that stay as they are
    "move_pages": (
        4,
        "{p} = inttoptr i64 {0} to ptr\n{q} = inttoptr i64 {1} to ptr\n{s} = inttoptr i64 {2} to ptr\n"
        "{t} = call ptr (ptr, i64, i64, i32, ...) {p}(ptr {q}, i64 {3}, i64 {3}, i32 7, ptr {s})\n"
        "{r} = ptrtoint ptr {t} to i64",
    ),
    # give_way(address of the operating system's function, microseconds): let another thread have the processor
    "give_way": (
        2,
        "{p} = inttoptr i64 {0} to ptr\n{q} = trunc i64 {1} to i32\n{s} = call i32 {p}(i32 {q})\n"
        "{r} = zext i32 {s} to i64",
    ),
    # calls of what is generated from the model
    "expand": (
        4,
        "{p} = inttoptr i64 {0} to ptr\n{q} = inttoptr i64 {1} to ptr\n{s} = inttoptr i64 {2} to ptr\n"
        "{r} = call i64 @expand(ptr {p}, ptr {q}, ptr {s}, i64 {3})",
    ),
    "judge": (
        3,
        "{p} = inttoptr i64 {0} to ptr\n{q} = inttoptr i64 {1} to ptr\ncall void @judge(ptr {p}, ptr {q}, i64 {2})",
    ),
    "judge_left": (
        3,
        "{p} = inttoptr i64 {0} to ptr\n{q} = inttoptr i64 {1} to ptr\n"
        "{r} = call i64 @judge_left(ptr {p}, ptr {q}, i64 {2})",
    ),
    "judge_right": (
        3,
        "{p} = inttoptr i64 {0} to ptr\n{q} = inttoptr i64 {1} to ptr\n"
        "{r} = call i64 @judge_right(ptr {p}, ptr {q}, i64 {2})",
    ),
    "stuck": (
        3,
        "{p} = inttoptr i64 {0} to ptr\n{q} = inttoptr i64 {1} to ptr\ncall void @stuck(ptr {p}, ptr {q}, i64 {2})",
    ),
    "inside": (1, "{p} = inttoptr i64 {0} to ptr\n{r} = call i64 @inside(ptr {p})"),
    "truths": (
        3,
        "{p} = inttoptr i64 {0} to ptr\n{q} = inttoptr i64 {1} to ptr\ncall void @truths(ptr {p}, ptr {q}, i64 {2})",
    ),
}
DECLARATIONS = """declare i64 @llvm.cttz.i64(i64, i1)
declare void @llvm.prefetch.p0(ptr, i32, i32, i32)
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare i64 @expand(ptr, ptr, ptr, i64)
declare void @judge(ptr, ptr, i64)
declare i64 @judge_left(ptr, ptr, i64)
declare i64 @judge_right(ptr, ptr, i64)
declare void @stuck(ptr, ptr, i64)
declare i64 @inside(ptr)
declare void @truths(ptr, ptr, i64)
"""


def translate(
    functions: Sequence[Callable[..., object]],
    exported: Sequence[str],
    fields: Mapping[str, int],
    constants: Mapping[str, int],
    inlined: Sequence[str] = (),
) -> str:
    """The assembly of functions of the language, with the index of each named word and the value of known names.

    Of the exported functions and of those that these call, with what is known; the others would be compiled for nobody.
    """
    files = {function.__name__: inspect.getfile(function) for function in functions}
    texts: dict[str, str] = {}
    waiting = list(exported)
    while waiting:
        name = waiting.pop()
        if name not in texts:
            function = _Function(_definitions(files[name])[name], files.keys(), fields, constants)
            linkage = "" if name in exported else "internal "
            texts[name] = function.text(linkage, " alwaysinline" if name in inlined else "")
            waiting += function.called
    return DECLARATIONS + "\n" + "\n\n".join(texts.values()) + "\n"


@cache
def _definitions(file: str) -> dict[str, ast.FunctionDef]:
    """The functions of a file; read once for all of them."""
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


class _Function:
    """One function under translation. Locals live in stack slots; LLVM turns them into registers."""

    def __init__(
        self, tree: ast.FunctionDef, names: Container[str], fields: Mapping[str, int], constants: Mapping[str, int]
    ) -> None:
        self.called: list[str] = []  # once the text is made
        self._tree = tree
        self._names = names
        self._fields = fields
        self._constants = dict(constants)
        self._lines: list[str] = []
        self._count = 0
        self._slots: dict[str, str] = {}
        self._loops: list[tuple[str, str]] = []
        self._ended = False

    def text(self, linkage: str, attributes: str) -> str:
        """The function's assembly."""
        parameters = [argument.arg for argument in self._tree.args.args]
        for name in parameters:
            self._do(f"store i64 %p_{name}, ptr {self._slot(name)}")
        self._body(self._tree.body)
        if not self._ended:
            self._do("ret i64 0")
        slots = [f"  {slot} = alloca i64" for slot in self._slots.values()]
        signature = ", ".join(f"i64 %p_{name}" for name in parameters)
        head = f"define {linkage}i64 @{self._tree.name}({signature}) nounwind{attributes} {{"
        return "\n".join([head, "entry:", *slots, *self._lines, "}"])

    def _slot(self, name: str) -> str:
        return self._slots.setdefault(name, f"%l_{name}")

    def _fresh(self) -> str:
        self._count += 1
        return f"%t{self._count}"

    def _label(self) -> str:
        self._count += 1
        return f"b{self._count}"

    def _do(self, line: str) -> None:
        self._lines.append("  " + line)

    def _op(self, text: str) -> str:
        name = self._fresh()
        self._do(f"{name} = {text}")
        return name

    def _begin(self, label: str) -> None:
        self._lines.append(f"{label}:")
        self._ended = False

    def _jump(self, label: str) -> None:
        if not self._ended:
            self._do(f"br label %{label}")
        self._ended = True

    # --- statements -----------------------------------------------------------------------------------------------

    def _body(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            if self._ended:
                break  # nothing leads to what follows a jump, and what it calls need not be there
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self._do(f"store i64 {self._word(value)}, ptr {self._slot(name)}")
            case ast.Assign(targets=[ast.Attribute() as place], value=value):
                word = self._word(value)
                self._do(f"store i64 {word}, ptr {self._field(place)}")
            case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
                old = self._op(f"load i64, ptr {self._slot(name)}")
                new = self._op(f"{_BINARY[type(op)]} i64 {old}, {self._word(value)}")
                self._do(f"store i64 {new}, ptr {self._slot(name)}")
            case ast.AugAssign(target=ast.Attribute() as place, op=op, value=value):
                at = self._field(place)
                old = self._op(f"load i64, ptr {at}")
                new = self._op(f"{_BINARY[type(op)]} i64 {old}, {self._word(value)}")
                self._do(f"store i64 {new}, ptr {at}")
            case ast.Return(value=value):
                self._do(f"ret i64 {self._word(value) if value is not None else 0}")
                self._ended = True
            case ast.If():
                self._if(node)
            case ast.While():
                self._while(node)
            case ast.For():
                self._for(node)
            case ast.Break():
                self._jump(self._loops[-1][1])
            case ast.Continue():
                self._jump(self._loops[-1][0])
            case ast.Expr(value=ast.Constant()):
                pass  # a docstring
            case ast.Expr(value=ast.Call() as call):
                self._call(call)
            case _:
                raise InternalError(f"the native search language has no {ast.unparse(node)!r}")

    def _if(self, node: ast.If) -> None:
        known = self._known(node.test)
        if known is not None:
            self._body(node.body if known else node.orelse)
            return
        then, orelse, after = self._label(), self._label(), self._label()
        self._condition(node.test, then, orelse)
        self._begin(then)
        self._body(node.body)
        self._jump(after)
        self._begin(orelse)
        self._body(node.orelse)
        self._jump(after)
        self._begin(after)

    def _while(self, node: ast.While) -> None:
        top, body, after = self._label(), self._label(), self._label()
        self._jump(top)
        self._begin(top)
        self._condition(node.test, body, after)
        self._begin(body)
        self._loops.append((top, after))
        self._body(node.body)
        self._loops.pop()
        self._jump(top)
        self._begin(after)

    def _for(self, node: ast.For) -> None:
        match node:
            case ast.For(target=ast.Name(id=name), iter=ast.Call(func=ast.Name(id="range"), args=[bound])):
                count = self._known(bound)
                if count is None:
                    raise InternalError("a `for` of the native search language has a known number of rounds")
                for value in range(count):
                    self._constants[name] = value
                    self._body(node.body)
                del self._constants[name]
            case _:
                raise InternalError(f"the native search language has no {ast.unparse(node)!r}")

    # --- expressions ----------------------------------------------------------------------------------------------

    def _known(self, node: ast.expr) -> int | None:
        """The value of an expression of constants."""
        match node:
            case ast.Constant(value=int() as value):
                return int(value)
            case ast.Name(id=name):
                return self._constants.get(name)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                a, b = self._known(left), self._known(right)
                if a is None or b is None or type(op) not in (ast.Eq, ast.Gt, ast.NotEq):
                    return None
                return int({ast.Eq: a == b, ast.Gt: a > b, ast.NotEq: a != b}[type(op)])
            case _:
                return None

    def _word(self, node: ast.expr) -> str:
        known = self._known(node)
        if known is not None:
            return str(known)
        match node:
            case ast.Name(id=name):
                if name not in self._slots:
                    raise InternalError(f"{self._tree.name} of the native search reads `{name}` before it is set")
                return self._op(f"load i64, ptr {self._slot(name)}")
            case ast.Attribute():
                return self._op(f"load i64, ptr {self._field(node)}")
            case ast.BinOp(left=left, op=op, right=right):
                a = self._word(left)
                return self._op(f"{_BINARY[type(op)]} i64 {a}, {self._word(right)}")
            case ast.Call():
                return self._call(node)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self._op(f"zext i1 {self._compared(left, op, right)} to i64")
            case _:
                raise InternalError(f"the native search language has no {ast.unparse(node)!r}")

    def _compared(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> str:
        a = self._word(left)
        return self._op(f"icmp {_COMPARED[type(op)]} i64 {a}, {self._word(right)}")

    def _condition(self, node: ast.expr, then: str, orelse: str) -> None:
        """Go on at `then` or `orelse`."""
        match node:
            case ast.BoolOp(op=op, values=values):
                for value in values[:-1]:
                    onward = self._label()
                    if isinstance(op, ast.And):
                        self._condition(value, onward, orelse)
                    else:
                        self._condition(value, then, onward)
                    self._begin(onward)
                self._condition(values[-1], then, orelse)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                self._condition(operand, orelse, then)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                self._do(f"br i1 {self._compared(left, op, right)}, label %{then}, label %{orelse}")
                self._ended = True
            case _:
                test = self._op(f"icmp ne i64 {self._word(node)}, 0")
                self._do(f"br i1 {test}, label %{then}, label %{orelse}")
                self._ended = True

    def _field(self, node: ast.Attribute) -> str:
        base = self._op(f"inttoptr i64 {self._word(node.value)} to ptr")
        return self._op(f"getelementptr i64, ptr {base}, i64 {self._fields[node.attr]}")

    def _call(self, node: ast.Call) -> str:
        assert isinstance(node.func, ast.Name)
        name = node.func.id
        args = [self._word(arg) for arg in node.args]
        if name in self._names:
            self.called.append(name)
            return self._op(f"call i64 @{name}({', '.join(f'i64 {arg}' for arg in args)})")
        if name not in _WORDS:
            raise InternalError(f"the native search language has no word `{name}`")
        count, template = _WORDS[name]
        if len(args) != count:
            raise InternalError(f"`{name}` of the native search language takes {count} words")
        parts = {letter: self._fresh() for letter in "pqrstuv"}
        for line in template.splitlines():
            self._do(line.format(*args, **parts))
        return parts["r"] if "{r}" in template else "0"


# --- the words, as the checkers of Python know them -----------------------------------------------------------------


class Words:
    """A block of memory whose words have names. Exists for type checkers; the loop never runs as Python."""

    def __getattr__(self, name: str) -> int:
        raise NotImplementedError

    def __setattr__(self, name: str, value: int) -> None:
        raise NotImplementedError


def _only_native(name: str) -> NotImplementedError:
    return NotImplementedError(f"`{name}` exists in the native search loop only")


def at(address: int, index: int) -> Any:
    """The 64-bit word at `address + 8 * index`."""
    raise _only_native("at")


def put(address: int, index: int, word: int) -> None:
    """Store a 64-bit word."""
    raise _only_native("put")


def at32(address: int, index: int) -> int:
    """The 32-bit word at `address + 4 * index`."""
    raise _only_native("at32")


def put32(address: int, index: int, word: int) -> None:
    """Store the low half of a word."""
    raise _only_native("put32")


def at16(address: int, index: int) -> int:
    """The 16-bit word at `address + 2 * index`."""
    raise _only_native("at16")


def put16(address: int, index: int, word: int) -> None:
    """Store the low quarter of a word."""
    raise _only_native("put16")


def at8(address: int, index: int) -> int:
    """The byte at `address + index`."""
    raise _only_native("at8")


def put8(address: int, index: int, word: int) -> None:
    """Store the lowest byte of a word."""
    raise _only_native("put8")


def fetch(address: int) -> None:
    """Ask for a cache line that will be needed soon."""
    raise _only_native("fetch")


def matches(address: int, word: int) -> int:
    """Which of the eight words from an address on, the start of a line of memory, are this one: a bit for each."""
    raise _only_native("matches")


def lowest(word: int) -> int:
    """The index of the lowest bit that is set; there must be one."""
    raise _only_native("lowest")


def fold(left: int, right: int) -> int:
    """Both halves of the 128-bit product, mixed by exclusive or."""
    raise _only_native("fold")


def clear(address: int, size: int) -> None:
    """Set bytes to zero."""
    raise _only_native("clear")


def copy(to: int, source: int, size: int) -> None:
    """Copy bytes between places that do not overlap."""
    raise _only_native("copy")


def shared_at(address: int, index: int) -> int:
    """A word that another thread may write."""
    raise _only_native("shared_at")


def shared_put(address: int, index: int, word: int) -> None:
    """Store a word that another thread may read; it sees everything stored before."""
    raise _only_native("shared_put")


def shared_add(address: int, index: int, word: int) -> int:
    """Add to a word in one step; what it was before."""
    raise _only_native("shared_add")


def shared_swap(address: int, index: int, old: int, new: int) -> int:
    """Store a word if another is still there; 1 if it was, else 0."""
    raise _only_native("shared_swap")


def give_way(function: int, microseconds: int) -> int:
    """Let another thread have the processor for a while, through the C function at this address."""
    raise _only_native("give_way")


def give_back(function: int, address: int, size: int) -> int:
    """Let the system have whole pages back, through Linux's `madvise` (MADV_DONTNEED) at this address."""
    raise _only_native("give_back")


def move_pages(function: int, source: int, to: int, size: int) -> int:
    """Move whole pages to other addresses, through Linux's `mremap` at this address; where to, or an error.

    The flags are MAYMOVE, FIXED and DONTUNMAP: addresses that were left to the system could be given to somebody else.
    """
    raise _only_native("move_pages")


def expand(state: int, out: int, words: int, source: int) -> int:
    """See `lower.llvm`."""
    raise _only_native("expand")


def judge(state: int, words: int, source: int) -> None:
    """See `lower.llvm`."""
    raise _only_native("judge")


def judge_left(state: int, words: int, source: int) -> int:
    """See `lower.llvm`."""
    raise _only_native("judge_left")


def judge_right(state: int, words: int, source: int) -> int:
    """See `lower.llvm`."""
    raise _only_native("judge_right")


def stuck(state: int, words: int, source: int) -> None:
    """See `lower.llvm`."""
    raise _only_native("stuck")


def inside(state: int) -> int:
    """See `lower.llvm`."""
    raise _only_native("inside")


def truths(state: int, out: int, stride: int) -> None:
    """See `lower.llvm_truths`."""
    raise _only_native("truths")
