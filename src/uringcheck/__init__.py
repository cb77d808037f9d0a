"""uringcheck: what can an application observe when io_uring's completion queue overflows?

This is the vocabulary of specs; see `docs/language.md`.
"""

from uringcheck.lang import (
    Domain,
    Fair,
    Map,
    Model,
    Parts,
    Preset,
    Queue,
    Record,
    SetOf,
    action,
    always,
    always_eventually,
    choice,
    constraint,
    cover,
    eventually,
    eventually_always,
    everything,
    field,
    final,
    happens,
    implies,
    init,
    ints,
    leads_to,
    link,
    map_of,
    maybe,
    one_of,
    param,
    part,
    parts,
    preset,
    queue,
    reachable,
    replace,
    require,
    set_of,
    slot,
    step,
    strong,
    strong_each,
    temporal,
    toggle,
    var,
    weak,
    weak_each,
)

__version__ = "0.1.0"

__all__ = [
    "Domain", "Fair", "Map", "Model", "Parts", "Preset", "Queue", "Record", "SetOf", "action", "always",
    "always_eventually", "choice", "constraint", "cover", "eventually", "eventually_always", "everything", "field",
    "final", "happens", "implies", "init", "ints", "leads_to", "link", "map_of", "maybe", "one_of", "param", "part",
    "parts", "preset", "queue", "reachable", "replace", "require", "set_of", "slot", "step", "strong", "strong_each",
    "temporal", "toggle", "var", "weak", "weak_each",
]  # fmt: skip
