"""Call the witnesses: which there are, which are installed, and what each says about a model."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from uringcheck.diagnostics import SpecError
from uringcheck.explore.vacuity import cover_texts
from uringcheck.ir.program import Program
from uringcheck.ir.rewrite import specialise
from uringcheck.lower.text import ASSERT
from uringcheck.run.bundle import Disagreement, reproduction
from uringcheck.run.check import asked_of, check, narrowed
from uringcheck.run.question import Question, Subject
from uringcheck.run.results import Result
from uringcheck.witness import rumur, spin, tlc
from uringcheck.witness.comparing import Comparison, compare
from uringcheck.witness.recount import PATIENCE, Recount, ToolFailed, failing_at


@dataclass(frozen=True)
class Witness:
    """A tool: how to find out what is missing, how to call it, and where to get it."""

    name: str
    absent: Callable[[], list[str]]
    recount: Callable[[Program, Path, float], Recount]
    get: str


WITNESSES = (
    Witness("rumur", rumur.absent, rumur.recount, "apt-get install rumur gcc"),
    Witness("spin", spin.absent, spin.recount, "apt-get install spin gcc"),
    Witness("tlc", tlc.absent, tlc.recount, "a Java, and TLC_JAR=/path/to/tla2tools.jar"),
)


@dataclass(frozen=True)
class Testimony:
    """What came of calling one witness: comparisons, or why there are none."""

    witness: str
    version: str
    comparisons: tuple[Comparison, ...]
    silence: str = ""
    recount: Recount | None = None

    @property
    def made(self) -> int:
        """How many figures were compared."""
        return sum(one.agrees is not None for one in self.comparisons)

    @property
    def disagreements(self) -> list[Comparison]:
        """The figures that differ."""
        return [one for one in self.comparisons if one.agrees is False]


@dataclass(frozen=True)
class Hearing:
    """Our result and every testimony about it."""

    result: Result
    testimonies: tuple[Testimony, ...]

    @property
    def made(self) -> int:
        """How many figures were compared with any witness."""
        return sum(one.made for one in self.testimonies)


def hear(question: Question, subject: Subject, names: Sequence[str] = (), patience: float = PATIENCE) -> Hearing:
    """Search the model, then let the witnesses of these names recount it, all by default, as far as it is asked about.

    Raises SpecError when the spec is wrong or a target cannot express it. A disagreement is not raised: see `differ`.
    """
    result = check(replace(question, all_violations=True), subject)
    program = specialise(narrowed(subject.program, asked_of(question, subject)))
    called = [one for one in WITNESSES if not names or one.name in names]
    return Hearing(result, tuple(_testimony(one, program, result, patience) for one in called))


def _testimony(witness: Witness, program: Program, result: Result, patience: float) -> Testimony:
    absent = witness.absent()
    if absent:
        return Testimony(witness.name, "", (), f"skipped: not installed: {', '.join(absent)} ({witness.get})")
    with tempfile.TemporaryDirectory(prefix="uringcheck-witness-") as folder:
        try:
            recount = witness.recount(program, Path(folder), patience)
        except ToolFailed as error:
            return Testimony(witness.name, "", (), f"failed: {error}")
        except SpecError as error:
            return Testimony(witness.name, "", (), f"cannot express the model: {error}")
        made = compare(result, recount)
        for number, text in enumerate(cover_texts(program)):
            made.append(_covered(witness, program, result, number, text, Path(folder), patience))
    return Testimony(witness.name, recount.version, tuple(made), "", recount)


def _covered(
    witness: Witness, program: Program, result: Result, number: int, text: str, folder: Path, patience: float
) -> Comparison:
    """Whether a cover point is reached: a witness is shown a program that fails there."""
    reached = text not in result.vacuous and text not in result.disabled
    ours = "found" if reached else "not-found"
    failing = failing_at(program, number)
    if failing is None:
        return Comparison(text, ours, "", None, "a requirement stands behind it")
    if not result.complete:
        return Comparison(text, ours, "", None, "we have not seen every state")
    try:
        recount = witness.recount(failing, folder, patience)
    except ToolFailed as error:
        return Comparison(text, ours, "", None, str(error).splitlines()[0])
    finding = recount.findings.get(ASSERT)
    if finding is None:
        return Comparison(text, ours, "", None, recount.apart.get(ASSERT, "the parameters rule it out"))
    theirs = "found" if finding.reached else "not-found"
    return Comparison(text, ours, theirs, finding.reached == reached)


def differ(subject: Subject, hearing: Hearing) -> Disagreement | None:
    """The error that the disagreements of a hearing are, with what reproduces them; None when there are none."""
    lines: list[str] = []
    files: dict[str, str] = {}
    for testimony in hearing.testimonies:
        if not testimony.disagreements or testimony.recount is None:
            continue
        for one in testimony.disagreements:
            lines.append(f"{testimony.witness}: {one.what}: we say {one.ours}, {testimony.witness} says {one.theirs}")
        files.update(testimony.recount.files)
    if not lines:
        return None
    files["disagreements.txt"] = "\n".join(lines) + "\n"
    files.update(reproduction(subject, specialise(subject.program)))
    return Disagreement("; ".join(lines), files)
