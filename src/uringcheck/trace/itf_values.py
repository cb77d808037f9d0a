"""Values, types and names between their encoding (`ir.types`) and the Informal Trace Format.

    integer   {"#bigint": "3"}       queue    [item, ...], head first
    boolean   true                   set      {"#set": [...]}, in canonical order
    enum      "MEMBER"               map      {"#map": [[index, item], ...]}, every index, in canonical order
    record    {"field": ...}         option   {"tag": "Some", "value": ...}, {"tag": "None", "value": {"#tup": []}}

The format is Apalache's ADR 015; the variants are written as Quint and Apalache write theirs. Types stand in the
file's `#meta`, so that values can be read back without the spec.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from uringcheck.ir import types as ir


class NotItf(Exception):
    """Something in a file is not what it should be. `where` is the way to it from the top."""

    def __init__(self, where: str, what: str) -> None:
        self.where, self.what = where, what
        super().__init__(f"{where}: {what}")


def value_to_itf(type_: ir.Type, value: ir.Encoded) -> Any:
    """An encoded value as JSON data."""
    match type_:
        case ir.Bool():
            return bool(value)
        case ir.Int():
            return {"#bigint": str(int(value))}
        case ir.Enum(members=members):
            return members[value]
        case ir.Record(fields=fields):
            return {name: value_to_itf(item, part) for (name, item), part in zip(fields, value, strict=True)}
        case ir.Option(item):
            if value is None:
                return {"tag": "None", "value": {"#tup": []}}
            return {"tag": "Some", "value": value_to_itf(item, value)}
        case ir.Queue(item, _):
            return [value_to_itf(item, part) for part in value]
        case ir.Set(item):
            members_ = [value_to_itf(item, v) for rank, v in enumerate(ir.values(item)) if value >> rank & 1]
            return {"#set": members_}
        case ir.Map(index, item):
            pairs = zip(ir.values(index), value, strict=True)
            return {"#map": [[value_to_itf(index, key), value_to_itf(item, part)] for key, part in pairs]}


def value_from_itf(type_: ir.Type, data: Any, where: str) -> ir.Encoded:
    """The encoded value of JSON data; raises NotItf when it is no value of the type."""
    value = _value(type_, data, where)
    if not ir.admits(type_, value):
        raise NotItf(where, f"the value is not in {type_}")
    return value


def _value(type_: ir.Type, data: Any, where: str) -> ir.Encoded:
    match type_, data:
        case ir.Bool(), bool():
            return data
        case ir.Int(), {"#bigint": str(digits)}:
            return _integer(digits, where)
        case ir.Int(), int() if not isinstance(data, bool):  # the format allows small integers to be plain
            return data
        case ir.Enum(members=members), str() if data in members:
            return members.index(data)
        case ir.Record(fields=fields), dict() if set(data) == {name for name, _ in fields}:
            return tuple(value_from_itf(item, data[name], f"{where}.{name}") for name, item in fields)
        case ir.Option(), {"tag": "None"}:
            return None
        case ir.Option(item), {"tag": "Some", "value": inner}:
            return value_from_itf(item, inner, where)
        case ir.Queue(item, _), list():
            return tuple(value_from_itf(item, part, f"{where}[{i}]") for i, part in enumerate(data))
        case ir.Set(item), {"#set": list(parts)}:
            bits = 0
            for part in parts:
                bits |= 1 << ir.rank(item, value_from_itf(item, part, where))
            return bits
        case ir.Map(index, item), {"#map": list(pairs)}:
            return _map(index, item, pairs, where)
        case _:
            raise NotItf(where, f"the value is not a {type_}")


def _integer(digits: str, where: str) -> int:
    if not digits.removeprefix("-").isdecimal() or len(digits) > 40:
        raise NotItf(where, "#bigint is not an integer")
    return int(digits)


def _map(index: ir.Type, item: ir.Type, pairs: list[Any], where: str) -> ir.Encoded:
    found: dict[int, ir.Encoded] = {}
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2:
            raise NotItf(where, "a map has [index, item] pairs")
        rank = ir.rank(index, value_from_itf(index, pair[0], where))
        found[rank] = value_from_itf(item, pair[1], f"{where}[{rank}]")
    if sorted(found) != list(range(ir.cardinality(index))) or len(pairs) != len(found):
        raise NotItf(where, "a map has each index once")
    return tuple(found[rank] for rank in range(len(found)))


def type_to_json(type_: ir.Type) -> Any:
    """A type as JSON data."""
    match type_:
        case ir.Bool():
            return "bool"
        case ir.Int(low, high):
            return {"int": [low, high]}
        case ir.Enum(name, members):
            return {"enum": name, "members": list(members)}
        case ir.Record(name, fields):
            return {"record": name, "fields": [[field, type_to_json(item)] for field, item in fields]}
        case ir.Option(item):
            return {"option": type_to_json(item)}
        case ir.Queue(item, capacity):
            return {"queue": type_to_json(item), "capacity": capacity}
        case ir.Set(item):
            return {"set": type_to_json(item)}
        case ir.Map(index, item):
            return {"map": [type_to_json(index), type_to_json(item)]}


def type_from_json(data: Any, where: str) -> ir.Type:
    """The type that JSON data describes; raises NotItf."""
    match data:
        case "bool":
            return ir.BOOL
        case {"int": [int(low), int(high)]} if low <= high:
            return ir.Int(low, high)
        case {"enum": str(name), "members": [str(), *_] as members} if all(isinstance(m, str) for m in members):
            return ir.Enum(name, tuple(members))
        case {"record": str(name), "fields": list(fields)}:
            return ir.Record(name, tuple(_field(field, where) for field in fields))
        case {"option": item}:
            return ir.Option(_scalar(item, where))
        case {"queue": item, "capacity": int(capacity)}:
            return ir.Queue(_scalar(item, where), capacity)
        case {"set": item}:
            return ir.Set(_index(item, where))
        case {"map": [index, item]}:
            return ir.Map(_index(index, where), type_from_json(item, where))
        case _:
            raise NotItf(where, "this describes no type")


def _field(data: Any, where: str) -> tuple[str, ir.Type]:
    match data:
        case [str(name), item]:
            return name, _scalar(item, where)
        case _:
            raise NotItf(where, "a field of a record is [name, type]")


def _scalar(data: Any, where: str) -> ir.Type:
    type_ = type_from_json(data, where)
    if not ir.is_scalar(type_):
        raise NotItf(where, "a container stands where a plain value must")
    return type_


def _index(data: Any, where: str) -> ir.Type:
    type_ = _scalar(data, where)
    if ir.cardinality(type_) > ir.MAX_INDEX:
        raise NotItf(where, "the index has too many values")
    return type_


def field_names(names: Iterable[str]) -> tuple[str, ...]:
    """An identifier for each dotted name, all different: `client.armed` becomes `client_armed`.

    The way back is the list of variables in `#meta`, which gives both. A name that is taken gets a number behind it.
    """
    made: dict[str, None] = {}
    for name in names:
        base = name.replace(".", "_")
        field, number = base, 2
        while field in made:
            field, number = f"{base}_{number}", number + 1
        made[field] = None
    return tuple(made)
