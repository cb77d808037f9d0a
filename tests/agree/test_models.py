"""On every reachable state of real models the generated Python means what the plain run means."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agree.engines import differences
from uringcheck.ir.rewrite import specialise
from uringcheck.ir.types import Encoded
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.loading import find_model
from uringcheck.lang.plain import PlainRun
from uringcheck.lang.tree import elaborate
from uringcheck.lower.python import Generated

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
#: Each switch of the receive, turned over.
TURNED = {
    "len0": "false",
    "bgid": "false",
    "recycle": "false",
    "stop_code": "false",
    "allow_overflow": "true",
    "result_on_stop": "false",
    "unpolled_ok": "false",
    "order_rule": "true",
    "hint_stop": "true",
    "hup_ref": "true",
}

MODELS = [
    *((str(path), {}) for path in sorted(CORPUS.glob("*.py")) if path.stem not in ("six_counters", "hanoi")),
    (str(CORPUS / "six_counters.py"), {"MODULUS": "2"}),
    (str(CORPUS / "hanoi.py"), {"DISKS": "3"}),
    ("bounded_cq", {}),
    ("bounded_cq", {"CAP": "1", "LIMIT": "3"}),
    ("poll_refs", {"poll_bias": "true", "CANCEL": "true"}),
    ("two_sockets", {"requeue": "true"}),
    ("resubmission", {}),
    ("nested_wake", {}),
    ("reissue", {}),
    ("deferred_completions", {"deferred_terminal": "true"}),
    ("mixed_cq", {}),
    ("mixed_cq", {"MIXED": "false", "FLUSH_ASKS_ONCE": "false"}),
    ("closed_fd", {}),
    ("unregister_group", {}),
    *(
        ("recv_multishot", {"M": "2", "NB": "2", "C": "1", "G": "2", "client": client, toggle: value})
        for client, toggle, value in [
            ("eager", "order_rule", "false"),
            *(("contract", toggle, turned) for toggle, turned in TURNED.items()),
        ]
    ),
]


def reachable(generated: Generated) -> list[tuple[Encoded, ...]]:
    """Every reachable state."""
    todo = [target for _, _, target in generated.initial() if isinstance(target, tuple)]
    seen = dict.fromkeys(todo)
    while todo:
        for _, _, target in generated.successors(todo.pop()):
            if isinstance(target, tuple) and target not in seen:
                seen[target] = None
                todo.append(target)
    return list(seen)


@pytest.mark.parametrize(("model", "parameters"), MODELS, ids=lambda value: Path(str(value)).stem)
def test_every_reachable_state(model: str, parameters: dict[str, str]) -> None:
    """Steps, failures and verdicts are the same on all of them."""
    tree = elaborate(find_model(model), parameters)
    program = specialise(compile_tree(tree))
    generated = Generated(program)
    states = reachable(generated)
    assert len(states) > 1
    assert differences(PlainRun(tree), program, generated, states) == []
