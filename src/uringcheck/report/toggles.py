"""What carries each property, for people and as data: minimal sets, repairs, and a table of presets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uringcheck.run.load_bearing import Cell, Table
    from uringcheck.run.which_toggles import Carrying, Needs

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
    proofs = {tuple(sorted(proof.cube.items())): proof for proof in needs.proofs}
    for cube in needs.minimal:
        shown = cube_text(cube) or "nothing: it holds in every setting"
        proof = proofs.get(tuple(sorted(cube.items())))
        if proof is None:
            lines.append(f"    needs    {shown}   (by search)")
            why = next((why for other, why in needs.unproved if other == cube), "")
            lines += _filled("               searched, not proved: ", why) if why else []
            continue
        lines.append(f"    needs    {shown}   (also by induction)")
        extra = {name: value for name, value in proof.toggles.items() if name not in cube}
        used = cube_text(proof.toggles) or "no toggle"
        lines += _filled("               this proof used ", f"{used}; {', '.join(proof.invariants) or 'no invariant'}")
        if extra:
            lines += _filled("               of which it does not need ", cube_text(extra))
    if needs.more:
        lines.append("    and larger sets that are not listed")
    here = 1 << found.switches.number(found.here)
    if needs.fails & here:
        for names in needs.repairs:
            lines.append(f"    repair   {cube_text({name: not found.here[name] for name in names})}")
    return lines


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


def _filled(first: str, text: str) -> list[str]:
    return wrap(text, _WIDTH, initial_indent=first, subsequent_indent=" " * len(first), break_on_hyphens=False)


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
        "unproved": [{"needs": dict(cube), "reason": why} for cube, why in needs.unproved],
        "repairs": [{name: not found.here[name] for name in names} for names in needs.repairs],
        "presets": presets,
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
