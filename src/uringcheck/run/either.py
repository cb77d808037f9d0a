"""Minimal sets in which the class in a slot counts like a toggle: {contract, not allow_overflow}.

The settings of the toggles are decided for each of two classes by itself. Put side by side they are one table with one
switch more, `client=contract`, which is off where the other class stands in the slot.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from uringcheck.prove.regions import Switches
from uringcheck.run.carrying import Beyond, Carrying, Needs, Used


def either(slot: str, first: tuple[str, Carrying], second: tuple[str, Carrying]) -> Carrying:
    """One answer from those for two classes of a slot. Both are about the same properties."""
    (name, one), (_, other) = first, second
    names = tuple(dict.fromkeys((*one.switches.names, *other.switches.names)))
    switch = f"{slot}={name}"
    both = Switches((*names, switch))
    found = replace(
        one,
        slots={key: value for key, value in one.slots.items() if key != slot},
        switches=both,
        here={**{toggle: _value(toggle, one, other) for toggle in names}, switch: True},
        needs=[],
        presets={},
        unread=tuple(toggle for toggle in one.unread if toggle in other.unread),
        failing=0,
        searches=one.searches + other.searches,
        states=one.states + other.states,
        proofs=one.proofs + other.proofs,
        reason=one.reason or other.reason,
        interrupted=one.interrupted or other.interrupted,
        seconds=one.seconds + other.seconds,
    )
    by_name = {needs.name: needs for needs in other.needs}
    for needs in one.needs:
        if needs.name in by_name:
            joined = _joined(needs, by_name[needs.name], names, one, other)
            _add_proofs(joined, needs, {switch: True})
            _add_proofs(joined, by_name[needs.name], {switch: False})
            joined.conclude(both)
            found.needs.append(joined)
    return found


def _add_proofs(needs: Needs, part: Needs, also: Mapping[str, bool]) -> None:
    """What was proved, and what was not, for one of the classes."""
    needs.proofs += [Used({**p.cube, **also}, {**p.toggles, **also}, p.invariants) for p in part.proofs]
    needs.unproved += [({**cube, **also}, why) for cube, why in part.unproved]
    needs.beyond += [Beyond({**one.cube, **also}, one.sizes, one.steps) for one in part.beyond]


def _value(toggle: str, one: Carrying, other: Carrying) -> bool:
    return one.here[toggle] if toggle in one.here else other.here[toggle]


def _joined(first: Needs, second: Needs, names: Sequence[str], one: Carrying, other: Carrying) -> Needs:
    # The last switch has the highest weight: its settings are the upper half of the table.
    half = 1 << len(names)
    inner = Switches(names)
    holds = _widened(first.holds, one, inner) << half | _widened(second.holds, other, inner)
    fails = _widened(first.fails, one, inner) << half | _widened(second.fails, other, inner)
    return Needs(first.name, first.kind, holds, fails)


def _widened(table: int, part: Carrying, inner: Switches) -> int:
    """A table over all names: what a class does not read has either value."""
    if part.switches.names == inner.names:
        return table
    found = 0
    for setting in part.switches.settings(table):
        found |= inner.table(setting)
    return found
