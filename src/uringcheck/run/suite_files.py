"""Suites: models with presets, parameters and the verdicts they are expected to get.

    [sets]
    order = ["in_order", "one_final"]       # optional: names for lists of properties

    [[check]]
    model = "recv_multishot"                # as on the command line; paths are relative to this file
    preset = "6.0"                          # optional
    params = { client = "contract" }        # optional
    properties = ["in_order", "one_final"]  # optional: only these; "stated" is only those with an expectation
    note = "What makes this entry worth its time."
    holds = ["order"]                       # optional: properties, or sets less what `expect` says about a member
    [check.expect]
    nothing_after_final = { verdict = "violated", steps = 13 }

    [[equal]]
    left = "recv_multishot@6.0"             # as `uringcheck equal` takes it
    right = "recv_multishot@6.1,C=3"
    hide = ["others"]                       # optional, as are `observe` and `actions_only`
    note = "What makes this comparison worth its time."
    expect = "equal"                        # isomorphic, bisimilar, not-decided; { verdict = "different", steps = 3 }

    [[cost]]
    model = "recv_multishot"                # with `preset` and `params`, as in [[check]]
    until = "received=4"                    # optional, as `uringcheck cost` takes it
    note = "What makes these costs worth their time."
    [cost.expect]
    submits = { min = 1, max = 2 }          # quantities as on the command line; numbers, or "unbounded", "3/2"
    "poll_arms per submits" = { max = 1 }

    [[finding]]
    kind = "bug"                            # what a page of verdicts lists together: patch, bug, prediction
    what = "Completions overtake the overflow list."
    kernels = "up to 6.0"                   # optional
    entry = "recv_multishot@6.0,client=eager"   # a [[check]] of the suite, and what is violated there; or only a note
    property = "in_order"
    note = "Why there is none, or what else there is to say."

    [[presets]]
    model = "recv_multishot"                # the page of verdicts compares all presets of it, one with the next
    params = { client = "eager" }           # optional

A suite is one such file, or a folder of them, which are read in the order of their names and share their sets.

Every entry is run to its end, violations or not. A verdict, or a number of steps, other than the expected one fails
the suite. Expecting `not-decided` is legal; such entries are counted aloud. `domain` and `assert` are expected to hold
unless the entry says otherwise; what else it is silent about is listed, and fails the suite only when it is violated or
out of reach.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from uringcheck.diagnostics import UsageError
from uringcheck.diagnostics.values import value_class
from uringcheck.lang.loading import PACKAGE
from uringcheck.run.costs import CostQuestion, parsed
from uringcheck.run.equality import EqualityQuestion, Likeness, side
from uringcheck.run.question import Question
from uringcheck.run.verdicts import Verdict

#: `properties = "stated"`: only those that the entry says something about.
STATED = "stated"

_KEYS = ("model", "preset", "params", "properties", "note", "holds", "expect")
_EQUAL_KEYS = ("left", "right", "observe", "hide", "actions_only", "note", "expect")
_COST_KEYS = ("model", "preset", "params", "until", "note", "expect")
_FINDING_KEYS = ("kind", "what", "kernels", "entry", "property", "note")
_TABLES = ("check", "equal", "cost", "finding", "presets")

#: The kinds of findings, in the order of the page.
KINDS = ("patch", "bug", "prediction")


@value_class
class Expectation:
    """What a suite says about a property."""

    verdict: Verdict
    steps: int | None = None


@value_class
class Entry:
    """One `[[check]]` of a suite."""

    question: Question
    expect: Mapping[str, Expectation]
    note: str = ""


@value_class
class EqualEntry:
    """One `[[equal]]` of a suite. `expected` is a verdict, or `equal` for either of the two that mean it."""

    question: EqualityQuestion
    expected: str
    steps: int | None = None
    note: str = ""


@value_class
class CostEntry:
    """One `[[cost]]` of a suite. `expect` has `min`, `max` or both of each quantity, as text."""

    question: CostQuestion
    expect: Mapping[str, Mapping[str, str]]
    note: str = ""


@value_class
class Finding:
    """One `[[finding]]` of a suite: what a violated property of an entry shows, or in `note` why nothing does."""

    kind: str
    what: str
    kernels: str = ""
    entry: Question | None = None
    property: str = ""
    note: str = ""


@value_class
class Suite:
    """All entries of a suite, each sort in the order of its files."""

    checks: tuple[Entry, ...] = ()
    equalities: tuple[EqualEntry, ...] = ()
    costs: tuple[CostEntry, ...] = ()
    findings: tuple[Finding, ...] = ()
    presets: tuple[Question, ...] = ()


def shipped_suite() -> Path:
    """The suite that comes with the package, a folder."""
    return PACKAGE / "spec" / "suite"


def read_suite(path: Path) -> Suite:
    """The entries of a suite, one file or a folder of them; raises UsageError where it is not one."""
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if not files:
        raise UsageError.at("UC001", f"no .toml file in {path}", help="a suite is a .toml file or a folder of them")
    documents = {file: _document(file) for file in files}
    sets = _shared_sets(documents)

    def entries(table: str) -> Iterator[tuple[Path, str, dict[str, Any]]]:
        for file, document in documents.items():
            for number, item in enumerate(document.get(table, []), 1):
                yield file, f"[[{table}]] {number}", item

    return Suite(
        tuple(_entry(file, where, item, sets) for file, where, item in entries("check")),
        tuple(_equal_entry(file, where, item) for file, where, item in entries("equal")),
        tuple(_cost_entry(file, where, item) for file, where, item in entries("cost")),
        tuple(_finding(file, where, item) for file, where, item in entries("finding")),
        tuple(_presets(file, where, item) for file, where, item in entries("presets")),
    )


def _document(file: Path) -> dict[str, Any]:
    import tomllib

    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError.at("UC001", f"no such file: {file}", help=(error.strerror or "").lower()) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError.at("UC030", f"{file} is not TOML: {error}", help="nothing was read from it") from None
    for key in document:
        if key not in (*_TABLES, "sets"):
            names = ", ".join(f"[[{table}]]" for table in _TABLES)
            raise _wrong(file, f"no key `{key}` in a suite", f"a suite is a list of entries: {names}")
    sets = document.get("sets", {})
    if not isinstance(sets, dict) or not all(_names(members) for members in sets.values()):
        raise _wrong(file, "`sets` is not a table of lists of names", 'sets.order = ["in_order", "one_final"]')
    for table in _TABLES:
        items = document.get(table, [])
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise _wrong(file, f"`{table}` is not a list of entries", f"write [[{table}]], with two brackets")
    return document


def _shared_sets(documents: Mapping[Path, Mapping[str, Any]]) -> dict[str, list[str]]:
    """A set belongs to the whole folder, so only one file may say what it is."""
    sets: dict[str, list[str]] = {}
    owner: dict[str, Path] = {}
    for file, document in documents.items():
        for name, members in document.get("sets", {}).items():
            if name in sets:
                raise _wrong(
                    file, f"the set `{name}` is already in {owner[name].name}", "files of a folder share their sets"
                )
            sets[name], owner[name] = members, file
    return sets


def _names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _entry(file: Path, where: str, item: dict[str, Any], sets: Mapping[str, list[str]]) -> Entry:
    _known_keys(file, where, item, _KEYS)
    model, preset, given, note = _subject(file, where, item)
    expect = item.get("expect", {})
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
    question = Question(model, preset, given, tuple(properties), all_violations=True)
    return Entry(question, {name: _expectation(file, where, name, value) for name, value in expect.items()}, note)


def _subject(file: Path, where: str, item: Mapping[str, Any]) -> tuple[str, str | None, dict[str, str], str]:
    """Model, preset, parameters and note, which entries about one model have in common."""
    model, preset, note = item.get("model"), item.get("preset"), item.get("note", "")
    if not isinstance(model, str):
        raise _wrong(file, f"{where} names no model", 'model = "bounded_cq"')
    if (preset is not None and not isinstance(preset, str)) or not isinstance(note, str):
        raise _wrong(file, f"{where}: `preset` and `note` are strings", 'preset = "6.0"')
    params = item.get("params", {})
    if not isinstance(params, dict) or not all(isinstance(value, (str, int)) for value in _flat(params).values()):
        raise _wrong(file, f"{where}: `params` is not a table of values", 'params = { CAP = 2, client = "eager" }')
    return _beside(file, model), preset, {name: _text(value) for name, value in _flat(params).items()}, note


def _known_keys(file: Path, where: str, item: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in item:
        if key not in known:
            raise _wrong(file, f"{where}: no key `{key}`", f"it takes {', '.join(known)}")


def _equal_entry(file: Path, where: str, item: dict[str, Any]) -> EqualEntry:
    _known_keys(file, where, item, _EQUAL_KEYS)
    left, right, note = item.get("left"), item.get("right"), item.get("note", "")
    if not isinstance(left, str) or not isinstance(right, str) or not isinstance(note, str):
        raise _wrong(file, f"{where}: `left`, `right` and `note` are strings", 'left = "bounded_cq,CAP=2"')
    observe, hide, actions_only = item.get("observe", []), item.get("hide", []), item.get("actions_only", False)
    if not _names(observe) or not _names(hide) or not isinstance(actions_only, bool):
        help = 'hide = ["cq.extra"], actions_only = true'
        raise _wrong(file, f"{where}: `observe` and `hide` are lists of names, `actions_only` is a boolean", help)
    given = item.get("expect")
    expect = {"verdict": given} if isinstance(given, str) else given
    words = ["equal", *(likeness.value for likeness in Likeness)]
    if not isinstance(expect, dict) or not set(expect) <= {"verdict", "steps"} or expect.get("verdict") not in words:
        help = f'{", ".join(words)}, or {{ verdict = "different", steps = 3 }}'
        raise _wrong(file, f"{where}: `expect` is not a verdict", help)
    steps = _steps(file, where, "expect", expect)
    if steps is not None and expect["verdict"] != Likeness.DIFFERENT.value:
        raise _wrong(file, f"{where}: steps are expected without a difference", "only `different` has steps")
    sides = [replace(one, model=_beside(file, one.model)) for one in (side(left), side(right))]
    question = EqualityQuestion(sides[0], sides[1], tuple(observe), tuple(hide), actions_only)
    return EqualEntry(question, expect["verdict"], steps, note)


def _cost_entry(file: Path, where: str, item: dict[str, Any]) -> CostEntry:
    _known_keys(file, where, item, _COST_KEYS)
    model, preset, given, note = _subject(file, where, item)
    until, expect = item.get("until"), item.get("expect")
    if until is not None and not isinstance(until, str):
        raise _wrong(file, f"{where}: `until` is a string", 'until = "received=4"')
    if not isinstance(expect, dict) or not expect:
        raise _wrong(file, f"{where}: `expect` is not a table of quantities", "submits = { min = 1, max = 2 }")
    wanted = {}
    for name, bounds in expect.items():
        if not isinstance(bounds, dict) or not bounds or not set(bounds) <= {"min", "max"}:
            raise _wrong(file, f"{where}: what is expected of `{name}` is no bound", "submits = { min = 1, max = 2 }")
        if not all(isinstance(bound, (int, str)) and not isinstance(bound, bool) for bound in bounds.values()):
            help = 'a number, "3/2", or "unbounded"'
            raise _wrong(file, f"{where}: a bound of `{name}` is neither a number nor a word", help)
        wanted[parsed(name).text] = {bound: str(value) for bound, value in bounds.items()}
    return CostEntry(CostQuestion(Question(model, preset, given), tuple(wanted), until), wanted, note)


def _finding(file: Path, where: str, item: dict[str, Any]) -> Finding:
    _known_keys(file, where, item, _FINDING_KEYS)
    if not all(isinstance(value, str) for value in item.values()):
        raise _wrong(file, f"{where}: what it says is text", 'what = "completions overtake each other"')
    if item.get("kind") not in KINDS or not item.get("what"):
        raise _wrong(file, f"{where}: `kind` is no kind of finding, or `what` is missing", f"one of {', '.join(KINDS)}")
    if ("entry" in item) != ("property" in item) or not ("entry" in item or "note" in item):
        raise _wrong(file, f"{where}: a finding has an entry with its property, or a note that says why it has none",
                     'entry = "bounded_cq,CAP=2", property = "within_limit"')  # fmt: skip
    entry = side(item["entry"]) if "entry" in item else None
    return Finding(
        item["kind"],
        item["what"],
        item.get("kernels", ""),
        entry and replace(entry, model=_beside(file, entry.model)),
        item.get("property", ""),
        item.get("note", ""),
    )


def _presets(file: Path, where: str, item: dict[str, Any]) -> Question:
    _known_keys(file, where, item, ("model", "params"))
    model, _, given, _ = _subject(file, where, item)
    return Question(model, None, given, all_violations=True)


def _steps(file: Path, where: str, name: str, given: Mapping[str, Any]) -> int | None:
    steps = given.get("steps")
    if steps is not None and (not isinstance(steps, int) or isinstance(steps, bool) or steps < 0):
        raise _wrong(file, f"{where}: `steps` of `{name}` is not a number of actions", "steps = 5")
    return steps


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
    steps = _steps(file, where, name, given)
    verdict = Verdict(given["verdict"])
    if steps is not None and verdict not in (Verdict.VIOLATED, Verdict.FOUND):
        raise _wrong(
            file, f"{where}: `{name}` is expected to have steps without a trace", "only violated and found have steps"
        )
    return Expectation(verdict, steps)


def _wrong(file: Path, message: str, help: str) -> UsageError:
    return UsageError.at("UC032", f"{file}: {message}", help=help)
