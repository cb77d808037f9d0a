"""Functions that return the number a program's quantities have: its properties with a number as their result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from uringcheck.diagnostics import InternalError
from uringcheck.ir.nodes import Check
from uringcheck.ir.program import PropertyKind
from uringcheck.lower.python import Generated, State
from uringcheck.lower.python_batches import title, unpacked


class Quantities(Generated):
    """The generated Python of a program that has quantities in place of properties."""

    def number(self, position: int, state: State, after: State | None = None) -> int | Check:
        """The value of a measure in a state, or of a cost on a step; the check that fails where it has none."""
        judge: Callable[..., Any] = self._judge(position)
        value, check = judge(state) if after is None else judge(state, after)
        return self.checks[check] if value is None else int(value)

    def property_source(self, position: int) -> str:
        """The text of the module that computes one quantity."""
        quantity = self.program.properties[position]
        if quantity.block is None:
            raise InternalError(f"{quantity.name} has no value")
        step = quantity.kind is PropertyKind.STEP
        lines = self._header(quantity.name)
        lines.add("", "")
        with lines.below(f"def holds(_s{', _n' if step else ''}):"):
            lines.add('"""The number and -1, or None and the number of the check that fails on the way."""')
            lines.add(title(quantity), unpacked(self.names.values(), "_s"))
            if step:
                lines.add(unpacked(self.next_names.values(), "_n"))
            self._bodies(lines, step).block(
                quantity.block,
                lambda value: lines.add(f"return {value}, -1"),
                lambda check: [f"return None, {self.check_number(check)}"],
            )
        return "\n".join(lines.text) + "\n"
