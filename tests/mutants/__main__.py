"""`python -m tests.mutants [NAME...]`: seed every fault of the list, or these, and see that the tests find it.

Each runs in a copy of the tree. Ends with 0 when all are caught, 1 when one survives, 2 when one cannot be seeded or
its tests cannot be run. `--some N --turn T` runs N of them, others in each turn.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from tests.mutants.faults import Fault, faults
from tests.mutants.runner import Fate, run


def in_turn(listed: Sequence[Fault], some: int, turn: int) -> list[Fault]:
    """So many of the faults: with one turn after the other, all of them come round."""
    return [listed[(turn * some + position) % len(listed)] for position in range(min(some, len(listed)))]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run faults; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description="Seeded faults and who finds them.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these faults")
    parser.add_argument("--some", type=int, default=0, metavar="N", help="only so many, in rotation")
    parser.add_argument("--turn", type=int, default=0, metavar="T", help="which turn of the rotation")
    given = parser.parse_args(arguments)
    listed = faults()
    unknown = set(given.names) - {fault.name for fault in listed}
    if unknown:
        parser.error(f"no such fault: {', '.join(sorted(unknown))}")
    chosen = [fault for fault in listed if not given.names or fault.name in given.names]
    fates = []
    for fault in in_turn(chosen, given.some, given.turn) if given.some else chosen:
        report = run(fault)
        fates.append(report.fate)
        print(f"{report.fate.value:8} {report.seconds:6.1f} s  {fault.name}: {fault.what}", flush=True)
        print(f"{'':19}{report.by}", flush=True)
    print(", ".join(f"{fates.count(fate)} {fate.value.lower()}" for fate in Fate))
    return 2 if Fate.ERROR in fates else 1 if Fate.SURVIVED in fates else 0


if __name__ == "__main__":
    sys.exit(main())
