"""Traces as files: what is written is read back, and only what still happens is believed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from snapshots import check_snapshot
from trace_specs import RECEIVE, Spec, endings, receive

from uringcheck.diagnostics import UsageError
from uringcheck.ir import types as ir
from uringcheck.trace.itf import itf_text, parse_itf, read_itf, write_itf
from uringcheck.trace.itf_values import (
    NotItf,
    field_names,
    type_from_json,
    type_to_json,
    value_from_itf,
    value_to_itf,
)
from uringcheck.trace.verify import CHANGED, replay_itf


@pytest.fixture(scope="module")
def spec() -> Spec:
    """The receive model, searched."""
    return receive()


@pytest.fixture(scope="module")
def text(spec: Spec) -> str:
    """The file of its lost buffer."""
    return itf_text(spec.trace("no_buffer_lost"))


def refusal(call: Callable[[], object]) -> tuple[str, str]:
    """The code and the message with which it was refused."""
    with pytest.raises(UsageError) as caught:
        call()
    found = caught.value.diagnostics[0]
    assert found.help
    return found.code, found.message


def changed(text: str, change: Callable[[dict[str, Any]], object]) -> str:
    """The file after a change to its data."""
    data = json.loads(text)
    change(data)
    return json.dumps(data)


@pytest.mark.parametrize("about", ["no_buffer_lost", "stays_armed", "both_seen"])
def test_a_trace_survives_its_file(spec: Spec, about: str) -> None:
    """Everything that stories are told from comes back, and the same bytes are written again."""
    trace = spec.trace(about)
    written = itf_text(trace)
    assert parse_itf(written).trace == trace
    assert itf_text(parse_itf(written).trace) == written


@pytest.mark.parametrize(
    ("made", "about"),
    [
        (lambda: endings(0), "domain"),
        (lambda: endings(1), "assert"),
        (lambda: endings(2), "no_deadlock"),
        (lambda: endings(3), "assert"),
        (lambda: endings(2, judged=True), "domain"),
    ],
)
def test_a_failure_survives_its_file_and_is_confirmed_again(made: Callable[[], Spec], about: str) -> None:
    """A step, a start or a property that fails; and a deadlock."""
    spec = made()
    trace = spec.trace(about)
    read = parse_itf(itf_text(trace))
    assert read.trace == trace
    again = replay_itf(read, spec.run, spec.program)
    assert again == replace(trace, tool=again.tool)


def test_the_file_is_what_the_format_says(text: str) -> None:
    """A snapshot: other tools read this."""
    check_snapshot("receive.itf.json", text)


def test_field_names_are_identifiers_and_lead_back(text: str) -> None:
    """The dotted names are in #meta, beside the identifiers."""
    data = json.loads(text)
    assert all(name.isidentifier() for name in data["vars"])
    pairs = {entry["field"]: entry["name"] for entry in data["#meta"]["variables"]}
    assert pairs["ring_entries"] == "ring.entries"
    assert list(pairs) == data["vars"]
    for state in data["states"]:
        assert set(state) == {"#meta", *data["vars"]}


def test_names_that_would_collide_stay_apart() -> None:
    """`a.b` and `a_b` are two variables."""
    assert field_names(["a.b", "a_b", "a_b_2", "c"]) == ("a_b", "a_b_2", "a_b_2_2", "c")


def scalars() -> st.SearchStrategy[ir.Type]:
    """Types of plain values. An optional optional has two values that are encoded alike, so there is none here."""
    enums = st.integers(1, 3).map(lambda n: ir.Enum("E", tuple("ABC"[:n])))
    ints = st.tuples(st.integers(-3, 3), st.integers(0, 4)).map(lambda p: ir.Int(p[0], p[0] + p[1]))
    plain: st.SearchStrategy[ir.Type] = st.one_of(st.just(ir.BOOL), ints, enums)
    return st.recursive(
        plain,
        lambda inner: st.one_of(
            inner.filter(lambda item: not isinstance(item, ir.Option)).map(ir.Option),
            st.lists(inner, min_size=1, max_size=2).map(
                lambda items: ir.Record("R", tuple(zip(("x", "y"), items, strict=False)))
            ),
        ),
        max_leaves=3,
    )


def types() -> st.SearchStrategy[ir.Type]:
    """Types of variables."""
    index = scalars().filter(lambda type_: ir.cardinality(type_) <= 8)
    container: st.SearchStrategy[ir.Type] = st.one_of(
        scalars(), st.tuples(scalars(), st.integers(0, 3)).map(lambda p: ir.Queue(*p)), index.map(ir.Set)
    )
    return st.recursive(container, lambda inner: st.tuples(index, inner).map(lambda p: ir.Map(*p)), max_leaves=2)


def draw_value(data: st.DataObject, type_: ir.Type) -> ir.Encoded:
    """Some value of the type."""
    match type_:
        case ir.Queue(item, capacity):
            return tuple(data.draw(st.lists(st.sampled_from(tuple(ir.values(item))), max_size=capacity)))
        case ir.Set(item):
            return data.draw(st.integers(0, 2 ** ir.cardinality(item) - 1))
        case ir.Map(index, item):
            return tuple(draw_value(data, item) for _ in range(ir.cardinality(index)))
        case _:
            return data.draw(st.sampled_from(tuple(ir.values(type_))))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_value_of_every_type_survives_json(data: st.DataObject) -> None:
    """Type and value, out and in."""
    type_ = data.draw(types())
    value = draw_value(data, type_)
    assert type_from_json(json.loads(json.dumps(type_to_json(type_))), "type") == type_
    assert value_from_itf(type_, json.loads(json.dumps(value_to_itf(type_, value))), "value") == value


@pytest.mark.parametrize(
    ("type_", "data"),
    [
        (ir.Int(0, 3), {"#bigint": "4"}),
        (ir.Int(0, 3), {"#bigint": "three"}),
        (ir.Int(0, 3), True),
        (ir.BOOL, 1),
        (ir.Enum("E", ("A",)), "B"),
        (ir.Queue(ir.BOOL, 1), [True, False]),
        (ir.Set(ir.BOOL), [True]),
        (ir.Map(ir.BOOL, ir.BOOL), {"#map": [[False, True]]}),
        (ir.Map(ir.BOOL, ir.BOOL), {"#map": [[False, True], [True, True], [True, True]]}),
        (ir.Record("R", (("x", ir.BOOL),)), {"x": True, "y": True}),
        (ir.Option(ir.BOOL), True),
    ],
)
def test_a_value_that_is_not_of_the_type_is_refused(type_: ir.Type, data: Any) -> None:
    """Out of range, wrong shape, an index missing or twice."""
    with pytest.raises(NotItf, match=r"^here"):
        value_from_itf(type_, data, "here")


@pytest.mark.parametrize("content", [b"", b"not json", b'{"states": [', b"\xff\xfe\x00", b"[" * 100_000])
def test_a_file_that_is_no_json_is_refused(tmp_path: Path, content: bytes) -> None:
    """UC021 with the file's name."""
    file = tmp_path / "trace.itf.json"
    file.write_bytes(content)
    code, message = refusal(lambda: read_itf(file))
    assert code == "UC021"
    assert "trace.itf.json" in message


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """UC001, as for every file that is named; a folder too."""
    for path in (tmp_path / "none.itf.json", tmp_path):
        assert refusal(lambda path=path: read_itf(path))[0] == "UC001"  # type: ignore[misc]


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.pop("states"),
        lambda d: d.pop("vars"),
        lambda d: d.pop("#meta"),
        lambda d: d["#meta"].pop("schema"),
        lambda d: d["#meta"].update(schema=2),
        lambda d: d["#meta"].update(kind="theorem"),
        lambda d: d["#meta"].update(reads=["nobody"]),
        lambda d: d["#meta"].update(sentence="a\x1b[31mb"),
        lambda d: d["#meta"]["variables"].pop(),
        lambda d: d["#meta"]["variables"][0].update(type={"int": [3, 0]}),
        lambda d: d.update(states=[]),
        lambda d: d["states"][1].pop("owner"),
        lambda d: d["states"][1].update(owner={"#map": []}),
        lambda d: d["states"][2].pop("#meta"),
        lambda d: d["states"][2]["#meta"].pop("step"),
        lambda d: d["states"][2]["#meta"].update(lines=["nowhere"]),
        lambda d: d["states"][2]["#meta"].update(enabled=[1]),
        lambda d: d["states"][2]["#meta"]["branches"][0].pop("taken"),
        lambda d: d["states"][-1]["#meta"].update(failed={"failure": "other"}),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(text: str, change: Callable[[dict[str, Any]], object]) -> None:
    """UC022: whatever is missing or contradicts itself, before anything is told from it."""
    assert refusal(lambda: parse_itf(changed(text, change)))[0] == "UC022"


def test_a_trace_of_another_tool_is_refused() -> None:
    """It has states, and not what replaying needs."""
    quint = '{"#meta": {"format": "ITF", "status": "ok"}, "vars": ["x"], "states": [{"x": 1}]}'
    assert refusal(lambda: parse_itf(quint))[0] == "UC022"
    assert refusal(lambda: parse_itf("[1, 2]"))[0] == "UC022"


def test_unknown_fields_are_ignored(text: str, spec: Spec) -> None:
    """A later version may add some."""
    added = changed(text, lambda d: (d["#meta"].update(more=1), d["states"][0]["#meta"].update(more=2)))
    assert parse_itf(added).trace == spec.trace("no_buffer_lost")


def test_a_trace_of_another_spec_is_refused(text: str, spec: Spec) -> None:
    """UC023: another model, another parameter, other variables, a property that is gone."""
    other = endings(0)
    assert refusal(lambda: replay_itf(parse_itf(text), other.run, other.program))[0] == "UC023"
    careful = receive("careful_again.py", careful=True)
    code, message = refusal(lambda: replay_itf(parse_itf(text), careful.run, careful.program))
    assert code == "UC023"
    assert "`careful` is False in the file and True here" in message
    wider = receive("wider.py", RECEIVE.replace("unrelated: int = var(0, 3)", "unrelated: int = var(0, 4)"))
    code, message = refusal(lambda: replay_itf(parse_itf(text), wider.run, wider.program))
    assert code == "UC023"
    assert "`unrelated` is a 0..3 in the file and a 0..4 in the spec" in message
    renamed = receive("renamed.py", RECEIVE.replace("no_buffer_lost", "none_lost"))
    code, message = refusal(lambda: replay_itf(parse_itf(text), renamed.run, renamed.program))
    assert (code, "no_buffer_lost" in message) == ("UC023", True)


def test_a_changed_spec_whose_trace_still_happens_is_accepted_with_a_note(text: str, spec: Spec) -> None:
    """A comment is a change of the text, and no reason to throw a trace away."""
    assert replay_itf(parse_itf(text), spec.run, spec.program).notes == ()
    edited = receive("edited.py", RECEIVE + "\n# nothing\n")
    trace = replay_itf(parse_itf(text), edited.run, edited.program)
    assert trace.notes == (CHANGED,)
    assert trace.about.where.startswith("<edited.py>:")


def test_a_changed_spec_whose_trace_is_gone_is_refused_at_the_step(text: str) -> None:
    """UC024 names the first step that goes another way."""
    repaired = receive("repaired.py", RECEIVE.replace("self.owner[b] = Owner.LOST", "self.owner[b] = Owner.POOL"))
    code, message = refusal(lambda: replay_itf(parse_itf(text), repaired.run, repaired.program))
    assert code == "UC024"
    assert "at step 3, `recv_one(b=1)`" in message


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["states"][2].update(armed=False),
        lambda d: d["states"][2]["#meta"].update(step="reap"),
        lambda d: d["states"][2]["#meta"].update(step="nonsense"),
        lambda d: d["states"][0]["#meta"].update(step="begin(armed=no)"),
        lambda d: d["states"].pop(),
        lambda d: d["#meta"].update(property="both_seen", kind="goal", verdict="found"),
    ],
)
def test_an_edited_file_is_refused(text: str, spec: Spec, change: Callable[[dict[str, Any]], object]) -> None:
    """UC024: its states, steps or property are not what happens."""
    read = parse_itf(changed(text, change))
    assert refusal(lambda: replay_itf(read, spec.run, spec.program))[0] == "UC024"


def test_a_file_is_written_whole_or_not_at_all(spec: Spec, tmp_path: Path) -> None:
    """Folders are made; a path that cannot be written is UC020 and leaves what was there."""
    trace = spec.trace("no_buffer_lost")
    file = tmp_path / "receive" / "plain" / "no_buffer_lost.itf.json"
    write_itf(trace, file)
    assert read_itf(file).trace == trace
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    blocked = tmp_path / "receive" / "plain" / "no_buffer_lost.itf.json" / "below"
    assert refusal(lambda: write_itf(trace, blocked))[0] == "UC020"
    folder = tmp_path / "folder"
    folder.mkdir()
    assert refusal(lambda: write_itf(trace, folder))[0] == "UC020"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "receive"]
    assert read_itf(file).trace == trace
