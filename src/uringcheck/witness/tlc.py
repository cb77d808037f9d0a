"""A recount by TLC, where somebody says where its jar is: `TLC_JAR=/path/to/tla2tools.jar`, or `--tlc-jar`.

TLC stops at the first violated property, so violated ones are left out of the next run. Temporal properties are runs of
their own. TLC does not count states that a constraint cuts, and its number of generated states depends on how the
next-state relation is written; neither is compared.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from uringcheck.ir.program import Program, PropertyKind
from uringcheck.lower.text import ASSERT, DOMAIN
from uringcheck.lower.tla import tla
from uringcheck.witness.recount import Finding, Recount, ToolFailed, goals_as_invariants, missing, run


def absent() -> list[str]:
    """What is not installed of what is needed."""
    jar = os.environ.get("TLC_JAR", "")
    return [*missing(["java"]), *([] if jar and Path(jar).is_file() else ["tla2tools.jar"])]


def recount(program: Program, folder: Path, patience: float) -> Recount:
    """What TLC finds out about a specialised program; raises ToolFailed."""
    made = Recount("tlc", "")
    program = goals_as_invariants(program)
    temporal = [one.name for one in program.properties if one.kind is PropertyKind.TEMPORAL]
    exported = tla(program)
    made.apart.update(exported.left_out)
    made.apart["transitions"] = "TLC counts what Next generates"
    made.files.update({f"{program.name}{suffix}": text for suffix, text in exported.files.items()})
    open_ = [name for name in exported.covered if name not in (DOMAIN, ASSERT, *temporal)]
    while True:
        states, error = _run(program, open_, folder, patience, made)
        if error is None:
            break
        made.findings[error[0]] = Finding(True, error[1])
        if error[0] in (DOMAIN, ASSERT):
            made.apart.update(dict.fromkeys(("states", *open_, *temporal), "TLC stops at the step that fails"))
            return made
        open_ = [name for name in open_ if name != error[0]]
    if any(one.kind is PropertyKind.CONSTRAINT for one in program.properties):
        made.apart["states"] = "TLC does not count the states that a constraint cuts"
    else:
        made.states = states
    for name in (*open_, *(name for name in (DOMAIN, ASSERT) if name in exported.covered)):
        made.findings[name] = Finding(False)
    for name in temporal:
        if name in exported.covered:
            _, error = _run(program, [name], folder, patience, made)
            made.findings[name] = Finding(error is not None)
    return made


def _run(
    program: Program, only: list[str], folder: Path, patience: float, made: Recount
) -> tuple[int, tuple[str, int] | None]:
    """Distinct states, and the first error: a property's name and the steps of its trace."""
    exported = tla(program, only)
    for suffix, text in exported.files.items():
        (folder / f"{program.name}{suffix}").write_text(text, encoding="utf-8")
    command = ["java", "-XX:+UseParallelGC", "-cp", os.environ.get("TLC_JAR", ""), "tlc2.TLC", "-workers", "1"]
    answer = run([*command, "-config", f"{program.name}.cfg", f"{program.name}.tla"], folder, patience, accept=None)
    made.files[f"tlc-answer-{'-'.join(only)[:40] or 'counts'}.txt"] = answer[-100_000:]
    version = re.search(r"^TLC2 Version (\S+)", answer, re.MULTILINE)
    made.version = version[1] if version else made.version
    error = reported(answer, [*only, DOMAIN, ASSERT])
    counted = re.findall(r"(\d+) distinct states found", answer)
    if error is None and ("No error has been found" not in answer or not counted):
        raise ToolFailed("TLC's answer is neither a success nor a violation: " + answer.strip()[-400:], made.files)
    return int(counted[-1]) if counted else 0, error


def reported(answer: str, names: list[str]) -> tuple[str, int] | None:
    """The property that TLC's answer says is violated, and the steps of the trace it shows; None when it says none."""
    steps = max(len(re.findall(r"^State \d+: ", answer, re.MULTILINE)) - 1, 0)
    named = re.search(r"^Error: (?:Invariant|Action property) (\w+) is violated", answer, re.MULTILINE)
    if named:
        said = [name for name in names if re.sub(r"\W+", "_", name).rstrip("_") in (named[1], named[1].rstrip("_"))]
        if not said:
            raise ToolFailed(f"TLC found `{named[1]}` violated, which nobody asked about")
        return said[0], steps
    if re.search(r"^Error: Temporal properties were violated", answer, re.MULTILINE):
        return names[0], steps
    failed = re.search(r'"(domain|assert): ', answer)
    return (failed[1], steps + 1) if failed else None
