"""The two trace events of a completion are printed alike, so that one expression reads both.

`io_uring_complete` is printed when a completion enters the queue, `io_uring_cqe_overflow` when it is parked. Patch 11
of the series (fix io_uring_cqe_overflow trace format, 6.0) changed how the second one names and prints the flags. A
format is a fact about a kernel; those of the machine are looked at, too, where tracefs can be read.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

#: include/trace/events/io_uring.h, TP_printk of io_uring_complete, 5.19 and 6.0.
COMPLETE = "ring %p, req %p, user_data 0x%llx, result %d, cflags 0x%x extra1 %llu extra2 %llu"

#: The same file, io_uring_cqe_overflow, 5.19.
OVERFLOW_BEFORE = "ring %p, user_data 0x%llx, res %d, flags %x, overflow_cqe %p"

#: The same file, io_uring_cqe_overflow, 6.0.
OVERFLOW_AFTER = "ring %p, user_data 0x%llx, res %d, cflags 0x%x, overflow_cqe %p"

#: What a reader of traces wants of either event.
CQE = re.compile(
    r"ring (?P<ring>[0-9a-fx]+),.*?user_data (?P<user_data>0x[0-9a-f]+), res(?:ult)? (?P<res>-?\d+), "
    r"cflags (?P<cflags>0x[0-9a-f]+)\b"
)

#: ring, req, user_data, res and cflags of completions, the ends of each range among them.
COMPLETIONS = [
    (0xFFFF888100AB0000, 0, 1, 4, 0x10003),
    (0xFFFF888100AB0000, 0xFFFF888100CD0000, 0xFFFFFFFFFFFFFFFF, -105, 0),
    (1, 2, 0, 0, 0xFFFFFFFF),
    (1, 2, 10, 2147483647, 0x10),
]

TRACEFS = (Path("/sys/kernel/tracing"), Path("/sys/kernel/debug/tracing"))


def printed(format_: str, ring: int, req: int, user_data: int, res: int, cflags: int) -> str:
    """A line as the kernel prints it: conversions are filled by the names before them, the rest with 0."""
    values = {"ring": ring, "req": req, "user_data": user_data, "res": res, "result": res, "cflags": cflags,
              "flags": cflags}  # fmt: skip

    def filled(found: re.Match[str]) -> str:
        value = values.get(found["name"], 0)
        return f"{found['name']} {found['prefix']}{value:{'d' if found['conversion'] in 'du' else 'x'}}"

    return re.sub(r"(?P<name>\w+) (?P<prefix>(?:0x)?)%(?:ll)?(?P<conversion>[pxdu])", filled, format_)


def reads(format_: str) -> bool:
    """Whether the expression finds in each line what was printed."""
    for ring, req, user_data, res, cflags in COMPLETIONS:
        found = CQE.search(printed(format_, ring, req, user_data, res, cflags))
        if found is None:
            return False
        told = int(found["ring"], 16), int(found["user_data"], 16), int(found["res"]), int(found["cflags"], 16)
        if told != (ring, user_data, res, cflags):
            return False
    return True


def flag_field(format_: str) -> str:
    """How a format names and prints the completion's flags."""
    found = re.search(r"\bc?flags (?:0x)?%x", format_)
    assert found is not None
    return found[0]


@pytest.mark.parametrize("format_", [COMPLETE, OVERFLOW_AFTER])
def test_one_expression_reads_both_events(format_: str) -> None:
    """With the patch every value comes back from either line."""
    assert reads(format_)


def test_before_the_patch_it_did_not() -> None:
    """Another name, and a number in base 16 that looks like one in base 10."""
    assert not reads(OVERFLOW_BEFORE)
    assert "flags 10003," in printed(OVERFLOW_BEFORE, *COMPLETIONS[0])


def test_the_patch_changes_one_field_and_makes_it_that_of_the_other_event() -> None:
    """Everything else about the line stays."""
    assert OVERFLOW_BEFORE.replace(flag_field(OVERFLOW_BEFORE), flag_field(OVERFLOW_AFTER)) == OVERFLOW_AFTER
    assert flag_field(OVERFLOW_AFTER) == flag_field(COMPLETE) != flag_field(OVERFLOW_BEFORE)


@pytest.mark.kernel
@pytest.mark.parametrize("event", ["io_uring_complete", "io_uring_cqe_overflow"])
def test_the_kernel_of_this_machine_prints_them_alike(event: str) -> None:
    """The format files of tracefs, for as long as it is mounted and may be read."""
    text = None
    for folder in TRACEFS:
        try:
            text = (folder / "events" / "io_uring" / event / "format").read_text(encoding="utf-8")
            break
        except OSError:
            continue
    if text is None:
        pytest.skip(f"no format of {event} can be read: tracefs is not mounted, may not be read, or has no such event")
    found = re.search(r'print fmt: "([^"]*)"', text)
    assert found is not None
    assert reads(found[1])
