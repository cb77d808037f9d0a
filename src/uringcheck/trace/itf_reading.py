"""Reading a trace's file back. What it says is checked for sense here, and for truth by `verify`.

    read_itf(path) -> ItfTrace           UsageError UC001, UC021 (no JSON), UC022 (not such a trace)
    parse_itf(text, name) -> ItfTrace    the same for text

The format is described in `itf`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from uringcheck.diagnostics import UsageError
from uringcheck.diagnostics.values import value_class
from uringcheck.trace.itf_values import NotItf, type_from_json, value_from_itf
from uringcheck.trace.model import Branch, State, Trace, TraceFailure, TraceProperty, TraceStep, TraceVariable
from uringcheck.trace.places import named_places

#: The version of `#meta`. It grows when a reader of the version before would misunderstand a file.
SCHEMA = 1


@value_class
class ItfTrace:
    """What a file says. Nothing of it is confirmed until `verify.replay_itf` has executed it."""

    trace: Trace
    file: str


def read_itf(path: Path) -> ItfTrace:
    """What the file says."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError.at("UC001", f"cannot read {path}: {(error.strerror or str(error)).lower()}") from None
    return parse_itf(data, str(path))


def parse_itf(text: str | bytes, name: str = "the trace") -> ItfTrace:
    """What the text of a file says; `name` is how messages call it."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        detail = str(error) if isinstance(error, json.JSONDecodeError) else "its text cannot be decoded"
        raise UsageError.at(
            "UC021", f"{name} is not JSON: {detail}", help="a trace is the .itf.json file that a check wrote"
        ) from None
    try:
        return ItfTrace(_Reader(data).trace(), name)
    except (NotItf, RecursionError) as error:
        what = str(error) if isinstance(error, NotItf) else "it is nested too deeply"
        raise UsageError.at(
            "UC022",
            f"{name} is not a trace that uringcheck wrote: {what}",
            help="write one with `uringcheck check MODEL --output itf=DIR`",
        ) from None


class _Reader:
    """Builds the trace, and refuses what does not fit together. Unknown fields are ignored."""

    def __init__(self, data: Any) -> None:
        if (
            not isinstance(data, dict)
            or not isinstance(data.get("states"), list)
            or not isinstance(data.get("vars"), list)
        ):
            raise NotItf("the file", "an ITF trace is an object with `vars` and `states`")
        self.data: dict[str, Any] = data
        self.meta = _object(data, "#meta", "the file")
        if self.meta.get("format") != "ITF" or not isinstance(self.meta.get("schema"), int):
            raise NotItf("#meta", "it has no `schema`: another tool wrote it")
        if self.meta["schema"] != SCHEMA:
            raise NotItf("#meta.schema", f"version {self.meta['schema']} is not {SCHEMA}")
        self.fields, self.variables = self._variables()

    def _variables(self) -> tuple[tuple[str, ...], tuple[TraceVariable, ...]]:
        fields, found = [], []
        for number, entry in enumerate(_list(self.meta, "variables", "#meta")):
            where = f"#meta.variables[{number}]"
            if not isinstance(entry, dict):
                raise NotItf(where, "a variable is an object")
            fields.append(_text(entry, "field", where))
            type_ = type_from_json(entry.get("type"), where)
            variable = TraceVariable(
                _text(entry, "name", where), type_, _text(entry, "lane", where), _texts(entry, "replicas", where)
            )
            found.append(variable)
        if fields != self.data["vars"]:
            raise NotItf("vars", "these are not the variables of #meta.variables")
        return tuple(fields), tuple(found)

    def trace(self) -> Trace:
        """The trace."""
        meta = self.meta
        states, metas = self._states()
        steps = [_read_step(found, f"states[{number}].#meta") for number, found in enumerate(metas)]
        failed, failing = self._failed(metas)
        if failing is not None:
            steps.append(failing)
        if not steps:
            raise NotItf("states", "there is none, and no start that failed")
        preset = None if meta.get("preset") is None else _text(meta, "preset", "#meta")
        made = Trace(
            model=_text(meta, "model", "#meta"),
            program=_text(meta, "program", "#meta"),
            preset=preset,
            params=_params(meta),
            about=self._about(),
            variables=self.variables,
            lanes=_texts(meta, "lanes", "#meta"),
            states=states,
            start=steps[0],
            steps=tuple(steps[1:]),
            enabled=tuple(_texts(m, "enabled", f"states[{number}].#meta") for number, m in enumerate(metas)),
            failed=failed,
            digest=_text(meta, "digest", "#meta"),
            tool=_text(meta, "tool", "#meta"),
            loop=self._loop(len(states)),
            in_vain=_texts(meta, "in_vain", "#meta") if "loop" in self.data else (),
        )
        _check_places(made)
        return made

    def _loop(self, states: int) -> int | None:
        """Where a behaviour without end goes back to; it is about a temporal property, and no other one is."""
        loop = self.data.get("loop")
        if (loop is not None) is not (self.meta.get("kind") == "temporal"):
            raise NotItf("loop", "behaviours without end, and only these, are about temporal properties")
        if loop is not None and (type(loop) is not int or not 0 <= loop < states):
            raise NotItf("loop", "this is the number of no state")
        return loop

    def _about(self) -> TraceProperty:
        meta = self.meta
        return TraceProperty(
            name=_text(meta, "property", "#meta"),
            kind=_one_of(
                meta, "kind", ("invariant", "step", "deadlock", "goal", "domain", "assert", "temporal"), "#meta"
            ),
            sentence=_text(meta, "sentence", "#meta"),
            verdict=_one_of(meta, "verdict", ("violated", "found"), "#meta"),
            where=_where(_text(meta, "where", "#meta"), "#meta.where"),
            reads=_texts(meta, "reads", "#meta"),
            reads_before=_texts(meta, "reads_before", "#meta"),
        )

    def _states(self) -> tuple[tuple[State, ...], list[dict[str, Any]]]:
        states, metas = [], []
        for number, entry in enumerate(self.data["states"]):
            where = f"states[{number}]"
            if not isinstance(entry, dict):
                raise NotItf(where, "a state is an object")
            missing = [field for field in self.fields if field not in entry]
            if missing:
                raise NotItf(where, f"it gives `{missing[0]}` no value")
            metas.append(_object(entry, "#meta", where))
            states.append(
                tuple(
                    value_from_itf(variable.type, entry[field], f"{where}.{field}")
                    for field, variable in zip(self.fields, self.variables, strict=True)
                )
            )
        return tuple(states), metas

    def _failed(self, metas: list[dict[str, Any]]) -> tuple[TraceFailure | None, TraceStep | None]:
        holder = metas[-1] if metas else self.meta
        where = f"states[{len(metas) - 1}].#meta" if metas else "#meta"
        if "failed" not in holder:
            return None, None
        entry, where = _object(holder, "failed", where), f"{where}.failed"
        kind = _one_of(entry, "failure", ("domain", "assert"), where)
        judged = _text(entry, "judged", where)
        at = _where(_text(entry, "at", where), where)
        failure = TraceFailure(kind, _text(entry, "message", where), at, judged)
        return failure, None if judged else _read_step(entry, where)


def _read_step(meta: dict[str, Any], where: str) -> TraceStep:
    branches = []
    for number, entry in enumerate(_list(meta, "branches", where)):
        here = f"{where}.branches[{number}]"
        match entry:
            case {"at": str(at), "test": str(test), "taken": bool(taken), "chose": [int(first), int(last)]}:
                saw = _pairs(entry, "saw", here)
                branches.append(Branch(_where(at, here), _plain(test, here), taken, saw, first, last))
            case _:
                raise NotItf(here, "this describes no branch")
    return TraceStep(
        text=_text(meta, "step", where),
        action=_text(meta, "action", where),
        arguments=_pairs(meta, "args", where),
        lane=_text(meta, "lane", where),
        sentence=_text(meta, "sentence", where),
        lines=tuple(_where(line, f"{where}.lines") for line in _texts(meta, "lines", where)),
        reads=_texts(meta, "reads", where),
        wrote=_pairs(meta, "written_at", where),
        branches=tuple(branches),
    )


def _check_places(trace: Trace) -> None:
    """Every place that something is said about must be one."""
    if not trace.states:
        return
    known = named_places(trace.variables)
    for number, step in enumerate((trace.start, *trace.steps)):
        for place in (*step.reads, *step.writes):
            if place not in known:
                raise NotItf(f"step {number}", f"there is no variable `{place}`")
        for _, where in step.wrote:
            _where(where, f"step {number}")
    for place in (*trace.about.reads, *trace.about.reads_before):
        if place not in known:
            raise NotItf("#meta.reads", f"there is no variable `{place}`")


def _params(meta: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    found = _object(meta, "params", "#meta")
    for name, value in found.items():
        if not isinstance(value, (bool, int)):
            _text(found, name, "#meta.params")
    return tuple(sorted(found.items()))


def _plain(text: str, where: str) -> str:
    """The text, which will stand on terminals and pages: no control characters."""
    if any(ord(letter) < 0x20 or 0x7F <= ord(letter) < 0xA0 for letter in text):
        raise NotItf(where, "the text has control characters in it")
    return text


def _where(text: str, where: str) -> str:
    """`path:line`, or nothing."""
    if text and not text.rpartition(":")[2].isdecimal():
        raise NotItf(where, "a line of source is written path:line")
    return text


def _one_of(data: dict[str, Any], key: str, words: tuple[str, ...], where: str) -> str:
    found = _text(data, key, where)
    if found not in words:
        raise NotItf(f"{where}.{key}", "it must be one of " + ", ".join(words))
    return found


def _text(data: dict[str, Any], key: str, where: str) -> str:
    found = data.get(key)
    if not isinstance(found, str):
        raise NotItf(f"{where}.{key}", "missing" if found is None else "not a string")
    return _plain(found, f"{where}.{key}")


def _list(data: dict[str, Any], key: str, where: str) -> list[Any]:
    found = data.get(key)
    if not isinstance(found, list):
        raise NotItf(f"{where}.{key}", "missing" if found is None else "not a list")
    return found


def _texts(data: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
    found = _list(data, key, where)
    if not all(isinstance(text, str) for text in found):
        raise NotItf(f"{where}.{key}", "not a list of strings")
    return tuple(_plain(text, f"{where}.{key}") for text in found)


def _object(data: dict[str, Any], key: str, where: str) -> dict[str, Any]:
    found = data.get(key)
    if not isinstance(found, dict):
        raise NotItf(f"{where}.{key}", "missing" if found is None else "not an object")
    return found


def _pairs(data: dict[str, Any], key: str, where: str) -> tuple[tuple[str, str], ...]:
    found = _object(data, key, where)
    if not all(isinstance(text, str) for text in found.values()):
        raise NotItf(f"{where}.{key}", "not an object of strings")
    return tuple((_plain(name, where), _plain(text, f"{where}.{key}")) for name, text in found.items())
