"""What a model of z3 says about a state over open sizes, as far as people can read it."""

from __future__ import annotations

from typing import Any

from uringcheck.ir.types import Bool, Enum, Int, Queue, Set
from uringcheck.lower.z3_open import OpenEncoding
from uringcheck.lower.z3_open_values import parameter


def scalars(encoding: OpenEncoding, model: Any) -> tuple[tuple[str, str], ...]:
    """The sizes, the numbers, switches and phases, and how many things each queue and set holds."""

    def read(term: Any) -> str:
        return str(model.eval(term, model_completion=True))

    found = [(name, read(parameter(name))) for name in encoding.sizes]
    for variable, term in zip(encoding.program.variables, encoding.state, strict=True):
        match variable.type:
            case Int():
                found.append((variable.name, read(term)))
            case Bool():
                found.append((variable.name, "yes" if read(term) == "True" else "no"))
            case Enum(members=members):
                found.append((variable.name, members[int(read(term))]))
            case Queue():
                found.append((f"len({variable.name})", read(term[1] - term[0])))
            case Set():
                found.append((f"len({variable.name})", read(term[1])))
            case _:
                pass
    return tuple(found)
