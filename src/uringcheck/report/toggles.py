"""What carries each property, for people and as data: minimal sets, repairs, and a table of presets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from uringcheck.run.carrying import Beyond

if TYPE_CHECKING:
    from uringcheck.prove.regions import Cube, Switches
    from uringcheck.run.carrying import Carrying, Needs
    from uringcheck.run.load_bearing import Cell, Table

_WIDTH = 110


def toggles_text(found: Carrying) -> str:
    """Everything about one model: a paragraph for each property, then the table of presets."""
    slots = "   ".join(f"{name}={value}" for name, value in found.slots.items())
    preset = "" if found.preset is None else f"   preset {found.preset}"
    lines = [f"{found.label}{preset}   {slots}".rstrip(), ""]
    lines += _filled("  toggles    ", ", ".join(found.switches.names))
    if found.unread:
        lines += _filled("  unread     ", ", ".join(found.unread) + ": nothing that is asked depends on them")
    for needs in found.needs:
        lines += ["", *_property(found, needs)]
    if found.presets:
        lines += ["", *_table(found)]
    lines += ["", *_coverage(found)]
    return "\n".join(lines) + "\n"


def _property(found: Carrying, needs: Needs) -> list[str]:
    holds, fails, open_ = needs.holds.bit_count(), needs.fails.bit_count(), found.undecided(needs)
    counts = f"holds in {holds} settings, violated in {fails}" + (f", {open_} not decided" if open_ else "")
    lines = [f"  {needs.name}   {counts}"]
    for cube in needs.minimal:
        lines += _set(found, needs, cube)
    if needs.more:
        lines.append("    and larger sets that are not listed")
    here = 1 << found.switches.number(found.here)
    if needs.fails & here:
        for names in needs.repairs:
            lines.append(f"    repair   {cube_text({name: not found.here[name] for name in names})}")
    return lines


def _set(found: Carrying, needs: Needs, cube: Cube) -> list[str]:
    """One minimal set, and what is proved of it."""
    shown = cube_text(cube) or "nothing: it holds in every setting"
    whole = next((proof for proof in needs.proofs if proof.toggles.items() <= cube.items()), None)
    if whole is not None:
        used = cube_text(whole.toggles) or "no toggle"
        return [
            f"    needs    {shown}   (also by induction)",
            *_filled("               this proof used ", f"{used}; {', '.join(whole.invariants) or 'no invariant'}"),
        ]
    proved, larger, left = in_pieces(found, needs, cube)
    if not larger and not left:
        cases = [_beside(proof.toggles, cube) for proof in needs.proofs if cube.items() <= proof.cube.items()]
        lines = [f"    needs    {shown}   (also by induction)"]
        return [*lines, *_filled("               case by case   ", "; ".join(cube_text(one) for one in cases))]
    lines = [f"    needs    {shown}   (by search)"]
    if proved:
        lines += _filled("               proved where   ", "; ".join(cube_text(one) for one in proved))
    for one in larger:
        sizes = " ".join(f"{name}={value}" for name, value in one.sizes.items())
        lead = f"               violated at {sizes}, in {one.steps} steps, where   "
        lines += _filled(lead, cube_text(one.cube) or "it is as it is", "                 ")
    if left:
        why = reason(found, needs, left)
        lines += _filled("               not proved     ", f"in {left.bit_count()} settings: {why}")
    return lines


def in_pieces(found: Carrying, needs: Needs, cube: Cube) -> tuple[list[Cube], list[Beyond], int]:
    """Where in a set there is a proof, where larger sizes refute it, and the settings for which there is neither.

    What is said beside the set is as little as can be, and each adds settings to those before it.
    """
    switches = found.switches
    inside = switches.table(cube)
    asked_first = sorted(needs.proofs, key=lambda proof: not cube.items() <= proof.cube.items())
    proved, left = _said([proof.toggles for proof in asked_first], switches, inside, inside)
    larger: list[Beyond] = []
    for sizes, steps in dict.fromkeys((tuple(one.sizes.items()), one.steps) for one in needs.beyond):
        alike = [one.cube for one in needs.beyond if (tuple(one.sizes.items()), one.steps) == (sizes, steps)]
        where, left = _said(alike, switches, inside, left)
        larger += [Beyond(one, dict(sizes), steps) for one in where]
    return [one for one in proved if one], larger, left


def _beside(cube: Cube, inside: Cube) -> dict[str, bool]:
    return {name: value for name, value in cube.items() if name not in inside}


def _said(cubes: Sequence[Cube], switches: Switches, inside: int, left: int) -> tuple[list[Cube], int]:
    """What the cubes say of the settings of a set, beside the set itself; and the settings that are left."""
    whole = switches.covered(cubes)
    said: list[Cube] = []
    for cube in cubes:
        if not switches.table(cube) & left:
            continue
        # Last first: a switch that only tells two classes apart goes before one that matters in both.
        least = switches.least(cube, reversed(list(cube)), inside, whole)
        said.append(least)
        left &= ~switches.table(least)
    return said, left


def reason(found: Carrying, needs: Needs, table: int) -> str:
    """Why some settings are not proved, in words."""
    asked = [(cube, why) for cube, why in needs.unproved if found.switches.table(cube) & table]
    # A single setting says most: nothing in it was free.
    return max(asked, key=lambda one: len(one[0]))[1] if asked else found.reason or "none of them was tried"


def cube_text(cube: Mapping[str, bool]) -> str:
    """Toggles as a conjunction."""
    return " and ".join(name if value else f"not {name}" for name, value in cube.items())


def load_bearing(found: Carrying, needs: Needs, setting: Mapping[str, bool]) -> list[str]:
    """The toggles of a setting that the property loses when one of them is turned over; the property holds in it."""
    return [
        name if value else f"not {name}"
        for name, value in setting.items()
        if needs.fails >> found.switches.number({**setting, name: not value}) & 1
    ]


def _table(found: Carrying) -> list[str]:
    """For each preset and property: violated, or the toggles that it rests on one by one."""
    width = max(len(name) for name in found.presets)
    lines = [
        "  load-bearing: turning this one toggle over loses the property; `violated` where there is nothing to lose"
    ]
    for needs in found.needs:
        lines += ["", f"  {needs.name}"]
        for name, setting in found.presets.items():
            bit = 1 << found.switches.number(setting)
            if needs.fails & bit:
                text = "violated"
            elif not needs.holds & bit:
                text = "not decided"
            else:
                text = ", ".join(load_bearing(found, needs, setting)) or "none"
            lines += _filled(f"    {name:<{width}}  ", text)
    return lines


def _coverage(found: Carrying) -> list[str]:
    total = found.switches.count * len(found.needs)
    open_ = sum(found.undecided(needs) for needs in found.needs)
    lines = _filled(
        "  decided    ",
        f"{total - open_} of {total} answers ({found.switches.count} settings of {len(found.switches.names)} toggles)",
    )
    if found.sizes:
        shown = " ".join(f"{name}={value}" for name, value in found.sizes.items())
        lines += _filled("  sizes      ", f"{shown}; what was searched holds at these, and larger ones may need more")
    if open_:
        lines += _filled("  cut by     ", found.reason or "a limit")
    if found.failing:
        failing = cube_text(found.switches.first(found.failing))
        lines += _filled(
            "  domain     ", f"some step fails, for one when {failing}; a step that fails is judged by nothing else"
        )
    return lines


def _filled(first: str, text: str, then: str | None = None) -> list[str]:
    indent = " " * len(first) if then is None else then
    return wrap(text, _WIDTH, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)


def toggles_json(found: Carrying) -> str:
    """The same as JSON; sets of toggles are objects from name to value."""
    from uringcheck import __version__

    data = {
        "schema": 1,
        "tool": {"name": "uringcheck", "version": __version__},
        "results": [],
        "which_toggles": {
            "model": found.label,
            "preset": found.preset,
            "slots": dict(found.slots),
            "toggles": list(found.switches.names),
            "unread": list(found.unread),
            "sizes": dict(found.sizes),
            "reason": found.reason or None,
            "properties": [_data(found, needs) for needs in found.needs],
        },
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _data(found: Carrying, needs: Needs) -> dict[str, object]:
    presets: dict[str, object] = {}
    for name, setting in found.presets.items():
        bit = 1 << found.switches.number(setting)
        verdict = "violated" if needs.fails & bit else "holds" if needs.holds & bit else "not-decided"
        presets[name] = {
            "verdict": verdict,
            "load_bearing": load_bearing(found, needs, setting) if needs.holds & bit else [],
        }
    return {
        "name": needs.name,
        "kind": needs.kind.value,
        "holds": needs.holds.bit_count(),
        "violated": needs.fails.bit_count(),
        "not_decided": found.undecided(needs),
        "needs": [dict(cube) for cube in needs.minimal],
        "complete": not needs.more and not found.undecided(needs),
        "proofs": [
            {"needs": dict(p.cube), "used": dict(p.toggles), "invariants": list(p.invariants)} for p in needs.proofs
        ],
        "unproved": [entry for cube in needs.minimal if (entry := _unproved_data(found, needs, cube))],
        "repairs": [{name: not found.here[name] for name in names} for names in needs.repairs],
        "presets": presets,
    }


def _unproved_data(found: Carrying, needs: Needs, cube: Cube) -> dict[str, object]:
    """What is not proved of a set; empty where everything is."""
    proved, larger, left = in_pieces(found, needs, cube)
    if not larger and not left:
        return {}
    return {
        "needs": dict(cube),
        "proved": [dict(one) for one in proved],
        "larger": [{"where": dict(one.cube), "sizes": dict(one.sizes), "steps": one.steps} for one in larger],
        "not_proved": left.bit_count(),
        "reason": reason(found, needs, left) if left else None,
    }


def table_text(found: Table) -> str:
    """The table of a series: a row for each switch, a column for each property."""
    slots = "   ".join(f"{name}={value}" for name, value in found.slots.items())
    preset = "" if found.preset is None else f"   preset {found.preset}"
    lines = [f"{found.label}{preset}   {slots}".rstrip(), ""]
    lines += _filled("  columns    ", ", ".join(f"{n} {name}" for n, name in enumerate(found.before, 1)))
    legend = "the steps of the story that turning the switch over brings; + where it mends, ? where it is not decided"
    lines += [*_filled("  cells      ", legend), ""]
    width = max((len(_turned(name, value)) for name, value in found.settings.items()), default=0)
    lines.append(f"  {'':<{width}}" + "".join(f"{n:>5}" for n, _ in enumerate(found.before, 1)))
    lines.append(f"  {'as it is':<{width}}" + "".join(f"{_cell(cell):>5}" for cell in found.before.values()))
    for name, cells in found.rows.items():
        shown = "".join(f"{_changed(cells[one], before):>5}" for one, before in found.before.items() if one in cells)
        lines.append(f"  {_turned(name, found.settings[name]):<{width}}{shown}".rstrip())
    bearing = [name for name, cells in found.rows.items() if any(cells[n].loses(b) for n, b in found.before.items())]
    lines += ["", *_filled("  bearing    ", ", ".join(bearing) or "none")]
    idle = [name for name in found.rows if name not in bearing]
    lines += _filled("  not bearing  ", ", ".join(idle) or "none")
    if not found.complete:
        lines += _filled("  cut by     ", found.reason or "a limit")
    return "\n".join(lines) + "\n"


def _turned(name: str, value: bool) -> str:
    return f"{'without' if value else 'with'} {name}"


def _cell(cell: Cell) -> str:
    if cell.verdict.value in ("holds", "found"):
        return "."
    return (str(cell.steps) if cell.steps is not None else "x") if cell.verdict.value == "violated" else "?"


def _changed(cell: Cell, before: Cell) -> str:
    if cell.loses(before):
        return str(cell.steps) if cell.steps is not None else "x"
    if cell.gains(before):
        return "+"
    return "." if cell.verdict is before.verdict else "?"


def table_json(found: Table) -> str:
    """The same as JSON."""
    from uringcheck import __version__

    data = {
        "schema": 1,
        "tool": {"name": "uringcheck", "version": __version__},
        "results": [],
        "load_bearing": {
            "model": found.label,
            "preset": found.preset,
            "slots": dict(found.slots),
            "complete": found.complete,
            "reason": found.reason or None,
            "before": {name: _cell_data(cell) for name, cell in found.before.items()},
            "switches": [
                {
                    "name": name,
                    "value": found.settings[name],
                    "properties": {
                        one: {**_cell_data(cell), "loses": cell.loses(found.before[one])} for one, cell in cells.items()
                    },
                }
                for name, cells in found.rows.items()
            ],
        },
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _cell_data(cell: Cell) -> dict[str, object]:
    return {"verdict": cell.verdict.value, "steps": cell.steps}
