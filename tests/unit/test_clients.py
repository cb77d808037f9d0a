"""Policies of applications: the bug of each is found, and not in the policy or under the kernel that mends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.loading import load_text, models_in
from uringcheck.lang.tree import elaborate
from uringcheck.run.check import check
from uringcheck.run.question import Question, subject
from uringcheck.run.results import PropertyResult
from uringcheck.run.verdicts import Verdict

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = sorted(path.stem for path in (ROOT / "spec" / "clients").glob("*.py") if path.stem != "__init__")

#: Policies that belong to another model than `recv_multishot`.
ELSEWHERE = {
    "private_fallback": "recv_fallback",
    "rearms_on_own_recycle": "two_connections",
    "rearms_on_any_recycle": "two_connections",
    "expects_empty_datagrams": "recv_datagrams",
    "refills_on_enobufs": "recv_sized",
    "takes_unfinished": "recv_sized",
}

#: Policies that a model was made for which tells of them itself.
TOLD_ELSEWHERE = {"refills_on_enobufs", "keeps_unfinished", "takes_unfinished"}

#: Policies that differ from others only when they cancel.
CANCELLING = {"reuses_user_data", "rearms_on_cancel", "frees_on_cancel", "frees_when_not_found"}

#: The pool runs empty while there is data.
SMALL = "NB=2 M=3"
#: A cancellation that races what the request does.
CANCEL = "NB=2 M=3 CANCELS=1"

#: Model, kernel, settings, property; the policy that violates it and the one of which it holds.
REPAIRED = [
    ("recv_multishot", "6.1", SMALL, "never_stuck", "returns_on_error", "rearms_on_error"),
    ("recv_multishot", "6.1", SMALL, "data_eventually_delivered", "returns_on_error", "rearms_on_error"),
    ("recv_multishot", "6.1", SMALL, "never_stuck", "gives_up_on_enobufs", "marks_then_rechecks"),
    ("recv_multishot", "6.1", "", "never_stuck", "waits_for_error", "rearms_on_error"),
    ("recv_multishot", "6.1", "", "buffers_come_back", "forgets_last_buffer", "forgets_failed_buffer"),
    ("recvmsg_multishot", "6.1", SMALL, "buffers_come_back", "forgets_failed_buffer", "contract"),
    ("recv_multishot", "6.1", SMALL, "buffers_conserved", "forgets_buffer_zero", "contract"),
    ("recv_multishot", "6.1", "NB=2", "content_intact", "returns_twice", "contract"),
    ("recv_multishot", "6.1", SMALL, "domain", "refills_whole_pool", "contract"),
    ("recv_multishot", "6.1", SMALL, "never_spins", "rearms_at_once", "marks_then_rechecks"),
    ("recv_multishot", "6.1", SMALL, "never_stuck", "rearms_on_recycle", "marks_then_rechecks"),
    ("recv_multishot", "6.1", SMALL, "never_stuck", "rechecks_then_marks", "marks_then_rechecks"),
    ("recv_multishot", "6.18", SMALL, "data_eventually_delivered", "rearms_on_send", "rearms_on_send_or_now"),
    ("recv_fallback", "6.1", SMALL, "delivered_without_the_pool", "marks_then_rechecks", "private_fallback"),
    ("recv_multishot", "6.1", "M=3", "parked_eventually_seen", "ignores_overflow", "flushes_when_empty"),
    ("recv_multishot", "6.1", CANCEL, "attributed_rightly", "rearms_on_cancel", "reuses_user_data"),
    ("recv_multishot", "6.1", CANCEL, "one_request_at_a_time", "rearms_on_cancel", "reuses_user_data"),
    ("recv_multishot", "6.1", CANCEL, "nothing_for_freed", "frees_on_cancel", "frees_when_not_found"),
    ("recv_datagrams", "6.1", SMALL, "never_stuck", "contract", "expects_empty_datagrams"),
    ("two_connections", "6.1", "NB=1", "each_delivered", "rearms_on_own_recycle", "rearms_on_any_recycle"),
    ("two_connections", "6.1", "NB=1", "sharing_never_spins", "contract", "rearms_on_any_recycle"),
]

#: Client, property, settings; the kernel under which it breaks, and the one difference that mends it.
UPGRADED = [
    ("waits_for_error", "never_stuck", "", "6.1", "allow_overflow=true"),
    ("forgets_last_buffer", "buffers_conserved", "", "6.1", "allow_overflow=true"),
    ("forgets_failed_buffer", "buffers_conserved", "recycle=false", "6.1", "recycle=true"),
    ("ignores_overflow", "never_stuck", "", "6.1", "C=4"),
    ("rearms_on_send", "never_stuck", SMALL, "6.0", "order_rule=true"),
    ("rearms_on_send", "never_stuck", SMALL, "6.5", "hint_stop=false"),
    ("frees_when_not_found", "nothing_for_freed", "CANCELS=1", "6.0", "order_rule=true"),
    ("reuses_user_data", "attributed_rightly", "CANCELS=1", "6.0-posted-v1", "allow_overflow=false"),
]


def outcome(model: str, preset: str, settings: str, wanted: str) -> PropertyResult:
    """What the search says of one property."""
    given = dict(item.split("=") for item in settings.split())
    properties = () if wanted == "domain" else (wanted,)
    question = Question(model, preset, given, properties, all_violations=True)
    result = check(question, subject(question, None))
    return next(found for found in result.properties if found.name == wanted)


def verdict(model: str, preset: str, settings: str, wanted: str) -> Verdict:
    """What becomes of one property."""
    return outcome(model, preset, settings, wanted).verdict


@pytest.mark.parametrize(("model", "preset", "settings", "wanted", "wrong", "right"), REPAIRED)
def test_the_repaired_policy_holds(model: str, preset: str, settings: str, wanted: str, wrong: str, right: str) -> None:
    """The same property, of the same kernel at the same sizes, is violated by one policy and holds of the other."""
    assert verdict(model, preset, f"{settings} client={wrong}", wanted) is Verdict.VIOLATED
    assert verdict(model, preset, f"{settings} client={right}", wanted) is Verdict.HOLDS


@pytest.mark.parametrize(("client", "wanted", "settings", "preset", "mended"), UPGRADED)
def test_one_difference_of_the_kernel_mends_the_policy(
    client: str, wanted: str, settings: str, preset: str, mended: str
) -> None:
    """So it is that difference which the policy rests on."""
    assert verdict("recv_multishot", preset, f"client={client} {settings}", wanted) is Verdict.VIOLATED
    assert verdict("recv_multishot", preset, f"client={client} {settings} {mended}", wanted) is Verdict.HOLDS


@pytest.mark.slow
@pytest.mark.parametrize("client", CLIENTS)
def test_the_plain_run_recounts_every_policy(client: str) -> None:
    """On every state of a small model, CPython and the generated code take the same steps and judge alike."""
    model = ELSEWHERE.get(client, "recv_multishot")
    if model == "two_connections":
        sizes = {"NB": "1", "UNITS": "1"}
    elif client in CANCELLING:
        sizes = {"C": "1", "NB": "1", "M": "1", "CANCELS": "1"}
    else:
        sizes = {"C": "1", "NB": "1", "M": "2"}
    question = Question(model, "6.1", {**sizes, "client": client}, all_violations=True, cross_check=True)
    result = check(question, subject(question, None))
    assert result.agreement is not None
    assert result.states > 50


@pytest.mark.parametrize("client", CLIENTS)
def test_a_policy_is_short(client: str) -> None:
    """Each says one thing about an event loop, in under 60 lines."""
    assert len((ROOT / "spec" / "clients" / f"{client}.py").read_text(encoding="utf-8").splitlines()) < 60


OVERRIDDEN = '''
from uringcheck import Model, action, always_eventually, happens, leads_to, part, temporal, var, weak

class Base(Model):
    """A clock."""
    n: int = var(0, 3)

    @action
    def tick(self) -> None:
        """Goes on by one."""
        self.n = (self.n + 1) % 4

class Twice(Base):
    """A clock that goes on by two."""

    @action
    def tick(self) -> None:
        """Goes on by two."""
        Base.tick(self)
        Base.tick(self)

@temporal(weak(Base.tick))
def ticks(b: Base) -> bool:
    """It ticks again and again."""
    return always_eventually(happens(Base.tick))
'''


@pytest.mark.parametrize("name", ["Base", "Twice"])
def test_a_property_of_a_class_means_the_actions_of_its_subclasses(name: str) -> None:
    """What is said of `Base.tick` is said of what overrides it."""
    module = load_text(OVERRIDDEN, f"<test_clients {name}>")
    model = next(cls for cls in models_in(module) if cls.__name__ == name)
    (ticks,) = compile_tree(elaborate(model)).properties
    assert [claim.actions for claim in ticks.fairness] == [("tick",)]
    assert "tick" in str(ticks.formula)


def documented() -> list[tuple[str, str, str, str, str, str]]:
    """Every cell of the tables in docs/clients.md: policy, model, settings, property, kernel, what is said."""
    found, kernels = [], []
    for line in (ROOT / "docs" / "clients.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        if line.startswith("| policy"):
            kernels = cells[4:]
        elif line.startswith("| `"):
            client, model, settings, wanted = cells[:4]
            found += [(client, model, settings, wanted, *one) for one in zip(kernels, cells[4:], strict=True)]
    return found


def test_the_tables_name_every_policy() -> None:
    """None is left out, and none is told of that does not exist."""
    told = {client for client, *_ in documented()}
    assert told <= set(CLIENTS)
    assert set(CLIENTS) - told <= TOLD_ELSEWHERE


@pytest.mark.slow
@pytest.mark.parametrize(("client", "model", "settings", "wanted", "kernel", "said"), documented())
def test_the_tables_tell_the_truth(client: str, model: str, settings: str, wanted: str, kernel: str, said: str) -> None:
    """Each cell is the verdict, or the steps of the shortest counterexample."""
    given = dict(item.split("=") for item in settings.split())
    question = Question(model, kernel, {**given, "client": client}, (wanted,), all_violations=True)
    result = check(question, subject(question, None))
    found = next(one for one in result.properties if one.name == wanted)
    assert said == (str(found.steps) if found.verdict is Verdict.VIOLATED else found.verdict.value)
