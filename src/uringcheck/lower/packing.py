"""How values and states are laid out in bits.

    Bool    one bit                          Option  a bit that is set when the item is there, then the item
    Int     value - low                      Queue   length, then the items from the head on
    Enum    position of the member           Set     bit `rank(item)` for each member
    Record  its fields, the first lowest     Map     its items, the one of rank 0 lowest

What is not there (the item of None, the unused end of a queue) is zero, so equal values have equal bits and a state
can be hashed and compared as the 64-bit lanes it is stored in. A type with a single value takes no bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from uringcheck.diagnostics.values import value_class
from uringcheck.ir.program import Variable
from uringcheck.ir.types import Bool, Encoded, Enum, Int, Map, Option, Queue, Record, Set, Type, cardinality

LANE = 64
_LANE_MASK = (1 << LANE) - 1


@cache
def width(type_: Type) -> int:
    """The number of bits of a value."""
    match type_:
        case Bool():
            return 1
        case Int(low, high):
            return (high - low).bit_length()
        case Enum(members=members):
            return (len(members) - 1).bit_length()
        case Record(fields=fields):
            return sum(width(item) for _, item in fields)
        case Option(item):
            return 1 + width(item)
        case Queue(item, capacity):
            return length_width(type_) + capacity * width(item)
        case Set(item):
            return cardinality(item)
        case Map(index, item):
            return cardinality(index) * width(item)


def length_width(queue: Queue) -> int:
    """The number of bits that hold a queue's length; its items follow them."""
    return queue.capacity.bit_length()


def field_offset(record: Record, position: int) -> int:
    """Where a field of a record begins."""
    return sum(width(item) for _, item in record.fields[:position])


def encode(type_: Type, value: Encoded) -> int:
    """The bits of a value that the type admits."""
    match type_:
        case Bool() | Enum() | Set():
            return int(value)
        case Int(low, _):
            return int(value) - low
        case Record(fields=fields):
            return _concatenated((item, part) for (_, item), part in zip(fields, value, strict=True))
        case Option(item):
            return 0 if value is None else 1 | encode(item, value) << 1
        case Queue(item, _):
            return len(value) | _concatenated((item, part) for part in value) << length_width(type_)
        case Map(_, item):
            return _concatenated((item, part) for part in value)


def _concatenated(parts: object) -> int:
    bits = offset = 0
    for type_, value in parts:  # type: ignore[attr-defined]
        bits |= encode(type_, value) << offset
        offset += width(type_)
    return bits


def decode(type_: Type, bits: int) -> Encoded:
    """The value of these bits."""
    match type_:
        case Bool():
            return bool(bits)
        case Enum() | Set():
            return bits
        case Int(low, _):
            return low + bits
        case Record(fields=fields):
            return _separated(tuple(item for _, item in fields), bits)
        case Option(item):
            return decode(item, bits >> 1) if bits & 1 else None
        case Queue(item, _):
            length = length_width(type_)
            return _separated((item,) * (bits & (1 << length) - 1), bits >> length)
        case Map(index, item):
            return _separated((item,) * cardinality(index), bits)


def _separated(types: Sequence[Type], bits: int) -> tuple[Encoded, ...]:
    values = []
    for type_ in types:
        bits_here = width(type_)
        values.append(decode(type_, bits & (1 << bits_here) - 1))
        bits >>= bits_here
    return tuple(values)


@value_class
class Field:
    """A state variable and the bit of the state at which it begins, counted over all lanes."""

    name: str
    type: Type
    offset: int
    width: int


@value_class
class Layout:
    """Where each variable of a state is.

    Variables wider than a lane begin with a lane of their own and run on through the following ones; no other straddles
    two. The first `left` lanes are one half of the state, the others the other; see `halves`.
    """

    fields: tuple[Field, ...]
    lanes: int
    left: int

    @property
    def bits(self) -> int:
        """The number of bits that are used."""
        return sum(field.width for field in self.fields)

    @property
    def whole(self) -> bool:
        """Whether a state is in one lane with a bit to spare, so that it needs no halves."""
        return self.lanes == 1 and self.bits < LANE

    def pack(self, state: Sequence[Encoded]) -> tuple[int, ...]:
        """The lanes of a state."""
        bits = 0
        for field, value in zip(self.fields, state, strict=True):
            bits |= encode(field.type, value) << field.offset
        return tuple(bits >> LANE * lane & _LANE_MASK for lane in range(self.lanes))

    def unpack(self, lanes: Sequence[int]) -> tuple[Encoded, ...]:
        """The state in these lanes."""
        bits = 0
        for lane, part in enumerate(lanes):
            bits |= part << LANE * lane
        return tuple(decode(field.type, bits >> field.offset & (1 << field.width) - 1) for field in self.fields)


def layout(variables: Sequence[Variable]) -> Layout:
    """A place for every variable: in each half the widest first, each in the first gap that holds it."""
    offsets = [0] * len(variables)
    lanes = left = 0
    for positions in halves(variables):
        free: list[int] = []  # bits already used of each lane
        for position in sorted(positions, key=lambda i: -width(variables[i].type)):
            offsets[position] = LANE * lanes + _placed(width(variables[position].type), free)
        lanes += len(free)
        left = left or lanes
    fields = tuple(
        Field(variable.name, variable.type, offset, width(variable.type))
        for variable, offset in zip(variables, offsets, strict=True)
    )
    return Layout(fields, max(1, lanes), max(1, left))


def _placed(bits: int, free: list[int]) -> int:
    """The offset of so many bits, which are marked as used."""
    if bits > LANE:
        offset = LANE * len(free)
        free += [LANE] * (bits // LANE) + ([bits % LANE] if bits % LANE else [])
        return offset
    lane = next((lane for lane, used in enumerate(free) if used + bits <= LANE), None)
    if lane is None:
        lane = len(free)
        free.append(0)
    offset = LANE * lane + free[lane]
    free[lane] += bits
    return offset


def halves(variables: Sequence[Variable]) -> tuple[list[int], list[int]]:
    """The positions of the variables in either half of a state; all in the first where one word holds everything.

    A search keeps each half that occurs once, so the fewer there are the better. What is alike tends to change
    together: contents (queues, sets, maps) are in one half and the rest, what controls, in the other. Where there is
    only one of these kinds, neighbours are dealt out.
    """
    wide = [i for i, variable in enumerate(variables) if width(variable.type)]
    if sum(width(variables[i].type) for i in wide) < LANE:
        return list(range(len(variables))), []
    contents = [i for i in wide if isinstance(variables[i].type, (Queue, Set, Map))]
    rest = [i for i in range(len(variables)) if i not in contents]
    if not contents or not any(width(variables[i].type) for i in rest):
        contents, rest = wide[::2], [i for i in range(len(variables)) if i not in wide[::2]]
    return contents, rest
