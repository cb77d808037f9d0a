"""What Linux 6.18.44 was seen to post is a behaviour of the model of that kernel.

Each row is an experiment over a loopback connection or an AF_UNIX pair: what was sent, and the completions that came of
it, as `result:flags` with B and the buffer's id, m for F_MORE and M for F_BUF_MORE; `|` stands before what was parked.
The steps are those that the experiment forces. F_SOCK_NONEMPTY is not modelled, and models that count units have the
number of the unit where the kernel has a count of bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from uringcheck.lang.plain import Failed, PlainRun, SiteAction
from uringcheck.lang.tree import Tree
from uringcheck.lang.values import decode
from uringcheck.run.question import Question, subject
from uringcheck.spec.parts.cqe import Cqe

#: The kernel's errors by the numbers that the model gives them.
ERRORS = {-1: -105, -4: -14, -5: -104}

SMALL = {"C": "4", "SIZE": "4", "NB": "2"}
EIGHT = {"C": "4", "SIZE": "2", "NB": "8", "BUNDLE": "true"}
FOUR = {"C": "4", "SIZE": "2", "NB": "4", "BUNDLE": "true"}
THREE = {"C": "4", "SIZE": "2", "NB": "3", "BUNDLE": "true"}
INCREMENTAL = {"C": "8", "SIZE": "8", "NB": "2", "INC": "true"}
BOTH = {"C": "8", "SIZE": "4", "NB": "4", "INC": "true", "BUNDLE": "true"}


def sends(count: int) -> str:
    """The peer sends that many bytes."""
    return "socket.peer_send; " * count


def woken(turns: int = 1) -> str:
    """Task work runs, with that many turns of the handler."""
    return "poll.check_events; " + "handler.receive; " * turns


def armed(turns: int = 1) -> str:
    """The application submits the request, and submission runs that many turns of the handler."""
    return "client.arm(gen=0); " + "handler.receive; " * turns


ASLEEP = "poll.drop_refs; "

OBSERVED: tuple[tuple[str, str, Mapping[str, str], str, str], ...] = (
    ("12 bytes into two buffers of 4", "recv_sized", SMALL, sends(12) + armed(3), "4:B0m 4:B1m -105:"),
    ("as many bytes as fit", "recv_sized", SMALL, sends(8) + armed(2), "4:B0m 4:B1m"),
    ("6 bytes and the end, TCP", "recv_sized", {**SMALL, "NB": "3", "hint_counts_fin": "true"},
     sends(6) + "socket.peer_eof; " + armed(3), "4:B0m 2:B1m 0:"),
    ("a queue of two", "recv_sized", {"C": "2", "SIZE": "4", "NB": "4"}, sends(12) + armed(3), "4:B0m 4:B1m | 4:B2"),
    ("a queue of two and the end, TCP", "recv_sized", {"C": "2", "SIZE": "4", "NB": "4", "hint_counts_fin": "true"},
     sends(8) + "socket.peer_eof; " + armed(3), "4:B0m 4:B1m | 0:"),
    ("buffers of 2, 4, 4 and 10 bytes", "recv_sized", {"C": "4", "SIZE": "4", "NB": "3", "SHORTER": "2"},
     sends(10) + armed(3), "2:B0m 4:B1m 4:B2m"),
    ("bundle: 10 bytes, 3 bytes, eight buffers of 2", "recv_sized", EIGHT,
     armed() + sends(10) + woken() + ASLEEP + sends(3) + woken(), "10:B0m 3:B5"),
    ("bundle: the socket's report fits the ring exactly", "recv_sized", FOUR,
     sends(8) + armed() + sends(2) + woken(), "8:B0m -105:"),
    ("bundle: and one byte more", "recv_sized", FOUR, sends(9) + armed(), "8:B0"),
    ("bundle: a report that ends within a buffer", "recv_sized", FOUR, sends(7) + armed(2), "6:B0m 1:B3"),
    ("bundle: 3 bytes and 2 bytes, three buffers of 2", "recv_sized", THREE,
     sends(3) + armed(2) + sends(2) + woken(), "2:B0m 1:B1m 2:B2"),
    ("bundle: a queue of two", "recv_sized", {**EIGHT, "C": "2"},
     sends(4) + armed() + sends(4) + woken() + ASLEEP + sends(4) + woken(), "4:B0m 4:B2m | 4:B4"),
    ("increments: 3, 3, 4 bytes and the end, TCP", "recv_sized", {**INCREMENTAL, "hint_counts_fin": "true"},
     sends(3) + armed() + sends(3) + woken() + ASLEEP + sends(4) + woken(2) + ASLEEP
     + "socket.peer_eof; " + woken(), "3:B0mM 3:B0mM 2:B0m 2:B1mM 0:"),
    ("bundle and increments: 7 bytes, 8 more", "recv_sized", BOTH,
     sends(7) + armed() + sends(8) + woken(), "7:B0mM 8:B1mM"),
    ("bundle and increments: 6, 1, 3, 2 bytes", "recv_sized", BOTH,
     sends(6) + armed() + sends(1) + woken() + ASLEEP + sends(3) + woken() + ASLEEP + sends(2) + woken(),
     "6:B0mM 1:B1mM 3:B1mM 2:B2m"),
    ("read with increments: 3 bytes and the end", "read_incremental", {"SIZE": "8", "NB": "2"},
     sends(3) + armed() + "client.reap; socket.peer_eof; " + armed(), "3:B0M 0:B0M"),
    ("a length of 3, 8 bytes into buffers of 8", "recv_sized",
     {"C": "8", "SIZE": "8", "NB": "4", "LIMITS": "true", "handler.LENGTH": "3", "handler.BUDGET": "15"},
     sends(8) + armed(3), "3:B0m 3:B1m 2:B2m"),
    ("a budget of 5, 8 bytes into buffers of 2", "recv_sized",
     {"C": "8", "SIZE": "2", "NB": "6", "LIMITS": "true", "handler.LENGTH": "8", "handler.BUDGET": "5"},
     sends(8) + armed(3), "2:B0m 2:B1m 2:B2"),
    ("a length of 3 and a budget of 5, 8 bytes into buffers of 4", "recv_sized",
     {"C": "8", "SIZE": "4", "NB": "4", "LIMITS": "true", "handler.LENGTH": "3", "handler.BUDGET": "5"},
     sends(8) + armed(2), "3:B0m 3:B1"),
    ("a ring with an empty buffer in front", "recv_provided", {"EMPTY": "1"},
     sends(1) + armed() + "client.reap; ", "0:"),
    ("a list of two buffers", "recv_provided", {"C": "4", "NB": "2", "pool": "legacy"},
     sends(3) + armed(3), "1:B0m 2:B1m -105:"),
    ("recvmsg with increments, no room for a header", "recvmsg_incremental", {"C": "4"},
     sends(3) + armed(2), "1:B0mM -14:"),
    ("recvmsg with increments and min_left", "recvmsg_incremental", {"C": "4", "handler.NAMED": "true"},
     sends(3) + armed(3), "1:B0m 2:B1m 3:B2m"),
    ("armed before it is tried, data and the end before that, AF_UNIX: the end is not told", "recv_poll_first", {},
     sends(1) + "socket.peer_eof; " + armed() + woken() + ASLEEP + "client.reap; ", "1:B0m"),
    ("armed before it is tried, data and a reset before that, TCP: the reset is not told", "recv_poll_first",
     {"hint_counts_fin": "true", "RESET": "true"},
     sends(1) + "socket.peer_reset; " + armed() + woken() + ASLEEP + "client.reap; ", "1:B0m"),
    ("armed before it is tried, data and the end before that, TCP", "recv_poll_first", {"hint_counts_fin": "true"},
     sends(1) + "socket.peer_eof; " + armed() + woken(2), "1:B0m 0:"),
    ("data and a reset before arming, TCP", "recv_endings", {"hint_counts_fin": "true"},
     sends(1) + "socket.peer_reset; " + armed(1) + woken(), "1:B0m -104:"),
    ("armed inside a batch of two whose head is not written: ended by its first unit", "recv_batch", {"NB": "6"},
     armed() + sends(6) + woken(3) + "client.reap; client.end_batch; client.flush; " + "client.reap; " * 2 + armed(),
     "1:B0m 2:B1m | 3:B2 3:B2 | 4:B3"),
    ("the same with the head written each time", "recv_batch", {"NB": "6", "LATE": "false"},
     armed() + sends(6) + woken(3) + "client.reap; client.flush; client.reap; client.reap; " + armed(3),
     "1:B0m 2:B1m | 3:B2 3:B2 4:B3m 5:B4m | 6:B5"),
    ("a read that fails", "read_failing", {}, "socket.peer_reset; " + armed(), "-104:"),
)  # fmt: skip


def queue_of(tree: Tree, state: Any, name: str) -> list[Cqe]:
    """The completions in one of the two queues."""
    names = [variable.name for variable in tree.variables]
    variable = tree.variables[names.index(name)]
    return list(decode(variable.type, state[names.index(name)]))


def shown(cqe: Cqe) -> str:
    """A completion as the experiments write it."""
    buffer = "" if cqe.bid is None else f"B{cqe.bid}"
    return f"{ERRORS.get(cqe.res, cqe.res)}:{buffer}{'m' if cqe.more else ''}{'M' if cqe.buf_more else ''}"


def posted(model: str, params: Mapping[str, str], steps: str) -> str:
    """What the steps post, executed by the plain run; every one of them has to be possible."""
    size = {"M": str(max(4, steps.count("peer_send")))}
    about = subject(Question(model, "6.18", {**size, **params}))
    run = PlainRun(about.tree)
    actions: dict[str, SiteAction] = {action.name: action for action in run.actions}
    ((_, _, state),) = run.initial()
    told: list[str] = []
    for step in steps.rstrip("; ").split("; "):
        name, _, arguments = step.rstrip(")").partition("(gen=")
        assert not isinstance(state, Failed)
        before = {queue: queue_of(about.tree, state, queue) for queue in ("cq.ring", "cq.overflow")}
        after = run.execute(actions[name], (int(arguments),) if arguments else (), state)
        assert after is not None, f"{step} is not possible after {told}"
        assert not isinstance(after, Failed)
        state = after
        for queue, mark in (("cq.ring", ""), ("cq.overflow", "| ")):
            found = queue_of(about.tree, state, queue)
            told += [mark + shown(cqe) for cqe in found[len(before[queue]) :]]
    return " ".join(told)


@pytest.mark.parametrize(("experiment", "model", "params", "steps", "seen"), OBSERVED)
def test_what_was_seen_is_a_behaviour(
    experiment: str, model: str, params: Mapping[str, str], steps: str, seen: str
) -> None:
    """The steps that the experiment forces are possible, and post what was seen."""
    assert posted(model, params, steps) == seen, experiment
