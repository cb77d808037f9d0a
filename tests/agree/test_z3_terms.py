"""The z3 terms mean what the generated Python means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from tests.agree.engines import outcome, program_of, tree_of
from tests.agree.programs import programs
from tests.agree.states import random_states
from uringcheck.ir.nodes import Check
from uringcheck.ir.program import Program, PropertyKind
from uringcheck.lang.loading import find_model
from uringcheck.lang.tree import elaborate
from uringcheck.lower.python import Generated
from uringcheck.lower.z3_reading import Reading

CORPUS = Path(__file__).parent.parent / "corpus"
MODELS = sorted(str(path) for path in CORPUS.rglob("*.py") if not path.name.startswith("_"))


def z3_differences(program: Program, count: int) -> list[Any]:
    """Where z3 and the generated Python differ on random states; empty when they agree."""
    reading, generated, found = Reading(program), Generated(program), []
    starts = [[(p, args, outcome(target)) for p, args, target in engine.initial()] for engine in (reading, generated)]
    if starts[0] != starts[1]:
        found.append(("initial", *starts))
    for state in random_states(program, count):
        ours, theirs = (
            [(position, arguments, outcome(target)) for position, arguments, target in engine.successors(state)]
            for engine in (reading, generated)
        )
        if ours != theirs:
            found.append((state, ours, theirs))
        for position, property_ in enumerate(program.properties):
            if property_.kind is PropertyKind.TEMPORAL:
                continue
            step = property_.kind is PropertyKind.STEP
            targets = [target for _, _, target in generated.successors(state) if not isinstance(target, Check)]
            for after in targets if step else [None]:
                one, other = (outcome(engine.evaluate(position, state, after)) for engine in (reading, generated))
                if one != other:
                    found.append((state, property_.name, one, other))
    return found


@settings(max_examples=40, deadline=None)
@given(programs())
def test_random_programs_mean_the_same_to_z3(text: str) -> None:
    """On random states of a random program both take the same steps, fail the same way and judge the same."""
    assert z3_differences(program_of(tree_of(text)), 4) == []


@pytest.mark.parametrize("model", MODELS, ids=lambda path: Path(path).stem)
def test_models_of_the_corpus_mean_the_same_to_z3(model: str) -> None:
    """Likewise on random states of every model of the corpus."""
    assert z3_differences(program_of(elaborate(find_model(model))), 12) == []


@pytest.mark.parametrize("client", ["contract", "eager"])
def test_the_receive_model_means_the_same_to_z3(client: str) -> None:
    """Likewise on random states of the shipped model; most of them are unreachable, and many steps fail there."""
    tree = elaborate(find_model("recv_multishot"), {"client": client, "order_rule": "true", "hup_ref": "true"})
    assert z3_differences(program_of(tree), 10) == []
