"""A recount by SPIN (Debian package `spin`, and a C compiler).

States and properties of states and steps are searched breadth first, without partial order reduction and without a
claim; violated properties are found one after the other and left out of the next run, as SPIN stops at the first. Each
formula of a temporal property is a run of its own, depth first. SPIN counts one state that we do not have, the one
before the start; its transitions are not ours and are not compared.
"""

from __future__ import annotations

import re
from pathlib import Path

from uringcheck.ir.program import Program, PropertyKind
from uringcheck.lower.promela import promela
from uringcheck.lower.text import ASSERT, DOMAIN
from uringcheck.witness.recount import COMPILER, Finding, Recount, ToolFailed, goals_as_invariants, missing, run

NEEDS = ("spin", "cc")

#: States before the start.
_BEFORE_START = 1

#: Steps on the longest path; SPIN says so when it is too small, and then nothing is concluded.
_DEPTH = "-m2000000"

#: Without these SPIN leaves out of its states what no later statement reads.
_WHOLE_STATES = ("-o1", "-o2")

_COMPILED = ("-DNOREDUCE", "-DVECTORSZ=16384", "-o", "pan", "pan.c")


def absent() -> list[str]:
    """What is not installed of what is needed."""
    return missing(NEEDS)


def recount(program: Program, folder: Path, patience: float) -> Recount:
    """What SPIN finds out about a specialised program; raises ToolFailed."""
    version = run(["spin", "-V"], folder, accept=None).removeprefix("Spin Version ").split(" ")[0].strip()
    made = Recount("spin", version)
    program = goals_as_invariants(program)
    exported = promela(program)
    made.apart.update(exported.left_out)
    made.apart["transitions"] = "SPIN's transitions include steps that change nothing and the monitor's"
    made.files["model.pml"] = exported.text
    open_ = [name for name in exported.covered if name not in (DOMAIN, ASSERT) and name not in exported.numbers]
    while True:
        states, error = _search(program, open_, folder, patience, made)
        if error is None:
            made.states = states - _BEFORE_START
            break
        made.findings[error[0]] = Finding(True, error[1])
        if error[0] in (DOMAIN, ASSERT):
            made.apart["states"] = "SPIN does not end a step where it fails"
            break
        open_ = [name for name in open_ if name != error[0]]
    if made.states is None:
        for name in exported.covered:
            if name not in made.findings:
                made.apart[name] = "SPIN stops at the step that fails"
        return made
    for name in (*open_, *(name for name in (DOMAIN, ASSERT) if name in exported.covered)):
        made.findings[name] = Finding(False)
    _temporal(program, folder, patience, made)
    return made


def _answer(arguments: list[str], folder: Path, patience: float, made: Recount, label: str, *defines: str) -> str:
    """Generate, compile and run a verifier on `model.pml`; what it answers."""
    run(["spin", *_WHOLE_STATES, *defines, "-a", "model.pml"], folder, patience)
    trail = folder / "model.pml.trail"
    trail.unlink(missing_ok=True)
    search = [] if any(define.startswith("-DLTL") for define in defines) else ["-DSAFETY", "-DBFS"]
    run([*COMPILER, *search, *_COMPILED], folder, patience)
    answer = run(["./pan", _DEPTH, *arguments], folder, patience, accept=None)
    made.files[f"spin-answer-{label}.txt"] = answer[-100_000:]
    if "max search depth too small" in answer:
        raise ToolFailed("SPIN's search depth was too small", made.files)
    return answer


def _counted(answer: str, made: Recount) -> tuple[int, int]:
    """States stored and errors."""
    states = re.search(r"^\s*(\d+) states, stored", answer, re.MULTILINE)
    errors = re.search(r"errors: (\d+)", answer)
    if states is None or errors is None:
        raise ToolFailed("SPIN's answer has no counts: " + answer.strip()[-300:], made.files)
    return int(states[1]), int(errors[1])


def _search(
    program: Program, only: list[str], folder: Path, patience: float, made: Recount
) -> tuple[int, tuple[str, int] | None]:
    """States stored, and the first error: a property's name and the steps that lead there."""
    text = promela(program, only).text
    (folder / "model.pml").write_text(text, encoding="utf-8")
    states, errors = _counted(_answer(["-E"], folder, patience, made, str(len(made.findings))), made)
    if not errors:
        return states, None
    told = run(["spin", "-t", "model.pml"], folder, patience, accept=None)
    line = re.search(r"^spin: model\.pml:(\d+), Error: assertion violated", told, re.MULTILINE)
    if line is None:
        raise ToolFailed(f"SPIN's trail does not end in an assertion: {told.strip()[:300]}", made.files)
    lines = text.splitlines()
    trail = (folder / "model.pml.trail").read_text(encoding="utf-8").splitlines()
    taken = sum(1 for entry in trail if not entry.startswith("-")) - 1
    in_monitor = any(text.startswith("active proctype monitor") for text in lines[: int(line[1])])
    name = _name(lines, int(line[1]), [*only, DOMAIN, ASSERT])
    if name is None:
        raise ToolFailed(
            f"SPIN found an error of the text itself, at line {line[1]}", {**made.files, "model.pml": text}
        )
    return states, (name, max(taken - in_monitor, 0))


def _name(lines: list[str], number: int, names: list[str]) -> str | None:
    """The property that the assertion at a line is about: the nearest comment above says so."""
    for line in reversed(lines[:number]):
        found = re.match(r"\s*/\* (?:property (?P<name>.*)|(?P<sort>\w+): .*) \*/$", line)
        if found:
            said = found["name"] or found["sort"]
            return said if said in names else None
    return None


def _temporal(program: Program, folder: Path, patience: float, made: Recount) -> None:
    """Judge each temporal property: it holds when each of its formulas does."""
    temporal = [one.name for one in program.properties if one.kind is PropertyKind.TEMPORAL]
    if any(one.kind is PropertyKind.CONSTRAINT for one in program.properties):
        made.apart.update(dict.fromkeys(temporal, "a constraint cuts behaviours short"))
        return
    exported = promela(program, temporal)
    (folder / "model.pml").write_text(exported.text, encoding="utf-8")
    for name, numbers in exported.numbers.items():
        try:
            made.findings[name] = Finding(any(_violated(number, folder, patience, made) for number in numbers))
        except ToolFailed as error:
            made.apart[name] = str(error).splitlines()[0]


def _violated(number: int, folder: Path, patience: float, made: Recount) -> bool:
    """Whether SPIN finds an acceptance cycle that breaks a formula."""
    answer = _answer(["-a"], folder, patience, made, f"ltl-{number}", f"-DLTL={number}")
    _, errors = _counted(answer, made)
    if errors and "acceptance cycle" not in answer:
        raise ToolFailed("SPIN found another error than an acceptance cycle", made.files)
    return errors > 0
