"""Packed bits in native code: what is cut out of others and put together again is what Python says it is."""

from __future__ import annotations

import ctypes
import random

import pytest

from uringcheck.explore.native_compile import Part, compiled
from uringcheck.ir.renaming import Renaming
from uringcheck.ir.types import BOOL, Enum, Int, Queue
from uringcheck.lower.llvm_items import AtLeast, Equal, Every, Not, Question, Slots
from uringcheck.lower.llvm_symmetry import _Renamed
from uringcheck.lower.llvm_text import WORD, Code, packed_width
from uringcheck.lower.packing import length_width, width

WORDS = 4
CASES = 60


def stored(code: Code, bits: str, total: int, place: int) -> None:
    """Write the register of so many packed bits to words of the output."""
    wide = packed_width(total)
    for part in range(WORDS):
        word = "0"
        if part * WORD < wide:
            moved = code.op(f"lshr i{wide} {bits}, {part * WORD}") if part else bits
            word = code.resized(moved, wide, WORD)
        at = code.op(f"getelementptr i64, ptr %out, i64 {place * WORDS + part}")
        code.do(f"store i64 {word}, ptr {at}")


def ran(code: Code, words: list[int], results: int) -> list[int]:
    """The results of a function that was compiled for this."""
    code.do("ret void")
    text = "\n".join([*sorted(code.declared), code.function("void @parts(ptr %in, ptr %out)")]) + "\n"
    made = compiled(Part(f"{text}", lambda: text, optimised=False))
    given = (ctypes.c_uint64 * WORDS)(*words)
    out = (ctypes.c_uint64 * (WORDS * results))()
    ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(made.address("parts"))(given, out)
    return [sum(out[place * WORDS + part] << WORD * part for part in range(WORDS)) for place in range(results)]


@pytest.mark.parametrize("seed", range(4))
def test_parts_of_parts(seed: int) -> None:
    """A part, a part of that, and a bit of that, wherever words end; nothing else is in their registers."""
    chosen = random.Random(seed)
    words = [chosen.getrandbits(WORD) for _ in range(WORDS)]
    whole = sum(word << WORD * part for part, word in enumerate(words))
    code = Code()
    expected: list[int] = []
    loaded = [code.op(f"load i64, ptr {code.op(f'getelementptr i64, ptr %in, i64 {part}')}") for part in range(WORDS)]
    for _ in range(CASES):
        total = chosen.choice([chosen.randint(1, WORD), WORD, chosen.randint(WORD + 1, WORD * WORDS)])
        bits = code.assembled(loaded[: -(-total // WORD)], total)
        offset = chosen.randint(0, total - 1)
        # One in two ends next to where a word ends.
        ends = [end for end in range(offset + 1, total + 1) if -1 <= (end + 1) % WORD - 1 <= 1]
        end = chosen.choice(ends) if ends and chosen.random() < 0.5 else chosen.randint(offset + 1, total)
        inner = chosen.randint(0, end - offset - 1)
        size = chosen.randint(1, end - offset - inner)
        part = code.extracted(bits, total, offset, end - offset)
        again = code.extracted(part, end - offset, inner, size)
        bit = code.packed(BOOL, code.taken(BOOL, again, size, size - 1))
        back = code.shifted(again, size, total, total - size)
        # As the first part of something larger, which is zero behind it.
        room = min(WORD - (end - offset), 3) if end - offset <= WORD else 0
        longer = code.extracted(part, end - offset + room, inner, end - offset - inner + room)
        known = whole >> offset & (1 << end - offset) - 1
        less = known >> inner & (1 << size) - 1
        for register, held, value in (
            (bits, total, whole & (1 << total) - 1),
            (part, end - offset, known),
            (again, size, less),
            (bit, 1, less >> size - 1),
            (back, total, less << total - size),
            (longer, end - offset - inner + room, known >> inner),
        ):
            stored(code, register, held, len(expected))
            expected.append(value)
    assert ran(code, words, len(expected)) == expected


@pytest.mark.parametrize("members", [2, 3, 5, 16, 17, 20])
def test_names_are_looked_up_in_tables_of_any_size(members: int) -> None:
    """Up to a word (16 names of 4 bits fill one) and beyond."""
    type_ = Enum("Name", tuple(f"n{v}" for v in range(members)), interchangeable=True)
    following = [(v + 1) % members for v in range(members)]
    code, size = Code(), width(type_)
    given = code.op("load i64, ptr %in")
    for v in range(members):
        bits = code.extracted(code.op(f"add i64 {given}, {v}"), WORD, 0, size)
        stored(code, _Renamed(code, Renaming({type_: following})).value(type_, bits), size, v)
    assert ran(code, [0] * WORDS, members) == following


def asked_of_item(question: Question, item: int) -> bool:
    """The answer for the bits of one item."""
    match question:
        case AtLeast(offset, size, least):
            return (item >> offset) % (1 << size) >= least
        case Equal(offset, size, number):
            return (item >> offset) % (1 << size) == number
        case Not(part):
            return not asked_of_item(part, item)
        case Every(parts, some):
            return (any if some else all)(asked_of_item(part, item) for part in parts)


def some_question(chosen: random.Random, stride: int, depth: int = 2) -> Question:
    """A question about items of so many bits."""
    kind = chosen.randint(0, 3 if depth else 1)
    if kind == 2:
        return Not(some_question(chosen, stride, depth - 1))
    if kind == 3:
        parts = tuple(some_question(chosen, stride, depth - 1) for _ in range(chosen.randint(1, 3)))
        return Every(parts, some=chosen.random() < 0.5)
    offset = chosen.randint(0, stride - 1)
    size = chosen.randint(1, stride - offset)
    number = chosen.choice([0, 1, (1 << size) - 1, chosen.getrandbits(size)])
    if kind == 0 and (size < stride or number <= 1):
        return AtLeast(offset, size, number)
    return Equal(offset, size, number)


@pytest.mark.parametrize("seed", range(12))
def test_questions_about_every_item(seed: int) -> None:
    """Queues of a word and of more, full, empty and in between; what stands behind the last item is zero."""
    chosen = random.Random(seed)
    whole = [chosen.getrandbits(WORD) for _ in range(WORDS)]
    code = Code()
    loaded = [code.op(f"load i64, ptr {code.op(f'getelementptr i64, ptr %in, i64 {part}')}") for part in range(WORDS)]
    expected: list[int] = []
    for place in range(CASES):
        stride = chosen.choice([1, 2, 3, 7, 15, 16, 31, 32, 33, 62, 63])
        capacity = chosen.randint(1, max(1, min(20, 246 // stride)))
        type_ = Queue(Int(0, (1 << stride) - 1), capacity)
        total, first = width(type_), length_width(type_)
        length = chosen.choice([0, capacity, chosen.randint(0, capacity)])
        kept = first + length * stride
        drawn = chosen.getrandbits(kept) if chosen.random() < 0.7 else 0
        bits = drawn >> first << first | length
        words = [str(bits >> WORD * part & (1 << WORD) - 1) for part in range(-(-total // WORD))]
        given = [code.op(f"or i64 {word}, {code.op(f'and i64 {loaded[0]}, 0')}") for word in words]
        if total % WORD:
            # Behind the queue, in its last word, stand others' bits.
            other = code.op(f"shl i64 {loaded[1]}, {total % WORD}")
            given[-1] = code.op(f"or i64 {given[-1]}, {other}")
        packed = code.assembled(given, total)
        if chosen.random() < 0.5 and total > WORD:
            # As the code of a step makes one: not out of words.
            packed = code.op(f"or i{total} {packed}, 0")
        count = chosen.randint(1, capacity)
        items = [bits >> first + slot * stride & (1 << stride) - 1 for slot in range(min(length, count))]
        question = some_question(chosen, stride)
        slots = Slots(code, {}, packed, code.extracted(packed, total, 0, first), type_, count)
        answers = [asked_of_item(question, item) for item in items]
        stored(code, slots.count(question), WORD, 2 * place)
        stored(code, code.op(f"zext i1 {code.op(f'icmp ne i64 {slots.any(question)}, 0')} to i64"), WORD, 2 * place + 1)
        expected += [sum(answers), int(any(answers))]
    assert ran(code, whole, 2 * CASES) == expected
