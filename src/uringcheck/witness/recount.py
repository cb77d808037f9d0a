"""What another checker found out about a program, in the terms that can be compared with ours."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from uringcheck.diagnostics import UringcheckError
from uringcheck.ir import build
from uringcheck.ir.nodes import Check, Cover, Failure, If, Require, Statement, statements
from uringcheck.ir.program import Block, Program, Property, PropertyKind

#: How the verifiers that other tools write are compiled. Most take longer to compile than to run; `CFLAGS=-O2` in the
#: environment is for large models.
COMPILER = ("cc", "-w", *os.environ.get("CFLAGS", "-O0").split())

#: Seconds a single run of another tool may take.
PATIENCE = 300


class ToolFailed(UringcheckError):
    """Another tool did not do its work; `files` are what it was given and what it said."""

    def __init__(self, message: str, files: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.files = dict(files or {})


@dataclass(frozen=True)
class Finding:
    """What another tool says of a property: whether it has a counterexample (a goal: a way there), and its steps."""

    reached: bool
    steps: int | None = None


@dataclass
class Recount:
    """What a tool found. `apart` says for figures and properties by name why they are not compared.

    `files` are the texts it was given and what it answered, by file name.
    """

    tool: str
    version: str
    states: int | None = None
    transitions: int | None = None
    findings: dict[str, Finding] = field(default_factory=dict)
    apart: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


def goals_as_invariants(program: Program) -> Program:
    """The program with each goal turned into the invariant that it is never reached: a way there then has a length."""
    changed = []
    for one in program.properties:
        if one.kind is PropertyKind.GOAL and one.block is not None:
            never = Block(one.block.body, build.not_(one.block.result))
            one = replace(one, kind=PropertyKind.INVARIANT, block=never)
        changed.append(one)
    return replace(program, properties=tuple(changed))


def failing_at(program: Program, cover: int) -> Program | None:
    """The program that fails where it would reach a cover point, asked about nothing else.

    None where a requirement stands behind the point: it counts only where the action is enabled.
    """
    actions = []
    for action in program.actions:
        last = max((i for i, one in enumerate(action.body) if isinstance(one, Require)), default=-1)
        if any(isinstance(one, Cover) and one.number == cover for one in statements(action.body[:last])):
            return None
        actions.append(replace(action, body=_without_covers(action.body, cover)))
    kept = [one for one in program.properties if one.kind is PropertyKind.CONSTRAINT]
    anything = Block((), build.TRUE)
    kept.append(Property("every_state_is_final", PropertyKind.DEADLOCK, "", program.actions[0].span, anything))
    return replace(program, actions=tuple(actions), properties=tuple(kept))


def _without_covers(body: tuple[Statement, ...], failing: int) -> tuple[Statement, ...]:
    made: list[Statement] = []
    for one in body:
        if isinstance(one, If):
            made.append(
                replace(one, then=_without_covers(one.then, failing), orelse=_without_covers(one.orelse, failing))
            )
        elif not isinstance(one, Cover):
            made.append(one)
        elif one.number == failing:
            made.append(Check(Failure.ASSERT, build.FALSE, "covered", one.span))
    return tuple(made)


def missing(commands: Sequence[str]) -> list[str]:
    """Those of the commands that are not installed."""
    return [command for command in commands if shutil.which(command) is None]


def run(command: Sequence[str], folder: Path, patience: float = PATIENCE, accept: Sequence[int] | None = (0,)) -> str:
    """Run a tool in a folder; its output. Raises ToolFailed for other exit codes than those accepted, and for time."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=patience,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ToolFailed(f"`{command[0]}` did not finish within {patience:.0f} seconds") from None
    except OSError as error:
        raise ToolFailed(f"`{command[0]}` cannot be run: {error}") from None
    if accept is not None and done.returncode not in accept:
        last = done.stdout.strip().splitlines()[-15:]
        raise ToolFailed("\n".join([f"`{' '.join(command)}` ended with {done.returncode}:", *last]))
    return done.stdout
