"""Between the author's values and their encoding (`ir.types`)."""

from __future__ import annotations

from typing import Any

from uringcheck.diagnostics import InternalError
from uringcheck.ir import types as ir


def encode(type_: ir.Type, value: Any) -> ir.Encoded:
    """The encoding of an author-level value of the type."""
    from uringcheck.lang.records import record_values

    match type_:
        case ir.Bool():
            return bool(value)
        case ir.Int():
            return int(value)
        case ir.Enum(members=members, low=low):
            return members.index(value.name) if low is None else int(value) - low
        case ir.Record(fields=fields):
            given = record_values(value)
            return tuple(encode(item, given[name]) for name, item in fields)
        case ir.Option(item):
            return None if value is None else encode(item, value)
        case ir.Queue(item, _):
            return tuple(encode(item, part) for part in value._items)
        case ir.Set(item):
            bits = 0
            for part in value._items:
                bits |= 1 << ir.rank(item, encode(item, part))
            return bits
        case ir.Map(_, item):
            return tuple(encode(item, part) for part in value._items)


def decode(type_: ir.Type, value: ir.Encoded) -> Any:
    """The author-level value of an encoding."""
    from uringcheck.lang.containers import Map, Queue, SetOf
    from uringcheck.lang.records import make_record

    match type_:
        case ir.Bool():
            return bool(value)
        case ir.Int():
            return value
        case ir.Enum(low=int(low)):
            return low + value
        case ir.Enum(members=members, origin=origin):
            if origin is None:
                raise InternalError(f"{type_} has no class")
            return origin[members[value]]  # type: ignore[index]
        case ir.Record(fields=fields, origin=origin):
            if origin is None:
                raise InternalError(f"{type_} has no class")
            decoded = {name: decode(item, part) for (name, item), part in zip(fields, value, strict=True)}
            return make_record(origin, decoded)
        case ir.Option(item):
            return None if value is None else decode(item, value)
        case ir.Queue(item, _):
            return Queue(type_, [decode(item, part) for part in value])
        case ir.Set(item):
            return SetOf(type_, [decode(item, v) for bit, v in enumerate(ir.values(item)) if value >> bit & 1])
        case ir.Map(_, item):
            return Map(type_, [decode(item, part) for part in value])


def fits(type_: ir.Type, value: Any) -> bool:
    """Whether an author-level scalar lies in the type."""
    from uringcheck.lang.records import record_values

    match type_:
        case ir.Int(low, high):
            return low <= int(value) <= high
        case ir.Enum(members=members, low=int(low)):
            return bool(low <= int(value) < low + len(members))
        case ir.Option(item):
            return value is None or fits(item, value)
        case ir.Record(fields=fields):
            given = record_values(value)
            return all(fits(item, given[name]) for name, item in fields)
        case _:
            return True
