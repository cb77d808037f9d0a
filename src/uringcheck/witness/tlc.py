"""A recount by TLC, where somebody says where its jar is: `TLC_JAR=/path/to/tla2tools.jar`, or `--tlc-jar`.

TLC stops at the first violated property, so violated ones are left out of the next run; what is judged about deadlocks
has runs of its own, as TLC judges a state before it has seen the steps of those found earlier, and a failing step could
seem to be nearer than it is. Each temporal property is a run of its own, too. TLC's number of generated states depends
on how the next-state relation is written and is not compared.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from uringcheck.ir.program import Program, PropertyKind
from uringcheck.lower.text import ASSERT, DOMAIN, NO_DEADLOCK, Exported
from uringcheck.lower.tla import MARKED, tla
from uringcheck.witness.recount import Finding, Recount, ToolFailed, goals_as_invariants, missing, run

#: Short runs: a collector and a compiler that start quickly, in a heap that leaves room for others.
_JAVA = ("java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xss16m")
_OPTIONS = ("-tool", "-nowarning", "-deadlock", "-workers", "1", "-fp", "0", "-metadir", "states")

#: TLC's messages by their numbers (tlc2.output.EC).
_SUCCESS, _COUNTS, _STATE, _VERSION, _TEMPORAL = "2193", "2199", "2217", "2262", "2116"
_INVARIANT_AT_START, _INVARIANT = "2107", "2110"


def absent() -> list[str]:
    """What is not installed of what is needed."""
    jar = os.environ.get("TLC_JAR", "")
    return [*missing(["java"]), *([] if jar and Path(jar).is_file() else ["tla2tools.jar"])]


def recount(program: Program, folder: Path, patience: float) -> Recount:
    """What TLC finds out about a specialised program; raises ToolFailed."""
    made = Recount("tlc", "")
    program = goals_as_invariants(program)
    kinds = {one.name: one.kind for one in program.properties}
    exported = tla(program)
    made.apart.update(exported.left_out)
    made.apart["transitions"] = "TLC counts what Next generates"
    made.files.update({f"{program.name}{suffix}": text for suffix, text in exported.files.items()})
    temporal = [name for name in exported.covered if kinds.get(name) is PropertyKind.TEMPORAL]
    stuck = [name for name in exported.covered if name == NO_DEADLOCK or kinds.get(name) is PropertyKind.DEADLOCK]
    others = [name for name in exported.covered if name not in (*temporal, *stuck)]
    made.states = _violated_in_turn(program, others, folder, patience, made)
    _violated_in_turn(program, stuck, folder, patience, made)
    if any(made.findings[name].reached for name in (DOMAIN, ASSERT) if name in made.findings):
        made.apart.update(dict.fromkeys(temporal, "steps fail"))
        return made
    for name in temporal:
        try:
            made.findings[name] = Finding(_run(program, [name], folder, patience, made).violated is not None)
        except ToolFailed as error:
            made.apart[name] = str(error).splitlines()[0]
    return made


def _violated_in_turn(program: Program, names: list[str], folder: Path, patience: float, made: Recount) -> int:
    """Find the violated ones of some properties one after the other; the states that the last run counts."""
    open_ = list(names)
    while True:
        answer = _run(program, open_, folder, patience, made)
        if answer.violated is None:
            break
        made.findings[answer.violated] = Finding(True, answer.steps)
        open_.remove(answer.violated)
    made.findings.update(dict.fromkeys(open_, Finding(False)))
    return answer.states


@dataclass(frozen=True)
class Answer:
    """What one run of TLC says: distinct states, the property it found violated, and the steps of its trace."""

    states: int
    violated: str | None = None
    steps: int | None = None


def _run(program: Program, only: list[str], folder: Path, patience: float, made: Recount) -> Answer:
    """Let TLC judge the properties of these names."""
    exported = tla(program, only)
    module = re.sub(r"\W", "_", program.name)
    for suffix, text in exported.files.items():
        (folder / f"{module}{suffix}").write_text(text, encoding="utf-8")
    judged = module + (MARKED if f"{MARKED}.tla" in exported.files else "")
    # TLC unpacks its standard modules into the folder for temporary files, where another one might read them half done.
    own = f"-Djava.io.tmpdir={folder}"
    tlc = [*_JAVA, own, "-cp", str(Path(os.environ.get("TLC_JAR", "")).absolute()), "tlc2.TLC", *_OPTIONS]
    answer = run([*tlc, "-config", f"{judged}.cfg", f"{judged}.tla"], folder, patience, accept=None)
    made.files[f"tlc-answer-{len([name for name in made.files if name.startswith('tlc-')])}.txt"] = answer[-100_000:]
    version = [text for code, text in messages(answer) if code == _VERSION]
    made.version = version[0].removeprefix("TLC2 Version ").split(" ")[0] if version else made.version
    try:
        return understood(answer, exported, only)
    except ToolFailed as error:
        raise ToolFailed(str(error), made.files) from None


def understood(answer: str, exported: Exported, only: Sequence[str]) -> Answer:
    """What TLC's answer means; raises ToolFailed when it is neither a success nor a violation."""
    said = list(messages(answer))
    codes = [code for code, _ in said]
    counted = [int(found[1]) for code, text in said if code == _COUNTS and (found := _DISTINCT.search(text))]
    states = counted[-1] if counted else 0
    steps = max(codes.count(_STATE) - 1, 0)
    for code, text in said:
        found = _VIOLATED.match(text)
        if code in (_INVARIANT_AT_START, _INVARIANT) and found:
            if found[1] not in exported.names:
                raise ToolFailed(f"TLC found `{found[1]}` violated, which nobody asked about")
            return Answer(states, exported.names[found[1]], steps)
        if code == _TEMPORAL:
            return Answer(states, only[0])
    if _SUCCESS not in codes or not counted:
        raise ToolFailed("TLC's answer is neither a success nor a violation: " + complaint(answer))
    return Answer(states)


_DISTINCT = re.compile(r"(\d+) distinct states found")
_VIOLATED = re.compile(r"Invariant (\w+) is violated")
_MESSAGE = re.compile(r"@!@!@STARTMSG (\d+):(\d) @!@!@\n(.*?)@!@!@ENDMSG \1 @!@!@", re.DOTALL)


def messages(answer: str) -> Iterator[tuple[str, str]]:
    """TLC's messages: their numbers, and what they say."""
    for found in _MESSAGE.finditer(answer):
        yield found[1], found[3].strip()


def complaint(answer: str) -> str:
    """What TLC complains of, in one line: what its parser says between the messages, and messages that are errors."""
    between = [line for line in _MESSAGE.sub("", answer).splitlines() if not line.startswith(_ROUTINE)]
    errors = [found[3] for found in _MESSAGE.finditer(answer) if found[2] == "1"]
    return " ".join(" ".join([*between, *errors]).split())[:400] or "it says nothing"


_ROUTINE = ("Parsing file ", "Semantic processing of module ")
