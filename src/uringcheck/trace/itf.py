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

A behaviour without end has `loop`, the number of the state that the last one is again; where that is the last one
itself, nothing happens any more. Its `in_vain` in the `#meta` of the file are the steps that are possible on the loop
and never taken there.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from uringcheck.diagnostics import UsageError
from uringcheck.trace.identity import identity
from uringcheck.trace.itf_reading import SCHEMA, ItfTrace, parse_itf, read_itf
from uringcheck.trace.itf_values import field_names, type_to_json, value_to_itf
from uringcheck.trace.model import Trace, TraceStep

DESCRIPTION = "https://apalache-mc.org/docs/adr/015adr-trace.html"


def itf_text(trace: Trace) -> str:
    """The file's text."""
    fields = field_names(variable.name for variable in trace.variables)
    meta = _line(_file_meta(trace, fields))
    states = [_line(_state(trace, number, fields)) for number in range(len(trace.states))]
    body = "[\n" + ",\n".join(states) + "\n]" if states else "[]"
    loop = "" if trace.loop is None else f'"loop": {trace.loop},\n'
    return f'{{"#meta": {meta},\n"vars": {_line(list(fields))},\n{loop}"states": {body}}}\n'


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
    if trace.loop is not None:
        meta["in_vain"] = list(trace.in_vain)
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


__all__ = ["ItfTrace", "itf_text", "parse_itf", "read_itf", "write_itf"]
