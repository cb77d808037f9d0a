"""What carries a property, against a count of every setting."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import product
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uringcheck.explore.outcome import Request
from uringcheck.explore.search import search
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.prove.regions import Switches
from uringcheck.report.toggles import load_bearing, table_json, table_text, toggles_json, toggles_text
from uringcheck.run.check import check
from uringcheck.run.either import either
from uringcheck.run.load_bearing import load_bearing_table
from uringcheck.run.proving import Aim
from uringcheck.run.question import Question, subject
from uringcheck.run.which_toggles import Analysis

ROOT = Path(__file__).resolve().parents[2]

NAMES = ("a", "b", "c", "d")

#: `mends` hurts where `guarded` is on, so the toggles are not monotone; `idle` is read and never matters.
SPEC = '''
"""Three toggles that matter and one that does not."""
from uringcheck import Model, action, always, require, toggle, var

guarded = toggle(False, "adding is guarded")
mends = toggle(False, "too much is taken back, and what is guarded is not looked at")
early = toggle(False, "the guard is early")
idle = toggle(False, "nothing but a name")


class Toggled(Model):
    """A counter."""

    x: int = var(0, 6)
    y: bool = var(False)

    @action
    def add(self) -> None:
        """Add."""
        require(self.x < 6 and not (guarded and not mends and self.x >= (2 if early else 3)))
        self.x += 1
        if mends and not guarded and self.x > 3:
            self.x = 0
        self.y = idle

    @action
    def restart(self) -> None:
        """Begin again."""
        self.x = 0


@always
def at_most_three(m: Toggled) -> bool:
    """The counter stays small."""
    return m.x <= 3


@always
def at_most_two(m: Toggled) -> bool:
    """The counter stays smaller."""
    return m.x <= 2
'''


@given(st.integers(0, 2**16 - 1))
def test_minimal_sets_are_the_prime_implicants(table: int) -> None:
    """Each lies inside, loses that with any toggle dropped, and none that does is missing."""
    switches = Switches(NAMES)
    cubes = switches.minimal_cubes(table, 4)
    everything = [
        {name: value for name, value in zip(NAMES, values, strict=True) if value is not None}
        for values in product((None, False, True), repeat=4)
    ]
    inside = [cube for cube in everything if all(table >> n & 1 for n in range(16) if _in(switches.setting(n), cube))]
    primes = [cube for cube in inside if not any(other.items() < cube.items() for other in inside)]
    assert sorted(map(sorted, (cube.items() for cube in cubes))) == sorted(map(sorted, (c.items() for c in primes)))
    assert switches.covered(cubes) == table


def _in(setting: dict[str, bool], cube: dict[str, bool]) -> bool:
    return cube.items() <= setting.items()


@given(st.integers(1, 2**16 - 1), st.integers(0, 15))
def test_repairs_are_the_nearest_settings(table: int, number: int) -> None:
    """All sets of changes of the least size that lead into the table."""
    switches = Switches(NAMES)
    setting = switches.setting(number)
    distances = [(number ^ other).bit_count() for other in range(16) if table >> other & 1]
    repairs = switches.repairs(setting, table, 4)
    assert {len(names) for names in repairs} == {min(distances)}
    assert len(repairs) == distances.count(min(distances))


def test_every_setting_is_decided_as_a_search_of_it_decides(tmp_path: Path) -> None:
    """Also where toggles are not monotone; the proofs of minimal sets agree, or it would be an internal error."""
    file = tmp_path / "toggled.py"
    file.write_text(SPEC)
    question = Question(str(file))
    settled = subject(question)
    found = Analysis(question, settled, Aim(seconds=100)).run()
    assert found.switches.names == ("guarded", "mends", "early", "idle")
    whole = compile_tree(settled.tree)
    for number in range(found.switches.count):
        outcome = search(specialise(whole, found.switches.setting(number)), Request(all_violations=True))
        for needs in found.needs:
            expected = (needs.name not in outcome.paths, needs.name in outcome.paths)
            assert (bool(needs.holds >> number & 1), bool(needs.fails >> number & 1)) == expected
    three = found.needs[0]
    assert three.minimal == [{"guarded": True, "mends": False}, {"guarded": False, "mends": True}]
    assert [proof.cube for proof in three.proofs] == three.minimal
    assert three.repairs == [("guarded",), ("mends",)]
    two = found.needs[1]
    assert two.minimal == [{"guarded": True, "mends": False, "early": True}]
    assert load_bearing(found, two, two.minimal[0] | {"idle": False}) == ["guarded", "not mends", "early"]
    assert "needs    guarded and not mends   (also by induction)" in toggles_text(found)


def test_turning_each_toggle_over_by_itself_is_what_a_check_of_each_setting_says(tmp_path: Path) -> None:
    """Every cell of the table against a search of its own; a row that loses the property is named."""
    file = tmp_path / "toggled.py"
    file.write_text(SPEC)
    question = Question(str(file), params={"guarded": "true"})
    table = load_bearing_table(question, subject(question), Aim())
    assert table.settings == {"guarded": True, "mends": False, "early": False, "idle": False}
    assert table.complete
    for name, value in table.settings.items():
        given = {**table.settings, name: not value}
        params = {other: str(on).lower() for other, on in given.items()}
        alone = Question(str(file), params=params, all_violations=True)
        expected = next(one for one in check(alone, subject(alone)).properties if one.name == "at_most_three")
        cell = table.rows[name]["at_most_three"]
        assert (cell.verdict, cell.steps) == (expected.verdict, expected.steps)
    losing = [name for name, cells in table.rows.items() if cells["at_most_three"].loses(table.before["at_most_three"])]
    assert losing == ["guarded", "mends"]
    assert "bearing    guarded, mends" in table_text(table)


def test_both_tables_are_of_the_shape_that_the_schema_gives(tmp_path: Path) -> None:
    """So that a reader of results can rely on it."""
    file = tmp_path / "toggled.py"
    file.write_text(SPEC)
    question = Question(str(file), properties=("at_most_three",))
    schema = json.loads((ROOT / "src/uringcheck/report/results.schema.json").read_text())
    carrying = json.loads(toggles_json(Analysis(question, subject(question), Aim()).run()))
    jsonschema.validate(carrying, schema)
    assert carrying["which_toggles"]["properties"][0]["needs"]
    bearing = json.loads(table_json(load_bearing_table(question, subject(question), Aim())))
    jsonschema.validate(bearing, schema)
    broken = {**bearing, "load_bearing": {**bearing["load_bearing"], "switches": [{"name": "guarded"}]}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema)


#: What two owners of a counter do; the careful one is late under a toggle that the hasty one does not read.
OWNED = '''
"""A counter whose owner may stop in time."""
from uringcheck import Model, action, always, require, toggle, var

guarded = toggle(False, "adding is guarded")
late = toggle(False, "the owner is late")


class Counted(Model):
    """A counter."""

    x: int = var(0, 5)

    @action
    def add(self) -> None:
        """Add."""
        require(self.x < 5 and not ((guarded or STOPS) and self.x >= 3))
        self.x += 1

    @action
    def restart(self) -> None:
        """Begin again."""
        self.x = 0


@always
def at_most_three(m: Counted) -> bool:
    """The counter stays small."""
    return m.x <= 3
'''


def test_the_class_in_a_slot_counts_like_a_toggle(tmp_path: Path) -> None:
    """Two answers side by side: the sets are those of a count over toggles and classes."""
    answers = []
    for name, stops in (("careful", "not late"), ("hasty", "False")):
        file = tmp_path / f"{name}.py"
        file.write_text(OWNED.replace("STOPS", stops))
        question = Question(str(file), properties=("at_most_three",))
        answers.append((name, Analysis(question, subject(question), Aim()).run()))
    assert answers[1][1].switches.names == ("guarded",)
    found = either("owner", answers[0], answers[1])
    needs = found.needs[0]
    assert needs.minimal == [{"guarded": True}, {"late": False, "owner=careful": True}]
    assert found.undecided(needs) == 0
    # Guarded: all four settings of the rest; else only the careful one that is not late.
    assert needs.holds.bit_count() == 4 + 1
    assert "needs    not late and owner=careful" in toggles_text(found)


def test_either_asks_for_two_classes_of_a_slot() -> None:
    """Anything else is refused, with what there is."""
    for text in ("client=contract", "server=contract,eager"):
        asked = ["prove", "recv_multishot", "--which-toggles", "--either", text]
        done = subprocess.run([sys.executable, "-m", "uringcheck", *asked], capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert "error[UC038]" in done.stderr
        assert "slots: client" in done.stderr
    asked = ["prove", "recv_multishot", "--either", "client=contract,eager"]
    done = subprocess.run([sys.executable, "-m", "uringcheck", *asked], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "add --which-toggles" in done.stderr


#: With N = 2 both counters stay small whatever the toggle is; only where it is on does a proof see why.
HIDDEN = '''
"""Two counters that go up together."""
from uringcheck import Model, action, always, param, require, toggle, var

N = param(2, 1, LARGEST, "how far the first goes", abstract=True)
guarded = toggle(False, "the second is looked at")


class Pair(Model):
    """Two counters."""

    x: int = var(0, 9)
    y: int = var(0, 9)

    @action
    def add(self) -> None:
        """Both go up."""
        require(self.y < 2 if guarded else self.x < N)
        self.x += 1
        self.y += 1


@always
def second_at_most_two(m: Pair) -> bool:
    """The second stays small."""
    return m.y <= 2
'''


def test_a_set_that_is_not_proved_is_taken_apart(tmp_path: Path) -> None:
    """Part of it is proved, and part holds at these sizes only: one more shows it, where the parameter has one more."""
    file = tmp_path / "hidden.py"
    file.write_text(HIDDEN.replace("LARGEST", "5"))
    question = Question(str(file))
    found = Analysis(question, subject(question), Aim(seconds=100)).run()
    needs = found.needs[0]
    assert needs.minimal == [{}]
    assert [proof.toggles for proof in needs.proofs] == [{"guarded": True}]
    assert [(one.cube, one.sizes, one.steps) for one in needs.beyond] == [({"guarded": False}, {"N": 3}, 3)]
    text = toggles_text(found)
    assert "needs    nothing: it holds in every setting   (by search)" in text
    assert "proved where   guarded\n" in text
    assert "violated at N=3, in 3 steps, where   not guarded" in text
    schema = json.loads((ROOT / "src/uringcheck/report/results.schema.json").read_text())
    jsonschema.validate(json.loads(toggles_json(found)), schema)
    file = tmp_path / "no_larger.py"
    file.write_text(HIDDEN.replace("LARGEST", "2"))
    question = Question(str(file))
    found = Analysis(question, subject(question), Aim(seconds=100)).run()
    assert found.needs[0].beyond == []
    assert "proved where   guarded\n" in toggles_text(found)
    assert "not proved     in 1 settings: not inductive: `add` may lead out of what is known" in toggles_text(found)
