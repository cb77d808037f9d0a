"""LLVM assembly as text: instructions in basic blocks, and values changing width.

Text, not a builder library: it is what can be read, dumped and cached, and it needs nothing but strings to make.
"""

from __future__ import annotations

from uringcheck.ir.types import Bool, Encoded, Int, Type
from uringcheck.lower.packing import encode, width

WORD = 64


def integer_width(type_: Int) -> int:
    """The width of the register in which an integer of the type is computed: whole words, signed."""
    bits = max(type_.high.bit_length(), (~type_.low).bit_length() if type_.low < 0 else 0) + 1
    return -(-bits // WORD) * WORD


def register_width(type_: Type) -> int:
    """The width of a value in a register: integers as themselves, everything else packed; at least one bit."""
    return integer_width(type_) if isinstance(type_, Int) else max(1, width(type_))


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
        self.lines: list[str] = []
        self.block = "entry"
        self._count = 0

    def fresh(self) -> int:
        """A number not used before in this function."""
        self._count += 1
        return self._count

    def op(self, instruction: str) -> str:
        """Add an instruction that has a result; its name."""
        name = f"%v{self.fresh()}"
        self.lines.append(f"  {name} = {instruction}")
        return name

    def do(self, instruction: str) -> None:
        """Add an instruction without a result."""
        self.lines.append(f"  {instruction}")

    def label(self, hint: str = "b") -> str:
        """A name for a block that is not begun yet."""
        return f"{hint}{self.fresh()}"

    def begin(self, label: str) -> None:
        """Begin a block."""
        self.lines.append(f"{label}:")
        self.block = label

    def jump(self, label: str) -> None:
        """End the block by going on elsewhere."""
        self.do(f"br label %{label}")

    def branch(self, condition: str, then: str, orelse: str) -> None:
        """End the block by going one of two ways."""
        self.do(f"br i1 {condition}, label %{then}, label %{orelse}")

    def note(self, text: str) -> None:
        """A comment for whoever reads a dump."""
        self.lines.append(f"  ; {text}")

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
        """A register's value as its `max(1, width(type_))` bits."""
        if not isinstance(type_, Int):
            return value
        bits = width(type_)
        if bits == 0:
            return "0"
        have = integer_width(type_)
        if type_.low:
            value = self.op(f"sub i{have} {value}, {type_.low}")
        return self.resized(value, have, bits)

    def unpacked(self, type_: Type, bits: str) -> str:
        """The register's value that these bits are."""
        if not isinstance(type_, Int):
            return bits
        if width(type_) == 0:
            return str(type_.low)
        have = integer_width(type_)
        value = self.resized(bits, width(type_), have)
        return self.op(f"add i{have} {value}, {type_.low}") if type_.low else value

    def extracted(self, bits: str, total: int, offset: int, wanted: int) -> str:
        """`wanted` bits of a value of `total` bits, from a known offset on."""
        if wanted == 0:
            return "0"
        if offset:
            bits = self.op(f"lshr i{total} {bits}, {offset}")
        return self.resized(bits, total, wanted)

    def shifted(self, bits: str, have: int, total: int, offset: int) -> str:
        """A value of `have` bits moved to an offset in one of `total` bits, zero elsewhere."""
        if bits == "0":
            return "0"
        bits = self.resized(bits, have, total)
        return self.op(f"shl i{total} {bits}, {offset}") if offset else bits

    def joined(self, total: int, left: str, right: str) -> str:
        """Bitwise or."""
        if left == "0":
            return right
        return left if right == "0" else self.op(f"or i{total} {left}, {right}")
