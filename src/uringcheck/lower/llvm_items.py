"""Questions about every item of a queue, asked of all items at once in the bits of the packed queue.

Items that something is true of are a word as wide as the queue with one bit for each slot, the slot's lowest. What
compares a field of the item with a constant takes a few instructions for all slots together: the field is cut out of
each, and a sum carries into the bit above it where the field is large enough. Nothing branches, however long the queue
is, and what several questions have in common is computed once.
"""

from __future__ import annotations

from typing import TypeAlias

from uringcheck.diagnostics.values import value_class
from uringcheck.ir.nodes import Expr, Kind
from uringcheck.ir.types import Bool, Int, Option, Queue, Record, Type
from uringcheck.lower.llvm_text import WORD, Code, packed_width
from uringcheck.lower.packing import encode, field_offset, length_width, width

#: A wider queue takes more words than its items take rounds of a loop.
WIDEST = 256


@value_class
class AtLeast:
    """A field of the item, as many bits from an offset on, is not below a number: it is 0 in an empty slot."""

    offset: int
    size: int
    least: int


@value_class
class Equal:
    """A field of the item is a number."""

    offset: int
    size: int
    number: int


@value_class
class Not:
    """The other items."""

    part: Question


@value_class
class Every:
    """The items for which all parts are true, or with `some`, any of them."""

    parts: tuple[Question, ...]
    some: bool = False


Question: TypeAlias = AtLeast | Equal | Not | Every


def question(test: Expr, item: Expr) -> Question | None:
    """What a test asks of the item; None where it is not made of comparisons with constants."""
    match test.kind:
        case Kind.NOT:
            inner = question(test.args[0], item)
            return inner and Not(inner)
        case Kind.AND | Kind.OR:
            return every(test.args, item, some=test.kind is Kind.OR)
        case Kind.EQ | Kind.LT | Kind.LE:
            return _comparison(test, item)
        case Kind.IS_SOME:
            place = _place(test.args[0], item)
            return place and _at_least(place[0], 1, 1, item)
        case _:
            place = _place(test, item)
            return _at_least(place[0], 1, 1, item) if place and isinstance(place[1], Bool) else None


def every(tests: tuple[Expr, ...], item: Expr, some: bool = False) -> Question | None:
    """Whether all tests are true of the item, or some; None where one of them cannot be asked so."""
    parts = tuple(part for test in tests if (part := question(test, item)) is not None)
    return Every(parts, some) if len(parts) == len(tests) else None


def _place(expr: Expr, item: Expr) -> tuple[int, Type] | None:
    """Where a part of the item is in its slot, and its type."""
    if expr is item:
        return 0, item.type
    if expr.kind not in (Kind.FIELD, Kind.UNWRAP, Kind.CAST):
        return None
    whole = _place(expr.args[0], item)
    match expr.kind, whole:
        case Kind.FIELD, (int(offset), Record() as type_):
            position = type_.position(expr.data)
            return offset + field_offset(type_, position), type_.fields[position][1]
        case Kind.UNWRAP, (int(offset), Option(inner)):
            return offset + 1, inner
        case Kind.CAST, (int(), Int()):
            return whole
        case _:
            return None


def _comparison(test: Expr, item: Expr) -> Question | None:
    left, right = test.args
    backwards = left.kind is Kind.CONST
    constant, place = (left, _place(right, item)) if backwards else (right, _place(left, item))
    if constant.kind is not Kind.CONST or place is None:
        return None
    offset, type_ = place
    size = width(type_)
    if not isinstance(type_, Int):
        return Equal(offset, size, encode(type_, constant.data)) if test.kind is Kind.EQ else None
    number = constant.data - type_.low
    if test.kind is Kind.EQ:
        return Equal(offset, size, number)
    if backwards:
        return _at_least(offset, size, number + (test.kind is Kind.LT), item)
    above = _at_least(offset, size, number + (test.kind is Kind.LE), item)
    return above and Not(above)


def _at_least(offset: int, size: int, least: int, item: Expr) -> Question | None:
    """None where a field fills its slot, so that no bit is left to carry into, and more than its end is asked for."""
    if size == width(item.type) and least == (1 << size) - 1:
        return Equal(offset, size, least)
    return AtLeast(offset, size, least) if size < width(item.type) or least <= 1 or least >= 1 << size else None


def of_empty(asked: Question) -> bool:
    """Whether it is true of an empty slot."""
    match asked:
        case AtLeast(_, _, least):
            return least <= 0
        case Equal(_, _, number):
            return number == 0
        case Not(part):
            return not of_empty(part)
        case Every(parts, some):
            return (any if some else all)(of_empty(part) for part in parts)


class Slots:
    """The first slots of a queue, and the code that asks about them."""

    def __init__(self, code: Code, made: dict[str, str], queue: str, length: str, type_: Queue, count: int) -> None:
        """`made` has the registers of what was computed on every path to here, by instruction.

        `queue` is the queue's register, `length` how many items it has as an `i64`, `count` how many slots are asked.
        """
        self._code, self._made = code, made
        self._length, self._stride = length, width(type_.item)
        first, total = length_width(type_), packed_width(width(type_))
        self._longest = type_.capacity * self._stride
        if total == WORD:
            self._words = [_Word(queue, first, 0, count, self._stride)]
            return
        most = (WORD - 1) // self._stride if self._stride else count
        self._words = []
        for slot in range(0, count, most):
            slots = min(most, count - slot)
            word = code.window(queue, total, first + slot * self._stride, slots * self._stride, self._op)
            self._words.append(_Word(word, 0, slot, slots, self._stride))

    def any(self, asked: Question) -> str:
        """A word that is zero where the answer is yes for no item of the queue."""
        made = "0"
        for word in self._words:
            made = self._both("or", made, self._items(word, asked))
        return made

    def count(self, asked: Question) -> str:
        """For how many items the answer is yes, as an `i64`."""
        while isinstance(asked, Every) and len(asked.parts) == 1:
            asked = asked.parts[0]
        total, negative = "0", "0"
        for word in self._words:
            if isinstance(asked, Equal) and 0 < asked.number < 1 << asked.size and word.has_carries(asked):
                negative = self._sum(negative, self._bits_set(self._others(word, asked)))
                total = self._sum(total, str(word.slots))
            else:
                total = self._sum(total, self._bits_set(self._items(word, asked)))
        return total if negative == "0" else self._op(f"sub i64 {total}, {negative}")

    def _items(self, word: _Word, asked: Question) -> str:
        """The items of the queue in a word for which the answer is yes."""
        marked = self._marked(word, asked)
        if not of_empty(asked) or marked == "0":
            return marked
        length = self._length
        if word.before:
            length = self._op(self._code.call("usub.sat", WORD, length, str(word.before)))
        if self._longest - word.before * self._stride >= WORD:
            length = self._op(self._code.call("umin", WORD, length, str(word.slots)))
        bits = self._op(f"mul i64 {length}, {self._stride}")
        return self._both("and", marked, self._both("xor", self._both("shl", "-1", bits), "-1"))

    def _others(self, word: _Word, asked: Equal) -> str:
        """A bit above the field of every slot whose number is another one. Nothing is moved to get there."""
        start = word.first + asked.offset
        largest = str(word.each((1 << asked.size) - 1) << start)
        field = self._both("and", word.register, largest)
        different = self._both("xor", field, str(word.each(asked.number) << start))
        return self._both("and", self._both("add", different, largest), str(word.each(1) << start + asked.size))

    def _bits_set(self, marked: str) -> str:
        return "0" if marked == "0" else self._op(self._code.call("ctpop", WORD, marked))

    def _sum(self, left: str, right: str) -> str:
        if left == "0" or right == "0":
            return right if left == "0" else left
        return (
            str(int(left) + int(right)) if left.isdigit() and right.isdigit() else self._op(f"add i64 {left}, {right}")
        )

    def _marked(self, word: _Word, asked: Question) -> str:
        """The slots of a word for which the answer is yes, whether there is an item or not."""
        everywhere = str(word.each(1))
        match asked:
            case AtLeast(_, size, least):
                if 0 < least < 1 << size:
                    return self._not_below(word, self._field(word, asked), size, least)
                return everywhere if least <= 0 else "0"
            case Equal(_, size, number):
                if not 0 <= number < 1 << size:
                    return "0"
                if size == 0:
                    return everywhere
                different = self._field(word, asked)
                if number:
                    different = self._both("xor", different, str(word.each(number)))
                return self._both("xor", self._not_below(word, different, size, 1), everywhere)
            case Not(part):
                return self._both("xor", self._marked(word, part), everywhere)
            case Every(parts, some):
                made = "0" if some else everywhere
                for part in parts:
                    made = self._both("or" if some else "and", made, self._marked(word, part))
                return made

    def _field(self, word: _Word, asked: AtLeast | Equal) -> str:
        """The field of every slot, moved to the slot's lowest bits."""
        moved = self._both("lshr", word.register, str(word.first + asked.offset))
        return self._both("and", moved, str(word.each((1 << asked.size) - 1)))

    def _not_below(self, word: _Word, field: str, size: int, least: int) -> str:
        """The slots whose number is not below one that it can be."""
        if size == 1:
            return field
        everywhere = str(word.each(1))
        if size < self._stride:
            carried = self._both("add", field, str(word.each((1 << size) - least)))
            return self._both("and", self._both("lshr", carried, str(size)), everywhere)
        found = field
        for bit in range(1, size):
            found = self._both("or", found, self._both("lshr", field, str(bit)))
        return self._both("and", found, everywhere)

    def _both(self, word: str, left: str, right: str) -> str:
        if word in ("and", "or", "xor", "lshr") and "0" in (left, right):
            if word == "and":
                return "0"
            return right if left == "0" and word != "lshr" else left
        if word == "and" and left == right:
            return left
        return self._op(f"{word} i64 {left}, {right}")

    def _op(self, instruction: str) -> str:
        if instruction not in self._made:
            self._made[instruction] = self._code.op(instruction)
        return self._made[instruction]


@value_class
class _Word:
    """A word with whole slots: its register, where the first one begins, how many slots are before it and in it."""

    register: str
    first: int
    before: int
    slots: int
    stride: int

    def each(self, number: int) -> int:
        """The same number in every slot."""
        return sum(number << slot * self.stride for slot in range(self.slots))

    def has_carries(self, asked: Equal) -> bool:
        """Whether every slot has a bit above the field, and this one is there for the last slot, too."""
        last = self.first + asked.offset + asked.size + (self.slots - 1) * self.stride
        return 1 < asked.size < self.stride and last < WORD
