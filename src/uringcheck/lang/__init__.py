"""The author's side: classes, domains, actions and properties, how CPython runs them, and how they become IR.

What stands here defines the language and its meaning. No engine, file format or command enters this room.
"""

from uringcheck.lang.actions import Fair, action, cover, implies, init, one_of, require
from uringcheck.lang.containers import Map, Queue, SetOf
from uringcheck.lang.domains import Domain, ints, maybe
from uringcheck.lang.ghosts import Ghost, called, log, naturals, popped, pushed
from uringcheck.lang.interchangeable import interchangeable
from uringcheck.lang.models import Model, Parts, link, part, parts, slot
from uringcheck.lang.presets import Preset, preset
from uringcheck.lang.properties import (
    always,
    always_eventually,
    constraint,
    cost,
    eventually,
    eventually_always,
    final,
    happens,
    leads_to,
    lemma,
    measure,
    progresses,
    reachable,
    step,
    strong,
    strong_each,
    temporal,
    weak,
    weak_each,
)
from uringcheck.lang.records import Record, field, replace
from uringcheck.lang.symbolic import choice, param, toggle
from uringcheck.lang.variables import everything, map_of, queue, set_of, var

__all__ = [
    "Domain", "Fair", "Ghost", "Map", "Model", "Parts", "Preset", "Queue", "Record", "SetOf", "action", "always",
    "always_eventually", "called", "choice", "constraint", "cost", "cover", "eventually", "eventually_always",
    "everything", "field", "final", "happens", "implies", "init", "interchangeable", "ints", "leads_to", "lemma",
    "link", "log", "map_of", "maybe", "measure", "naturals", "one_of", "param", "part", "parts", "popped", "preset",
    "progresses", "pushed", "queue", "reachable", "replace", "require", "set_of", "slot", "step", "strong",
    "strong_each", "temporal",
    "toggle", "var", "weak", "weak_each",
]  # fmt: skip
