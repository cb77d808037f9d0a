"""The page of verdicts of a suite, in Markdown: what every entry came to, what each bug is, what kernels changed.

    verdicts_page(page) -> str

First short tables, then each entry with its rows: one for each group of properties, and a sequence diagram for each
group of which something is violated. It ends with what changes from kernel to kernel. The same results give the same
bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from uringcheck.diagnostics.values import value_class
from uringcheck.report.costs import bounds_of, values_text
from uringcheck.report.costs import witness_text as cost_witness
from uringcheck.report.equality import equality_name, side_text
from uringcheck.report.summary import steps_text
from uringcheck.report.verdict_details import chosen_text, code, details, prose, wrong_text
from uringcheck.run.costs import Costing
from uringcheck.run.equality import Equality, Likeness
from uringcheck.run.lineage import Lineage, Stage
from uringcheck.run.results import Result
from uringcheck.run.suite_files import KINDS, Finding
from uringcheck.trace.identity import identity

_ABOUT = (
    "Written by `uringcheck report`, and the same wherever it is written. Every verdict is about the whole reachable "
    "state space under the parameters that stand beside it. A number beside a property says that it is *violated*, by "
    "a shortest behaviour of that many steps, which CPython has replayed; `for ever` is said of a behaviour without "
    "end. The number of an entry leads to its details."
)

_HEADINGS = {
    "patch": ("What each patch of the series is for", "What is violated without it."),
    "bug": ("Later bugs", "What is violated in the kernels that had them."),
    "prediction": (
        "Predictions",
        "What a model says of kernels before anybody had seen it there. Unless the remark says that somebody has, "
        "it is a prediction: no kernel was seen to do it.",
    ),
}


@value_class
class Page:
    """What the page is made of. Each finding stands with the number of the result that shows it."""

    results: tuple[Result, ...]
    equalities: tuple[Equality, ...]
    costs: tuple[Costing, ...]
    findings: tuple[tuple[Finding, int | None], ...]
    lineages: tuple[Lineage, ...]

    @property
    def as_expected(self) -> bool:
        """Whether everything came out as the suite says, and every finding is found."""
        entries: list[Result | Equality | Costing] = [*self.results, *self.equalities, *self.costs]
        return all(found.as_expected for found in entries) and not any(
            number is not None and finding.property not in _wrong(self.results[number])
            for finding, number in self.findings
        )


def verdicts_page(page: Page) -> str:
    """The page's text, with a newline at the end."""
    parts = [
        "# Verdicts",
        _ABOUT,
        "\n".join(_contents(page)),
        *_entries(page),
    ]
    for kind in KINDS:
        parts += _findings(page, kind)
    parts += [*_equalities(page.equalities), *_costs(page.costs)]
    parts += ["## Entry by entry", *(details(number, result) for number, result in enumerate(page.results, 1))]
    parts += _lineages(page.lineages)
    return "\n\n".join(parts) + "\n"


def _contents(page: Page) -> Iterator[str]:
    titles = ["Entries", *(_HEADINGS[kind][0] for kind in KINDS if any(one.kind == kind for one, _ in page.findings))]
    titles += ["Equal models"] if page.equalities else []
    titles += ["Costs"] if page.costs else []
    titles += ["Entry by entry"]
    titles += ["From kernel to kernel"] if page.lineages else []
    for title in titles:
        yield f"- [{title}](#{title.lower().replace(' ', '-')})"


def _entries(page: Page) -> Iterator[str]:
    yield "## Entries"
    wrong = sum(not result.as_expected for result in page.results)
    violated = sum(bool(_wrong(result)) for result in page.results)
    yield (
        f"{len(page.results)} entries, {len(page.results) - wrong} of them as expected. In {violated} something is "
        "violated, which is what they are there for; in the others all that was asked holds."
    )
    # What most entries are about comes first.
    for model, _ in Counter(result.model for result in page.results).most_common():
        yield f"### {model}"
        rows = [
            f"| [{number}](#entry-{number}) | {prose(result.preset or '')} | {chosen_text(result)} | {result.states} "
            f"| {_summary(result)} |"
            for number, result in enumerate(page.results, 1)
            if result.model == model
        ]
        yield "\n".join(["| # | kernel | set | states | verdict |", "| --: | :-- | :-- | --: | :-- |", *rows])


def _wrong(result: Result) -> dict[str, str]:
    """What is not as one would wish, by name, with its steps."""
    return wrong_text(result.properties)


def _summary(result: Result) -> str:
    text = ", ".join(f"{prose(name)} {words}" for name, words in _wrong(result).items())
    text = text or f"all {len(result.properties)} hold"
    return text if result.as_expected else f"{text}; **not as expected**"


def _findings(page: Page, kind: str) -> Iterator[str]:
    found = [(finding, number) for finding, number in page.findings if finding.kind == kind]
    if not found:
        return
    title, sentence = _HEADINGS[kind]
    yield f"## {title}"
    yield sentence
    rows = []
    for finding, number in found:
        where, what = "", "not in a model"
        if number is not None:
            result = page.results[number]
            where = f"[{number + 1}](#entry-{number + 1}): {code(' '.join(_named(result)))}"
            what = f"{prose(finding.property)} {_wrong(result).get(finding.property, '**not found**')}"
        rows.append(f"| {prose(finding.what)} | {prose(finding.kernels)} | {where} | {what} | {prose(finding.note)} |")
    yield "\n".join(["| what | kernels | entry | violated | remark |", "| :-- | :-- | :-- | :-- | :-- |", *rows])


def _named(result: Result) -> list[str]:
    chosen = chosen_text(result, plain=True)
    return [result.model, *([result.preset] if result.preset else []), *([chosen] if chosen else [])]


def _equalities(found: Sequence[Equality]) -> Iterator[str]:
    if not found:
        return
    yield "## Equal models"
    yield (
        "Two models are equal when no sequence of steps tells them apart; with nothing hidden their reachable graphs "
        "are isomorphic. Otherwise the shortest sequence that does is told, and both sides have been replayed."
    )
    rows = []
    for one in found:
        words = {
            Likeness.ISOMORPHIC: f"equal: isomorphic, {one.comparison.pairs} states",
            Likeness.BISIMILAR: f"equal: bisimilar, {one.comparison.pairs} pairs of states",
            Likeness.DIFFERENT: f"different in {steps_text(one.steps)}",
            Likeness.NOT_DECIDED: f"not decided: {one.reason}",
        }
        story = code(identity(one.parting.ahead)) if one.parting else ""
        rows.append(f"| {code(equality_name(one))} | {words[one.likeness]} | {prose(one.note)} | {story} |")
    yield "\n".join(["| models | verdict | | steps |", "| :-- | :-- | :-- | :-- |", *rows])


def _costs(found: Sequence[Costing]) -> Iterator[str]:
    if not found:
        return
    yield "## Costs"
    yield (
        "The least and the greatest value over all behaviours, whole ones unless it says until where. What the series "
        "gained in queries per second is not a property of a model."
    )
    for _, group in groupby(found, key=_asked_alike):
        yield from _side_by_side(list(group))


def _asked_alike(costing: Costing) -> object:
    """Models that were asked the same under the same name of a kernel stand side by side."""
    made = costing.subject
    given = {name: made.params[name] for name in made.given}
    return made.preset, given, costing.until, [amount.quantity.text for amount in costing.amounts]


def _side_by_side(group: list[Costing]) -> Iterator[str]:
    first = group[0]
    others = side_text(first.subject).removeprefix(first.subject.label)
    until = f" until {first.until}" if first.until else ""
    yield f"### {' and '.join(costing.subject.label for costing in group)}{others}{until}"
    yield "\n".join(f"- {prose(costing.note)}" for costing in group)
    open_ = [costing for costing in group if costing.reason]
    if open_:
        yield f"Not decided: {open_[0].reason}."
        return
    labels = " | ".join(costing.subject.label for costing in group)
    rows = [f"| quantity | {labels} | |", "| :-- |" + " :-- |" * (len(group) + 1)]
    for place, amount in enumerate(first.amounts):
        values = " | ".join(prose(values_text(costing.amounts[place])) for costing in group)
        rows.append(f"| {prose(amount.quantity.text)} | {values} | {prose(amount.doc)} |")
    yield "\n".join(rows)
    witnesses = [
        f"- {costing.subject.label}, {prose(amount.quantity.text)}, {word}: {code(cost_witness(bound))}"
        for costing in group
        for amount in costing.amounts
        for word, bound in bounds_of(amount)
    ]
    yield "<details><summary>behaviours that have these values</summary>\n\n" + "\n".join(witnesses) + "\n\n</details>"


def _lineages(found: Sequence[Lineage]) -> Iterator[str]:
    if not found:
        return
    yield "## From kernel to kernel"
    yield (
        "Every property of a model under each of its kernels. Neighbours with the same verdicts share a row; the last "
        "column is what became of the properties at its first kernel."
    )
    for one in found:
        spans = one.spans()
        chosen = ", ".join(f"{name}={value}" for name, value in _given(one).items())
        yield f"### Kernels of {one.subject.label}{f' {chosen}' if chosen else ''}"
        rows = []
        for before, span in pairwise([None, *spans]):
            assert span is not None
            names = span[0].preset if len(span) == 1 else f"{span[0].preset} to {span[-1].preset}"
            wrong = ", ".join(f"{prose(name)} {words}" for name, words in _wrong(span[0].result).items())
            changed = "" if before is None else _changed(before[-1], span[0])
            rows.append(f"| {prose(names)} | {_states(span)} | {wrong or 'none'} | {changed} |")
        yield "\n".join(["| kernels | states | violated | changed |", "| :-- | --: | :-- | :-- |", *rows])


def _given(one: Lineage) -> dict[str, object]:
    return {name: one.subject.params[name] for name in one.subject.given}


def _states(span: Sequence[Stage]) -> str:
    counts = sorted({stage.result.states for stage in span})
    return str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"


def _changed(before: Stage, after: Stage) -> str:
    """Which properties are violated since, or not decided, which are no more, and which otherwise."""
    old, new = _wrong(before.result), _wrong(after.result)
    now = {found.name: found.verdict.value.replace("-", " ") for found in after.result.properties}
    words = [(name, f"{now[name]} now") for name in new if name not in old]
    words += [(name, f"{now[name]} now") for name in old if name not in new]
    words += [(name, f"was {old[name]}") for name in new if name in old and old[name] != new[name]]
    return "; ".join(f"{prose(name)} {word}" for name, word in words)
