"""Suites: models with presets, parameters and the verdicts they are expected to get.

    [sets]
    order = ["in_order", "one_final"]       # optional: names for lists of properties

    [[check]]
    model = "recv_multishot"                # as on the command line; paths are relative to the suite
    preset = "6.0"                          # optional
    params = { client = "contract" }        # optional
    properties = ["in_order", "one_final"]  # optional: only these; "stated" is only those with an expectation
    note = "What makes this entry worth its time."
    holds = ["order"]                       # optional: properties, or sets less what `expect` says about a member
    [check.expect]
    nothing_after_final = { verdict = "violated", steps = 13 }

Every entry is run to its end, violations or not. A verdict, or a number of steps, other than the expected one fails
the suite. Expecting `not-decided` is legal; such entries are counted aloud. `domain` and `assert` are expected to hold
unless the entry says otherwise; what else it is silent about is listed, and fails the suite only when it is violated or
out of reach.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from uringcheck.diagnostics import UsageError
from uringcheck.diagnostics.values import value_class
from uringcheck.explore.outcome import Progress
from uringcheck.explore.search import NO_DEADLOCK
from uringcheck.ir.program import PropertyKind
from uringcheck.lang.loading import PACKAGE
from uringcheck.lang.tree import unknown
from uringcheck.run.check import ASSERT, DOMAIN, bare_name, check
from uringcheck.run.project import Project
from uringcheck.run.question import Question, Subject, subject
from uringcheck.run.results import PropertyResult, Result
from uringcheck.run.verdicts import Verdict

#: `properties = "stated"`: only those that the entry says something about.
STATED = "stated"

_KEYS = ("model", "preset", "params", "properties", "note", "holds", "expect")


@value_class
class Expectation:
    """What a suite says about a property."""

    verdict: Verdict
    steps: int | None = None


#: What is expected where an entry says nothing: a model that leaves its ranges has no other verdicts worth having.
_ALWAYS = {DOMAIN: Expectation(Verdict.HOLDS), ASSERT: Expectation(Verdict.HOLDS)}


@value_class
class Entry:
    """One `[[check]]` of a suite."""

    question: Question
    expect: Mapping[str, Expectation]
    note: str = ""


def shipped_suite() -> Path:
    """The suite that comes with the package."""
    return PACKAGE / "spec" / "suite.toml"


def read_suite(file: Path) -> tuple[Entry, ...]:
    """The entries of a suite; raises UsageError where the file is not one."""
    import tomllib

    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError.at("UC001", f"no such file: {file}", help=(error.strerror or "").lower()) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError.at("UC030", f"{file} is not TOML: {error}", help="nothing was read from it") from None
    for key in document:
        if key not in ("check", "sets"):
            raise _wrong(file, f"no key `{key}` in a suite", "a suite is a list of [[check]] entries")
    sets = document.get("sets", {})
    if not isinstance(sets, dict) or not all(_names(members) for members in sets.values()):
        raise _wrong(file, "`sets` is not a table of lists of names", 'sets.order = ["in_order", "one_final"]')
    checks = document.get("check", [])
    if not isinstance(checks, list) or not all(isinstance(item, dict) for item in checks):
        raise _wrong(file, "`check` is not a list of entries", "write [[check]], with two brackets")
    return tuple(_entry(file, number, item, sets) for number, item in enumerate(checks, 1))


def _names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _entry(file: Path, number: int, item: dict[str, Any], sets: Mapping[str, list[str]]) -> Entry:
    where = f"entry {number}"
    for key in item:
        if key not in _KEYS:
            raise _wrong(file, f"{where}: no key `{key}`", f"it takes {', '.join(_KEYS)}")
    model, preset, note = item.get("model"), item.get("preset"), item.get("note", "")
    if not isinstance(model, str):
        raise _wrong(file, f"{where} names no model", 'model = "bounded_cq"')
    if (preset is not None and not isinstance(preset, str)) or not isinstance(note, str):
        raise _wrong(file, f"{where}: `preset` and `note` are strings", 'preset = "6.0"')
    params, expect = item.get("params", {}), item.get("expect", {})
    if not isinstance(params, dict) or not all(isinstance(value, (str, int)) for value in _flat(params).values()):
        raise _wrong(file, f"{where}: `params` is not a table of values", 'params = { CAP = 2, client = "eager" }')
    properties = item.get("properties", [])
    if properties != STATED and not _names(properties):
        raise _wrong(file, f"{where}: `properties` is not a list of names", 'properties = ["in_order"]')
    if not isinstance(expect, dict):
        raise _wrong(file, f"{where}: `expect` is not a table", 'expect = { in_order = "holds" }')
    holding = item.get("holds", [])
    if not _names(holding):
        raise _wrong(file, f"{where}: `holds` is not a list of names", 'holds = ["in_order"]')
    for name in holding:
        if name in expect:
            raise _wrong(file, f"{where}: two expectations of `{name}`", "leave it in `holds` or in `expect`")
    held = [member for name in holding for member in sets.get(name, [name])]
    expect = {**dict.fromkeys(held, Verdict.HOLDS.value), **expect}
    if properties == STATED:
        properties = list(expect)
    question = Question(
        _beside(file, model), preset, {name: _text(value) for name, value in _flat(params).items()}, tuple(properties),
        all_violations=True,
    )  # fmt: skip
    return Entry(question, {name: _expectation(file, where, name, value) for name, value in expect.items()}, note)


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """`client.BATCH = 2` is a table in a table in TOML, and one parameter here."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found.update(_flat(value, f"{prefix}{key}."))
        else:
            found[prefix + key] = value
    return found


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _beside(file: Path, model: str) -> str:
    name, colon, cls = model.partition(":")
    if name.endswith(".py") and not Path(name).is_absolute():
        return f"{file.parent / name}{colon}{cls}"
    return model


def _expectation(file: Path, where: str, name: str, value: object) -> Expectation:
    given = {"verdict": value} if isinstance(value, str) else value
    if not isinstance(given, dict) or not set(given) <= {"verdict", "steps"} or "verdict" not in given:
        raise _wrong(
            file,
            f"{where}: what is expected of `{name}` is not a verdict",
            '"holds", or { verdict = "violated", steps = 5 }',
        )
    words = [verdict.value for verdict in Verdict]
    if given["verdict"] not in words:
        raise _wrong(file, f"{where}: `{given['verdict']}` is no verdict", f"one of {', '.join(words)}")
    steps = given.get("steps")
    if steps is not None and (not isinstance(steps, int) or isinstance(steps, bool) or steps < 0):
        raise _wrong(file, f"{where}: `steps` of `{name}` is not a number of actions", "steps = 5")
    verdict = Verdict(given["verdict"])
    if steps is not None and verdict not in (Verdict.VIOLATED, Verdict.FOUND):
        raise _wrong(
            file, f"{where}: `{name}` is expected to have steps without a trace", "only violated and found have steps"
        )
    return Expectation(verdict, steps)


def _wrong(file: Path, message: str, help: str) -> UsageError:
    return UsageError.at("UC032", f"{file}: {message}", help=help)


@value_class
class Prepared:
    """An entry whose model, parameters and properties all exist."""

    entry: Entry
    subject: Subject


def prepare(entries: tuple[Entry, ...], project: Project | None = None) -> tuple[Prepared, ...]:
    """Settle every entry before the first is run; raises UsageError and SpecError."""
    from uringcheck.lang.plain import properties_of

    made = []
    for entry in entries:
        settled = subject(entry.question, project)
        bound = [found for found in properties_of(settled.tree) if found.mark.kind is not PropertyKind.CONSTRAINT]
        names = [found.name for found in bound] + [NO_DEADLOCK, DOMAIN, ASSERT]
        for name in entry.question.properties:
            if name not in names and name not in map(bare_name, names):
                raise unknown("property", name, names, "UC015")
        for name in entry.expect:
            if name not in names:
                raise unknown("property", name, names, "UC015")
        made.append(Prepared(entry, settled))
    return tuple(made)


def run_entry(prepared: Prepared, like: Question, observe: Callable[[Progress], None] | None = None) -> Result:
    """The result of one entry beside what was expected of it. Limits and extra checks are as in `like`."""
    question = replace(
        prepared.entry.question,
        limits=like.limits,
        graph_stats=like.graph_stats,
        cross_check=like.cross_check,
        engine=like.engine,
        threads=like.threads,
    )
    result = check(question, prepared.subject, observe)
    expect = {**_ALWAYS, **prepared.entry.expect}
    found = tuple(_compared(one, expect.get(one.name)) for one in result.properties)
    missing = [name for name in prepared.entry.expect if name not in {one.name for one in found}]
    unstated = tuple(one.name for one in found if one.expected is None)
    return replace(result, properties=found, note=prepared.entry.note, unstated=unstated, absent=tuple(missing))


def _compared(found: PropertyResult, expected: Expectation | None) -> PropertyResult:
    if expected is None:
        return replace(found, in_suite=True)
    return replace(found, in_suite=True, expected=expected.verdict, expected_steps=expected.steps)
