"""Native code that makes states canonical: the least of all that differ by interchangeable names alone.

    canonical(state) -> 0
        Replace the lanes of a state by those of the canonical one.

Every renaming is written out: the variables that mention interchangeable values are taken apart, renamed and put back,
and what is less than the least so far takes its place. The code grows with the number of renamings, so this is for few.
"""

from __future__ import annotations

from collections.abc import Sequence

from uringcheck.ir.renaming import Renaming, mentions, renamings
from uringcheck.ir.types import BOOL, Encoded, Enum, Map, Option, Queue, Record, Set, Type, cardinality, rank, values
from uringcheck.lower.llvm_text import Code, packed_width
from uringcheck.lower.packing import LANE, Field, Layout, field_offset, length_width, width


def canonical_function(layout: Layout, types: Sequence[Enum]) -> str:
    """The text of `canonical` for these interchangeable types; without any it does nothing."""
    code = Code()
    if types:
        _Canonical(code, layout, types).write()
    code.do("ret i64 0")
    return code.function("i64 @canonical(ptr noalias %s) nounwind")


class _Canonical:
    """Writes the body of the function."""

    def __init__(self, code: Code, layout: Layout, types: Sequence[Enum]) -> None:
        self._code = code
        self._fields = [field for field in layout.fields if set(mentions(field.type)) & set(types)]
        self._types = types
        self._lanes = sorted({lane for field in self._fields for lane in _lanes_of(field)})

    def write(self) -> None:
        """Load, try every renaming, store the least."""
        code = self._code
        before = {lane: code.op(f"load i64, ptr {self._place(lane)}") for lane in self._lanes}
        whole = {field.name: self._taken(field, before) for field in self._fields}
        best = self._put(whole)
        for renaming in list(renamings(self._types))[1:]:
            renamed = {
                field.name: _Renamed(code, renaming).value(field.type, whole[field.name]) for field in self._fields
            }
            made = self._put(renamed)
            less = self._less(made, best)
            best = {lane: code.op(f"select i1 {less}, i64 {made[lane]}, i64 {best[lane]}") for lane in self._lanes}
        for lane in self._lanes:
            kept = code.op(f"and i64 {before[lane]}, {self._others(lane)}")
            code.do(f"store i64 {code.joined(LANE, kept, best[lane])}, ptr {self._place(lane)}")

    def _place(self, lane: int) -> str:
        return self._code.op(f"getelementptr i64, ptr %s, i64 {lane}") if lane else "%s"

    def _taken(self, field: Field, lanes: dict[int, str]) -> str:
        """The bits of a variable as one value."""
        code, total = self._code, field.width
        first, shift = divmod(field.offset, LANE)
        if total <= LANE:
            return code.extracted(lanes[first], LANE, shift, total)
        return code.assembled([lanes[lane] for lane in _lanes_of(field)], total)

    def _put(self, whole: dict[str, str]) -> dict[int, str]:
        """Values of the variables where they stand in their lanes; nothing else is set in these."""
        code, made = self._code, dict.fromkeys(self._lanes, "0")
        for field in self._fields:
            first, shift = divmod(field.offset, LANE)
            if field.width <= LANE:
                piece = code.shifted(whole[field.name], field.width, LANE, shift)
                made[first] = code.joined(LANE, made[first], piece)
                continue
            for part, lane in enumerate(_lanes_of(field)):
                size = min(LANE, field.width - part * LANE)
                piece = code.extracted(whole[field.name], field.width, part * LANE, size)
                made[lane] = code.joined(LANE, made[lane], piece)
        return made

    def _less(self, left: dict[int, str], right: dict[int, str]) -> str:
        """Whether lanes are less than others, the first lane deciding first."""
        code = self._code
        *earlier, last = self._lanes
        less = code.op(f"icmp ult i64 {left[last]}, {right[last]}")
        for lane in reversed(earlier):
            below = code.op(f"icmp ult i64 {left[lane]}, {right[lane]}")
            same = code.op(f"icmp eq i64 {left[lane]}, {right[lane]}")
            less = code.op(f"or i1 {below}, {code.op(f'and i1 {same}, {less}')}")
        return less

    def _others(self, lane: int) -> int:
        """The bits of a lane that belong to no renamed variable, as LLVM writes a signed word."""
        mask = (1 << LANE) - 1
        for field in self._fields:
            start = field.offset - lane * LANE
            bits = (1 << field.width) - 1
            mask &= ~(bits << start if start >= 0 else bits >> -start)
        mask &= (1 << LANE) - 1
        return mask - (1 << LANE) if mask >> LANE - 1 else mask


def _lanes_of(field: Field) -> range:
    return range(field.offset // LANE, (field.offset + field.width - 1) // LANE + 1)


class _Renamed:
    """Renames packed values."""

    def __init__(self, code: Code, renaming: Renaming) -> None:
        self._code, self._renaming = code, renaming

    def value(self, type_: Type, bits: str) -> str:
        """The packed value with its names exchanged."""
        if self._renaming.change(type_) is None or width(type_) == 0:
            return bits
        match type_:
            case Enum():
                return self._looked_up(type_, bits)
            case Record(fields=fields):
                return self._joined(
                    type_, [(item, bits, field_offset(type_, at), field_offset(type_, at), None)
                            for at, (_, item) in enumerate(fields)]
                )  # fmt: skip
            case Option(item):
                code, total = self._code, width(type_)
                flag = code.shifted(code.extracted(bits, total, 0, 1), 1, total, 0)
                return code.joined(total, flag, self._piece(type_, item, bits, 1, 1, code.taken(BOOL, bits, total, 0)))
            case Queue(item, capacity):
                return self._queue(type_, item, capacity, bits)
            case Set(item):
                moves = [(bit, self._rank(item, value)) for bit, value in enumerate(values(item))]
                return self._moved(cardinality(item), bits, moves, 1)
            case Map(index, item):
                size = width(item)
                moves = [(old, self._rank(index, value)) for old, value in enumerate(values(index))]
                if self._renaming.change(item) is None:
                    return self._moved(width(type_), bits, moves, size)
                return self._joined(type_, [(item, bits, old * size, new * size, None) for old, new in moves])
        raise AssertionError(type_)

    def _rank(self, type_: Type, value: Encoded) -> int:
        return rank(type_, self._renaming.value(type_, value))

    def _looked_up(self, type_: Enum, bits: str) -> str:
        """The new name, out of a table that is one number."""
        code, size = self._code, width(type_)
        table = sum(self._renaming.value(type_, v) << v * size for v in range(len(type_.members)))
        wide = packed_width(size * len(type_.members))
        place = code.op(f"mul i{wide} {code.resized(bits, packed_width(size), wide)}, {size}")
        return code.extracted(code.op(f"lshr i{wide} {table}, {place}"), wide, 0, size)

    def _queue(self, type_: Queue, item: Type, capacity: int, bits: str) -> str:
        code, total, first = self._code, width(type_), length_width(type_)
        length = code.extracted(bits, total, 0, first)
        made = code.shifted(length, first, total, 0)
        for at in range(capacity):
            there = code.op(f"icmp ugt i{packed_width(first)} {length}, {at}")
            offset = first + at * width(item)
            made = code.joined(total, made, self._piece(type_, item, bits, offset, offset, there))
        return made

    def _joined(self, type_: Type, pieces: Sequence[tuple[Type, str, int, int, str | None]]) -> str:
        made = "0"
        for item, bits, old, new, there in pieces:
            made = self._code.joined(width(type_), made, self._piece(type_, item, bits, old, new, there))
        return made

    def _piece(self, whole: Type, item: Type, bits: str, old: int, new: int, there: str | None) -> str:
        """An item from one place, renamed, at another; nothing where it is not `there`."""
        code, size = self._code, width(item)
        if size == 0:
            return "0"
        made = self.value(item, code.extracted(bits, width(whole), old, size))
        if there is not None:
            made = code.op(f"select i1 {there}, i{packed_width(size)} {made}, i{packed_width(size)} 0")
        return code.shifted(made, size, width(whole), new)

    def _moved(self, total: int, bits: str, moves: Sequence[tuple[int, int]], size: int) -> str:
        """Items of `size` bits moved from their old to their new places, those of one distance at once."""
        code, made, wide = self._code, "0", packed_width(total)
        if size == 0:
            return bits
        distances: dict[int, int] = {}
        for old, new in moves:
            distances[new - old] = distances.get(new - old, 0) | ((1 << size) - 1) << old * size
        for distance, mask in distances.items():
            piece = code.op(f"and i{wide} {bits}, {mask}")
            if distance:
                word = "shl" if distance > 0 else "lshr"
                piece = code.op(f"{word} i{wide} {piece}, {abs(distance) * size}")
            made = code.joined(total, made, piece)
        return made
