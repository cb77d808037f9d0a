"""What is made beside is what is made here, also where the copy comes to grief; nothing of the copy is left behind."""

from __future__ import annotations

import subprocess
import sys

import pytest

_START = """
import os, threading, time
from uringcheck.explore import beside
from uringcheck.explore.beside import Beside
beside.cores = lambda: 2
here = os.getpid()
def elsewhere(what):
    return os.getpid() != here and what
"""

_CASES = {
    "in a process of its own": ("lambda: str(os.getpid() != here).encode()", b"True"),
    "more than a pipe holds": ("lambda: b'x' * 1_000_000", b"x" * 1_000_000),
    "nothing": ("lambda: b''", b""),
    "an exception there": ("lambda: elsewhere(1) and 1 // 0 or b'here'", b"here"),
    "an end there": ("lambda: elsewhere(1) and os._exit(3) or b'here'", b"here"),
    "a signal there": ("lambda: elsewhere(1) and os.kill(os.getpid(), 9) or b'here'", b"here"),
}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere everything is made here")
@pytest.mark.parametrize("case", _CASES)
def test_the_result_is_the_same_whatever_becomes_of_the_copy(case: str) -> None:
    """And its end is waited for, so none is left."""
    make, expected = _CASES[case]
    script = f"""{_START}
with Beside({make}) as work:
    made = work.result()
try:
    os.waitpid(-1, 0)
    print("left")
except ChildProcessError:
    os.write(1, made)
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, timeout=60)
    assert ran.stdout == expected


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere everything is made here")
def test_an_exception_here_does_not_wait_for_what_is_made_there() -> None:
    """Longer than it takes to notice that nobody listens."""
    script = f"""{_START}
began = time.monotonic()
try:
    with Beside(lambda: b'x' * 10_000_000) as work:
        raise KeyboardInterrupt
except KeyboardInterrupt:
    print(time.monotonic() - began < 5)
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, timeout=60, text=True)
    assert ran.stdout == "True\n"


@pytest.mark.parametrize("why", ["beside.cores = lambda: 1", "threading.Thread(target=time.sleep, args=(1,)).start()"])
def test_one_core_or_several_threads_make_it_here(why: str) -> None:
    """A copy of a process has one of its threads, and what the others held stays held."""
    script = f"""{_START}
{why}
with Beside(lambda: str(os.getpid() == here).encode()) as work:
    print(work.result().decode())
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, timeout=60, text=True)
    assert ran.stdout == "True\n"
