"""LLVM assembly as text: instructions in basic blocks, and values changing width.

Text, not a builder library: it is what can be read, dumped and cached, and it needs nothing but strings to make.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from uringcheck.ir.types import Bool, Encoded, Int, Type
from uringcheck.lower.packing import encode, width

WORD = 64


def integer_width(type_: Int) -> int:
    """The width of the register in which an integer of the type is computed: whole words, signed."""
    bits = max(type_.high.bit_length(), (~type_.low).bit_length() if type_.low < 0 else 0) + 1
    return -(-bits // WORD) * WORD


def packed_width(bits: int) -> int:
    """The width of the register that holds so many packed bits, zero above them: a word, or what more it takes.

    Other widths up to a word are none that a processor has: every instruction on them costs LLVM time.
    """
    return max(WORD, bits)


def register_width(type_: Type) -> int:
    """The width of a value in a register: integers as themselves, booleans one bit, everything else packed."""
    if isinstance(type_, Int):
        return integer_width(type_)
    return 1 if isinstance(type_, Bool) else packed_width(width(type_))


def register(type_: Type) -> str:
    """The LLVM type of a value in a register."""
    return f"i{register_width(type_)}"


def literal(type_: Type, value: Encoded) -> str:
    """A known value as an operand."""
    if isinstance(type_, Bool):
        return "true" if value else "false"
    return str(value if isinstance(type_, Int) else encode(type_, value))


class Code:
    """The body of one function under construction."""

    def __init__(self) -> None:
        self._lines: list[str | list[str]] = []
        self.block = "entry"
        self._count = 0
        self.declared: set[str] = set()  # the functions of LLVM that are called, as a module has to name them
        #: Of bits that were cut out: how many, from what, its size, and the offset. Of bits joined from words: how
        #: many, and the words. As what is made of them, they may be asked for more bits than these; the rest is zero.
        self._sources: dict[str, tuple[int, str, int, int]] = {}
        self._words: dict[str, tuple[int, Sequence[str]]] = {}

    def fresh(self) -> int:
        """A number not used before in this function."""
        self._count += 1
        return self._count

    def op(self, instruction: str) -> str:
        """Add an instruction that has a result; its name."""
        name = f"%v{self.fresh()}"
        self._lines.append(f"  {name} = {instruction}")
        return name

    def call(self, name: str, bits: int, *values: str) -> str:
        """The instruction that calls a function of LLVM on integers of so many bits."""
        self.declared.add(f"declare i{bits} @llvm.{name}.i{bits}({', '.join([f'i{bits}'] * len(values))})")
        return f"call i{bits} @llvm.{name}.i{bits}({', '.join([f'i{bits} {value}' for value in values])})"

    def do(self, instruction: str) -> None:
        """Add an instruction without a result."""
        self._lines.append(f"  {instruction}")

    def label(self, hint: str = "b") -> str:
        """A name for a block that is not begun yet."""
        return f"{hint}{self.fresh()}"

    def begin(self, label: str) -> None:
        """Begin a block."""
        self._lines.append(f"{label}:")
        self.block = label

    def jump(self, label: str) -> None:
        """End the block by going on elsewhere."""
        self.do(f"br label %{label}")

    def branch(self, condition: str, then: str, orelse: str) -> None:
        """End the block by going one of two ways."""
        self.do(f"br i1 {condition}, label %{then}, label %{orelse}")

    def note(self, text: str) -> None:
        """A comment for whoever reads a dump."""
        self._lines.append(f"  ; {text}")

    def place(self) -> list[str]:
        """Here `op_at` may put instructions once it is known that they are needed."""
        lines: list[str] = []
        self._lines.append(lines)
        return lines

    def op_at(self, place: list[str], instruction: str) -> str:
        """Add an instruction with a result to a place behind; its name."""
        name = f"%v{self.fresh()}"
        place.append(f"  {name} = {instruction}")
        return name

    def function(self, head: str) -> str:
        """The text of the function with this head."""
        lines = [line for part in self._lines for line in (part if isinstance(part, list) else (part,))]
        return "\n".join([f"define {head} {{", "entry:", *lines, "}"])

    # --- booleans -------------------------------------------------------------------------------------------------

    def all_of(self, values: Sequence[str]) -> str:
        """Whether all of some booleans are true; there is at least one."""
        made = values[-1]
        for value in reversed(values[:-1]):
            if value == "false":
                made = "false"
            elif value != "true":
                made = self.op(f"select i1 {value}, i1 {made}, i1 false")
        return made

    def any_of(self, values: Sequence[str]) -> str:
        """Whether any of some booleans is true; there is at least one."""
        made = values[-1]
        for value in reversed(values[:-1]):
            if value == "true":
                made = "true"
            elif value != "false":
                made = self.op(f"select i1 {value}, i1 true, i1 {made}")
        return made

    # --- widths ---------------------------------------------------------------------------------------------------

    def resized(self, value: str, have: int, want: int, signed: bool = False) -> str:
        """The value in a register of another width."""
        if have == want or value == "0":
            return value
        if value.isdigit():
            known = int(value) & (1 << want) - 1
            return ("true" if known else "false") if want == 1 else str(known)
        if have > want:
            return self.op(f"trunc i{have} {value} to i{want}")
        return self.op(f"{'sext' if signed else 'zext'} i{have} {value} to i{want}")

    def packed(self, type_: Type, value: str) -> str:
        """A register's value as its `width(type_)` bits."""
        bits = width(type_)
        match type_:
            case Bool():
                return {"true": "1", "false": "0"}.get(value) or self.resized(value, 1, WORD)
            case Int(low, _):
                have = integer_width(type_)
                if bits == 0 or value.lstrip("-").isdigit():
                    return str(int(value) - low) if bits else "0"
                return self.resized(self.op(f"sub i{have} {value}, {low}") if low else value, have, packed_width(bits))
            case _:
                return value

    def unpacked(self, type_: Type, bits: str) -> str:
        """The register's value that these bits are."""
        match type_:
            case Bool():
                return {"0": "false", "1": "true"}.get(bits) or self.resized(bits, WORD, 1)
            case Int(low, _):
                have = integer_width(type_)
                value = self.resized(bits, packed_width(width(type_)), have)
                if value.isdigit():
                    return str(int(value) + low)
                return self.op(f"add i{have} {value}, {low}") if low else value
            case _:
                return bits

    def extracted(self, bits: str, total: int, offset: int, wanted: int) -> str:
        """`wanted` bits of `total` packed ones, from a known offset on."""
        if wanted == 0 or bits.isdigit():
            return str(int(bits) >> offset & (1 << wanted) - 1) if wanted else "0"
        bits, total, offset = self._source(bits, total, offset, wanted)
        made = self._moved(bits, total, offset, packed_width(wanted))
        if offset + wanted < total and wanted < packed_width(wanted):
            made = self.op(f"and i{packed_width(wanted)} {made}, {(1 << wanted) - 1}")
        self._sources[made] = wanted, bits, total, offset
        return made

    def taken(self, type_: Type, bits: str, total: int, offset: int) -> str:
        """The value of a type that stands at an offset of `total` packed bits."""
        if isinstance(type_, Bool) and not bits.isdigit():
            return self._moved(*self._source(bits, total, offset, 1), 1)
        return self.unpacked(type_, self.extracted(bits, total, offset, width(type_)))

    def assembled(self, words: Sequence[str], total: int) -> str:
        """`total` packed bits out of words; the last may have others above its part of them."""
        made = "0"
        for number, word in enumerate(words):
            have = min(WORD, total - number * WORD)
            made = self.joined(
                total, made, self.shifted(self.extracted(word, WORD, 0, have), have, total, number * WORD)
            )
        self._words[made] = total, words
        return made

    def _source(self, bits: str, total: int, offset: int, size: int) -> tuple[str, int, int]:
        """Where a part of packed bits was that were themselves cut out of others, or joined from words."""
        known = self._sources.get(bits)
        if known is not None and offset + size <= known[0]:
            _, bits, total, start = known
            offset += start
        joined = self._words.get(bits)
        if joined is not None and offset + size <= joined[0] and offset % WORD + size <= WORD:
            return joined[1][offset // WORD], WORD, offset % WORD
        return bits, total, offset

    def window(self, bits: str, total: int, offset: int, size: int, op: Callable[[str], str]) -> str:
        """A word that begins with `size` of `total` packed bits, from a known offset on; whatever is above them.

        `op` adds an instruction; its name.
        """
        joined = self._words.get(bits)
        if joined is None:
            moved = op(f"lshr i{total} {bits}, {offset}") if offset else bits
            return moved if total == WORD else op(f"trunc i{total} {moved} to i{WORD}")
        first, shift = divmod(offset, WORD)
        word = joined[1][first]
        if not shift:
            return word
        if shift + size <= WORD:
            return op(f"lshr i{WORD} {word}, {shift}")
        return op(self.call("fshr", WORD, joined[1][first + 1], word, str(shift)))

    def _moved(self, bits: str, total: int, offset: int, wanted: int) -> str:
        """Packed bits from an offset on, in a register of some width."""
        have = packed_width(total)
        return self.resized(self.op(f"lshr i{have} {bits}, {offset}") if offset else bits, have, wanted)

    def shifted(self, bits: str, have: int, total: int, offset: int) -> str:
        """`have` packed bits moved to an offset among `total` ones, zero elsewhere."""
        if bits.isdigit():
            return str(int(bits) << offset)
        wide = packed_width(total)
        bits = self.resized(bits, packed_width(have), wide)
        return self.op(f"shl i{wide} {bits}, {offset}") if offset else bits

    def joined(self, total: int, left: str, right: str) -> str:
        """Bitwise or of `total` packed bits."""
        if left == "0" or right == "0":
            return right if left == "0" else left
        if left.isdigit() and right.isdigit():
            return str(int(left) | int(right))
        return self.op(f"or i{packed_width(total)} {left}, {right}")
