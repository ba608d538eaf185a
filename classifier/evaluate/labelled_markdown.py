"""The figures of labelled text as Markdown, for repositories and issue threads."""

from collections.abc import Iterable, Sequence
from typing import Any

from classifier.evaluate.terminal import FIGURES, rate_of, shown
from classifier.taxonomy import CUTS, LABELS, LEVEL_NAMES, Label


def markdown(report: dict[str, Any]) -> str:
    """A whole report; sentence text is in it only where the report holds any."""
    parts = ["# Evaluation", _about(report)]
    for label in LABELS:
        if label in report:
            parts += _label(label, report[label])
    for kind, found in report.get("groups", {}).items():
        parts += [f"## By {kind}", _group_table(kind, found)]
    if "rivals" in report:
        parts += ["## Rivals on the same sentences", rivals_table(report)]
    if "compare" in report:
        parts += _compared(report["compare"])
    if report.get("errors"):
        parts += ["## Errors by kind", _errors(report["errors"])]
    parts.append(_method(report))
    return "\n\n".join(parts) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> str:
    """A Markdown table, the first ``left`` columns to the left and numbers to the right."""
    rule = ["---"] * left + ["---:"] * (len(head) - left)
    lines = [head, rule, *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _about(report: dict[str, Any]) -> str:
    lines = [
        f"- Rows: {report['rows']:,}"
        + (f" in {report['documents']:,} documents" if report["documents"] else "")
        + f", from {', '.join(report['files'])}"
    ]
    model = report["model"]
    lines.append(
        "- Model: " + ", ".join(f"{k} {v}" for k, v in model.items() if isinstance(v, str))
    )
    lines += [
        f"- Thresholds of {label}: " + ", ".join(f"{cut:g}" for cut in cuts)
        for label, cuts in model["thresholds"].items()
    ]
    return "\n".join(lines)


def _label(label: Label, found: dict[str, Any]) -> list[str]:
    names = LEVEL_NAMES[label]
    rows = [
        [
            f"{label} >= {cut} ({names[cut]})",
            f"{found[str(cut)]['positives']:,}",
            f"{found[str(cut)]['flagged']:,}",
            *(shown(found[str(cut)].get(name)) for name in FIGURES),
        ]
        for cut in CUTS
    ]
    parts = [
        f"## {label.capitalize()}",
        table(["level", "rows", "flagged", *FIGURES.values()], rows),
    ]
    if "kappa" in found:
        said = (
            f"Quadratic weighted kappa of the levels: {shown(found['kappa'])}. "
            f"Of the rows of true level 2 or 3, given 0: {shown(found['missed'])}."
        )
        parts += [
            said,
            table(
                ["true \\ given", "0", "1", "2", "3"],
                (
                    [f"{level} {names[level]}", *(f"{count:,}" for count in row)]
                    for level, row in enumerate(found["confusion"])
                ),
            ),
        ]
    return parts


def _columns() -> list[tuple[Label, int]]:
    return [(label, cut) for label in LABELS for cut in CUTS]


def _group_table(kind: str, found: dict[str, Any]) -> str:
    rows = []
    for group in found["groups"]:
        cells = []
        for label, cut in _columns():
            one = group.get(label, {}).get(str(cut))
            cells.append(f"{shown(one['ap'])} ({one['positives']})" if one else "-")
        rows.append([group["name"], f"{group['rows']:,}", *cells])
    means = [found["macro"].get(label, {}).get(str(cut)) for label, cut in _columns()]
    rows.append(["mean of groups", "", *(shown(one["ap"]) if one else "-" for one in means)])
    heads = [f"{label} >= {cut}" for label, cut in _columns()]
    note = "Average precision (positives in brackets).\n\n"
    return note + table([kind, "rows", *heads], rows)


def rivals_table(report: dict[str, Any]) -> str:
    """Ours and each rival: average precision and F1 of the six columns."""
    rows = []
    for found in [{"name": "**forewarn**"} | report, *report["rivals"]]:
        if "absent" in found:
            rows.append([found["name"], *["-"] * 6, found["absent"]])
            continue
        cells = [
            f"{shown(found[label][str(cut)]['ap'], interval=False)} / "
            f"{shown(found[label][str(cut)]['f1'], interval=False)}"
            if label in found
            else "-"
            for label, cut in _columns()
        ]
        rows.append([found["name"], *cells, rate_of(found["rate"])])
    heads = [f"{label} >= {cut}" for label, cut in _columns()]
    note = (
        "Average precision / F1 at each tool's own threshold. A tool with one yes or no is "
        "measured with it at every level; - where it says nothing. Sentences a second as measured "
        "in this run, on a shared machine: an order of magnitude, no benchmark.\n\n"
    )
    return note + table(["system", *heads, "sentences/s"], rows)


def _compared(found: dict[str, Any]) -> list[str]:
    rows = []
    for label in LABELS:
        for path, one in found["figures"].get(label, {}).items():
            if path == "kappa":
                rows.append([f"{label} kappa", *_difference(one), ""])
                continue
            test = one["mcnemar"]
            said = f"{test['p']:.3g} ({test['only_first_right']} / {test['only_second_right']})"
            rows += [
                [f"{label} >= {path} {FIGURES[name]}", *_difference(one[name]), said]
                for name in ("ap", "f1")
            ]
    head = ["figure", found["first"], found["second"], "difference", "p", "McNemar p (only right)"]
    return [
        f"## {found['second']} against {found['first']}",
        "Paired bootstrap on the same resamples; differences are second minus first.",
        table(head, rows),
    ]


def _difference(one: dict[str, Any]) -> list[str]:
    return [
        shown(one["first"], interval=False),
        shown(one["second"], interval=False),
        shown(one["difference"]),
        "-" if one["p"] is None else f"{one['p']:.3f}",
    ]


def _errors(errors: list[dict[str, Any]]) -> str:
    rows = [
        [
            kind["label"],
            kind["kind"],
            kind["meaning"],
            f"{kind['count']:,}",
            "; ".join(str(row.get("text", row["id"])) for row in kind["worst"][:3]),
        ]
        for kind in errors
    ]
    return table(["label", "kind", "what it means", "rows", "surest of them"], rows, left=3)


def _method(report: dict[str, Any]) -> str:
    plan = report["bootstrap"]
    return (
        "---\n\nIntervals: percentile bootstrap, "
        f"{plan['resamples']:,} resamples, {plan['coverage']:.0%}, drawn by {plan['unit']}, "
        f"stratified by the {plan['strata']}, seed {plan['seed']}. Calibration error: expected, "
        "ten bins of equal mass. Precision, recall and F1 at the thresholds above."
    )
