"""The canonical file of a trace: Informal Trace Format, JSON, `.itf.json`.

    itf_text(trace) -> str               the file's text, one state a line, the same bytes for the same trace
    write_itf(trace, path)               whole or not at all; UsageError UC020
    read_itf(path) -> ItfTrace           UsageError UC001, UC021 (no JSON), UC022 (not such a trace)
    parse_itf(text, name) -> ItfTrace    the same for text

Values are as in `itf_values`. `#meta` of the file: `schema`, `tool`, `model`, `program`, `preset`, `params`,
`property`, `kind`, `verdict`, `sentence`, `where`, `reads`, `reads_before`, `digest` (of the spec's text), `steps` (the
trace as people type it), `lanes`, and `variables`, which maps the identifiers that are field names back to the dotted
names and gives their types. `#meta` of a state tells about the step that led to it: `index`, `step`, `action`, `args`,
`lane`, `sentence`, `lines`, `reads`, `writes`, `written_at`, `branches`; and `enabled`, what was possible then. After a
failure the last state's `#meta` has `failed`: the same about the step that failed, and `failure`, `message`, `at`,
`judged`. When the start failed there is no state, and `failed` stands in the `#meta` of the file.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uringcheck.diagnostics import UsageError
from uringcheck.trace.identity import identity
from uringcheck.trace.itf_values import (
    NotItf,
    field_names,
    type_from_json,
    type_to_json,
    value_from_itf,
    value_to_itf,
)
from uringcheck.trace.model import Branch, State, Trace, TraceFailure, TraceProperty, TraceStep, TraceVariable

SCHEMA = 1
DESCRIPTION = "https://apalache-mc.org/docs/adr/015adr-trace.html"


@dataclass(frozen=True, slots=True)
class ItfTrace:
    """What a file says. Nothing of it is confirmed until `verify.replay_itf` has executed it."""

    trace: Trace
    file: str


def itf_text(trace: Trace) -> str:
    """The file's text."""
    fields = field_names(variable.name for variable in trace.variables)
    meta = _line(_file_meta(trace, fields))
    states = [_line(_state(trace, number, fields)) for number in range(len(trace.states))]
    body = "[\n" + ",\n".join(states) + "\n]" if states else "[]"
    return f'{{"#meta": {meta},\n"vars": {_line(list(fields))},\n"states": {body}}}\n'


def _line(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)


def _file_meta(trace: Trace, fields: tuple[str, ...]) -> dict[str, Any]:
    about = trace.about
    meta: dict[str, Any] = {
        "format": "ITF",
        "format-description": DESCRIPTION,
        "schema": SCHEMA,
        "tool": trace.tool,
        "model": trace.model,
        "program": trace.program,
        "preset": trace.preset,
        "params": dict(trace.params),
        "property": about.name,
        "kind": about.kind,
        "verdict": about.verdict,
        "sentence": about.sentence,
        "where": about.where,
        "reads": list(about.reads),
        "reads_before": list(about.reads_before),
        "digest": trace.digest,
        "steps": identity(trace),
        "lanes": list(trace.lanes),
        "variables": [
            {
                "field": field,
                "name": variable.name,
                "lane": variable.lane,
                "replicas": list(variable.replicas),
                "type": type_to_json(variable.type),
            }
            for field, variable in zip(fields, trace.variables, strict=True)
        ],
    }
    if not trace.states:
        meta["failed"] = _failed(trace)
    return meta


def _state(trace: Trace, number: int, fields: tuple[str, ...]) -> dict[str, Any]:
    step = trace.steps[number - 1] if number else trace.start
    meta = {"index": number, **_step(step), "enabled": list(trace.enabled[number])}
    if trace.failed is not None and number == len(trace.states) - 1:
        meta["failed"] = _failed(trace)
    values = zip(fields, trace.variables, trace.states[number], strict=True)
    return {"#meta": meta} | {field: value_to_itf(variable.type, value) for field, variable, value in values}


def _step(step: TraceStep) -> dict[str, Any]:
    return {
        "step": step.text,
        "action": step.action,
        "args": dict(step.arguments),
        "lane": step.lane,
        "sentence": step.sentence,
        "lines": list(step.lines),
        "reads": list(step.reads),
        "writes": list(step.writes),
        "written_at": dict(step.wrote),
        "branches": [
            {"at": b.where, "test": b.test, "taken": b.taken, "saw": dict(b.saw), "chose": [b.first, b.last]}
            for b in step.branches
        ],
    }


def _failed(trace: Trace) -> dict[str, Any]:
    failed, step = trace.failed, trace.failing
    assert failed is not None
    found = {"failure": failed.kind, "message": failed.message, "at": failed.where, "judged": failed.judged}
    return found if step is None else {**_step(step), **found}


def write_itf(trace: Trace, path: Path) -> None:
    """Write the file, and the folders it is in. What was there before stays until the new file is complete."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with beside.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(itf_text(trace))
            beside.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise
    except OSError as error:
        raise UsageError.at("UC020", f"cannot write {path}: {(error.strerror or str(error)).lower()}") from None


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
        what = str(error) if isinstance(error, json.JSONDecodeError) else "its text cannot be decoded"
        raise UsageError.at(
            "UC021", f"{name} is not JSON: {what}", help="a trace is the .itf.json file that a check wrote"
        ) from None
    try:
        return ItfTrace(_Reader(data).trace(), name)
    except NotItf as error:
        raise UsageError.at(
            "UC022",
            f"{name} is not a trace that uringcheck wrote: {error}",
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
        preset = meta.get("preset")
        if preset is not None and not isinstance(preset, str):
            raise NotItf("#meta.preset", "not a string")
        return Trace(
            model=_text(meta, "model", "#meta"),
            program=_text(meta, "program", "#meta"),
            preset=preset,
            params=tuple(sorted(_object(meta, "params", "#meta").items())),
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
        )

    def _about(self) -> TraceProperty:
        meta = self.meta
        return TraceProperty(
            name=_text(meta, "property", "#meta"),
            kind=_text(meta, "kind", "#meta"),
            sentence=_text(meta, "sentence", "#meta"),
            verdict=_text(meta, "verdict", "#meta"),
            where=_text(meta, "where", "#meta"),
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
        kind = _text(entry, "failure", where)
        if kind not in ("domain", "assert"):
            raise NotItf(f"{where}.failure", "not `domain` or `assert`")
        judged = _text(entry, "judged", where)
        failure = TraceFailure(kind, _text(entry, "message", where), _text(entry, "at", where), judged)
        return failure, None if judged else _read_step(entry, where)


def _read_step(meta: dict[str, Any], where: str) -> TraceStep:
    branches = []
    for number, entry in enumerate(_list(meta, "branches", where)):
        here = f"{where}.branches[{number}]"
        match entry:
            case {"at": str(at), "test": str(test), "taken": bool(taken), "chose": [int(first), int(last)]}:
                branches.append(Branch(at, test, taken, _pairs(entry, "saw", here), first, last))
            case _:
                raise NotItf(here, "this describes no branch")
    return TraceStep(
        text=_text(meta, "step", where),
        action=_text(meta, "action", where),
        arguments=_pairs(meta, "args", where),
        lane=_text(meta, "lane", where),
        sentence=_text(meta, "sentence", where),
        lines=_texts(meta, "lines", where),
        reads=_texts(meta, "reads", where),
        wrote=_pairs(meta, "written_at", where),
        branches=tuple(branches),
    )


def _text(data: dict[str, Any], key: str, where: str) -> str:
    found = data.get(key)
    if not isinstance(found, str):
        raise NotItf(f"{where}.{key}", "missing" if found is None else "not a string")
    return found


def _list(data: dict[str, Any], key: str, where: str) -> list[Any]:
    found = data.get(key)
    if not isinstance(found, list):
        raise NotItf(f"{where}.{key}", "missing" if found is None else "not a list")
    return found


def _texts(data: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
    found = _list(data, key, where)
    if not all(isinstance(text, str) for text in found):
        raise NotItf(f"{where}.{key}", "not a list of strings")
    return tuple(found)


def _object(data: dict[str, Any], key: str, where: str) -> dict[str, Any]:
    found = data.get(key)
    if not isinstance(found, dict):
        raise NotItf(f"{where}.{key}", "missing" if found is None else "not an object")
    return found


def _pairs(data: dict[str, Any], key: str, where: str) -> tuple[tuple[str, str], ...]:
    found = _object(data, key, where)
    if not all(isinstance(text, str) for text in found.values()):
        raise NotItf(f"{where}.{key}", "not an object of strings")
    return tuple(found.items())
