"""The z3 terms mean what the generated Python means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from tests.agree.engines import alike, program_of, tree_of
from tests.agree.programs import programs
from tests.agree.states import random_states
from uringcheck.ir.program import Program
from uringcheck.lang.loading import find_model
from uringcheck.lang.tree import elaborate
from uringcheck.lower.python import Generated
from uringcheck.lower.z3_reading import Reading

CORPUS = Path(__file__).parent.parent / "corpus"
MODELS = sorted(str(path) for path in CORPUS.rglob("*.py") if not path.name.startswith("_"))


def z3_differences(program: Program, count: int) -> list[Any]:
    """Where z3 and the generated Python differ on random states; empty when they agree."""
    return alike(program, Reading(program), Generated(program), random_states(program, count))


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
