"""How much memory the process holds and may hold, and how many cores it has, read from the kernel."""

from __future__ import annotations

import os
import sys
from typing import Any

_MIB = 1 << 20

#: The share of the machine's memory that a search may take when no limit is set. The rest is for the page cache and
#: for what else runs; a machine that begins to swap is slower than a search that gives up.
SHARE = 0.75


def resident() -> float:
    """The resident set of this process in MiB; its peak where only that is known."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / _MIB
    except OSError:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / _MIB if sys.platform == "darwin" else peak / 1024


def growth(table: dict[Any, Any], coming: int) -> float:
    """The MiB that CPython will take for a moment if the next `coming` entries make the dictionary grow, else 0.

    A dictionary of 2**k slots holds 2**(k+1) // 3 entries, then moves into one of twice the slots, and both exist while
    it moves. Without looking ahead a run would overshoot its limit by a tenth or more at that moment.
    """
    slots = 8
    while slots * 2 // 3 < len(table):
        slots *= 2
    if len(table) + coming <= slots * 2 // 3:
        return 0.0
    return 2 * sys.getsizeof(table) / _MIB


def machine_memory() -> float:
    """The memory in MiB that this process can have: the machine's, or its control group's if that is less."""
    try:
        most = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _MIB
    except (ValueError, OSError, AttributeError):
        most = 4096.0
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            with open(path, encoding="ascii") as file:
                text = file.read().strip()
        except OSError:
            continue
        if text.isdigit():
            most = min(most, int(text) / _MIB)
    return most


def limit_kept(limit: float | None) -> float:
    """The limit in MiB that a search keeps; one that was given none has a share of the machine."""
    return machine_memory() * SHARE if limit is None else limit


def cores(group: str = "/sys/fs/cgroup/cpu.max") -> int:
    """The processors that this process can have: those it may run on, or its control group's share if that is less."""
    try:
        most = len(os.sched_getaffinity(0))
    except AttributeError:
        most = os.cpu_count() or 1
    try:
        with open(group, encoding="ascii") as file:
            quota, period = file.read().split()
    except (OSError, ValueError):
        return most
    return max(1, min(most, int(quota) // int(period))) if quota.isdigit() else most
