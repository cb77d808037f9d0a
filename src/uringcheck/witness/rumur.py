"""A recount by Rumur, a Murphi checker in C++ (Debian package `rumur`).

Rumur stops counting at a state that violates an invariant. So the violated properties are found one after the other,
each with its shortest counterexample (breadth first, one thread), and left out of the next run; the last run, in which
nothing is violated any more, counts every state and every rule that was fired.
"""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from uringcheck.ir.program import Program
from uringcheck.lower.murphi import murphi
from uringcheck.lower.text import ASSERT, DOMAIN
from uringcheck.witness.recount import COMPILER, Finding, Recount, ToolFailed, goals_as_invariants, missing, run

NEEDS = ("rumur", "cc")

_OPTIONS = (
    "--output-format", "machine-readable", "--deadlock-detection", "off", "--symmetry-reduction", "off",
    "--threads", "1", "--value-type", "int32_t",
)  # fmt: skip

#: Failing steps are errors that Rumur would end the count at.
_ALL_ERRORS = "2000000000"


def absent() -> list[str]:
    """What is not installed of what is needed."""
    return missing(NEEDS)


def recount(program: Program, folder: Path, patience: float) -> Recount:
    """What Rumur finds out about a specialised program; raises ToolFailed."""
    version = run(["rumur", "--version"], folder, accept=None).strip().removeprefix("Rumur version ")
    made = Recount("rumur", version)
    program = goals_as_invariants(program)
    exported = murphi(program)
    made.apart.update(exported.left_out)
    made.files["model.m"] = exported.text
    open_ = [name for name in exported.covered if name not in (DOMAIN, ASSERT)]
    failed = False
    while not failed:
        summary, error = _run(program, open_, folder, patience, made, first_error=True)
        if error is None:
            break
        name, steps = error
        made.findings[name] = Finding(True, steps)
        failed = name in (DOMAIN, ASSERT)
        open_ = [other for other in open_ if other != name]
    if failed:
        for name in exported.covered:
            if name not in made.findings:
                made.apart[name] = "Rumur stops at the step that fails"
        summary, _ = _run(program, [], folder, patience, made, first_error=False)
    else:
        for name in exported.covered:
            made.findings.setdefault(name, Finding(False))
    made.states, made.transitions = summary
    return made


def _run(
    program: Program, only: list[str], folder: Path, patience: float, made: Recount, *, first_error: bool
) -> tuple[tuple[int, int], tuple[str, int] | None]:
    """States and rules fired, and the first error: a property's name and the steps that lead there."""
    text = murphi(program, only).text
    (folder / "model.m").write_text(text, encoding="utf-8")
    errors = ["--max-errors", "1"] if first_error else ["--max-errors", _ALL_ERRORS, "--counterexample-trace", "off"]
    run(["rumur", *_OPTIONS, *errors, "--output", "model.c", "model.m"], folder, patience)
    run([*COMPILER, "-o", "model", "model.c", "-lpthread"], folder, patience)
    answer = run(["./model"], folder, patience, accept=None)
    made.files[f"rumur-answer-{len(made.findings)}.xml"] = answer[-200_000:]
    try:
        root = ElementTree.fromstring(answer)
    except ElementTree.ParseError as error:
        raise ToolFailed(f"Rumur's answer is not XML: {error}", made.files) from None
    summary = root.find("summary")
    if summary is None:
        raise ToolFailed("Rumur's answer has no summary", made.files)
    counts = (int(summary.get("states", "")), int(summary.get("rules_fired", "")))
    first = root.find("error")
    if first is None or not first_error:
        return counts, None
    name = _name(first.findtext("message") or "", [*only, DOMAIN, ASSERT])
    if name is None:
        raise ToolFailed(f"Rumur found an error of its own: {first.findtext('message')}", made.files)
    return counts, (name, max(len(first.findall("transition")) - 1, 0))


def _name(message: str, names: list[str]) -> str | None:
    """The property that an error message is about."""
    found = re.fullmatch(r'invariant "(.*)" failed', message, re.DOTALL)
    said = found[1] if found else re.sub(r"^Assertion failed: [^ ]*: ", "", message)
    said = said if said in names else said.partition(":")[0]
    return said if said in names else None
