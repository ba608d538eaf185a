"""The behavioural tables, for a terminal and as Markdown."""

from typing import Any

from classifier.evaluate.labelled_markdown import table as markdown_table
from classifier.evaluate.terminal import console
from classifier.evaluate.terminal import table as terminal_table

_NOTE = (
    "Right answers to: does the text hold profanity? Below, for ours alone: the exact level, "
    "the relation to the paired case, the violence level where the case is about it, and the "
    "exact span where one is given and something was found."
)


def yes_no(report: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Head and rows of the table by kind, everybody side by side."""
    systems = report["systems"]
    entries = [(one["kind"], one) for one in report["kinds"]] + list(report["totals"].items())
    rows = [
        [name, str(one["n"]), *(str(one["right"][system]) for system in systems)]
        for name, one in entries
    ]
    return ["kind", "n", *systems], rows


def exact(report: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Head and rows of the table of our levels, pairs and spans."""
    entries = [(one["kind"], one) for one in report["kinds"]] + list(report["totals"].items())
    rows = [
        [
            name,
            f"{one['right']['forewarn']}/{one['n']}",
            f"{one['exact']}/{one['n']}",
            _of(one["pairs"], "right"),
            _of(one["violence"], "exact"),
            _of(one["spans"], "exact"),
        ]
        for name, one in entries
    ]
    return ["kind", "yes or no", "level", "pair", "violence", "span"], rows


def fairness(report: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Head and rows of the table of sentences that name groups, against their twins."""
    rows = [
        [area, str(one["n"]), str(one["flagged"]), str(one["twins_flagged"]), str(one["apart"])]
        for area, one in sorted(report["fairness"].items(), key=lambda item: item[0] == "all")
    ]
    return ["area", "n", "flagged", "twin flagged", "probabilities apart"], rows


def _of(counts: dict[str, int], name: str) -> str:
    return f"{counts[name]}/{counts['n']}" if counts["n"] else "-"


def show(report: dict[str, Any], *, failures: bool) -> None:
    """Print the tables, and the failing cases where asked."""
    out = console()
    for title, (head, rows) in (
        (f"Profane or not, right answers ({report['half']} half)", yes_no(report)),
        ("Ours in detail", exact(report)),
        ("Fairness: none of these should be flagged", fairness(report)),
    ):
        grid = terminal_table(out, title)
        for place, name in enumerate(head):
            grid.add_column(name, justify="right" if place else "left")
        for row in rows:
            grid.add_row(*row)
        out.print(grid)
    for name, why in report["absent"].items():
        out.print(f"{name}: {why}")
    if failures:
        for one in report["failures"]:
            sign = "-" if one["yes_no"] else "X"
            text = one.get("text", "(held: text not shown)")
            out.print(f"{sign} {one['id']}: {'; '.join(one['wrong'])}: {text}", soft_wrap=True)


def markdown(report: dict[str, Any]) -> str:
    """The committed report: counts and ids of failures, no text of the held half."""
    ids = ", ".join(one["id"] for one in report["failures"] if not one["yes_no"]) or "none"
    twins = (
        "Sentences that name groups or are in a dialect, none profane or violent, beside their "
        "neutral twins: how many are flagged at all, and how many pairs have probabilities more "
        "than .1 apart."
    )
    parts = [
        "# Behavioural cases",
        f"{report['cases']:,} cases ({report['half']}), by `python -m eval.behaviour`. {_NOTE}",
        "## Profane or not",
        markdown_table(*yes_no(report)),
        "## Ours in detail",
        markdown_table(*exact(report)),
        "## Fairness",
        twins,
        markdown_table(*fairness(report)),
        f"Wrong yes or no (ids): {ids}.",
    ]
    parts += [f"{name}: {why}." for name, why in report["absent"].items()]
    return "\n\n".join(parts) + "\n"
