"""Packed values and states keep what they were made from, and equal values have equal bits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from uringcheck.diagnostics import Span
from uringcheck.ir import types as ir
from uringcheck.ir.program import Variable
from uringcheck.lower.packing import LANE, decode, encode, layout, width

SCALARS = st.recursive(
    st.one_of(
        st.just(ir.BOOL),
        st.tuples(st.integers(-9, 9), st.integers(0, 40)).map(lambda p: ir.Int(p[0], p[0] + p[1])),
        st.integers(1, 5).map(lambda n: ir.Enum("E", tuple("abcde"[:n]))),
    ),
    lambda inner: st.one_of(
        inner.map(ir.Option),
        st.lists(inner, max_size=3).map(lambda items: ir.Record("R", tuple(zip("xyz", items, strict=False)))),
    ),
    max_leaves=4,
)
SMALL = SCALARS.filter(lambda type_: ir.cardinality(type_) <= 64)
TYPES = st.one_of(
    SCALARS,
    st.builds(ir.Queue, SCALARS, st.integers(1, 4)),
    st.builds(ir.Set, SMALL),
    st.builds(ir.Map, SMALL.filter(lambda type_: ir.cardinality(type_) <= 5), SCALARS),
)


def values_of(type_: ir.Type) -> st.SearchStrategy[ir.Encoded]:
    """Any value of the type."""
    match type_:
        case ir.Queue(item, capacity):
            return st.lists(values_of(item), max_size=capacity).map(tuple)
        case ir.Set(item):
            return st.integers(0, (1 << ir.cardinality(item)) - 1)
        case ir.Map(index, item):
            count = ir.cardinality(index)
            return st.lists(values_of(item), min_size=count, max_size=count).map(tuple)
        case ir.Record(fields=fields):
            return st.tuples(*(values_of(item) for _, item in fields))
        case ir.Option(item):
            return st.none() | values_of(item)
        case ir.Int(low, high):
            return st.integers(low, high)
        case ir.Enum(members=members):
            return st.integers(0, len(members) - 1)
        case _:
            return st.booleans()


@given(st.data(), TYPES)
def test_a_value_survives_packing_within_its_width(data: st.DataObject, type_: ir.Type) -> None:
    """`decode` undoes `encode`, and the bits fit the declared width."""
    value = data.draw(values_of(type_))
    bits = encode(type_, value)
    assert 0 <= bits < 1 << width(type_)
    assert decode(type_, bits) == value


@given(st.data(), st.lists(TYPES, min_size=1, max_size=8))
def test_a_state_survives_packing_and_narrow_variables_stay_in_one_lane(
    data: st.DataObject, types: list[ir.Type]
) -> None:
    """`unpack` undoes `pack`; nothing overlaps; nothing of at most 64 bits straddles lanes."""
    variables = [Variable(f"v{i}", type_, ir.default(type_), Span("", 1)) for i, type_ in enumerate(types)]
    placed = layout(variables)
    state = tuple(data.draw(values_of(type_)) for type_ in types)
    lanes = placed.pack(state)
    assert len(lanes) == placed.lanes
    assert all(0 <= lane < 1 << LANE for lane in lanes)
    assert placed.unpack(lanes) == state
    used: set[int] = set()
    for field in placed.fields:
        bits = set(range(field.offset, field.offset + field.width))
        assert not bits & used
        used |= bits
        if 0 < field.width <= LANE:
            assert field.offset // LANE == (field.offset + field.width - 1) // LANE
