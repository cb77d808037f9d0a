"""`python -m tests.fuzz --minutes 30 --seed 7`: random programs through every reader, until the time is over.

Every program goes through the plain run, generated Python, native code and z3, and to one of the installed witnesses,
which take turns. Three programs of four are calm and have temporal properties. A program that two readers differ about
is made smaller and kept; the exit code is then 1.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.agree.programs import seeded_program
from tests.fuzz.mill import WITNESS_NAMES, Finding, Refused, Tally, available, ground
from tests.fuzz.shrink import shrunk

FOUND = Path(__file__).resolve().parents[1] / "corpus" / "found"

#: Seconds that making one program smaller may take.
SHRINKING = 180


def text_of(seed: int, number: int) -> str:
    """The program of this number in the run of this seed."""
    calm = number % 4 != 3
    return seeded_program(seed * 1_000_000 + number, calm, temporal=calm)


def kept(text: str, finding: Finding, name: str, folder: Path) -> Path:
    """Make the program smaller, write it with what it shows, and say where."""
    witnesses = [finding.reader] if finding.reader in WITNESS_NAMES else []
    if finding.reader == "check":
        witnesses = available()[:1]

    def still(smaller: str) -> bool:
        try:
            return finding.key in {one.key for one in ground(smaller, witnesses)}
        except (Refused, SyntaxError):
            return False

    made = shrunk(text, still, SHRINKING) if still(text) else text
    told = f"{finding.reader}, {finding.what}: {finding.detail}".replace("\\", "/").replace('"""', "'''")
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}_{finding.reader}_{re.sub(r'[^a-z0-9]+', '_', finding.what.lower()).strip('_')}.py"
    file.write_text(re.sub(r'^("""|\').*?("""|\')\n', f'"""{told}"""\n', made, count=1), encoding="utf-8")
    return file


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the mill; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Random programs through every reader.")
    parser.add_argument("--minutes", type=float, default=2.0, help="how long; 2 by default")
    parser.add_argument("--seed", type=int, default=0, help="which programs; 0 by default")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="begin with the program of this number")
    parser.add_argument("--with", dest="tools", action="append", choices=WITNESS_NAMES, help="only these witnesses")
    parser.add_argument("--keep", type=Path, default=FOUND, metavar="FOLDER", help="where findings are written")
    given = parser.parse_args(arguments)
    witnesses = [name for name in available() if not given.tools or name in given.tools]
    end, number, tally, findings = time.monotonic() + 60 * given.minutes, given.first, Tally(), 0
    seen: set[tuple[str, str]] = set()
    while time.monotonic() < end:
        turn = [witnesses[number % len(witnesses)]] if witnesses else []
        text = text_of(given.seed, number)
        try:
            found = ground(text, turn, tally)
        except Refused:
            found = []
        for finding in found:
            findings += 1
            print(f"program {number}: {finding.reader}, {finding.what}: {finding.detail[:300]}", flush=True)
            if finding.key not in seen:
                seen.add(finding.key)
                print(f"  kept in {kept(text, finding, f'seed_{given.seed}_{number}', given.keep)}", flush=True)
        number += 1
    print(f"{tally.programs} programs from {given.first} to {number - 1} of seed {given.seed}, {tally.states} states")
    for name, count in sorted(tally.read_by.items()):
        figures = f", {tally.compared[name]} figures compared" if name in WITNESS_NAMES else ""
        silence = f", silent about {tally.silent[name]}" if tally.silent[name] else ""
        print(f"  {name}: {count} programs{figures}{silence}")
    absent = [name for name in WITNESS_NAMES if name not in available()]
    if absent:
        print(f"  not installed: {', '.join(absent)}")
    print(f"{findings} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
