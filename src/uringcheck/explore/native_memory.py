"""Memory for the native search: reserved as addresses at once, taken from the machine only as it is touched."""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import platform
import struct
import sys
from typing import Literal

from uringcheck.explore.memory import limit_kept, resident

MIB = 1 << 20

#: MiB for what grows beside the states: Python's own memory, traces, pages touched once.
SLACK = 8.0


def system_function(name: str) -> int:
    """The address of a C function of Linux about pages; 0 on other systems."""
    if sys.platform != "linux":
        return 0
    return ctypes.cast(ctypes.CDLL(None)[name], ctypes.c_void_p).value or 0


def allowance(limit: float | None) -> int:
    """The bytes that states, parents and tables may take under a limit in MiB of the whole process."""
    return max(0, int((limit_kept(limit) - resident() - SLACK) * MIB))


def _no_reserve() -> int:
    """The flag for addresses that may be more than the machine has memory; Python knows it from 3.13 on."""
    known = platform.machine() in ("x86_64", "aarch64") and sys.platform == "linux"
    return int(getattr(mmap, "MAP_NORESERVE", 0x4000 if known else 0))


class Region:
    """A stretch of zeroed memory at a fixed address."""

    def __init__(self, size: int, in_order: bool = False) -> None:
        """Reserve `size` bytes; raises MemoryError where the system refuses even the addresses.

        Random access is about a tenth faster with few large pages. What is gone through `in_order` gains nothing by
        them, and a virtual machine may have to ask for each of them (0.1 to 4 s a GiB, where small ones took 0.8).
        """
        self._map: mmap.mmap | None = None
        size = max(mmap.PAGESIZE, -(-size // mmap.PAGESIZE) * mmap.PAGESIZE)
        try:
            if sys.platform == "win32":
                self._map = mmap.mmap(-1, size)
            else:
                flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _no_reserve()
                self._map = mmap.mmap(-1, size, flags=flags)
        except (OSError, ValueError, OverflowError):
            raise MemoryError(f"the system does not give {size // MIB} MiB of addresses") from None
        if size >= 64 * MIB and not in_order and hasattr(mmap, "MADV_HUGEPAGE"):
            with contextlib.suppress(OSError):
                self._map.madvise(mmap.MADV_HUGEPAGE)
        self._view = (ctypes.c_char * size).from_buffer(self._map)
        self.address = ctypes.addressof(self._view)
        self.size = size

    def words(self, start: int, count: int) -> tuple[int, ...]:
        """64-bit words from the word at index `start` on."""
        return tuple((ctypes.c_uint64 * count).from_address(self.address + 8 * start))

    def put(self, index: int, word: int) -> None:
        """Write a 64-bit word."""
        ctypes.c_uint64.from_address(self.address + 8 * index).value = word

    def word32(self, index: int) -> int:
        """The 32-bit word at an index."""
        return int(ctypes.c_uint32.from_address(self.address + 4 * index).value)

    def byte(self, index: int) -> int:
        """The byte at an index."""
        return int(ctypes.c_uint8.from_address(self.address + index).value)

    def clear(self) -> None:
        """Set everything to zero."""
        ctypes.memset(self.address, 0, self.size)

    def view(self, kind: Literal["B", "H", "I", "Q"], count: int) -> memoryview[int]:
        """The first items of a kind (as in `struct`); a region that is looked at cannot be closed."""
        assert self._map is not None
        return memoryview(self._map)[: count * struct.calcsize(kind)].cast(kind)

    def close(self) -> None:
        """Give the memory back."""
        if self._map is not None:
            del self._view
            self._map.close()
            self._map = None
