"""Fields of records with a default."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from uringcheck.diagnostics import SpecError
from uringcheck.lang.loading import find_model
from uringcheck.lang.tree import elaborate
from uringcheck.run.check import check
from uringcheck.run.question import Question, subject
from uringcheck.run.verdicts import Verdict

SPEC = """
import enum

from uringcheck import Model, Queue, Record, action, always, field, ints, maybe, queue, require


class Kind(enum.Enum):
    DATA = "data"
    END = "the end"


class Cqe(Record):
    res: int = field(0, 2)
    more: bool = field(bool, default=False)
    kind: Kind = field(Kind, default=Kind.END)
    bid: int | None = field(maybe(ints(0, 2)), default=None)
    count: int = field(0, 2, default=1)


class Posts(Model):
    ring: Queue[Cqe] = queue(1, Cqe)

    @action
    def post_final(self) -> None:
        require(self.ring.empty)
        self.ring.push(Cqe(res=2))

    @action
    def post_data(self) -> None:
        require(self.ring.empty)
        self.ring.push(Cqe(res=2, more=True, kind=Kind.DATA, bid=0, count=2))


@always
def left_out_means_default(model: Posts) -> bool:
    \"\"\"A completion without more is the end, has no buffer and counts once.\"\"\"
    return all(
        cqe.more != (cqe.kind == Kind.END) and (cqe.bid is None) == (not cqe.more) and cqe.count == 1 + int(cqe.more)
        for cqe in model.ring
    )
"""


def test_a_field_left_out_has_its_default(tmp_path: Path) -> None:
    """In the plain run and in the generated program. Nobody consumes, so the full queue is a deadlock."""
    file = tmp_path / "posts.py"
    file.write_text(SPEC, encoding="utf-8")
    result = check(Question(str(file), cross_check=True), subject(Question(str(file))))
    assert result.agreement
    assert [found.name for found in result.properties if found.verdict is not Verdict.HOLDS] == ["no_deadlock"]


def test_a_default_out_of_range_is_a_domain_violation(tmp_path: Path) -> None:
    """As any other value of the field would be."""
    file = tmp_path / "posts.py"
    file.write_text(SPEC.replace("default=1", "default=3"), encoding="utf-8")
    result = check(Question(str(file)), subject(Question(str(file))))
    assert next(found for found in result.properties if found.name == "domain").verdict is Verdict.VIOLATED


def test_a_default_is_a_constant(tmp_path: Path) -> None:
    """A text, or anything else that is no value of the language, is refused where the record is declared."""
    file = tmp_path / "posts.py"
    file.write_text(SPEC.replace("default=1", 'default="one"'), encoding="utf-8")
    with pytest.raises(SpecError, match=re.escape("the default of field `count` of `Cqe` is not a constant")):
        elaborate(find_model(str(file)))
